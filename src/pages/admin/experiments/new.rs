//! An experiment out of the draft: what it changes, how long it goes on for whom, and beside that what it would have done to
//! everybody.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{AdminPage, Here, experiment_path};
use crate::api::admin::experiments::StartExperiment;
use crate::islands::changed;
use crate::pages::admin::lab::{self, OfDraft};
use crate::pages::admin::rules::Telling;
use crate::pages::components::{Card, EmptyState, Field, Form, Hidden, Markup, Notice, PostForm, Submit, TextArea, Tone};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::paths::RULES_DRAFT;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::rules;
use laurel_engine::usecase::rules::experiments;

#[component]
pub fn NewExperimentPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
        let (t, ledger) = (context.lang.experiments(), &context.state.ledger);
        let overview = rules::overview(ledger).await?;
        let all = experiments::list(ledger).await?;
        let on = all.into_iter().find(|one| one.is_on(context.now()));
        let draft = overview.draft.clone().filter(|_| !overview.changes.is_empty());
        let content = match (on, draft) {
            (Some(on), _) => view! {
                <Notice tone=Tone::Warn><p>{(t.is_on)(&on.name)}" "<a href=experiment_path(on.id)>{t.look}</a></p></Notice>
            }
            .into_any(),
            (None, None) => {
                view! { <EmptyState icon="rules" title=t.no_draft><a href=RULES_DRAFT>{t.to_editor}</a></EmptyState> }
                    .into_any()
            }
            (None, Some(draft)) => {
                let changes = context.lang.changes(&overview.changes, &[&draft.set, &overview.in_force.set]);
                let re_rates = draft.set.ladder.rates_otherwise_than(&overview.in_force.set.ladder);
                let known = lab::known(&context, &staff, &draft.set).await?;
                let of_draft = context.clone();
                view! {
                    <p class="mute measure">{t.new_about}</p>
                    <div class="decide">
                        <div class="stack">
                            <Card title=t.draft_title><Markup content=vec![changed(context.lang, changes)]/></Card>
                            <Card title=t.new_title><StartForm context=context.clone() revision=draft.revision re_rates/></Card>
                        </div>
                        <div class="stack"><OfDraft context=of_draft known/></div>
                    </div>
                }
                .into_any()
            }
        };
        Ok(view! { <AdminPage title=t.new here=Here::Experiments>{content}</AdminPage> }.into_any())
    })
}

/// `re_rates`: whether the draft can take a tier from somebody.
#[component]
fn StartForm(context: RequestContext, revision: i64, re_rates: bool) -> impl IntoView {
    let t = context.lang.experiments();
    let form = Form::of(StartExperiment::PATH);
    let zone = context.programme().time_zone.clone();
    let keeps = re_rates.then(|| view! { <Field form name="keeps_until" kind="date" label=t.keep_through hint=t.keep_hint/> });
    let words = (t.notice_title, t.notice_hint);
    view! {
        <PostForm form>
            <Hidden name="revision" value=revision.to_string()/>
            <Field form name="name" label=t.name maxlength=80 required=true/>
            <TextArea form name="hypothesis" label=t.hypothesis hint=t.hypothesis_hint rows=3 maxlength=500 required=true/>
            <div class="halves even">
                <Field form name="variant" label=t.variant_share value="50" inputmode="decimal" required=true/>
                <Field form name="control" label=t.control_share value="50" inputmode="decimal" required=true/>
            </div>
            <p class="hint">{t.shares_hint}</p>
            <div class="halves even">
                <Field form name="at" kind="datetime-local" label=t.at hint=(t.at_hint)(&zone)/>
                <Field form name="until" kind="datetime-local" label=t.until hint=t.until_hint required=true/>
            </div>
            {keeps}
            <Telling context=context.clone() form words/>
            <Submit label=t.start/>
        </PostForm>
    }
}
