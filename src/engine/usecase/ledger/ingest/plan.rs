//! The first stage of a batch: which accounts it may come to touch, and how. Worked out from the events alone, before anything
//! is locked, so that everything can be locked in one order and loaded before the first decision.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::ledger::event::{Activity, Event, EventKey};
use laurel_domain::numbers::time::Day;
use laurel_domain::rules::rule_set::{Rulebook, Rules};
use laurel_domain::text::{ExternalId, Subject};

use crate::store::ledger::known::Known;
use crate::store::members::wanted::Wanted;

/// Whose account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose<'a> {
    Member(&'a ExternalId),
    /// Of whoever invited that member at the portal, if somebody did.
    InviterOf(&'a ExternalId),
    Number(i64),
    /// Of whoever was awarded for the member with that number, as long as the award stands and can be taken back.
    AwardedFor(i64),
}

/// What may be done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed<'a> {
    Payment,
    /// The payment of somebody else completes an invitation.
    Award,
    Refer,
    /// Somebody else's referral names the member. Nothing is posted to them.
    BeReferred,
    Review(&'a Subject),
    /// `payment` is the sequence number of a payment that was posted earlier; `None` for one of the same batch. `lot` is the day
    /// of the lot that its points went to. `takes_back`: its rules take back the award that it brought.
    Refund {
        payment: Option<i64>,
        lot: Option<Day>,
        takes_back: bool,
    },
    /// The refund of somebody else's payment takes back the award that it brought. An award that was posted earlier says itself which
    /// lot its points went to; `lot` is that of one that is posted by the same batch.
    TakeBack {
        lot: Option<Day>,
    },
}

impl Deed<'_> {
    /// Whether it posts an entry to the account.
    pub(super) fn posts(self) -> bool {
        self != Deed::BeReferred
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Touch<'a> {
    pub(super) whose: Whose<'a>,
    pub(super) deed: Deed<'a>,
    pub(super) occurred_at: Timestamp,
}

pub(super) struct Plan<'a> {
    pub(super) touches: Vec<Touch<'a>>,
}

impl<'a> Plan<'a> {
    /// Of the events that are not `known`. Entries never change, so what is known of a payment may be read before its member is
    /// locked; how much of it has been refunded may not, and is loaded later.
    pub(super) fn of(events: &'a [Event], known: &HashMap<EventKey, Known>, rulebook: &Rulebook) -> Plan<'a> {
        let mut plan = Plan { touches: Vec::with_capacity(events.len()) };
        let new: Vec<&Event> = events.iter().filter(|event| !known.contains_key(&event.key)).collect();
        let has_refunds = new.iter().any(|event| matches!(event.activity, Activity::Refund { .. }));
        // of events with one id any may be the one that is accepted
        let mut payments: HashMap<&EventKey, Vec<&Event>> = HashMap::new();
        if has_refunds {
            new.iter().for_each(|event| payments.entry(&event.key).or_default().push(event));
        }
        for event in new {
            let member = Whose::Member(&event.member);
            match &event.activity {
                Activity::Payment { amount, .. } => {
                    plan.add(event, member, Deed::Payment);
                    // nobody has been looked up yet, so it goes by the rules of any group
                    if rulebook.any_at(event.occurred_at).any(|rules| rules.completes_invitation(*amount)) {
                        plan.add(event, Whose::InviterOf(&event.member), Deed::Award);
                    }
                }
                Activity::Referral { referee } => {
                    plan.add(event, member, Deed::Refer);
                    plan.add(event, Whose::Member(referee), Deed::BeReferred);
                }
                Activity::Review { subject } => plan.add(event, member, Deed::Review(subject)),
                Activity::Refund { payment, .. } => match known.get(payment) {
                    // the payer's, whose name may have been erased since
                    Some(known) => {
                        let rules = rulebook.version(known.entry.rules).unwrap_or(rulebook.latest());
                        let lot = lot(rulebook, rules, known.entry.occurred_at);
                        let takes_back = rules.set.take_back_referral;
                        let deed = Deed::Refund { payment: Some(known.entry.seq), lot, takes_back };
                        plan.add(event, Whose::Number(known.member_no), deed);
                        if takes_back {
                            plan.add(event, Whose::AwardedFor(known.member_no), Deed::TakeBack { lot: None });
                        }
                    }
                    None => {
                        for paid in payments.get(payment).into_iter().flatten() {
                            let takes_back = rulebook.any_at(paid.occurred_at).any(|rules| rules.set.take_back_referral);
                            // the payer's group and the inviter's may differ, and with them the lots
                            for rules in rulebook.any_at(paid.occurred_at) {
                                let lot = lot(rulebook, rules, paid.occurred_at);
                                plan.add(event, member, Deed::Refund { payment: None, lot, takes_back });
                                if takes_back {
                                    plan.add(event, Whose::InviterOf(&event.member), Deed::TakeBack { lot });
                                }
                            }
                        }
                    }
                },
            }
        }
        plan
    }

    fn add(&mut self, event: &Event, whose: Whose<'a>, deed: Deed<'a>) {
        self.touches.push(Touch { whose, deed, occurred_at: event.occurred_at });
    }

    /// Whom to lock.
    pub(super) fn wanted(&self) -> Wanted<'a> {
        let mut wanted = Wanted::default();
        for touch in &self.touches {
            match touch.whose {
                Whose::Member(id) => wanted.external_ids.push(id.as_str()),
                Whose::InviterOf(id) => wanted.inviters_of.push(id.as_str()),
                Whose::Number(no) => wanted.numbers.push(no),
                Whose::AwardedFor(no) => wanted.awarded_for.push(no),
            }
        }
        wanted.sort();
        wanted
    }
}

/// The day of the lot that a payment's points went to.
fn lot(rulebook: &Rulebook, rules: &Rules, occurred_at: Timestamp) -> Option<Day> {
    rules.set.expiry.day(rulebook.calendar(), occurred_at)
}
