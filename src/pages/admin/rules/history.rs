//! Every version that was ever published: when, by whom, what it changed, and each as it reads.

use std::collections::HashMap;

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::discarded::DiscardedOnes;
use super::readable::ReadableRules;
use super::{AdminPage, HISTORY, Here, IN_FORCE, version_path};
use crate::api::admin::rules::{ReturnToVersion, WithdrawNotice};
use crate::api_error::ApiError;
use crate::i18n::format;
use crate::islands::changed;
use crate::pages::components::{Card, Chip, Form, Hidden, Markup, PostForm, Submit};
use crate::pages::page;
use crate::server::web::{RequestContext, errors};
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::auth::{Authority, Permission, StaffSession};
use laurel_engine::usecase::audit;
use laurel_engine::usecase::rules::{self, Version};

#[component]
pub fn RulesHistoryPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let back = Back::of(&context, &staff).await?;
        let history = rules::history(&context.state.ledger).await?;
        let in_force = context.state.ledger.rulebook().await?.general().at(context.now()).version;
        let names = audit::staff_names(context.db()).await?;
        let (t, lang) = (context.lang.console(), context.lang);
        let discarded = match staff.role.may(Permission::ManageRules) {
            true => {
                let kept = rules::discarded(&context.state.ledger, Authority::from(&staff)).await?;
                let overview = rules::overview(&context.state.ledger).await?;
                let (has_draft, in_force) = (overview.draft.is_some(), overview.in_force.set);
                Some(view! { <DiscardedOnes context=context.clone() kept names=names.clone() in_force has_draft/> })
            }
            false => None,
        };
        let one = |version: Version| {
            let title = (t.version)(version.version);
            let chip = state(&context, &version, in_force);
            let about = view! { {published(&context, &version, &names)}{what_changed(&context, &version)}{back.to(&context, &version)} };
            view! {
                <Card>
                    <div class="spread version-head">
                        <h2><a href=version_path(version.version)>{title}</a></h2>
                        {chip}
                    </div>
                    {about}
                </Card>
            }
        };
        let versions = history.into_iter().map(one).collect_view();
        let head = move || view! { <a class="button small" href=IN_FORCE>{lang.rules_desk().back_to_rules}</a> };
        Ok(view! { <AdminPage title=t.history_title here=Here::Rules head><div class="narrow stack">{discarded}{versions}</div></AdminPage> }
            .into_any())
    })
}

/// One version, readable as a whole.
#[component]
pub fn RulesVersionPage() -> impl IntoView {
    let wanted = use_params_map().read_untracked().get("version").and_then(|text| text.parse::<u32>().ok());
    page(async move {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let back = Back::of(&context, &staff).await?;
        let history = rules::history(&context.state.ledger).await?;
        let found = history.into_iter().find(|version| Some(version.version) == wanted);
        let version = found.ok_or_else(|| errors::not_found(context.lang))?;
        let in_force = context.state.ledger.rulebook().await?.general().at(context.now()).version;
        let names = audit::staff_names(context.db()).await?;
        let (t, lang, currency) = (context.lang.console(), context.lang, context.programme().currency);
        let today = context.local(context.now()).date();
        let head = ViewFnOnce::from({
            let chip = state(&context, &version, in_force);
            move || view! { {chip}<a class="button small" href=HISTORY>{t.history}</a> }
        });
        let may = staff.role.may(Permission::ManageRules);
        let untold = may.then(|| untold(&context, &version));
        let about = view! { {published(&context, &version, &names)}{what_changed(&context, &version)}{back.to(&context, &version)}{untold} };
        Ok(view! {
            <AdminPage title=(t.version)(version.version) here=Here::Rules head>
                <Card>{about}</Card>
                <ReadableRules lang set=version.set currency today/>
            </AdminPage>
        }
        .into_any())
    })
}

/// The way back to an older version.
struct Back {
    /// Of the draft that it takes the place of, 0 if there is none; nothing for who may not.
    revision: Option<i64>,
    /// What the latest version that counts says already.
    latest: RuleSet,
}

impl Back {
    async fn of(context: &RequestContext, staff: &StaffSession) -> Result<Back, ApiError> {
        let overview = rules::overview(&context.state.ledger).await?;
        let revision = overview.draft.as_ref().map_or(0, |draft| draft.revision);
        let latest = overview.scheduled.map_or(overview.in_force.set, |rules| rules.set);
        Ok(Back { revision: staff.role.may(Permission::ManageRules).then_some(revision), latest })
    }

