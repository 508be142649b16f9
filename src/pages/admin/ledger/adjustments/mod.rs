//! Adjustments that need a second person, those that were decided, and the limit that makes them so.

mod decide;
mod decided;
mod limit;
mod make;

use std::collections::HashMap;

use laurel_domain::ids::StaffId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::ledger::DecideAdjustment;
use crate::i18n::Lang;
use crate::pages::admin::list::{Column, ListTable};
use crate::pages::admin::members::name_of;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{EmptyState, Form, Hidden, PointsChange, PostForm, Submit};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::{Permission, StaffSession};
use laurel_engine::store::ledger::adjustments::Adjustment;
use laurel_engine::usecase::audit;
use laurel_engine::usecase::ledger::adjustments;

pub use decide::DecidePage;
use decided::DecidedOnes;
pub use decided::{adjustment_cells, asked_decided};
use limit::{LimitCard, Limits};
pub use make::AdjustPage;

/// How many changes of the limit that were decided are shown.
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
        let wanted = asked_decided(&context.visit);
        let (found, counted) = (
            adjustments::decided(&context.state.ledger, &wanted).await?,
            adjustments::number_decided(&context.state.ledger, wanted.state).await?,
        );
        let decided = view! { <DecidedOnes context names found counted wanted/> };
        Ok(view! {
            <AdminPage title=t.proposals here=Here::Adjustments>
                <p class="mute">{t.proposals_about}</p>
                {waiting}
                {decided}
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
                <td class="small nowrap">{context.moment(row.approval.made_at)}</td>
                <th scope="row" class="card-name">{member(&context, &row)}</th>
                <td class="num card-sum"><PointsChange points=row.points/></td>
                <td class="card-wide">{reason(context.lang, &row)}</td>
                <td class="card-more">{called(&names, row.approval.made_by)}</td>
                <td class="card-state"><Choices lang=context.lang staff=staff.clone() row/></td>
            </tr>
        }
    };
    let rows = rows.into_iter().map(row).collect_view();
    let columns = [t.when, t.member, t.points_column, t.reason, t.proposed_by, t.state_label].map(Column::plain).to_vec();
    view! { <ListTable label=t.waiting columns>{rows}</ListTable> }
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
