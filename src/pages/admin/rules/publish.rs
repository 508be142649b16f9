//! The question before rules are published: what changes, for whom, from when. A time to come is said in full, with its year
//! and the zone, before anybody can publish for it.

use jiff::Timestamp;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::window::Window;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::effect::EffectCard;
use super::{AdminPage, Here};
use crate::api::admin::rules::{PublishRules, ScheduleRules};
use crate::api_error::ApiError;
use crate::i18n::{Lang, format};
use crate::islands::changed;
use crate::pages::admin::lab::{self, OfDraft};
use crate::pages::components::{
    Card, EmptyState, Field, Form, Hidden, Markup, Notice, OnceKey, PostForm, Submit, TextArea, Tone,
};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::paths::{RULES_DRAFT as PATH, RULES_PUBLISH as PUBLISH};
use laurel_engine::auth::Permission;
use laurel_engine::usecase::programme::report;
use laurel_engine::usecase::rules::{self, Effect, Overview, check_time};

/// With more members than this who moves is worked out only when asked for.
const MEASURED_AT_ONCE: i64 = 50_000;

#[component]
pub fn PublishRulesPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
        let overview = rules::overview(&context.state.ledger).await?;
        let rulebook = context.state.ledger.rulebook().await?;
        let typed = context.visit.query("at").unwrap_or_default();
        let at = context.instant_of("at", &typed).ok().flatten();
        let at = at.filter(|at| check_time(&rulebook, *at, context.now()).is_ok()).map(|at| (typed, at));
        let title = context.lang.console().publish_title;
        let effect = effect(&context, &overview).await?;
        let limits = rules::limits(&context.state.ledger).await?;
        let needs_second = match &effect {
            Measured::Done(effect) => limits.refusal(Some(effect), context.programme().currency).is_some(),
            _ => false,
        };
        let simulated = match overview.draft.as_ref().filter(|_| !overview.changes.is_empty()) {
            Some(draft) => Some(lab::known(&context, &staff, &draft.set).await?),
            None => None,
        };
        Ok(view! { <AdminPage title here=Here::Rules><Question context overview at effect needs_second simulated/></AdminPage> }
            .into_any())
    })
}

/// What the draft does to members, if it was worked out.
enum Measured {
    Nothing,
    /// So many members take a while.
    Asked(i64),
    Done(Box<Effect>),
}

async fn effect(context: &RequestContext, overview: &Overview) -> Result<Measured, ApiError> {
    let Some(draft) = overview.draft.as_ref().filter(|_| !overview.changes.is_empty()) else { return Ok(Measured::Nothing) };
    let members = report::report(context.db()).await?.members;
    if members > MEASURED_AT_ONCE && context.visit.query("measure").is_none() {
        return Ok(Measured::Asked(members));
    }
    Ok(Measured::Done(Box::new(rules::measure(&context.state.ledger, draft.set.clone(), false).await?)))
}

/// What the draft does to members, or the way to have it worked out.
fn measured(lang: Lang, effect: Measured, before: RuleSet, after: RuleSet) -> Option<AnyView> {
    let t = lang.rules_safety();
    match effect {
        Measured::Nothing => None,
        Measured::Asked(members) => Some(
            view! {
                <Card title=t.effect_title>
                    <p>{(t.measure_about)(&format::count(members))}</p>
                    <p><a class="button" href=format!("{PUBLISH}?measure=1")>{t.measure}</a></p>
                </Card>
            }
            .into_any(),
        ),
        Measured::Done(effect) => Some(view! { <EffectCard lang effect=*effect before after/> }.into_any()),
    }
}

/// `at`: a time to come, as it was typed and what it is.
#[component]
fn Question(
    context: RequestContext,
    overview: Overview,
    at: Option<(String, Timestamp)>,
    effect: Measured,
    needs_second: bool,
    simulated: Option<lab::Known>,
) -> impl IntoView {
    let t = context.lang.console();
    let Some(draft) = overview.draft.clone().filter(|_| !overview.changes.is_empty()) else {
        return view! { <EmptyState icon="rules" title=t.nothing_to_publish><a href=PATH>{t.back_to_editor}</a></EmptyState> }
            .into_any();
    };
    let changes = context.lang.changes(&overview.changes, &[&draft.set, &overview.in_force.set]);
    let re_rates = draft.set.ladder.rates_otherwise_than(&overview.in_force.set.ladder);
    let loses = match (re_rates, draft.set.ladder.validity.is_some()) {
        (false, _) => Loses::Nothing,
        (true, false) => Loses::Tiers,
        (true, true) => Loses::TiersOfPeriods,
    };
    let lang = context.lang;
    let simulated = simulated.map(|known| view! { <OfDraft context=context.clone() known/> });
    let (before, after) = (overview.in_force.set.clone(), draft.set.clone());
    let effect = measured(lang, effect, before, after);
    let second = needs_second.then(|| view! { <Notice tone=Tone::Warn><p>{lang.rules_safety().needs_second}</p></Notice> });
    let asks_window = draft.set.ladder.window != Window::Lifetime;
    let re_rates = (re_rates || asks_window).then(|| view! { <p>{t.re_rates}</p> });
    let instead = overview.scheduled.as_ref().map(|rules| {
        let text = (context.lang.rules_desk().takes_place_of)(rules.version, &context.in_full(rules.from.time()));
        view! { <Notice tone=Tone::Warn><p>{text}</p></Notice> }
    });
    let terms = Publish {
        revision: draft.revision,
        instead_of: overview.scheduled.as_ref().map(|rules| rules.version),
        loses,
        needs_second,
    };
    let question = match at {
        Some((typed, at)) => {
            view! { <AtATime context=context.clone() version=overview.next_version typed at terms/> }.into_any()
        }
        None => view! { <NowOrLater context=context.clone() terms/> }.into_any(),
    };
    view! {
        <div class="decide">
            <div class="stack">
                <Card title=(t.becomes)(overview.next_version)><Markup content=vec![changed(context.lang, changes)]/></Card>
                {effect}
                {instead}
                {second}
                <Notice tone=Tone::Warn><p>{t.publish_about}</p>{re_rates}</Notice>
                {question}
                <div class="form-foot"><a class="button" href=PATH>{t.back_to_editor}</a></div>
            </div>
            <div class="stack">{simulated}</div>
        </div>
    }
    .into_any()
}

