//! Proving the ledger: every member's entries are made again from their causes, and everything kept beside them must follow.
//!
//! The entries, the rule sets and the events in them are the evidence; rows that only save adding up are what is checked.
//! A member's entries are added up (`sums`) and made again (`replay`), then what is kept beside them is held against the result
//! (`kept`, `redemptions`); `merges` and `awards` hold the chains of two members against each other.

mod awards;
mod kept;
mod merges;
mod redemptions;
mod replay;
mod sums;

use std::collections::HashMap;

use laurel_domain::ledger::entry::EntryKind;
use laurel_domain::numbers::money::Currency;
use laurel_domain::numbers::points::Points;
use laurel_domain::rules::rule_set::Timeline;
use serde::Serialize;

use self::redemptions::Noted;
use self::replay::Replay;
use crate::server::store::ledger::{events, proof, strays};
use crate::server::store::members::member::Member;
use crate::server::store::rewards::redemptions::{self as rows, Redemption};
use crate::server::store::{StoreError, Tx};
use crate::server::usecase::ledger::Ledger;
use crate::server::usecase::rewards::verify_rewards;

/// Members read at a time.
const CHUNK: i64 = 500;
/// Differences told; whoever finds so many needs no more.
pub(in crate::server::usecase) const MOST: usize = 100;

/// What was checked, and what differs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    pub members: u64,
    pub entries: u64,
    pub redemptions: u64,
    pub rewards: u64,
    pub outstanding: Points,
    pub differences: Vec<Difference>,
    /// Points by kind of entry, and what members' rows hold together: what was issued and was not taken is outstanding.
    #[serde(skip)]
    by_kind: [i128; EntryKind::ALL.len()],
    #[serde(skip)]
    held: i128,
    /// Both sides of every merge.
    #[serde(skip)]
    merges: Vec<merges::Side>,
    /// Awards for invitations, and the refunds that take them back.
    #[serde(skip)]
    awards: awards::Sides,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The member's id; empty for what is about a reward, or about all together.
    pub member: String,
    /// Of the entry, where it is about one.
    pub seq: Option<i64>,
    pub what: String,
}

impl Verdict {
    /// issued − clawed back − redeemed + restored − expired ± adjusted = the sum of all balances.
    fn conserve(&mut self) {
        let sum: i128 = self.by_kind.iter().sum();
        if sum != self.held {
            let hundredths =
                |n: i128| i64::try_from(n).map_or_else(|_| n.to_string(), |n| Points::from_hundredths(n).to_string());
            let what = format!("members hold {} together, all entries leave {}", hundredths(self.held), hundredths(sum));
            self.differences.push(Difference { member: String::new(), seq: None, what });
        }
    }
}

impl Difference {
    /// Whom or what it is about, for people.
    pub fn about(&self) -> String {
        if self.member.is_empty() { "the whole".to_owned() } else { format!("member {}", self.member) }
    }
}

/// Checks everything on one snapshot, while others go on writing.
pub async fn verify(ledger: &Ledger) -> Result<Verdict, StoreError> {
    let timeline = ledger.timeline().await?;
    let currency = ledger.programme.currency;
    ledger
        .db
        .snapshot((timeline, currency), |tx, (timeline, currency)| {
            Box::pin(async move { everything(tx, timeline, *currency).await })
        })
        .await
}

/// Checks everything as it is in this transaction.
pub(in crate::server::usecase) async fn everything(
    tx: &mut Tx,
    timeline: &Timeline,
    currency: Currency,
) -> Result<Verdict, StoreError> {
    let mut verdict = Verdict::default();
    let mut after = i64::MIN;
    loop {
        let members = proof::members_after(tx, after, CHUNK).await?;
        let Some(last) = members.last().map(|member| member.no) else {
            strays(tx, after, i64::MAX, &mut verdict).await?;
            verify_rewards::check(tx, &mut verdict).await?;
            let sides = std::mem::take(&mut verdict.merges);
            merges::check(tx, sides, &mut verdict).await?;
            std::mem::take(&mut verdict.awards).check(&mut verdict);
            verdict.conserve();
            return Ok(verdict);
        };
        strays(tx, after, last, &mut verdict).await?;
        chunk(tx, timeline, currency, &members, &mut verdict).await?;
        after = last;
    }
}

/// Rows of members who are not there, of the numbers after one and up to another.
async fn strays(tx: &mut Tx, after: i64, last: i64, verdict: &mut Verdict) -> Result<(), StoreError> {
    for (no, what) in strays::strays(tx, after.saturating_add(1), last, MOST as i64).await? {
        let what = format!("there are {what} of member number {no}, who is not there");
        verdict.differences.push(Difference { member: String::new(), seq: None, what });
    }
    Ok(())
}

async fn chunk(
    tx: &mut Tx,
    timeline: &Timeline,
    currency: Currency,
    members: &[Member],
    verdict: &mut Verdict,
) -> Result<(), StoreError> {
    let (first, last) = (members[0].no, members[members.len() - 1].no);
    let (mut entries, unreadable) = proof::entries(tx, currency, first, last).await?;
    let kept = proof::kept(tx, first, last).await?;
    let numbers: Vec<i64> = members.iter().map(|member| member.no).collect();
    let mut changes = events::tier_changes(tx, &numbers).await?;
    let mut redeemed: HashMap<i64, Vec<(Redemption, Noted)>> = HashMap::new();
    let mut states = rows::states_of_range(tx, first, last).await?;
    for redemption in rows::of_range(tx, currency, first, last).await? {
        let noted = states.remove(&redemption.id).unwrap_or_default();
        redeemed.entry(redemption.member_no).or_default().push((redemption, noted));
    }
    for member in members {
        let own = entries.remove(&member.no).unwrap_or_default();
        let mut replay = Replay::new(member, timeline, verdict);
        let mut damaged = unreadable.iter().filter(|(no, _, _)| *no == member.no).peekable();
        if damaged.peek().is_some() {
            damaged.for_each(|(_, seq, why)| replay.differ(*seq, *why));
            continue;
        }
        replay.look_back(kept.early(member.no), kept.late(member.no));
        replay.add_up(&own);
        replay.keep_merges(&own);
        replay.verdict.awards.add(&own, timeline);
        replay.make_again(&own);
        replay.finish(&kept, &changes.remove(&member.no).unwrap_or_default(), &redeemed.remove(&member.no).unwrap_or_default());
    }
    Ok(())
}
