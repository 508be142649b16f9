//! The question before rules are published: what changes, for whom, from when. A time to come is said in full, with its year
//! and the zone, before anybody can publish for it.

use jiff::Timestamp;
use laurel_domain::rules::window::Window;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{AdminPage, Here};
use crate::api::admin::rules::{PublishRules, ScheduleRules};
use crate::islands::changed;
use crate::pages::components::{Card, CheckBox, EmptyState, Field, Form, Hidden, Markup, Notice, PostForm, Submit, Tone};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::paths::{RULES_DRAFT as PATH, RULES_PUBLISH as PUBLISH};
use laurel_engine::auth::Permission;
use laurel_engine::usecase::rules::{self, Overview, check_time};

#[component]
pub fn PublishRulesPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::ManageRules)?;
        let overview = rules::overview(&context.state.ledger).await?;
        let timeline = context.state.ledger.timeline().await?;
        let typed = context.visit.query("at").unwrap_or_default();
        let at = context.instant_of("at", &typed).ok().flatten();
        let at = at.filter(|at| check_time(&timeline, *at, context.now()).is_ok()).map(|at| (typed, at));
        let title = context.lang.console().publish_title;
        Ok(view! { <AdminPage title here=Here::Rules><Question context overview at/></AdminPage> }.into_any())
    })
}

/// `at`: a time to come, as it was typed and what it is.
#[component]
fn Question(context: RequestContext, overview: Overview, at: Option<(String, Timestamp)>) -> impl IntoView {
    let t = context.lang.console();
    let Some(draft) = overview.draft.clone().filter(|_| !overview.changes.is_empty()) else {
        return view! { <EmptyState icon="rules" title=t.nothing_to_publish><a href=PATH>{t.back_to_editor}</a></EmptyState> }
            .into_any();
    };
    let changes = context.lang.changes(&overview.changes, &[&draft.set, &overview.in_force.set]);
    let re_rates = draft.set.ladder.rates_otherwise_than(&overview.in_force.set.ladder);
    let keeps = re_rates && draft.set.ladder.validity.is_some();
    let asks_window = draft.set.ladder.window != Window::Lifetime;
    let re_rates = (re_rates || asks_window).then(|| view! { <p>{t.re_rates}</p> });
    let instead = overview.scheduled.as_ref().map(|rules| {
        let text = (context.lang.rules_desk().takes_place_of)(rules.version, &context.in_full(rules.from));
        view! { <Notice tone=Tone::Warn><p>{text}</p></Notice> }
    });
    let terms = Publish { revision: draft.revision, instead_of: overview.scheduled.as_ref().map(|rules| rules.version), keeps };
    let question = match at {
        Some((typed, at)) => {
            view! { <AtATime context=context.clone() version=overview.next_version typed at terms/> }.into_any()
        }
        None => view! { <NowOrLater context=context.clone() terms/> }.into_any(),
    };
    view! {
        <div class="narrow stack">
            <Card title=(t.becomes)(overview.next_version)><Markup content=vec![changed(context.lang, changes)]/></Card>
            {instead}
            <Notice tone=Tone::Warn><p>{t.publish_about}</p>{re_rates}</Notice>
            {question}
            <div class="form-foot"><a class="button" href=PATH>{t.back_to_editor}</a></div>
        </div>
    }
    .into_any()
}

/// What is sent with either way to publish.
#[derive(Clone, Copy)]
struct Publish {
    revision: i64,
    instead_of: Option<u32>,
    keeps: bool,
}

#[component]
fn Sent(context: RequestContext, terms: Publish, #[prop(optional, into)] at: String, label: &'static str) -> impl IntoView {
    let form = Form::of(PublishRules::PATH);
    let demotes = terms.keeps.then(|| view! { <CheckBox form name="demotes" label=context.lang.console().demotes/> });
    let instead_of = terms.instead_of.map(|version| version.to_string()).unwrap_or_default();
    view! {
        <PostForm form>
            <Hidden name="revision" value=terms.revision.to_string()/>
            <Hidden name="instead_of" value=instead_of/>
            <Hidden name="at" value=at/>
            {demotes}
            <Submit label/>
        </PostForm>
    }
}

#[component]
fn NowOrLater(context: RequestContext, terms: Publish) -> impl IntoView {
    let (t, words) = (context.lang.rules_desk(), context.lang.console());
    let form = Form::of(ScheduleRules::PATH);
    let now = (t.at_once)(&context.in_full(context.now()));
    let zone = context.programme().time_zone.clone();
    view! {
        <div class="halves even">
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
