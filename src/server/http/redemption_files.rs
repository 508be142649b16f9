//! Redemptions as files: the list as it is filtered, and a payout batch for the bank.

use axum::extract::{Path, Request, State};
use axum::response::Response;
use laurel_domain::rewards::redemption::RedemptionState;

use super::console_files::{answer_with, file_name};
use crate::pages::admin::asked_redemptions;
use crate::server::AppState;
use crate::server::web::csv::{Cell, Csv};
use crate::server::web::{RequestContext, describe_redemption};
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::store::rewards::redemptions::{RedeemedFor, Redemption};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::rewards::payouts;
use laurel_engine::usecase::rewards::queue::{self, Wanted};

/// Read at a time.
const CHUNK: usize = 500;
/// Beyond these the file ends.
const MOST: usize = 100_000;

/// What the list shows with this filter, in its order.
pub async fn list(State(state): State<AppState>, request: Request) -> Response {
    answer_with(state, request, Permission::Read, async |context| {
        let mut csv = Csv::new(&context.lang.lists().redemption_columns)?;
        let mut wanted = Wanted { from: None, most: CHUNK, ..asked_redemptions(&context.visit) };
        let mut written = 0;
        loop {
            let found = queue::page(&context.state.ledger, wanted).await?;
            for redemption in &found.redemptions {
                csv.row(cells(&context, redemption))?;
            }
            written += found.redemptions.len();
            wanted.from = found.next;
            if wanted.from.is_none() || written >= MOST {
                return csv.attachment(&file_name(&context, "redemptions"));
            }
        }
    })
    .await
}

pub(super) fn cells(context: &RequestContext, one: &Redemption) -> [Cell; 9] {
    let cash = match &one.redeemed_for {
        RedeemedFor::Cash(cash) => Cell::number(cash.amount()),
        RedeemedFor::Reward(_) => Cell::text(""),
    };
    [
        Cell::text(one.id.to_string()),
        Cell::text(one.member_name.clone().unwrap_or_default()),
        Cell::text(one.external_id.clone().unwrap_or_default()),
        Cell::text(describe_redemption(context.lang, &one.redeemed_for)),
        cash,
        Cell::number(one.points),
        Cell::text(context.lang.console().state(one.state)),
        Cell::text(context.local(one.created_at).strftime("%Y-%m-%d %H:%M:%S").to_string()),
        Cell::text(one.tracking.clone().unwrap_or_default()),
    ]
}

/// A line for each payout of a batch that is still to be paid.
pub async fn batch(State(state): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    answer_with(state, request, Permission::ManageRedemptions, async |context| {
        let id = id.parse().map_err(|_| AppError::NotFound)?;
        let staff = context.visit.staff.as_ref().ok_or(AppError::NotSignedIn)?;
        let (batch, items) = payouts::find(&context.state.ledger, Authority::from(staff), id).await?;
        let phones = payouts::phones(&context.state.ledger, &items).await?;
        let mut csv = Csv::new(&context.lang.payouts().file_columns)?;
        for one in items.iter().filter(|one| one.state == RedemptionState::Processing) {
            let RedeemedFor::Cash(cash) = &one.redeemed_for else { continue };
            csv.row([
                Cell::text(one.id.to_string()),
                Cell::text(one.member_name.clone().unwrap_or_default()),
                Cell::text(one.external_id.clone().unwrap_or_default()),
                Cell::text(phones.get(&one.member_no).cloned().unwrap_or_default()),
                Cell::number(cash.amount()),
                Cell::text(cash.currency().to_string()),
                Cell::number(one.points),
                Cell::text(context.local(one.created_at).strftime("%Y-%m-%d %H:%M:%S").to_string()),
            ])?;
        }
        csv.attachment(&file_name(&context, &format!("payouts-{}", batch.number)))
    })
    .await
}
