//! Proving the ledger: every member's entries are made again from their causes, and everything kept beside them must follow.
//!
//! The entries, the rule sets and the events in them are the evidence; rows that only save adding up are what is checked.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use laurel_domain::ids::{RedemptionId, StaffId};
use laurel_domain::ledger::account::{Account, Early};
use laurel_domain::ledger::entry::{Cause, Entry, EntryKind, Hash, Place};
use laurel_domain::ledger::history::History;
use laurel_domain::ledger::invitation::Award;
use laurel_domain::ledger::merging::Brought;
use laurel_domain::ledger::posting::{Journal, Posted, Posting, TierChange};
use laurel_domain::ledger::refund::PaymentEntry;
use laurel_domain::numbers::money::Money;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::cash;
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::rules::rule_set::Timeline;
use serde::Serialize;

use crate::server::store::ledger::late::Late;
use crate::server::store::ledger::proof::Kept;
use crate::server::store::ledger::{adjustments, events, proof, strays};
use crate::server::store::members::member::Member;
use crate::server::store::rewards::redemptions;
use crate::server::store::rewards::redemptions::{Redemption, What};
use crate::server::store::{StoreError, Tx};

use crate::server::usecase::ledger::{Ledger, verify_awards, verify_merges};
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
    merges: Vec<verify_merges::Side>,
    /// Awards for invitations, and the refunds that take them back.
    #[serde(skip)]
    awards: verify_awards::Sides,
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
    currency: laurel_domain::numbers::money::Currency,
) -> Result<Verdict, StoreError> {
    let mut verdict = Verdict::default();
    let mut after = i64::MIN;
    loop {
        let members = proof::members_after(tx, after, CHUNK).await?;
        let Some(last) = members.last().map(|member| member.no) else {
            strays(tx, after, i64::MAX, &mut verdict).await?;
            verify_rewards::check(tx, &mut verdict).await?;
            let merges = std::mem::take(&mut verdict.merges);
            verify_merges::check(tx, merges, &mut verdict).await?;
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
    currency: laurel_domain::numbers::money::Currency,
    members: &[Member],
    verdict: &mut Verdict,
) -> Result<(), StoreError> {
    let (first, last) = (members[0].no, members[members.len() - 1].no);
    let (mut entries, unreadable) = proof::entries(tx, currency, first, last).await?;
    let kept = proof::kept(tx, first, last).await?;
    let numbers: Vec<i64> = members.iter().map(|member| member.no).collect();
    let mut changes = events::tier_changes(tx, &numbers).await?;
    let mut redeemed: HashMap<i64, Vec<(Redemption, Noted)>> = HashMap::new();
    let mut states = redemptions::states_of_range(tx, first, last).await?;
    for redemption in redemptions::of_range(tx, currency, first, last).await? {
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

/// The states that a redemption has been in, and since when, in no order.
type Noted = Vec<(RedemptionState, Timestamp)>;

struct Replay<'a> {
    member: &'a Member,
    timeline: &'a Timeline,
    verdict: &'a mut Verdict,
    account: Account,
    changes: Vec<TierChange>,
    /// When late entries count, until they have been made again.
    late: Late,
    payments: HashMap<i64, PaymentEntry>,
    /// The entry that each redemption took its points by, and whether they were given back.
    redeemed: HashMap<RedemptionId, (Entry, bool)>,
    reviews: HashMap<i64, Hash>,
    /// Who answers for what the staff gave or took, and the digest of their reason.
    adjustments: HashMap<i64, (StaffId, Hash, Points)>,
    /// The awards that stand, each with the payment that it goes by.
    referrals: HashMap<i64, (laurel_domain::ids::MemberId, Option<Hash>)>,
    awards: HashMap<i64, Award>,
    /// Whom the next entry hands everything over to.
    over: Option<(laurel_domain::ids::MemberId, Hash)>,
}

impl<'a> Replay<'a> {
    fn new(member: &'a Member, timeline: &'a Timeline, verdict: &'a mut Verdict) -> Replay<'a> {
        verdict.members += 1;
        let mut account = Account::new(member.id(), timeline);
        // kept for some although the rules need it not, and then it has to be right
        account.months = member.account.months.as_ref().map(|_| Default::default());
        Replay {
            member,
            timeline,
            verdict,
            account,
            changes: vec![],
            late: Late::new(),
            payments: HashMap::new(),
            redeemed: HashMap::new(),
            reviews: HashMap::new(),
            adjustments: HashMap::new(),
            referrals: HashMap::new(),
            awards: HashMap::new(),
            over: None,
        }
    }

    /// What the entries do not hold themselves: which of them were late, and what the rules meant.
    fn look_back(&mut self, early: Option<Early>, late: Late) {
        self.account.early = early;
        let history = || Box::new(History::new(self.member.id(), early, self.timeline));
        self.account.history = (!late.is_empty()).then(history);
        self.late = late;
    }

    fn differ(&mut self, seq: impl Into<Option<i64>>, what: impl Into<String>) {
        if self.verdict.differences.len() < MOST {
            let member = self.member.id().to_string();
            self.verdict.differences.push(Difference { member, seq: seq.into(), what: what.into() });
        }
    }

    /// What holds of the entries by themselves: sequence, chain, sums, and that no place is ever drawn below nothing.
    fn add_up(&mut self, entries: &[Entry]) {
        let (mut head, mut sum) = (Hash::NONE, Points::ZERO);
        let mut places: BTreeMap<Place, i64> = BTreeMap::new();
        for (entry, seq) in entries.iter().zip(1..) {
            self.verdict.entries += 1;
            if entry.seq != seq {
                self.differ(entry.seq, format!("stands where entry {seq} should"));
            }
            if entry.chained(&head) != entry.hash {
                self.differ(entry.seq, "its hash does not follow from it and the entry before");
            }
            if entry.moves.total() != Some(entry.points) {
                self.differ(entry.seq, format!("its moves ({}) are not its {} points", entry.moves, entry.points));
            }
            sum = sum.checked_add(entry.points).unwrap_or(sum);
            self.verdict.by_kind[entry.kind as usize] += i128::from(entry.points.hundredths());
            if entry.balance != sum {
                self.differ(entry.seq, format!("leaves a balance of {}, the entries add up to {sum}", entry.balance));
                sum = entry.balance;
            }
            for m in entry.moves.iter() {
                let held = places.entry(m.place).or_default();
                *held = held.saturating_add(m.points.hundredths());
            }
            let wrong = |(place, points): (&Place, &i64)| if *place == Place::Debt { *points > 0 } else { *points < 0 };
            if let Some((place, _)) = places.iter().find(|place| wrong(*place)) {
                let place = *place;
                self.differ(entry.seq, format!("draws more from {place} than was there"));
                places.remove(&place);
            }
            places.retain(|_, points| *points != 0);
            let lots = places.keys().any(|place| matches!(place, Place::Lot { .. }));
            if lots && places.contains_key(&Place::Debt) {
                self.differ(entry.seq, "leaves both open lots and debt");
                places.remove(&Place::Debt);
            }
            head = entry.hash;
        }
        let kept: BTreeMap<Place, i64> = self.places();
        if kept != places {
            self.differ(None, "the lots, pending points and debt that are kept do not follow from the moves");
        }
        self.verdict.held += self.member.account.balance().map_or(0, |balance| i128::from(balance.hundredths()));
        self.verdict.outstanding = self.verdict.outstanding.checked_add(sum).unwrap_or(Points::ZERO);
    }

    /// Keeps the sides of merges, to be held against each other.
    fn keep_merges(&mut self, entries: &[Entry]) {
        let mut previous = Hash::NONE;
        for (at, entry) in entries.iter().enumerate() {
            if matches!(entry.cause, Cause::MergedInto { .. } | Cause::MergedFrom { .. }) {
                let brought = Brought::of(&entries[..=at], self.timeline);
                let side = verify_merges::Side { member_no: self.member.no, entry: entry.clone(), previous, brought };
                self.verdict.merges.push(side);
            }
            previous = entry.hash;
        }
    }

    /// The places that are kept beside the entries.
    fn places(&self) -> BTreeMap<Place, i64> {
        let a = &self.member.account;
        let lots = a.lots.iter().map(|(day, points)| (Place::Lot { day: Some(*day) }, points.hundredths()));
        let held = a.held.iter().map(|(seq, held)| (Place::Pending { payment: *seq }, held.points.hundredths()));
        let rest = [(Place::Lot { day: None }, a.lot(None).hundredths()), (Place::Debt, -a.debt.hundredths())];
        lots.chain(held).chain(rest).filter(|(_, points)| *points != 0).collect()
    }

    /// Posts every cause again, with its instant, to the account as the causes before it left it.
    fn make_again(&mut self, entries: &[Entry]) {
        let mut at = 0;
        while let Some(entry) = entries.get(at) {
            let made = match self.again(entries, at) {
                Ok(made) => made,
                Err(refusal) => return self.differ(entry.seq, format!("cannot have been posted: {refusal}")),
            };
            self.changes.extend(&made.tier_changes);
            for made in made.entries {
                let Some(stored) = entries.get(at).filter(|stored| stored.kind == made.kind && stored.cause == made.cause)
                else {
                    let (kind, points) = (made.kind.name(), made.points);
                    return self.differ(made.seq, format!("should be: {kind}, {points} points ({})", made.moves));
                };
                self.compare(stored, &made);
                if let Some(payment) = Money::from_minor(0, self.timeline.latest().currency)
                    .ok()
                    .and_then(|nothing| PaymentEntry::of(stored, nothing))
                {
                    self.payments.insert(stored.seq, payment);
                }
                at += 1;
            }
            // what follows is judged by the entries as they stand, so that one fault is not told of every later entry
            if let Some(last) = at.checked_sub(1).and_then(|last| entries.get(last)) {
                self.account.head = last.hash;
            }
        }
    }

    /// What is due before the entry; if nothing is, what its own cause makes.
    fn again(&mut self, entries: &[Entry], at: usize) -> Result<Journal, Refusal> {
        let entry = &entries[at];
        let timeline = self.timeline;
        let due = self.account.catch_up(timeline, entry.instant)?;
        if !due.entries.is_empty() {
            return Ok(due);
        }
        self.changes.extend(due.tier_changes);
        // of two entries of one posting, the second has the event
        let main = match &entry.cause {
            Cause::RefundOfLapsed { .. } => entries.get(at + 1).ok_or(Refusal::UnknownPayment)?,
            _ => entry,
        };
        self.over = match entries.get(at + 1).map(|next| &next.cause) {
            Some(Cause::MergedInto { member, head }) => Some((*member, *head)),
            _ => None,
        };
        let late = self.late.remove(&main.seq);
        let on = Posting { timeline, occurred_at: main.occurred_at, instant: late.unwrap_or(main.instant) };
        let posted = self.post(main, on)?;
        if posted.late() != late {
            self.differ(main.seq, "is noted to count at another time than it does");
        }
        Ok(posted.journal)
    }

    fn post(&mut self, entry: &Entry, on: Posting) -> Result<Posted, Refusal> {
        match entry.cause.clone() {
            Cause::Payment { event, amount, scene, .. } => self.account.pay(on, event, amount, scene, &self.changes),
            Cause::Refund { event, amount, payment } => {
                let paid = self.payments.get_mut(&payment).ok_or(Refusal::UnknownPayment)?;
                let posted = self.account.refund(on, event, paid, amount)?;
                let minor = paid.refunded.minor() + amount.minor();
                paid.refunded = Money::from_minor(minor, amount.currency()).map_err(|_| Refusal::PointsOutOfRange)?;
                Ok(posted)
            }
            Cause::Referral { event, referee, completed_by, .. } => {
                self.referrals.insert(entry.seq, (referee, completed_by));
                self.awards.extend(Award::of(entry).map(|award| (entry.seq, award)));
                self.account.refer(on, event, referee, completed_by)
            }
            Cause::ReferralTakenBack { referee, award, refunded_by } => {
                self.referrals.remove(&award);
                let award = self.awards.remove(&award).filter(|award| award.referee == referee);
                self.account.take_back(on, &award.ok_or(Refusal::UnknownPayment)?, refunded_by)
            }
            Cause::Review { event, subject, .. } => {
                self.reviews.insert(entry.seq, subject);
                self.account.review(on, event, subject)
            }
            Cause::Redemption { redemption } if entry.kind == EntryKind::Redeem => {
                let taken = entry.points.checked_neg().ok_or(Refusal::PointsOutOfRange)?;
                if self.redeemed.insert(redemption, (entry.clone(), false)).is_some() {
                    self.differ(entry.seq, "redeems what was redeemed before");
                }
                self.account.buy(on, redemption, taken)
            }
            Cause::Redemption { redemption } => {
                let (taken, restored) = self.redeemed.get_mut(&redemption).ok_or(Refusal::UnknownPayment)?;
                let again = std::mem::replace(restored, true);
                let taken = taken.moves.clone();
                if again {
                    self.differ(entry.seq, "gives back what was given back before");
                }
                match self.over {
                    // an account that ended by a merge hands on what comes back
                    Some((member, head)) => self.account.restore_over(on, redemption, &taken, member, head),
                    None => self.account.restore(on, redemption, &taken),
                }
            }
            Cause::Staff { staff, reason } => {
                self.adjustments.insert(entry.seq, (staff, reason, entry.points));
                self.account.adjust(on, staff, reason, entry.points)
            }
            // the second of two entries of one posting clears what was given back to a closed account
            Cause::Closing => self.account.close(on),
            Cause::MergedInto { member, head } => self.account.merge_into(on, member, head),
            Cause::MergedFrom { member, head, brought } => self.account.merge_from(on, member, head, brought),
            Cause::Lapse { .. } | Cause::Activation { .. } | Cause::RefundOfLapsed { .. } => Err(Refusal::NotDue),
        }
    }

    fn compare(&mut self, stored: &Entry, made: &Entry) {
        let seq = stored.seq;
        if (stored.seq, stored.rules, stored.instant, stored.occurred_at)
            != (made.seq, made.rules, made.instant, made.occurred_at)
        {
            let of = |e: &Entry| format!("entry {} of version {} at {}", e.seq, e.rules, e.instant);
            self.differ(seq, format!("is {}, its cause makes {}", of(stored), of(made)));
        }
        if stored.points != made.points || stored.moves != made.moves {
            self.differ(
                seq,
                format!("has {} points ({}), its cause gives {} ({})", stored.points, stored.moves, made.points, made.moves),
            );
        }
        if stored.tier != made.tier {
            self.differ(seq, format!("leaves tier {}, not {}", stored.tier.get(), made.tier.get()));
        }
    }

    fn finish(&mut self, kept: &Kept, changes: &[TierChange], redeemed: &[(Redemption, Noted)]) {
        let row = &self.member.account;
        // due work that no entry came of: re-rating, a month, the end of a period
        match self.account.catch_up(self.timeline, row.last.unwrap_or(jiff::Timestamp::MIN)) {
            Ok(due) => {
                if let Some(entry) = due.entries.first() {
                    self.differ(entry.seq, format!("is missing: {}, {} points", entry.kind.name(), entry.points));
                }
                self.changes.extend(due.tier_changes);
            }
            Err(refusal) => return self.differ(None, refusal.to_string()),
        }
        for (seq, _) in std::mem::take(&mut self.late) {
            self.differ(seq, "is noted as late and is not there");
        }
        let no = self.member.no;
        let mut made = self.account.clone();
        // kept by their keys, so compared with their own tables
        let (lapsed, capped) = (std::mem::take(&mut made.lapsed), std::mem::take(&mut made.capped));
        let pairs = [
            ("available", row.available.to_string(), made.available.to_string()),
            ("pending", row.pending.to_string(), made.pending.to_string()),
            ("debt", row.debt.to_string(), made.debt.to_string()),
            ("earned", row.earned.to_string(), made.earned.to_string()),
            ("spent", row.spent.to_string(), made.spent.to_string()),
            ("tier", row.tier.get().to_string(), made.tier.get().to_string()),
            ("number of entries", row.seq.to_string(), made.seq.to_string()),
            ("last hash", row.head.to_string(), made.head.to_string()),
            ("closed", row.closed.to_string(), made.closed.to_string()),
            ("months", format!("{:?}", row.months), format!("{:?}", made.months)),
            ("period", format!("{:?}", row.period), format!("{:?}", made.period)),
            ("demotion", format!("{:?}", row.floor), format!("{:?}", made.floor)),
            ("held points", format!("{:?}", row.held), format!("{:?}", made.held)),
        ];
        for (what, stored, made) in pairs {
            if stored != made {
                self.differ(None, format!("the member has {what} {stored}, the entries give {made}"));
            }
        }
        if kept.lapsed(no) != lapsed {
            self.differ(None, "what is kept of lapsed lots does not follow from the entries");
        }
        if kept.capped(no) != capped {
            self.differ(None, "what is kept of caps does not follow from the entries");
        }
        if self.changes != changes {
            self.differ(None, "the tier history does not follow from the entries");
        }
        for (seq, payment) in std::mem::take(&mut self.payments) {
            let stored = kept.refunded(no, seq);
            if stored != payment.refunded.minor() {
                self.differ(
                    seq,
                    format!("is noted as refunded by {stored}, its refunds add up to {}", payment.refunded.minor()),
                );
            }
        }
        if kept.referrals(no) != self.referrals {
            self.differ(None, "the referrals that are kept are not those of the entries");
        }
        for (seq, digest) in std::mem::take(&mut self.reviews) {
            match kept.review(no, seq) {
                Some((salt, subject)) if Hash::of_text(&salt, &subject) == digest => (),
                Some(_) => self.differ(seq, "its subject is not the one of its digest"),
                None if self.member.erased_at.is_some() => (),
                None => self.differ(seq, "its subject is missing"),
            }
        }
        self.finish_adjustments(kept.adjustments(no));
        self.finish_redemptions(redeemed);
    }

    fn finish_adjustments(&mut self, mut kept: HashMap<i64, adjustments::Kept>) {
        for (seq, (staff, digest, points)) in std::mem::take(&mut self.adjustments) {
            let Some(kept) = kept.remove(&seq) else {
                self.differ(seq, "its adjustment is missing");
                continue;
            };
            if (kept.points, kept.made_by) != (points, staff) {
                self.differ(seq, format!("its adjustment is {} by {}, not {points} by {staff}", kept.points, kept.made_by));
            }
            match kept.reason {
                Some(reason) if Hash::of_text(&reason.salt, &reason.text) == digest => (),
                Some(_) => self.differ(seq, "its reason is not the one of its digest"),
                None if self.member.erased_at.is_some() => (),
                None => self.differ(seq, "its reason is missing"),
            }
        }
        for seq in kept.into_keys() {
            self.differ(seq, "is noted as an adjustment and is none");
        }
    }

    fn finish_redemptions(&mut self, rows: &[(Redemption, Noted)]) {
        for (row, noted) in rows {
            self.verdict.redemptions += 1;
            let name = row.id;
            if last_state(row.kind(), noted) != Some(row.state) {
                self.differ(None, format!("redemption {name} is {}, which is not where its states lead", row.state.name()));
            }
            match self.redeemed.remove(&row.id) {
                None => self.differ(None, format!("redemption {name} has no entry")),
                Some((entry, _)) if entry.points.checked_neg() != Some(row.points) => {
                    self.differ(entry.seq, format!("redemption {name} took {}, not {}", entry.points, row.points));
                }
                Some((entry, _))
                    if (entry.seq, entry.rules, entry.occurred_at) != (row.seq, row.rules_version, row.created_at) =>
                {
                    let stands = format!("entry {} of version {} at {}", row.seq, row.rules_version, row.created_at);
                    self.differ(entry.seq, format!("redemption {name} says it is {stands}, and is not"));
                }
                Some((_, restored)) if restored != row.state.restores() => {
                    self.differ(None, format!("redemption {name} is {} but given back: {restored}", row.state.name()));
                }
                Some(_) => match &row.what {
                    What::Cash(cash) => {
                        let rules = self.timeline.version(row.rules_version).map(|rules| rules.cash_terms());
                        let quote = rules.and_then(|terms| cash::quote(&terms, row.points).ok());
                        if quote.map(|quote| (quote.cash, quote.points)) != Some((*cash, row.points)) {
                            self.differ(None, format!("redemption {name} pays {cash}, which is not what its points pay"));
                        }
                    }
                    What::Reward(bought) => {
                        if bought.price.hundredths().checked_mul(i64::from(bought.quantity)) != Some(row.points.hundredths()) {
                            let (price, quantity) = (bought.price, bought.quantity);
                            self.differ(None, format!("redemption {name} took {} for {quantity} at {price}", row.points));
                        }
                    }
                },
            }
        }
        for (id, _) in std::mem::take(&mut self.redeemed) {
            self.differ(None, format!("redemption {id} stands in the entries only"));
        }
    }
}

/// Where a redemption is that has been in these states: each once, one following from the other. Nothing if they are no way from
/// the first. Their times say nothing: a clock may have been set back, or another server's may be behind.
fn last_state(kind: RedemptionKind, noted: &[(RedemptionState, Timestamp)]) -> Option<RedemptionState> {
    let since = |wanted: RedemptionState| noted.iter().find(|(state, _)| *state == wanted).copied();
    let mut here = since(kind.first())?;
    let mut passed = 1;
    while let Some(next) = here.0.next(kind).iter().copied().find_map(since) {
        (here, passed) = (next, passed + 1);
    }
    (passed == noted.len()).then_some(here.0)
}
