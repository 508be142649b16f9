//! Proving the ledger: every member's entries are made again from their causes, and everything kept beside them must follow.
//!
//! The entries, the rule sets and the events in them are the evidence; rows that only save adding up are what is checked.
//! A member's entries are added up (`sums`) and made again (`replay`), then what is kept beside them is held against the result
//! (`kept`, `redemptions`, `reversals`); `merges` and `awards` hold the chains of two members against each other. `parts` does so for some members at
//! a time, several parts at once.

mod awards;
mod event_keys;
mod kept;
mod merges;
mod parts;
mod redemptions;
mod replay;
mod reversals;
mod sums;

use std::collections::HashMap;

use laurel_domain::ledger::entry::{Cause, EntryKind};
use laurel_domain::numbers::money::Currency;
use laurel_domain::numbers::points::Points;
use laurel_domain::rules::rule_set::Rulebook;
use serde::Serialize;

use self::redemptions::Noted;
use self::replay::Replay;
use crate::store::ledger::{events, kept as kept_beside, proof, strays};
use crate::store::members::keys as member_keys;
use crate::store::rewards::redemptions::{self as rows, Redemption};
use crate::store::{StoreError, Tx};
use crate::usecase::ledger::Ledger;
use crate::usecase::programme::totals;
use crate::usecase::rewards::verify_rewards;

/// Members and entries of one part; a member with more entries is a part alone.
const MEMBERS: i64 = 500;
const ENTRIES: i64 = 20_000;
/// Entries of a member who is alone in a part that are read at a time.
const WINDOW: i64 = 1_000;
/// Differences told; whoever finds so many needs no more.
pub(in crate::usecase) const MOST: usize = 100;

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

impl Verdict {
    /// The totals of the whole programme are what everything adds up to; not asked where that is wrong itself.
    async fn hold_totals(&mut self, tx: &mut Tx, rulebook: &Rulebook) -> Result<(), StoreError> {
        if self.differences.is_empty() {
            let whole = |what| Difference { member: String::new(), seq: None, what };
            self.differences.extend(totals::differences(tx, rulebook.calendar()).await?.into_iter().map(whole));
        }
        Ok(())
    }
}

impl Verdict {
    /// Adds what was found in another part.
    fn add(&mut self, part: Verdict) {
        self.members += part.members;
        self.entries += part.entries;
        self.redemptions += part.redemptions;
        self.outstanding = self.outstanding.checked_add(part.outstanding).unwrap_or(Points::ZERO);
        self.differences.extend(part.differences);
        self.differences.truncate(MOST);
        for (sum, of_part) in self.by_kind.iter_mut().zip(part.by_kind) {
            *sum += of_part;
        }
        self.held += part.held;
        self.merges.extend(part.merges);
        self.awards.extend(part.awards);
    }
}

impl Difference {
    /// Whom or what it is about, for people.
    pub fn about(&self) -> String {
        if self.member.is_empty() { "the whole".to_owned() } else { format!("member {}", self.member) }
    }
}

/// Checks everything while others go on writing: part by part, each on a snapshot of its own. What seems to differ between members is
/// looked at again on one snapshot, as it may have changed between two parts.
pub async fn verify(ledger: &Ledger) -> Result<Verdict, StoreError> {
    let ledger = &ledger.for_reports();
    if let Some(verdict) = parts::verify(ledger).await? {
        return Ok(verdict);
    }
    ledger
        .db
        .snapshot(ledger.clone(), |tx, ledger| {
            Box::pin(async move {
                let rulebook = ledger.rulebook_of(tx).await?;
                everything(tx, &rulebook, ledger.programme.currency).await
            })
        })
        .await
}

/// Checks everything as it is in this transaction.
pub(in crate::usecase) async fn everything(
    tx: &mut Tx,
    rulebook: &Rulebook,
    currency: Currency,
) -> Result<Verdict, StoreError> {
    let (mut verdict, mut after) = (Verdict::default(), i64::MIN);
    while let Some((first, last)) = proof::part_after(tx, after, MEMBERS, ENTRIES).await? {
        part(tx, rulebook, currency, Part { after, first, last }, &mut verdict).await?;
        after = last;
    }
    whole(tx, rulebook, after, &mut verdict).await?;
    Ok(verdict)
}

/// Members by their numbers, from the first to the last, and after whom nobody is between.
#[derive(Clone, Copy, Debug)]
struct Part {
    after: i64,
    first: i64,
    last: i64,
}

/// What is of all together, once every part has been checked: `after` is the last member of the last.
async fn whole(tx: &mut Tx, rulebook: &Rulebook, after: i64, verdict: &mut Verdict) -> Result<(), StoreError> {
    strays(tx, after, i64::MAX, verdict).await?;
    verify_rewards::check(tx, verdict).await?;
    let sides = std::mem::take(&mut verdict.merges);
    merges::check(tx, sides, verdict).await?;
    std::mem::take(&mut verdict.awards).check(verdict);
    verdict.conserve();
    verdict.hold_totals(tx, rulebook).await
}

