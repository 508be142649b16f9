//! Proving that awards for invitations go by their payments: each is taken back by the refund that leaves too little of its payment,
//! and by nothing else.

use std::collections::HashMap;

use laurel_domain::ids::MemberId;
use laurel_domain::ledger::entry::{Cause, Entry, Hash};
use laurel_domain::numbers::money::Money;
use laurel_domain::rules::rule_set::{Rulebook, Rules};

use super::{Difference, MOST, Verdict};
use crate::store::ledger::referrals;
use crate::store::{StoreError, Tx};
use crate::usecase::ledger::ingest::OWN_SOURCE;

/// What the chains of payers and of those whom they were referred by say of each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sides {
    /// The refund that left too little of a payment, by the payer and the payment.
    refunds: HashMap<(MemberId, Hash), Hash>,
    /// Awards that go by a payment: whose, which entry, for whom, and the payment.
    awards: Vec<(MemberId, i64, MemberId, Hash)>,
    /// The refund that an award was taken back for, by whose award it was and its entry.
    taken_back: HashMap<(MemberId, i64), Hash>,
}

/// A member's payments by their entries, as far as they matter for awards.
pub(super) type Payments<'a> = HashMap<i64, Paid<'a>>;

/// A payment as far as it has been refunded.
pub(super) struct Paid<'a> {
    hash: Hash,
    left: Money,
    rules: &'a Rules,
}

/// Holds the number of each kept award, and the entry that took it back, against the entries.
pub(super) async fn named(tx: &mut Tx, first: i64, last: i64, verdict: &mut Verdict) -> Result<(), StoreError> {
    for award in referrals::named(tx, first, last, OWN_SOURCE).await? {
        let number = award.event_id.as_deref().map(number_of);
        let what = match (number, award.taken_back) {
            (Some(number), _) if number != Some(award.times) => "is kept as another award for its member than its event says",
            (_, Some(_)) if award.takes_back != Some(award.seq) => "is kept as taken back by an entry that does not do so",
            _ => continue,
        };
        if verdict.differences.len() < MOST {
            let member = format!("number {}", award.referrer_no);
            verdict.differences.push(Difference { member, seq: Some(award.seq), what: what.to_owned() });
        }
    }
    Ok(())
}

/// `referral:` and the member is the first award for them, `:2` behind it the second.
fn number_of(event_id: &str) -> Option<i64> {
    match event_id.split(':').collect::<Vec<_>>().as_slice() {
        ["referral", _] => Some(1),
        ["referral", _, number] => number.parse().ok(),
        _ => None,
    }
}

impl Sides {
    /// Adds what a member's entries, oldest first, say; `payments` are those of the entries before.
    pub(super) fn add<'a>(&mut self, entries: &[Entry], payments: &mut Payments<'a>, rulebook: &'a Rulebook) {
        if !rulebook.all().iter().any(|rules| rules.set.take_back_referral) {
            return;
        }
        for entry in entries {
            match &entry.cause {
                Cause::Payment { amount, .. } => {
                    let rules = rulebook.version(entry.rules).filter(|rules| rules.set.take_back_referral);
                    payments.extend(rules.map(|rules| (entry.seq, Paid { hash: entry.hash, left: *amount, rules })));
                }
                Cause::Refund { amount, payment, .. } => {
                    let Some(paid) = payments.get_mut(payment) else { continue };
                    // more than was paid is found elsewhere
                    let left = paid.left.minor().saturating_sub(amount.minor());
                    paid.left = Money::from_minor(left, amount.currency()).unwrap_or(paid.left);
                    if paid.rules.takes_back_award(paid.left) {
                        self.refunds.entry((entry.member, paid.hash)).or_insert(entry.hash);
                    }
                }
                Cause::Referral { referee, completed_by: Some(payment), .. } => {
                    self.awards.push((entry.member, entry.seq, *referee, *payment));
                }
                Cause::ReferralTakenBack { award, refunded_by, .. } => {
                    self.taken_back.insert((entry.member, *award), *refunded_by);
                }
                _ => (),
            }
        }
    }

    pub(super) fn extend(&mut self, other: Sides) {
        self.refunds.extend(other.refunds);
        self.awards.extend(other.awards);
        self.taken_back.extend(other.taken_back);
    }

    /// Adds what differs between the sides.
    pub(super) fn check(self, verdict: &mut Verdict) {
        for (member, seq, referee, payment) in self.awards {
            let (refund, taken_back) = (self.refunds.get(&(referee, payment)), self.taken_back.get(&(member, seq)));
            let what = match (refund, taken_back) {
                (None, None) => continue,
                (Some(refund), Some(taken_back)) if refund == taken_back => continue,
                (Some(_), None) => "stands, and the payment that it goes by was refunded",
                (None, Some(_)) => "was taken back, and the payment that it goes by was not refunded",
                (Some(_), Some(_)) => "was taken back for another refund than that of the payment that it goes by",
            };
            if verdict.differences.len() < MOST {
                verdict.differences.push(Difference { member: member.to_string(), seq: Some(seq), what: what.to_owned() });
            }
        }
    }
}
