//! Publications that wait for a second person, and the limits that make them: shown beside the rules in force, decided on a page of
//! their own.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::ids::StaffId;
use laurel_domain::ledger::adjustment::AdjustmentState;
use laurel_domain::numbers::money::Money;
use laurel_domain::rules::experiment::percent;
use laurel_domain::text::Both;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::effect::EffectCard;
use super::{AdminPage, Here, IN_FORCE, proposal_path};
use crate::api::admin::rules::{DecideRules, SetRuleLimits};
use crate::i18n::format;
use crate::islands::changed;
use crate::pages::admin::experiments::experiment_path;
use crate::pages::components::{Card, Field, Form, Hidden, Markup, Notice, PostForm, Submit, Tone};
use crate::pages::page;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::{Permission, StaffSession};
use laurel_engine::usecase::audit;
use laurel_engine::usecase::rules::experiments::Start;
use laurel_engine::usecase::rules::{self, Effect, Limits, Overview, Proposal, Publication, Wanted};

/// Notes what waits, with the way to it.
#[component]
pub fn Waiting(context: RequestContext, proposals: Vec<Proposal>, names: HashMap<String, String>) -> impl IntoView {
    let t = context.lang.rules_safety();
    let one = |proposal: Proposal| {
        let title = match &proposal.wanted {
            Wanted::Publication { .. } => t.waits,
            Wanted::Experiment { .. } => t.experiment_waits,
            Wanted::Adoption { .. } => t.adoption_waits,
            Wanted::Limits(_) => t.limits_wait,
            Wanted::Unread(_) => t.unread_waits,
        };
        let by = (t.proposed_by)(&called(&names, proposal.approval.made_by), &context.moment(proposal.approval.made_at));
        view! {
            <Notice tone=Tone::Warn>
                <p><b>{title}</b>" · "{by}" · "<a href=proposal_path(&proposal.id.to_string())>{t.review}</a></p>
            </Notice>
        }
    };
    proposals.into_iter().map(one).collect_view()
}

/// What one person may publish alone; admins can change it.
#[component]
pub fn LimitsCard(context: RequestContext, limits: Limits, may_set: bool) -> impl IntoView {
    let t = context.lang.rules_safety();
    let currency = context.programme().currency;
    let form = may_set.then(|| {
        let form = Form::of(SetRuleLimits::PATH);
        let members = limits.members.map(|most| most.to_string()).unwrap_or_default();
        let worth = limits.worth.and_then(|most| Money::from_minor(most, currency).ok());
        let worth = worth.map(|most| most.amount()).unwrap_or_default();
        let label = (t.limit_worth)(currency.code());
        view! {
            <PostForm form>
                <div class="fields hinted">
                    <Field form name="members" label=t.limit_members hint=t.limit_hint value=members inputmode="numeric" maxlength=12/>
                    <Field form name="worth" label hint=t.limit_hint value=worth inputmode="decimal" maxlength=20/>
                </div>
                <Submit label=context.lang.common().save kind=""/>
            </PostForm>
        }
    });
    view! {
        <Card title=t.limits_title>
            <p>{in_words(&context, limits)}</p>
            <p class="mute small">{t.limits_about}</p>
            {form}
        </Card>
    }
}

pub fn in_words(context: &RequestContext, limits: Limits) -> String {
    let t = context.lang.rules_safety();
    let members = limits.members.map_or_else(|| t.no_limit.to_owned(), format::count);
    let worth = limits.worth.and_then(|most| Money::from_minor(most, context.programme().currency).ok());
    (t.limits_now)(&members, &worth.map_or_else(|| t.no_limit.to_owned(), format::money))
}

fn called(names: &HashMap<String, String>, staff: StaffId) -> String {
    names.get(&staff.to_string()).cloned().unwrap_or_default()
}

