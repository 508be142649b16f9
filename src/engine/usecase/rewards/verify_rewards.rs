//! Proving rewards: stock follows from its history and redemptions, and each code is where its redemption says.

use laurel_domain::rewards::redemption::RedemptionState;

use crate::store::rewards::stock_proof;
use crate::store::{StoreError, Tx};
use crate::usecase::ledger::verify::{Difference, Verdict};

/// Differences of each sort that are told.
const MOST: i64 = 50;

/// Adds what differs.
pub(in crate::usecase) async fn check(tx: &mut Tx, verdict: &mut Verdict) -> Result<(), StoreError> {
    verdict.rewards = u64::try_from(stock_proof::rewards(tx).await?).unwrap_or(0);
    let mut differ = |member: String, what: String| {
        verdict.differences.push(Difference { member, seq: None, what });
    };
    for wrong in stock_proof::stock(tx, MOST).await? {
        let what =
            format!("reward {} has {} in stock, its history and redemptions leave {}", wrong.id, wrong.stock, wrong.expected);
        differ(String::new(), what);
    }
    for wrong in stock_proof::vouchers(tx, MOST).await? {
        let state = usize::try_from(wrong.state).ok().and_then(|state| RedemptionState::ALL.get(state));
        let what = format!(
            "redemption {} is {}, with {} codes, {} revealed, {} of another reward",
            wrong.id,
            state.map_or("in no state", |state| state.name()),
            wrong.codes,
            wrong.revealed,
            wrong.foreign_codes
        );
        differ(wrong.member_id.to_string(), what);
    }
    match stock_proof::stray_codes(tx).await? {
        0 => (),
        stray => differ(String::new(), format!("{stray} codes are held by what is no voucher")),
    }
    match stock_proof::stray_items(tx).await? {
        0 => (),
        stray => differ(String::new(), format!("{stray} items of payout batches are no payouts")),
    }
    Ok(())
}
