//! The question before rules are published: what changes, for whom, from when.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::rules::PublishRules;
use crate::i18n::format;
use crate::islands::changed;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, CheckBox, EmptyState, Field, Form, Hidden, Markup, Notice, PostForm, Submit, Tone};
use crate::pages::page;
use crate::server::auth::Permission;
use crate::server::http::Ask;
use crate::server::usecase::rules::{self, Desk};

#[component]
pub fn PublishRulesPage() -> impl IntoView {
    page(async {
        let (ask, _staff) = Ask::staff(Permission::ManageRules)?;
        let desk = rules::desk(&ask.state.ledger).await?;
        Ok(view! { <AdminPage title=ask.lang.console().publish_title here=Here::Rules><Question ask desk/></AdminPage> }
            .into_any())
    })
}

#[component]
fn Question(ask: Ask, desk: Desk) -> impl IntoView {
    let t = ask.lang.console();
    let before = desk.before().clone();
    let Some(draft) = desk.draft.filter(|_| !desk.changes.is_empty()) else {
        return view! {
            <EmptyState icon="rules" title=t.nothing_to_publish><a href="/admin/rules">{t.back_to_editor}</a></EmptyState>
        }
        .into_any();
    };
    let changes = ask.lang.changes(&desk.changes, &[&draft.set, &before.set]);
    let ladder = &draft.set.ladder;
    let re_rates = ladder.rates_otherwise_than(&before.set.ladder);
    let keeps = re_rates && ladder.validity.is_some();
    let re_rates = re_rates.then(|| view! { <p>{t.re_rates}</p> });
    let form = Form::of(PublishRules::PATH);
    let demotes = keeps.then(|| view! { <CheckBox form name="demotes" label=t.demotes/> });
    let list = view! { <Card title=(t.becomes)(before.version + 1)><Markup content=vec![changed(ask.lang, changes)]/></Card> };
    if let Some(scheduled) = desk.scheduled {
        let at = format::date_time(ask.lang, ask.local(scheduled.from));
        return view! {
            <div class="narrow stack">
                <Notice tone=Tone::Warn><p>{(t.cannot_publish_yet)(scheduled.version, &at)}</p></Notice>
                {list}
                <div class="form-foot"><a class="button" href="/admin/rules">{t.back_to_editor}</a></div>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="narrow stack">
            {list}
            <Notice tone=Tone::Warn><p>{t.publish_about}</p>{re_rates}</Notice>
            <PostForm form>
                <Hidden name="revision" value=draft.revision.to_string()/>
                <Field form name="at" kind="datetime-local" label=t.publish_at hint=t.publish_at_hint/>
                {demotes}
                <div class="form-foot">
                    <Submit label=t.publish_now/>
                    <a class="button" href="/admin/rules">{t.back_to_editor}</a>
                </div>
            </PostForm>
        </div>
    }
    .into_any()
}