/// What is asked before a proposal is approved or rejected.
#[component]
pub fn RuleProposalPage() -> impl IntoView {
    let wanted = use_params_map().read_untracked().get("id");
    page(async move {
        let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
        let (waiting, decided) = rules::proposals(&context.state.ledger, 100).await?;
        let found = waiting.into_iter().chain(decided).find(|proposal| Some(proposal.id.to_string()) == wanted);
        let proposal = found.ok_or_else(|| errors::not_found(context.lang))?;
        let overview = rules::overview(&context.state.ledger).await?;
        let names = audit::staff_names(context.db()).await?;
        let t = context.lang.rules_safety();
        let by = (t.proposed_by)(&called(&names, proposal.approval.made_by), &context.moment(proposal.approval.made_at));
        let revision = overview.draft.as_ref().map(|draft| draft.revision);
        let is_stale = match &proposal.wanted {
            Wanted::Publication { revision: of, .. } => revision != Some(*of),
            Wanted::Experiment { start, .. } => revision != Some(start.revision),
            Wanted::Adoption { .. } => overview.experiment.is_none(),
            Wanted::Limits(_) | Wanted::Unread(_) => false,
        };
        let title = match &proposal.wanted {
            Wanted::Publication { .. } => t.proposal_title,
            Wanted::Experiment { .. } => t.proposal_experiment_title,
            Wanted::Adoption { .. } => t.proposal_adoption_title,
            Wanted::Limits(_) => t.proposal_limits_title,
            Wanted::Unread(_) => t.unread_title,
        };
        let what = what(&context, &proposal.wanted, &overview, is_stale);
        let choices = choices(&context, &staff, &proposal, is_stale);
        Ok(view! {
            <AdminPage title here=Here::Rules>
                <div class="narrow stack">
                    <p class="mute">{by}</p>
                    {what}
                    {choices}
                    <p><a href=IN_FORCE>{context.lang.rules_desk().back_to_rules}</a></p>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

fn what(context: &RequestContext, wanted: &Wanted, overview: &Overview, is_stale: bool) -> AnyView {
    let lang = context.lang;
    match wanted {
        Wanted::Limits(limits) => {
            let text = in_words(context, *limits);
            view! { <Card><p>{text}</p></Card> }.into_any()
        }
        Wanted::Unread(_) => view! { <Notice tone=Tone::Warn>{lang.rules_safety().unread_about}</Notice> }.into_any(),
        Wanted::Publication { how, effect, .. } => {
            let title = (lang.console().becomes)(overview.next_version);
            let draft = (!is_stale).then(|| of_draft(context, overview, effect, title));
            view! { {draft}<How context=context.clone() how=(**how).clone()/> }.into_any()
        }
        Wanted::Experiment { start, effect, .. } => {
            let title = lang.experiments().draft_title.to_owned();
            let draft = (!is_stale).then(|| of_draft(context, overview, effect, title));
            view! { <Experiment context=context.clone() start=(**start).clone()/>{draft} }.into_any()
        }
        Wanted::Adoption { experiment, said, effect, .. } => {
            let variant = overview.experiment.as_ref().filter(|_| !is_stale).map(|variant| variant.set.clone());
            let effect = variant.map(|after| {
                view! { <EffectCard lang effect=effect.clone() before=overview.in_force.set.clone() after/> }
            });
            let look = view! { <p><a href=experiment_path(*experiment)>{lang.experiments().look}</a></p> };
            let how = Publication { keeps_until: said.keeps_until, notice: said.notice.clone(), ..Publication::default() };
            view! { {look}{effect}<How context=context.clone() how/> }.into_any()
        }
    }
}

/// What the draft changes, and whom it moves.
fn of_draft(context: &RequestContext, overview: &Overview, effect: &Effect, title: String) -> Option<AnyView> {
    let (lang, draft) = (context.lang, overview.draft.as_ref()?);
    let changes = lang.changes(&overview.changes, &[&draft.set, &overview.in_force.set]);
    let (before, after, effect) = (overview.in_force.set.clone(), draft.set.clone(), effect.clone());
    Some(
        view! {
            <Card title><Markup content=vec![changed(lang, changes)]/></Card>
            <EffectCard lang effect before after/>
        }
        .into_any(),
    )
}

/// Who would be in it for how long, and what is expected of it.
#[component]
fn Experiment(context: RequestContext, start: Start) -> impl IntoView {
    let t = context.lang.experiments();
    let from = start.at.map_or_else(|| context.lang.rules_safety().at_once.to_owned(), |at| context.in_full(at));
    let shares = format!("{} {}% · {} {}%", t.groups[0], percent(start.variant), t.groups[1], percent(start.control));
    view! {
        <Card title=start.name>
            <p>{start.hypothesis}</p>
            <p>{shares}</p>
            <p>{(t.from_until)(&from, &context.in_full(start.until))}</p>
            <KeptAndTold context=context.clone() keeps_until=start.keeps_until notice=start.notice/>
        </Card>
    }
}

/// When, and what becomes of tiers and what members are told.
#[component]
fn How(context: RequestContext, how: Publication) -> impl IntoView {
    let t = context.lang.rules_safety();
    let at = how.at.map_or_else(|| t.at_once.to_owned(), |at| (t.at_a_time)(&context.in_full(at)));
    let even = how.demotes.then(|| view! { <p>{t.lost_title}": "{t.lost_even}</p> });
    view! {
        <Card title=t.how>
            <p>{at}</p>
            {even}
            <KeptAndTold context=context.clone() keeps_until=how.keeps_until notice=how.notice/>
        </Card>
    }
}

/// Until when tiers are kept, and what members are told in either language.
#[component]
pub fn KeptAndTold(context: RequestContext, keeps_until: Option<Timestamp>, notice: Option<Both>) -> impl IntoView {
    let t = context.lang.rules_safety();
    let kept = keeps_until.map(|until| {
        let day = format::date(context.lang, context.last_day(until));
        view! { <p>{(t.kept)(&day)}</p> }
    });
    let told = notice.map(|text| {
        let (zh, en) = (text.zh, text.en);
        view! {
            <p><b>{t.told}</b></p>
            <dl class="sums"><dt>{t.notice_zh}</dt><dd lang="zh">{zh}</dd><dt>{t.notice_en}</dt><dd lang="en">{en}</dd></dl>
        }
    });
    view! { {kept}{told} }
}

fn choices(context: &RequestContext, staff: &StaffSession, proposal: &Proposal, is_stale: bool) -> AnyView {
    let (t, words) = (context.lang.rules_safety(), context.lang.adjust());
    let form = Form::of(DecideRules::PATH);
    let id = proposal.id.to_string();
    let is_limits = proposal.wanted.is_about_limits();
    if proposal.approval.state != AdjustmentState::Proposed {
        let text = (words.decided_already)(words.state(proposal.approval.state));
        return view! { <Notice>{text}</Notice> }.into_any();
    }
    if proposal.approval.made_by == staff.staff {
        return view! {
            <Notice>{t.own}</Notice>
            <PostForm form class="inline">
                <Hidden name="proposal" value=id/>
                <Submit label=words.withdraw kind="" name="decision" value="withdraw"/>
            </PostForm>
        }
        .into_any();
    }
    if is_limits && !staff.role.may(Permission::ManageSettings) {
        return view! { <Notice>{words.for_others}</Notice> }.into_any();
    }
    let approve = match is_stale {
        // what the page says of it instead is above
        _ if matches!(proposal.wanted, Wanted::Unread(_)) => ().into_any(),
        true => view! { <Notice tone=Tone::Warn>{t.stale}</Notice> }.into_any(),
        false => {
            let id = id.clone();
            let label = match &proposal.wanted {
                Wanted::Experiment { .. } => t.approve_experiment,
                Wanted::Limits(_) => t.approve_limits,
                _ => t.approve,
            };
            view! {
                <PostForm form class="inline">
                    <Hidden name="proposal" value=id/>
                    <Submit label name="decision" value="approve"/>
                </PostForm>
            }
            .into_any()
        }
    };
    view! {
        {approve}
        <Card title=words.reject>
            <PostForm form>
                <Hidden name="proposal" value=id/>
                <Field form name="objection" label=words.objection maxlength=500 required=true/>
                <Submit label=words.reject kind="danger" name="decision" value="reject"/>
            </PostForm>
        </Card>
    }
    .into_any()
}
