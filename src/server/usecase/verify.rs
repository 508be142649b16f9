//! Proving the ledger: every member's entries are made again from their causes, and everything kept beside them must follow.
//!
//! The entries, the rule sets and the events in them are the evidence; rows that only save adding up are what is checked.

use std::collections::HashMap;

use laurel_domain::account::{Account, PaymentEntry, Posted, Posting, TierChange};
use laurel_domain::earn::PaymentTerms;
use laurel_domain::ids::RedemptionId;
use laurel_domain::ledger::{Cause, Entry, EntryKind, Hash};
use laurel_domain::money::Money;
use laurel_domain::points::Points;
use laurel_domain::redeem;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::Timeline;
use serde::Serialize;

use crate::server::store::members::Member;
use crate::server::store::redemptions::{Redemption, What};
use crate::server::store::{StoreError, Tx, events, proof, redemptions};

use super::ledger::Ledger;
use super::verify_rewards;

/// Members read at a time.
const CHUNK: i64 = 500;
/// Differences told; whoever finds so many needs no more.
pub(super) const MOST: usize = 100;

/// What was checked, and what differs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    pub members: u64,
    pub entries: u64,
    pub redemptions: u64,
    pub rewards: u64,
    pub outstanding: Points,
    pub differences: Vec<Difference>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The member's id; empty for what is about a reward.
    pub member: String,
    /// Of the entry, where it is about one.
    pub seq: Option<i64>,
    pub what: String,
}

