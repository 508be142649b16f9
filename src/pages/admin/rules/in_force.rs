//! The rules in force, and a time line of the versions before and after them.

use laurel_domain::rules::experiment::Group;
use laurel_domain::rules::rule_set::{Rulebook, Rules};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::discarded::JustDiscarded;
use super::proposal::{LimitsCard, Waiting};
use super::readable::ReadableRules;
use super::{AdminPage, HISTORY, Here, IN_FORCE, version_path};
use crate::api::admin::rules::{DiscardDraft, WithdrawRules};
use crate::i18n::format;
use crate::pages::admin::experiments::{experiment_path, group_name};
use crate::pages::components::{Chip, Form, Hidden, Notice, PostForm, Submit, Tone};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::paths::RULES_DRAFT as PATH;
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::usecase::audit;
use laurel_engine::usecase::ledger::due;
use laurel_engine::usecase::rules::{self, Overview, experiments};

/// How many of the versions before the one in force the time line shows.
const BEFORE: usize = 3;

#[component]
pub fn RulesPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let ledger = &context.state.ledger;
        let (overview, rulebook) = (rules::overview(ledger).await?, ledger.rulebook().await?);
        let to_re_rate = due::to_re_rate(ledger).await?;
        let may_edit = staff.role.may(Permission::ManageRules);
        let (set, currency) = (overview.in_force.set.clone(), overview.in_force.currency);
        let (lang, today) = (context.lang, context.local(context.now()).date());
        let t = lang.rules_desk();
        let (waiting, _) = rules::proposals(ledger, 0).await?;
        let limits = rules::limits(ledger).await?;
        let may_set = staff.role.may(Permission::ManageSettings);
        let waiting = if may_edit { waiting } else { Vec::new() };
        let names = audit::staff_names(context.db()).await?;
        let on = experiments::list(ledger).await?.into_iter().find(|one| one.is_on(context.now()));
        let on = on.map(|on| {
            let t = lang.experiments();
            let path = experiment_path(on.id);
            view! { <Notice tone=Tone::Info><p>{(t.is_on)(&on.name)}" "<a href=path>{t.look}</a></p></Notice> }
        });
        let discarded = match (may_edit, &overview.draft) {
            (true, None) => {
                let kept = rules::discarded(ledger, Authority::from(&staff)).await?;
                Some(view! { <JustDiscarded context=context.clone() kept/> })
            }
            _ => None,
        };
        let line = time_line(&context, &rulebook, &overview, may_edit);
        let head = ViewFnOnce::from({
            let context = context.clone();
            move || view! { <Head context overview may_edit/> }
        });
        Ok(view! {
            <AdminPage title=lang.admin().rules here=Here::Rules head>
                <p class="mute measure">{t.about}</p>
                <Waiting context=context.clone() proposals=waiting names/>
                {on}
                {discarded}
                <ReRating context=context.clone() to_re_rate/>
                {line}
                <ReadableRules lang set currency today/>
                <LimitsCard context limits may_set/>
            </AdminPage>
        }
        .into_any())
    })
}

/// What is in force, and the way to what comes next.
#[component]
fn Head(context: RequestContext, overview: Overview, may_edit: bool) -> impl IntoView {
    let t = context.lang.console();
    let in_force = match overview.in_force.version {
        1 => (t.version_in_force)(1),
        version => (t.version_since)(version, &format::date(context.lang, context.local(overview.in_force.from.time()).date())),
    };
    let draft = overview.draft.filter(|_| may_edit);
    let edit = may_edit.then(|| {
        let label = if draft.is_some() { context.lang.rules_desk().edit_draft } else { context.lang.rules_desk().start_draft };
        view! { <a class="button small main" href=PATH>{label}</a> }
    });
    let draft = draft.map(|draft| {
        let count = context.lang.changes(&overview.changes, &[&draft.set, &overview.in_force.set]).len();
        view! {
            <Chip tone="warn">{t.draft}" · "{(context.lang.rules().changed)(count)}</Chip>
            <PostForm form=Form::of(DiscardDraft::PATH) class="inline">
                <Hidden name="revision" value=draft.revision.to_string()/>
                <Submit label=t.discard kind="small quiet"/>
            </PostForm>
        }
    });
    view! {
        <Chip tone="good">{in_force}</Chip>
        {draft}
        <a class="button small" href=HISTORY>{t.history}</a>
        {edit}
    }
}