/// What is sent with either way to publish.
#[derive(Clone, Copy)]
struct Publish {
    revision: i64,
    instead_of: Option<u32>,
    loses: Loses,
    needs_second: bool,
}

/// What other rules can take from members.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loses {
    Nothing,
    Tiers,
    /// Some of which are valid for a time.
    TiersOfPeriods,
}

#[component]
fn Sent(context: RequestContext, terms: Publish, #[prop(optional, into)] at: String, label: &'static str) -> impl IntoView {
    let form = Form::of(PublishRules::PATH);
    let t = context.lang.rules_safety();
    let label = if terms.needs_second { t.propose } else { label };
    let instead_of = terms.instead_of.map(|version| version.to_string()).unwrap_or_default();
    let lost = (terms.loses != Loses::Nothing).then(|| view! { <Lost context=context.clone() form loses=terms.loses/> });
    view! {
        <PostForm form>
            <OnceKey form/>
            <Hidden name="revision" value=terms.revision.to_string()/>
            <Hidden name="instead_of" value=instead_of/>
            <Hidden name="at" value=at/>
            {lost}
            <Telling context form/>
            <Submit label/>
        </PostForm>
    }
}

/// What becomes of members who fall short of their tier.
#[component]
fn Lost(context: RequestContext, form: Form, loses: Loses) -> impl IntoView {
    let t = context.lang.rules_safety();
    let choices: &[(&'static str, &'static str)] = match loses {
        Loses::TiersOfPeriods => &[("", t.lost_periods), ("even", t.lost_even), ("keep", t.lost_keep)],
        _ => &[("", t.lost_now), ("keep", t.lost_keep)],
    };
    let typed = form.typed("lost").unwrap_or_default();
    let choice = |(value, label): &(&'static str, &'static str)| {
        let id = format!("lost-{}", if value.is_empty() { "now" } else { value });
        view! {
            <div class="check">
                <input type="radio" name="lost" id=id.clone() value=*value checked=*value == typed/>
                <label for=id>{*label}</label>
            </div>
        }
    };
    view! {
        <fieldset class="field">
            <legend>{t.lost_title}</legend>
            {choices.iter().map(choice).collect_view()}
        </fieldset>
        <Field form name="keeps_until" kind="date" label=t.keep_through hint=t.keep_hint/>
    }
}

/// What members are told, folded away until somebody wants to. `words`: title and hint where not everybody is told.
#[component]
pub fn Telling(
    context: RequestContext,
    form: Form,
    #[prop(optional)] words: Option<(&'static str, &'static str)>,
) -> impl IntoView {
    let t = context.lang.rules_safety();
    let (title, hint) = words.unwrap_or((t.notice_title, t.notice_hint));
    view! {
        <details class="fold" open=form.is_refused()>
            <summary>{title}</summary>
            <p class="hint">{hint}</p>
            <TextArea form name="notice_zh" label=t.notice_zh rows=3 maxlength=500/>
            <TextArea form name="notice_en" label=t.notice_en rows=3 maxlength=500/>
        </details>
    }
}

#[component]
fn NowOrLater(context: RequestContext, terms: Publish) -> impl IntoView {
    let (t, words) = (context.lang.rules_desk(), context.lang.console());
    let form = Form::of(ScheduleRules::PATH);
    let now = (t.at_once)(&context.in_full(context.now()));
    let zone = context.programme().time_zone.clone();
    view! {
        <div class="stack">
            <Card title=t.at_once_title>
                <div class="stack"><p>{now}</p><Sent context=context.clone() terms label=words.publish_now/></div>
            </Card>
            <Card title=t.later_title>
                <PostForm form>
                    <Field form name="at" kind="datetime-local" label=words.publish_at hint=(t.later_hint)(&zone) required=true/>
                    <Submit label=t.review kind=""/>
                </PostForm>
            </Card>
        </div>
    }
}

#[component]
fn AtATime(context: RequestContext, version: u32, typed: String, at: Timestamp, terms: Publish) -> impl IntoView {
    let t = context.lang.rules_desk();
    let sentence = (t.from_then)(version, &context.in_full(at), context.days_until(at));
    view! {
        <Card title=t.later_title>
            <div class="stack">
                <p class="read-back"><b>{sentence}</b></p>
                <p class="mute">{t.stays}</p>
                <Sent context=context.clone() terms at=typed label=t.publish_scheduled/>
                <p><a href=PUBLISH>{t.other_time}</a></p>
            </div>
        </Card>
    }
}