/// Rows of members who are not there, of the numbers after one and up to another.
async fn strays(tx: &mut Tx, after: i64, last: i64, verdict: &mut Verdict) -> Result<(), StoreError> {
    for (no, what) in strays::strays(tx, after.saturating_add(1), last, MOST as i64).await? {
        let what = format!("there are {what} of member number {no}, who is not there");
        verdict.differences.push(Difference { member: String::new(), seq: None, what });
    }
    for (no, redemption, what) in strays::of_redemptions(tx, after.saturating_add(1), last, MOST as i64).await? {
        let what = format!("there is {what} of redemption {redemption}, which member number {no} has not made");
        verdict.differences.push(Difference { member: String::new(), seq: None, what });
    }
    Ok(())
}

/// What is a member's own. Nothing of it depends on anybody else.
async fn part(
    tx: &mut Tx,
    rulebook: &Rulebook,
    currency: Currency,
    part: Part,
    verdict: &mut Verdict,
) -> Result<(), StoreError> {
    let Part { after, first, last } = part;
    strays(tx, after, last, verdict).await?;
    for member in member_keys::wrong(tx, first, last).await? {
        let what = "is not found by their id, external id or referral code".to_owned();
        verdict.differences.push(Difference { member: member.to_string(), seq: None, what });
    }
    for (member, what) in member_keys::wrong_of_theirs(tx, first, last).await? {
        verdict.differences.push(Difference { member: member.to_string(), seq: None, what: format!("{what} is not found") });
    }
    awards::named(tx, first, last, verdict).await?;
    let members = proof::members_between(tx, first, last).await?;
    let ids = members.iter().map(|member| (member.no, member.id())).collect();
    reversals::check(tx, (first, last), &ids, verdict).await?;
    let is_long = members.len() == 1 && members[0].account.seq > WINDOW;
    let (mut entries, unreadable) = match is_long {
        true => Default::default(),
        false => proof::entries(tx, currency, first, last).await?,
    };
    let mut keys = event_keys::Expected::default();
    entries.iter().for_each(|(no, own)| keys.add(*no, own));
    keys.check(tx, verdict).await?;
    let kept = kept_beside::kept(tx, first, last).await?;
    let numbers: Vec<i64> = members.iter().map(|member| member.no).collect();
    let mut changes = events::tier_changes(tx, &numbers).await?;
    let mut redeemed: HashMap<i64, Vec<(Redemption, Noted)>> = HashMap::new();
    let mut states = rows::states_of_range(tx, first, last).await?;
    for redemption in rows::of_range(tx, currency, first, last).await? {
        let noted = states.remove(&redemption.id).unwrap_or_default();
        redeemed.entry(redemption.member_no).or_default().push((redemption, noted));
    }
    for member in &members {
        // by the rules of their own group: what another's made differs
        let timeline = rulebook.of(member.id());
        let mut replay = Replay::new(member, &timeline, verdict);
        let damaged: Vec<&proof::Unreadable> = unreadable.iter().filter(|(no, _, _)| *no == member.no).collect();
        if !damaged.is_empty() {
            damaged.into_iter().for_each(|(_, seq, why)| replay.differ(*seq, *why));
            continue;
        }
        replay.look_back(kept.early(member.no), kept.late(member.no));
        if !is_long {
            let own = entries.remove(&member.no).unwrap_or_default();
            replay.add_up(&own);
            replay.hold_sums();
            replay.keep_merges(&own, 0, true);
            replay.verdict.awards.add(&own, &mut HashMap::new(), rulebook);
            replay.make_again(&own, true);
        } else if !read_long(tx, rulebook, currency, &mut replay).await? {
            continue;
        }
        replay.finish(&kept, &changes.remove(&member.no).unwrap_or_default(), &redeemed.remove(&member.no).unwrap_or_default());
    }
    Ok(())
}

/// The entries of one member, some at a time. Whether all of them can be read.
async fn read_long(tx: &mut Tx, rulebook: &Rulebook, currency: Currency, replay: &mut Replay<'_>) -> Result<bool, StoreError> {
    let (mut after, mut waiting, mut payments) = (i64::MIN, Vec::new(), HashMap::new());
    // what a merge hands over is told by all entries before it, of accounts that have no payments
    let mut without_payments = Some(Vec::new());
    loop {
        let (next, unreadable) = proof::entries_from(tx, currency, replay.member.no, after, WINDOW).await?;
        if !unreadable.is_empty() {
            unreadable.into_iter().for_each(|(_, seq, why)| replay.differ(seq, why));
            return Ok(false);
        }
        let Some(last) = next.last() else {
            replay.hold_sums();
            replay.make_again(&waiting, true);
            return Ok(true);
        };
        after = last.seq;
        let mut keys = event_keys::Expected::default();
        keys.add(replay.member.no, &next);
        keys.check(tx, replay.verdict).await?;
        replay.add_up(&next);
        replay.verdict.awards.add(&next, &mut payments, rulebook);
        let has_payments = next.iter().any(|entry| matches!(entry.cause, Cause::Payment { .. }));
        match without_payments.take().filter(|_| !has_payments) {
            Some(mut all) => {
                let from = all.len();
                all.extend(next.iter().cloned());
                replay.keep_merges(&all, from, true);
                without_payments = Some(all);
            }
            None => replay.keep_merges(&next, 0, false),
        }
        waiting.extend(next);
        let done = replay.make_again(&waiting, false);
        waiting.drain(..done);
    }
}
