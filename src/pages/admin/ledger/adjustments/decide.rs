//! What is asked before an adjustment that somebody else proposed is approved or rejected: whose points, how many, why, and
//! what they have before and after.

use laurel_domain::ledger::adjustment::AdjustmentState;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::make::told;
use super::{called, reason};
use crate::api::admin::ledger::DecideAdjustment;
use crate::api_error::ApiError;
use crate::i18n::{Lang, format};
use crate::pages::admin::members::name_of;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Field, Form, Hidden, Notice, PostForm, Submit, Tone};
use crate::pages::page;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::store::ledger::adjustments::Adjustment;
use laurel_engine::usecase::audit;
use laurel_engine::usecase::ledger::adjustments::{self, Preview};
use laurel_engine::usecase::ledger::reversals::reversals;

#[component]
pub fn DecidePage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::ApproveAdjustments)?;
        let ledger = &context.state.ledger;
        let path = context.visit.path.split('?').next().unwrap_or_default();
        let id = path.rsplit('/').next().and_then(|id| id.parse().ok()).ok_or_else(|| errors::not_found(context.lang))?;
        let proposal = adjustments::proposal(ledger, id).await?.ok_or_else(|| errors::not_found(context.lang))?;
        let names = audit::staff_names(context.db()).await?;
        let t = context.lang.adjust();
        let points = format::points_change(proposal.points);
        let name = name_of(context.lang, proposal.member_name.clone(), &proposal.external_id);
        let title = (t.approve_title)(&points, &name);
        // what cannot be posted today can still be rejected
        let previewed =
            adjustments::preview(ledger, Authority::from(&staff), proposal.member, &proposal.points.to_string()).await;
        let preview = previewed.map_err(ApiError::from);
        let reversed = match proposal.reverses {
            // the proposal itself waits
            Some(seq) => {
                let mut all = reversals(ledger, Authority::from(&staff), proposal.member, seq).await?;
                all.retain(|one| one.seq.is_some());
                all
            }
            None => Vec::new(),
        };
        let reversed = told(&context, &reversed, &names);
        let content = match (proposal.approval.state, proposal.approval.made_by == staff.staff) {
            (AdjustmentState::Proposed, false) => {
                view! { <Question context=context.clone() by=called(&names, proposal.approval.made_by) proposal preview reversed/> }
                    .into_any()
            }
            (AdjustmentState::Proposed, true) => view! { <Notice>{t.for_others}</Notice> }.into_any(),
            (state, _) => view! { <Notice>{(t.decided_already)(t.state(state))}</Notice> }.into_any(),
        };
        Ok(view! {
            <AdminPage title here=Here::Adjustments>
                <div class="stack narrow">{content}<p><a href="/admin/adjustments">{context.lang.common().back}</a></p></div>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Question(
    context: RequestContext,
    by: String,
    proposal: Adjustment,
    preview: Result<Preview, ApiError>,
    reversed: Vec<String>,
) -> impl IntoView {
    let (t, lang) = (context.lang.adjust(), context.lang);
    let id = proposal.id.to_string();
    let form = Form::about(DecideAdjustment::PATH, "proposal", &id);
    let points = format::points_change(proposal.points);
    let row = |name: &'static str, value: String, class: &'static str| view! { <div class=class><dt>{name}</dt><dd>{value}</dd></div> };
    let name = name_of(lang, proposal.member_name.clone(), &proposal.external_id);
    let what = view! {
        <dl class="sum">
            <div><dt>{t.member}</dt><dd><a href=format!("/admin/members/{}", proposal.member)>{name}</a></dd></div>
            {row(t.reason, reason(lang, &proposal), "")}
            {row(t.proposed_by, format!("{by} · {}", context.moment(proposal.approval.made_at)), "")}
            {preview.as_ref().ok().map(|shown| row(t.before, format::points(shown.available), ""))}
            {row(column(t.points_column), points.clone(), "")}
            {preview.as_ref().ok().map(|shown| row(t.after, format::points(shown.after), "total"))}
        </dl>
    };
    let approve = match preview {
        Ok(_) => view! { <ApproveForm lang form id=id.clone() points/> }.into_any(),
        Err(error) => view! { <Notice tone=Tone::Warn>{error.message}</Notice> }.into_any(),
    };
    let reversed = (!reversed.is_empty()).then(|| {
        let lines = reversed.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        view! { <Notice tone=Tone::Warn>{lines}<p>{t.reverses_again}</p></Notice> }
    });
    view! {
        <section class="card confirm stack">{reversed}{what}{approve}</section>
        <Card title=t.reject>
            <PostForm form>
                <Hidden name="proposal" value=id/>
                <Field form name="objection" label=t.objection maxlength=500 required=true/>
                <Submit label=t.reject kind="danger" name="decision" value="reject"/>
            </PostForm>
        </Card>
    }
}

#[component]
fn ApproveForm(lang: Lang, form: Form, id: String, points: String) -> impl IntoView {
    view! {
        <PostForm form class="inline">
            <Hidden name="proposal" value=id/>
            <Submit label=(lang.adjust().approve_points)(&points) name="decision" value="approve"/>
        </PostForm>
    }
}

/// Headings of columns say where they align.
fn column(head: &'static str) -> &'static str {
    head.trim_start_matches('>')
}
