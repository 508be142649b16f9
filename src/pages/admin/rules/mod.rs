//! The rules in force and the draft of what comes after them.

mod editor;
mod history;
mod lasting;
mod publish;
mod sheet;

use std::sync::Arc;

use axum::http::StatusCode;
use laurel_domain::rules::form;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{AdminPage, Here};
use crate::api::ApiError;
use crate::api::admin::rules::DiscardDraft;
use crate::i18n::format;
use crate::islands::{RulesPreview, UnsavedGuard, changed, sheets};
use crate::pages::components::{Chip, ErrorSummary, Form, Hidden, Markup, Notice, PostForm, Submit, Tone};
use crate::pages::page;
use crate::pages::set_status;
use crate::server::auth::Permission;
use crate::server::http::Ask;
use crate::server::http::rules_form::{PATH, Typed};
use crate::server::usecase::ledger::due;
use crate::server::usecase::rules::{self, Desk};
use editor::{Earning, Redeeming, Tiers};
use lasting::{Caps, Lasting};
use sheet::Sheet;

pub use history::RulesHistoryPage;
pub use publish::PublishRulesPage;

/// The form of this page is the editor's; the buttons on top belong to it by this.
const EDITOR: &str = "editor";

#[component]
pub fn RulesPage() -> impl IntoView {
    page(async {
        let (ask, staff) = Ask::staff(Permission::Read)?;
        let desk = rules::desk(&ask.state.ledger).await?;
        let typed = Typed::current();
        if let Some(error) = typed.as_ref().and_then(|typed| typed.error.as_ref()) {
            set_status(StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        }
        let to_re_rate = due::to_re_rate(&ask.state.ledger).await?;
        Ok(opened(&ask, desk, to_re_rate, typed, staff.role.may(Permission::ManageRules)))
    })
}

fn opened(ask: &Ask, desk: Desk, to_re_rate: i64, typed: Option<Typed>, may_edit: bool) -> AnyView {
    let t = ask.lang.console();
    let error = typed.as_ref().and_then(|typed| typed.error.clone());
    let set = desk.draft.as_ref().map_or(&desk.before().set, |draft| &draft.set);
    let fields = typed.map_or_else(|| form::fields(set).into_iter().collect(), |typed| typed.fields);
    let sheet = Sheet {
        lang: ask.lang,
        fields: Arc::new(fields.clone()),
        before: Arc::new(desk.before().set.clone()),
        currency: desk.in_force.currency,
        faults: Arc::new(error.as_ref().map(|error| error.fields.clone()).unwrap_or_default()),
    };
    // a form that was stale is sent again against what there is now, which is said and shown; any other is not told
    let is_stale = error.as_ref().is_some_and(|error| error.code == "stale_draft");
    let kept = |name: &str| sheet.fields.get(name).filter(|_| !is_stale).cloned();
    let base = kept("base").unwrap_or_else(|| desk.before().version.to_string());
    let revision = kept("revision").unwrap_or_else(|| desk.draft.as_ref().map_or(0, |draft| draft.revision).to_string());
    let before = form::fields(&desk.before().set);
    let before_fields = before.iter().cloned().collect();
    let first = sheets(ask.lang, desk.in_force.currency, &before_fields, &fields);
    let preview = view! {
        <RulesPreview
            lang=ask.lang
            currency=desk.in_force.currency
            in_force=before
        >
            <Markup content=first/>
        </RulesPreview>
    };
    let bar = may_edit.then(|| {
        view! {
            <div class="rules-bar">
                <Submit label=t.save_draft name="do" value="save"/>
                <Submit label=t.preview kind="without-wasm" name="do" value="preview"/>
                <Submit label=t.publish_next kind="" name="do" value="publish"/>
                <UnsavedGuard/>
            </div>
        }
    });
    let news = view! { <Scheduled ask=ask.clone() desk=desk.clone()/><ReRating ask=ask.clone() to_re_rate/> };
    let stale = is_stale.then(|| theirs(ask, &desk));
    let summary = error.filter(|_| !is_stale).map(|error: ApiError| view! { <ErrorSummary error/> });
    let head = ViewFnOnce::from({
        let ask = ask.clone();
        move || view! { <Head ask desk may_edit/> }
    });
    view! {
        <AdminPage title=ask.lang.admin().rules here=Here::Rules head>
            <p class="mute measure">{t.rules_about}</p>
            {news}
            {stale}
            {summary}
            <form id=EDITOR class="rules" method="post" action=PATH novalidate>
                // what Enter in a field does
                <button class="unseen" name="do" value="preview" tabindex="-1" aria-hidden="true" disabled=!may_edit></button>
                <Hidden name="base" value=base/>
                <Hidden name="revision" value=revision/>
                <fieldset class="rules-sheets" disabled=!may_edit>
                    <Earning sheet=sheet.clone()/>
                    <Caps sheet=sheet.clone()/>
                    <Lasting sheet=sheet.clone()/>
                    <Tiers sheet=sheet.clone() may_edit/>
                    <Redeeming sheet/>
                </fieldset>
                <aside class="rules-aside" aria-label=t.preview tabindex="0">{preview}</aside>
                {bar}
            </form>
        </AdminPage>
    }
    .into_any()
}

/// What is in force, what the draft is, and what can be done with it as a whole.
#[component]
fn Head(ask: Ask, desk: Desk, may_edit: bool) -> impl IntoView {
    let t = ask.lang.console();
    let since = match desk.in_force.version {
        1 => (t.version_in_force)(1),
        version => (t.version_since)(version, &ask.day(ask.local(desk.in_force.from).date())),
    };
    let before = desk.before().clone();
    let draft = desk.draft.map(|draft| {
        let count = ask.lang.changes(&desk.changes, &[&draft.set, &before.set]).len();
        let discard = may_edit.then(|| {
            view! {
                <PostForm form=Form::of(DiscardDraft::PATH) class="inline">
                    <Hidden name="revision" value=draft.revision.to_string()/>
                    <Submit label=t.discard kind="small quiet"/>
                </PostForm>
            }
        });
        view! { <Chip tone="warn">{t.draft}" · "{(ask.lang.rules().changed)(count)}</Chip>{discard} }
    });
    view! {
        <Chip tone="good">{since}</Chip>
        {draft}
        <a class="button small" href="/admin/rules/history">{t.history}</a>
    }
}

/// A version that is still to come into force, and when.
#[component]
fn Scheduled(ask: Ask, desk: Desk) -> impl IntoView {
    let t = ask.lang.console();
    desk.scheduled.map(|rules| {
        let at = format::date_time(ask.lang, ask.local(rules.from));
        view! { <Notice tone=Tone::Info><p><b>{(t.is_scheduled)(rules.version, &at)}</b></p><p>{t.is_scheduled_about}</p></Notice> }
    })
}

/// How far re-rating has come; asking again is a link.
#[component]
fn ReRating(ask: Ask, to_re_rate: i64) -> impl IntoView {
    let t = ask.lang.console();
    (to_re_rate > 0).then(|| {
        view! { <Notice tone=Tone::Info><p>{(t.re_rating)(&format::count(to_re_rate))}" "<a href=PATH>{t.reload}</a></p></Notice> }
    })
}

/// Somebody else was quicker: what their draft changes, to compare with what was typed here.
fn theirs(ask: &Ask, desk: &Desk) -> AnyView {
    let t = ask.lang.console();
    let list = desk.draft.as_ref().map(|draft| {
        let changes = ask.lang.changes(&desk.changes, &[&draft.set, &desk.before().set]);
        view! { <Markup content=vec![changed(ask.lang, changes)]/> }
    });
    view! { <Notice tone=Tone::Warn><p><b>{t.stale}</b></p><p>{t.stale_about}</p>{list}</Notice> }.into_any()
}
