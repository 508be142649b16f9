//! Proving merges: what left the one account is what the other says it brought, each names the other and the hash it had.

use std::collections::{HashMap, HashSet, VecDeque};

use laurel_domain::ids::MemberId;
use laurel_domain::ledger::entry::{Cause, Entry, Hash};
use laurel_domain::ledger::merging::Brought;

use super::{Difference, Verdict};
use crate::store::members::merging;
use crate::store::{StoreError, Tx};

/// One side of a merge, as it was found in a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Side {
    pub member_no: i64,
    pub entry: Entry,
    /// The hash of the entry before.
    pub previous: Hash,
    /// Of the side that ended: what its entries leave to bring.
    pub brought: Option<Brought>,
}

/// Adds what differs between the two sides.
pub(super) async fn check(tx: &mut Tx, sides: Vec<Side>, verdict: &mut Verdict) -> Result<(), StoreError> {
    let mut differ = |entry: &Entry, what: &str| {
        let (member, seq) = (entry.member.to_string(), Some(entry.seq));
        verdict.differences.push(Difference { member, seq, what: what.to_owned() });
    };
    let pointers: HashMap<i64, i64> = merging::all(tx).await?.into_iter().collect();
    let mut ended: HashMap<(MemberId, MemberId), VecDeque<Side>> = HashMap::new();
    let mut came: Vec<(MemberId, Hash, Brought, Side)> = Vec::new();
    let mut pointing: HashSet<i64> = pointers.keys().copied().collect();
    for side in sides {
        match side.entry.cause.clone() {
            Cause::MergedInto { member, .. } => ended.entry((side.entry.member, member)).or_default().push_back(side),
            Cause::MergedFrom { member, head, brought } => came.push((member, head, brought, side)),
            _ => (),
        }
    }
    for (member, head, brought, side) in came {
        // more than once when something that was redeemed before came back
        let Some(other) = ended.get_mut(&(member, side.entry.member)).and_then(VecDeque::pop_front) else {
            differ(&side.entry, "takes over what no other member's entries hand over");
            continue;
        };
        let named = match other.entry.cause {
            Cause::MergedInto { head, .. } => head,
            _ => Hash::NONE,
        };
        if head != other.previous || named != side.previous {
            differ(&side.entry, "and its other side do not name the entries before each other");
        }
        if other.brought.as_ref() != Some(&brought) || other.entry.points.checked_neg() != Some(side.entry.points) {
            differ(&side.entry, "takes over other than what was handed over");
        }
        match pointers.get(&other.member_no) {
            Some(into) if *into == side.member_no => drop(pointing.remove(&other.member_no)),
            _ => differ(&other.entry, "handed all over, and the member does not lead to where it went"),
        }
    }
    for other in ended.into_values().flatten() {
        differ(&other.entry, "hands over what no other member's entries take over");
    }
    if !pointing.is_empty() {
        let what = format!("{} members are said to be merged whose entries are not", pointing.len());
        verdict.differences.push(Difference { member: String::new(), seq: None, what });
    }
    Ok(())
}