impl Difference {
    /// Whom or what it is about, for people.
    pub fn about(&self) -> String {
        if self.member.is_empty() { "rewards".to_owned() } else { format!("member {}", self.member) }
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
pub(super) async fn everything(
    tx: &mut Tx,
    timeline: &Timeline,
    currency: laurel_domain::money::Currency,
) -> Result<Verdict, StoreError> {
    let mut verdict = Verdict::default();
    let mut after = i64::MIN;
    loop {
        let members = proof::members_after(tx, after, CHUNK).await?;
        let Some(last) = members.last().map(|member| member.no) else {
            verify_rewards::check(tx, &mut verdict).await?;
            return Ok(verdict);
        };
        chunk(tx, timeline, currency, &members, &mut verdict).await?;
        after = last;
    }
}

async fn chunk(
    tx: &mut Tx,
    timeline: &Timeline,
    currency: laurel_domain::money::Currency,
    members: &[Member],
    verdict: &mut Verdict,
) -> Result<(), StoreError> {
    let (first, last) = (members[0].no, members[members.len() - 1].no);
    let mut entries = proof::entries(tx, currency, first, last).await?;
    let refunded = proof::refunded(tx, first, last).await?;
    let numbers: Vec<i64> = members.iter().map(|member| member.no).collect();
    let mut changes = events::tier_changes(tx, &numbers).await?;
    let mut redeemed: HashMap<i64, Vec<Redemption>> = HashMap::new();
    for redemption in redemptions::of_range(tx, currency, first, last).await? {
        redeemed.entry(redemption.member_no).or_default().push(redemption);
    }
    for member in members {
        let own = entries.remove(&member.no).unwrap_or_default();
        let mut replay = Replay::new(member, timeline, verdict);
        own.iter().for_each(|entry| replay.post(entry));
        replay.finish(
            &refunded,
            &changes.remove(&member.no).unwrap_or_default(),
            &redeemed.remove(&member.no).unwrap_or_default(),
        );
    }
    Ok(())
}

struct Replay<'a> {
    member: &'a Member,
    timeline: &'a Timeline,
    verdict: &'a mut Verdict,
    account: Account,
    changes: Vec<TierChange>,
    payments: HashMap<i64, PaymentEntry>,
    /// What each redemption took, and whether it was given back.
    redeemed: HashMap<RedemptionId, (Points, bool)>,
}

impl<'a> Replay<'a> {
    fn new(member: &'a Member, timeline: &'a Timeline, verdict: &'a mut Verdict) -> Replay<'a> {
        verdict.members += 1;
        let account = Account::new(member.id());
        Replay { member, timeline, verdict, account, changes: vec![], payments: HashMap::new(), redeemed: HashMap::new() }
    }

    fn differ(&mut self, seq: Option<i64>, what: impl Into<String>) {
        if self.verdict.differences.len() < MOST {
            let member = self.member.id().to_string();
            self.verdict.differences.push(Difference { member, seq, what: what.into() });
        }
    }

    fn post(&mut self, entry: &Entry) {
        self.verdict.entries += 1;
        let before = self.account.head;
        match self.again(entry) {
            Ok(posted) => {
                self.changes.extend(&posted.tier_changes);
                self.compare(entry, &posted.entry, before);
                if let Cause::Payment { amount, scene, tier, cap_room, .. } = &entry.cause {
                    let terms = PaymentTerms { scene: *scene, tier: *tier, cap_room: *cap_room };
                    let refunded = Money::from_minor(0, amount.currency());
                    if let Ok(refunded) = refunded {
                        let payment = PaymentEntry { seq: entry.seq, amount: *amount, terms, rules: entry.rules, refunded };
                        self.payments.insert(entry.seq, payment);
                    }
                }
            }
            Err(refusal) => self.differ(Some(entry.seq), format!("cannot have been posted: {refusal}")),
        }
        // what follows is judged by the entries as they stand, so that one fault is not told of every later entry
        self.account.seq = entry.seq;
        self.account.head = entry.hash;
    }

    /// Posts the entry's cause again to the account as the entries before it left it.
    fn again(&mut self, entry: &Entry) -> Result<Posted, Refusal> {
        let timeline = self.timeline;
        let on = Posting { timeline, occurred_at: entry.occurred_at, instant: entry.instant };
        let event = entry.cause.event().cloned();
        match (&entry.cause, event) {
            (Cause::Payment { amount, scene, tier, .. }, Some(event)) => {
                let due = self.account.catch_up(timeline, entry.instant)?;
                self.changes.extend(due);
                let expected = self.account.tier_before(self.changes.iter(), entry.occurred_at);
                if expected != *tier {
                    self.differ(Some(entry.seq), format!("tier {} applied, not {}", tier.get(), expected.get()));
                }
                self.account.pay(on, event, *amount, *scene, *tier)
            }
            (Cause::Refund { amount, payment, .. }, Some(event)) => {
                let paid = self.payments.get_mut(payment).ok_or(Refusal::UnknownPayment)?;
                let posted = self.account.refund(on, event, paid, *amount)?;
                let minor = paid.refunded.minor() + amount.minor();
                paid.refunded = Money::from_minor(minor, amount.currency()).map_err(|_| Refusal::PointsOutOfRange)?;
                Ok(posted)
            }
            (Cause::Referral { referee, .. }, Some(event)) => self.account.refer(on, event, *referee),
            (Cause::Review { subject, .. }, Some(event)) => self.account.review(on, event, *subject),
            (Cause::Redemption { redemption }, None) if entry.kind == EntryKind::Redeem => {
                let taken = entry.points.checked_neg().ok_or(Refusal::PointsOutOfRange)?;
                if self.redeemed.insert(*redemption, (taken, false)).is_some() {
                    self.differ(Some(entry.seq), "redeems what was redeemed before");
                }
                // what cash costs is compared with the redemption's own row
                self.account.buy(on, *redemption, taken)
            }
            (Cause::Redemption { redemption }, None) if entry.kind == EntryKind::Restore => {
                let (taken, restored) = self.redeemed.get_mut(redemption).ok_or(Refusal::UnknownPayment)?;
                let again = std::mem::replace(restored, true);
                let taken = *taken;
                if again {
                    self.differ(Some(entry.seq), "gives back what was given back before");
                }
                self.account.restore(on, *redemption, taken)
            }
            _ => Err(Refusal::UnknownPayment),
        }
    }

    fn compare(&mut self, stored: &Entry, made: &Entry, before: Hash) {
        let seq = Some(stored.seq);
        if stored.seq != made.seq {
            self.differ(seq, format!("has number {} where {} is next", stored.seq, made.seq));
        }
        if stored.kind != made.kind || stored.rules != made.rules {
            self.differ(
                seq,
                format!("is {} by version {}, not {} by {}", stored.kind.name(), stored.rules, made.kind.name(), made.rules),
            );
        }
        if stored.points != made.points || stored.moves != made.moves {
            self.differ(
                seq,
                format!("has {} points ({}), its cause gives {} ({})", stored.points, stored.moves, made.points, made.moves),
            );
        }
        if stored.balance != made.balance {
            self.differ(seq, format!("leaves a balance of {}, the entries add up to {}", stored.balance, made.balance));
        }
        if stored.tier != made.tier {
            self.differ(seq, format!("leaves tier {}, not {}", stored.tier.get(), made.tier.get()));
        }
        if stored.chained(&before) != stored.hash {
            self.differ(seq, "its hash does not follow from it and the entry before");
        }
    }

    fn finish(mut self, refunded: &HashMap<(i64, i64), i64>, changes: &[TierChange], redeemed: &[Redemption]) {
        let row = &self.member.account;
        // re-rating by versions that the member's row has seen, but that no entry came after
        while let Some(next) = self.timeline.version(self.account.rated_by + 1).filter(|next| next.version <= row.rated_by) {
            match self.account.catch_up(self.timeline, next.from) {
                Ok(due) => self.changes.extend(due),
                Err(refusal) => return self.differ(None, refusal.to_string()),
            }
        }
        if let Some(balance) = self.account.balance() {
            self.verdict.outstanding = self.verdict.outstanding.checked_add(balance).unwrap_or(Points::ZERO);
        }
        let a = &self.account;
        let pairs = [
            ("available", row.available.to_string(), a.available.to_string()),
            ("pending", row.pending.to_string(), a.pending.to_string()),
            ("debt", row.debt.to_string(), a.debt.to_string()),
            ("earned", row.earned.to_string(), a.earned.to_string()),
            ("spent", row.spent.to_string(), a.spent.to_string()),
            ("tier", row.tier.get().to_string(), a.tier.get().to_string()),
            ("number of entries", row.seq.to_string(), a.seq.to_string()),
            ("last hash", row.head.to_string(), a.head.to_string()),
        ];
        for (what, kept, made) in pairs {
            if kept != made {
                self.differ(None, format!("the member's row has {what} {kept}, the entries give {made}"));
            }
        }
        if self.changes != changes {
            self.differ(None, "the tier history does not follow from the entries");
        }
        for (seq, payment) in std::mem::take(&mut self.payments) {
            let kept = refunded.get(&(self.member.no, seq)).copied().unwrap_or(0);
            if kept != payment.refunded.minor() {
                self.differ(
                    Some(seq),
                    format!("is noted as refunded by {kept}, its refunds add up to {}", payment.refunded.minor()),
                );
            }
        }
        self.finish_redemptions(redeemed);
    }

    fn finish_redemptions(&mut self, rows: &[Redemption]) {
        for row in rows {
            self.verdict.redemptions += 1;
            let name = row.id;
            match self.redeemed.remove(&row.id) {
                None => self.differ(None, format!("redemption {name} has no entry")),
                Some((taken, _)) if taken != row.points => {
                    self.differ(None, format!("redemption {name} took {taken}, not {}", row.points));
                }
                Some((_, restored)) if restored != row.state.restores() => {
                    self.differ(None, format!("redemption {name} is {} but given back: {restored}", row.state.name()));
                }
                Some((taken, _)) => match &row.what {
                    What::Cash(cash) => {
                        let rules = self.timeline.version(row.rules_version).map(|rules| rules.cash_terms());
                        let quote = rules.and_then(|terms| redeem::quote(&terms, taken).ok());
                        if quote.map(|quote| (quote.cash, quote.points)) != Some((*cash, taken)) {
                            self.differ(None, format!("redemption {name} pays {cash}, which is not what its points pay"));
                        }
                    }
                    What::Reward(bought) => {
                        if bought.price.hundredths().checked_mul(i64::from(bought.quantity)) != Some(taken.hundredths()) {
                            let (price, quantity) = (bought.price, bought.quantity);
                            self.differ(None, format!("redemption {name} took {taken} for {quantity} at {price}"));
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
