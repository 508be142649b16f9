//! Payout batches: all of them, making one, and settling one.

mod make;
mod one;

use leptos::prelude::*;

use crate::pages::admin::list::{Column, ListTable};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Chip, EmptyState};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::rewards::payouts::{self, Batch};

pub use make::MakeBatchPage;
pub use one::BatchPage;

pub const PATH: &str = "/admin/redemptions/batches";
pub const MAKE: &str = "/admin/redemptions/batch";

#[component]
pub fn BatchesPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::ManageRedemptions)?;
        let t = context.lang.payouts();
        let batches = payouts::list(&context.state.ledger).await?;
        let list = match batches.is_empty() {
            true => view! { <EmptyState icon="cash" title=t.no_batches><p>{t.no_batches_about}</p></EmptyState> }.into_any(),
            false => {
                let rows = batches.into_iter().map(|batch| view! { <Row context=context.clone() batch/> }).collect_view();
                view! { <ListTable label=t.batches columns=t.batch_columns.map(Column::plain).to_vec()>{rows}</ListTable> }
                    .into_any()
            }
        };
        Ok(view! { <AdminPage title=t.batches here=Here::Redemptions>{list}</AdminPage> }.into_any())
    })
}

#[component]
fn Row(context: RequestContext, batch: Batch) -> impl IntoView {
    let t = context.lang.payouts();
    let by = batch.made_by.clone().unwrap_or_else(|| context.lang.console().actor_named("command_line").to_owned());
    let reference = batch.settled.as_ref().map(|settled| settled.reference.clone());
    view! {
        <tr>
            <th scope="row" class="card-name"><a href=format!("{PATH}/{}", batch.id)>{(t.batch)(batch.number)}</a></th>
            <td class="small nowrap card-sum">{context.moment(batch.made_at)}</td>
            <td class="card-more">{by}</td>
            <td class="card-state"><BatchChip context=context.clone() is_settled=batch.settled.is_some()/></td>
            <td class="mono small card-wide">{reference}</td>
        </tr>
    }
}

#[component]
fn BatchChip(context: RequestContext, is_settled: bool) -> impl IntoView {
    let t = context.lang.payouts();
    let (tone, text) = if is_settled { ("good", t.settled) } else { ("warn", t.open) };
    view! { <Chip tone>{text}</Chip> }
}
