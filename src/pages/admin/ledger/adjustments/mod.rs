//! Adjustments that need a second person, those decided last, and the limit that makes them so.

mod decide;
mod limit;
mod make;

use std::collections::HashMap;

use laurel_domain::ids::StaffId;
use laurel_domain::ledger::adjustment::AdjustmentState;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::ledger::DecideAdjustment;
use crate::i18n::{Lang, format};
use crate::pages::admin::members::name_of;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Chip, EmptyState, Form, Hidden, PointsChange, PostForm, Submit, Table};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::{Permission, StaffSession};
use laurel_engine::store::ledger::adjustments::Adjustment;
use laurel_engine::usecase::audit;
use laurel_engine::usecase::ledger::adjustments;

pub use decide::DecidePage;
use limit::{LimitCard, Limits};
pub use make::{AdjustPage, AmountForm};

const DECIDED: i64 = 20;

#[component]
pub fn AdjustmentsPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let t = context.lang.adjust();
        let proposals = adjustments::proposals(&context.state.ledger, DECIDED).await?;
        let names = audit::staff_names(context.db()).await?;
        let limits = Limits { now: proposals.limit, waiting: proposals.limit_waiting, decided: proposals.limit_decided };
        let limit = view! { <LimitCard context=context.clone() staff=staff.clone() names=names.clone() limits/> };
        let waiting = match proposals.waiting.is_empty() {
            true => {
                view! { <EmptyState icon="check" title=t.nothing_waits><p>{t.nothing_waits_about}</p></EmptyState> }.into_any()
            }
            false => view! { <Waiting context=context.clone() staff names=names.clone() rows=proposals.waiting/> }.into_any(),
        };
        let decided = match proposals.decided.is_empty() {
            true => view! { <p class="mute">{t.nothing_decided}</p> }.into_any(),
            false => view! { <Decided context=context.clone() names rows=proposals.decided/> }.into_any(),
        };
        Ok(view! {
            <AdminPage title=t.proposals here=Here::Adjustments>
                <p class="mute">{t.proposals_about}</p>
                {waiting}
                <Card title=t.decided>{decided}</Card>
                {limit}
            </AdminPage>
        }
        .into_any())
    })
}

fn called(names: &HashMap<String, String>, staff: StaffId) -> String {
    names.get(&staff.to_string()).cloned().unwrap_or_default()
}

fn member(context: &RequestContext, row: &Adjustment) -> impl IntoView + use<> {
    let name = name_of(context.lang, row.member_name.clone(), &row.external_id);
    view! { <a href=format!("/admin/members/{}", row.member)>{name}</a> }
}

fn reason(lang: Lang, row: &Adjustment) -> String {
    row.reason.as_ref().map_or_else(|| lang.adjust().erased.to_owned(), |reason| reason.text.clone())
}

#[component]
fn Waiting(
    context: RequestContext,
    staff: StaffSession,
    names: HashMap<String, String>,
    rows: Vec<Adjustment>,
) -> impl IntoView {
    let t = context.lang.adjust();
    let row = |row: Adjustment| {
        view! {
            <tr>
                <td class="small nowrap">{format::date_time(context.lang, context.local(row.approval.made_at))}</td>
                <th scope="row">{member(&context, &row)}</th>
                <td class="num"><PointsChange points=row.points/></td>
                <td>{reason(context.lang, &row)}</td>
                <td>{called(&names, row.approval.made_by)}</td>
                <td><Choices lang=context.lang staff=staff.clone() row/></td>
            </tr>
        }
    };
    let rows = rows.into_iter().map(row).collect_view();
    let head = vec![t.when, t.member, t.points_column, t.reason, t.proposed_by, t.state_label];
    view! { <Table label=t.waiting head>{rows}</Table> }
}

/// What whoever looks can do: take their own back, or decide another's.
#[component]
fn Choices(lang: Lang, staff: StaffSession, row: Adjustment) -> impl IntoView {
    let t = lang.adjust();
    let id = row.id.to_string();
    let form = Form::about(DecideAdjustment::PATH, "proposal", &id);
    if row.approval.made_by == staff.staff {
        return view! {
            <PostForm form class="inline">
                <Hidden name="proposal" value=id/>
                <Submit label=t.withdraw kind="small" name="decision" value="withdraw"/>
            </PostForm>
        }
        .into_any();
    }
    if !staff.role.may(Permission::ApproveAdjustments) {
        return view! { <span class="mute small">{t.for_others}</span> }.into_any();
    }
    view! { <a class="button small" href=format!("/admin/adjustments/{}", row.id)>{t.review}</a> }.into_any()
}

#[component]
fn Decided(context: RequestContext, names: HashMap<String, String>, rows: Vec<Adjustment>) -> impl IntoView {
    let t = context.lang.adjust();
    let row = |row: Adjustment| {
        let tone = match row.approval.state {
            AdjustmentState::Posted => "good",
            AdjustmentState::Rejected => "bad",
            AdjustmentState::Proposed | AdjustmentState::Withdrawn => "",
        };
        let by = row.approval.decided_by.map(|by| called(&names, by));
        let objection = row.approval.objection.clone().map(|objection| view! { <br/><small class="mute">{objection}</small> });
        view! {
            <tr>
                <td class="small nowrap">{row.approval.decided_at.map(|at| format::date_time(context.lang, context.local(at)))}</td>
                <th scope="row">{member(&context, &row)}</th>
                <td class="num"><PointsChange points=row.points/></td>
                <td>{reason(context.lang, &row)}</td>
                <td>{called(&names, row.approval.made_by)}</td>
                <td>{by}</td>
                <td><Chip tone>{t.state(row.approval.state)}</Chip>{objection}</td>
            </tr>
        }
    };
    let rows = rows.into_iter().map(row).collect_view();
    let head = vec![t.when, t.member, t.points_column, t.reason, t.proposed_by, t.decided_by, t.state_label];
    view! { <Table label=t.decided head>{rows}</Table> }
}
