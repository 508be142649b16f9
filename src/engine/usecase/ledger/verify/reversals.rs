//! Proving that what an adjustment says it takes back is an entry of the same member that was there before it.

use std::collections::HashMap;

use laurel_domain::ids::MemberId;

use super::{Difference, MOST, Verdict};
use crate::store::ledger::reversals::astray;
use crate::store::{StoreError, Tx};

/// `members`: those between these numbers, by theirs.
pub(super) async fn check(
    tx: &mut Tx,
    (first, last): (i64, i64),
    members: &HashMap<i64, MemberId>,
    verdict: &mut Verdict,
) -> Result<(), StoreError> {
    for (no, seq, reverses) in astray(tx, first, last, MOST as i64).await? {
        // of a number that nobody has strays are told
        let Some(member) = members.get(&no) else { continue };
        let what = format!("an adjustment is kept as taking back entry {reverses}, which the member has not before it");
        verdict.differences.push(Difference { member: member.to_string(), seq, what });
    }
    Ok(())
}
