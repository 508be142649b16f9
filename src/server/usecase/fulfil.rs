//! Redemptions as the staff works them off: one or many at once, all or none.

use laurel_domain::ids::RedemptionId;
use laurel_domain::redeem::CashState;
use laurel_domain::refusal::{Fault, Refusal};

use super::error::{AppError, require};
use super::ledger::Ledger;
use super::redeem::{Advance, advance_in};
use crate::server::auth::{Authority, Permission};
use crate::server::store::redemptions;

/// How many at once.
pub const MOST: usize = 200;

/// Moves redemptions on: a payout that is marked as paid or failed before it began has begun in the same step. All of them, or
/// none if one cannot go there.
///
/// # Errors
/// `Forbidden`, `NotFound`, `no_such_transition`, `invalid` (`ids`: none, or more than 200).
pub async fn advance(ledger: &Ledger, by: Authority, ids: &[RedemptionId], to: CashState) -> Result<usize, AppError> {
    require(by, Permission::ManageRedemptions)?;
    let mut ids = ids.to_vec();
    // everybody locks members in one order
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Err(Refusal::field("ids", Fault::Missing).into());
    }
    if ids.len() > MOST {
        return Err(Refusal::field("ids", Fault::Count { least: 1, most: MOST }).into());
    }
    ledger
        .db
        .write((ledger.clone(), by, ids, to), |tx, (ledger, by, ids, to)| {
            Box::pin(async move {
                for id in ids {
                    let found = redemptions::find(tx, ledger.programme.currency, *id).await?.ok_or(AppError::NotFound)?;
                    let steps = steps(found.state, *to);
                    advance_in(tx, ledger, &Advance { id: *id, steps, actor: by.actor(), of_member: None }).await?;
                }
                Ok(ids.len())
            })
        })
        .await
}

fn steps(from: CashState, to: CashState) -> Vec<CashState> {
    match (from, to) {
        (CashState::Reserved, CashState::Paid | CashState::Failed) => vec![CashState::Processing, to],
        _ => vec![to],
    }
}