    fn to(&self, context: &RequestContext, version: &Version) -> AnyView {
        let t = context.lang.rules_safety();
        let Some(revision) = self.revision.filter(|_| version.set != self.latest) else { return ().into_any() };
        let version = version.version;
        let replaces = (revision > 0).then(|| view! { <p><b>{t.return_replaces}</b></p> });
        view! {
            <details class="ask">
                <summary class="button small quiet">{(t.return_to)(version)}</summary>
                <div class="card">
                    <p>{(t.return_sure)(version)}</p>
                    {replaces}
                    <PostForm form=Form::of(ReturnToVersion::PATH)>
                        <Hidden name="version" value=version.to_string()/>
                        <Hidden name="revision" value=revision.to_string()/>
                        <Submit label=t.return_yes/>
                    </PostForm>
                </div>
            </details>
        }
        .into_any()
    }
}

/// The way to tell members no more, as long as they are told.
fn untold(context: &RequestContext, version: &Version) -> Option<AnyView> {
    let t = context.lang.rules_safety();
    let stands = version.withdrawn.is_none() && version.notice_withdrawn_at.is_none();
    version.notice.as_ref().filter(|_| stands)?;
    let version = version.version;
    let form = view! {
        <details class="ask">
            <summary class="button small quiet">{t.withdraw_notice}"…"</summary>
            <div class="card">
                <p>{t.withdraw_notice_sure}</p>
                <PostForm form=Form::of(WithdrawNotice::PATH)>
                    <Hidden name="version" value=version.to_string()/>
                    <Submit label=t.withdraw_notice_yes kind="danger"/>
                </PostForm>
            </div>
        </details>
    };
    Some(form.into_any())
}

fn state(context: &RequestContext, version: &Version, in_force: u32) -> AnyView {
    let (t, withdrawn) = (context.lang.console(), context.lang.rules_desk().withdrawn_chip);
    match version.version {
        _ if version.withdrawn.is_some() => view! { <Chip tone="">{withdrawn}</Chip> }.into_any(),
        number if number == in_force => view! { <Chip tone="good">{t.in_force}</Chip> }.into_any(),
        number if number > in_force => view! { <Chip tone="warn">{t.scheduled_chip}</Chip> }.into_any(),
        _ => ().into_any(),
    }
}

/// When it was published and by whom, from when it holds, and whether it was withdrawn.
fn published(context: &RequestContext, version: &Version, names: &HashMap<String, String>) -> AnyView {
    let t = context.lang.console();
    // the first came with the programme; what nobody of the staff published since came by the command line
    let nobody = if version.version == 1 { t.by_laurel } else { t.actor_named("command_line") };
    let who = |by: &str| by.strip_prefix("staff:").and_then(|id| names.get(id)).cloned().unwrap_or_else(|| nobody.to_owned());
    let at = format::date_time(context.lang, context.local(version.published_at));
    // the first has been in force since ever
    let from = (version.version > 1).then(|| format!(" · {}", (t.in_force_from)(&context.in_full(version.from))));
    let withdrawn = version.withdrawn.as_ref().map(|(at, by)| {
        let at = format::date_time(context.lang, context.local(*at));
        view! { <p class="mute small">{(context.lang.rules_desk().withdrawn_by)(&at, &who(by))}</p> }
    });
    let by = who(&version.published_by);
    let s = context.lang.rules_safety();
    let kept = version.keeps_until.map(|until| {
        let day = format::date(context.lang, context.last_day(until));
        view! { <p class="small">{(s.kept)(&day)}</p> }
    });
    let demoted = version.demotes.then(|| view! { <p class="small">{s.demoted}</p> });
    let told = version.notice.as_ref().map(|text| {
        let withdrawn = version.notice_withdrawn_at.map(|at| format!(" · {}", (s.notice_withdrawn_on)(&context.moment(at))));
        view! { <p class="small"><b>{s.told}": "</b>{context.lang.of(text).to_owned()}<span class="mute">{withdrawn}</span></p> }
    });
    view! { <p class="mute small version-by">{at}" · "{by}{from}</p>{withdrawn}{kept}{demoted}{told} }.into_any()
}

fn what_changed(context: &RequestContext, version: &Version) -> AnyView {
    match &version.before {
        None => view! { <p class="mute">{context.lang.console().first_version}</p> }.into_any(),
        Some(before) => {
            let changes = context.lang.changes(&version.changes(), &[&version.set, before]);
            view! { <Markup content=vec![changed(context.lang, changes)]/> }.into_any()
        }
    }
}