fn time_line(context: &RequestContext, rulebook: &Rulebook, overview: &Overview, may_edit: bool) -> AnyView {
    let (t, words, now) = (context.lang.rules_desk(), context.lang.console(), context.now());
    let started: Vec<&Rules> = rulebook.all().iter().filter(|rules| rules.version <= overview.in_force.version).collect();
    let shown = started.len().saturating_sub(BEFORE + 1);
    // the end of an experiment is no version that can be withdrawn
    let may_edit = may_edit && overview.experiment.is_none();
    let of_variant = group_name(context.lang, Group::Variant);
    let mark = |rules: &Rules| {
        let is_now = rules.version == overview.in_force.version;
        let is_ahead = rules.from > now && rules.version != rulebook.all()[0].version;
        let when = match rules.version {
            _ if is_ahead => (t.comes)(&context.in_full(rules.from.time()), context.days_until(rules.from.time())),
            1 => t.from_the_start.to_owned(),
            _ => (t.since)(&format::date(context.lang, context.local(rules.from.time()).date())),
        };
        let chip = match (is_now, is_ahead) {
            _ if rules.only_for.is_some() => Some(view! { <Chip tone="warn">{of_variant}</Chip> }),
            (true, _) => Some(view! { <Chip tone="good">{words.in_force}</Chip> }),
            (_, true) => Some(view! { <Chip tone="warn">{words.scheduled_chip}</Chip> }),
            _ => None,
        };
        let actions = (is_ahead && may_edit).then(|| view! { <Scheduled context=context.clone() version=rules.version/> });
        let class = if is_ahead { "ahead" } else { "" };
        view! {
            <li class=class aria-current=is_now.then_some("true")>
                <span class="row"><a href=version_path(rules.version) aria-label=(t.show_version)(rules.version)>{(words.version)(rules.version)}</a>{chip}</span>
                <small>{when}</small>
                {actions}
            </li>
        }
    };
    let earlier = (shown > 0).then(|| view! { <li class="earlier"><a href=HISTORY aria-label=words.history>"…"</a></li> });
    let marks = rulebook.all().iter().skip(shown).map(mark).collect_view();
    view! { <ol class="time-line" aria-label=t.versions>{earlier}{marks}</ol> }.into_any()
}

/// What can be done with a version as long as it is not in force.
#[component]
fn Scheduled(context: RequestContext, version: u32) -> impl IntoView {
    let t = context.lang.rules_desk();
    view! {
        <div class="row">
            <a class="button small" href=PATH>{t.edit}</a>
            <details class="ask">
                <summary class="button small quiet danger">{t.withdraw}</summary>
                <div class="card">
                    <p>{(t.withdraw_sure)(version)}</p>
                    <PostForm form=Form::of(WithdrawRules::PATH)>
                        <Hidden name="version" value=version.to_string()/>
                        <Submit label=(t.withdraw_yes)(version) kind="danger"/>
                    </PostForm>
                </div>
            </details>
        </div>
    }
}

/// How far re-rating has come; asking again is a link.
#[component]
fn ReRating(context: RequestContext, to_re_rate: i64) -> impl IntoView {
    let t = context.lang.console();
    (to_re_rate > 0).then(|| {
        view! { <Notice tone=Tone::Info><p>{(t.re_rating)(&format::many(to_re_rate))}" "<a href=IN_FORCE>{t.reload}</a></p></Notice> }
    })
}
