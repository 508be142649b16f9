//! Why an entry is there, and how that is written where it is hashed.

use std::fmt;

use jiff::civil::Date;

use super::hash::Hash;
use crate::ids::{MemberId, RedemptionId, StaffId};
use crate::ledger::event::{EventKey, Scene};
use crate::ledger::merging::Brought;
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::rules::tier::TierRank;

/// Why an entry is there, with everything that its points recompute from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    Payment {
        event: EventKey,
        amount: Money,
        scene: Scene,
        tier: TierRank,
        cap_room: Option<Points>,
    },
    /// `payment` is the sequence number of the payment's own entry.
    Refund {
        event: EventKey,
        amount: Money,
        payment: i64,
    },
    /// `completed_by` is the hash of the entry of the referee's payment, where a refund of it takes the award back.
    Referral {
        event: EventKey,
        referee: MemberId,
        completed_by: Option<Hash>,
        cap_room: Option<Points>,
    },
    /// The subject stands in the chain as a salted digest, its text beside it.
    Review {
        event: EventKey,
        subject: Hash,
        cap_room: Option<Points>,
    },
    Redemption {
        redemption: RedemptionId,
    },
    /// The lot of that day lapsed.
    Lapse {
        day: Date,
    },
    /// The holding period of what the entry with that sequence number earned has ended.
    Activation {
        payment: i64,
    },
    Staff {
        staff: StaffId,
        reason: Hash,
    },
    /// What had lapsed out of the lot of the payment with that sequence number comes back, for its refund (the next entry) to
    /// take it.
    RefundOfLapsed {
        payment: i64,
    },
    /// The account was closed, and what was left in it removed.
    Closing,
    /// All that was left went over to another member, whose last entry by then had that hash. The account has ended.
    MergedInto {
        member: MemberId,
        head: Hash,
    },
    /// What another member brought, whose account ended with it; its last entry before had that hash.
    MergedFrom {
        member: MemberId,
        head: Hash,
        brought: Brought,
    },
    /// The payment was refunded that had completed an invitation: what the entry `award` earned for it is taken back.
    /// `refunded_by` is the hash of the refund's entry.
    ReferralTakenBack {
        referee: MemberId,
        award: i64,
        refunded_by: Hash,
    },
}

impl Cause {
    pub fn event(&self) -> Option<&EventKey> {
        match self {
            Cause::Payment { event, .. }
            | Cause::Refund { event, .. }
            | Cause::Referral { event, .. }
            | Cause::Review { event, .. } => Some(event),
            _ => None,
        }
    }

    /// As it is called where it is hashed and sent.
    pub const fn name(&self) -> &'static str {
        match self {
            Cause::Payment { .. } => "payment",
            Cause::Refund { .. } => "refund",
            Cause::Referral { .. } => "referral",
            Cause::Review { .. } => "review",
            Cause::Redemption { .. } => "redemption",
            Cause::Lapse { .. } => "lapse",
            Cause::Activation { .. } => "activation",
            Cause::Staff { .. } => "staff",
            Cause::RefundOfLapsed { .. } => "refund_of_lapsed",
            Cause::Closing => "closing",
            Cause::MergedInto { .. } => "merged_into",
            Cause::MergedFrom { .. } => "merged_from",
            Cause::ReferralTakenBack { .. } => "referral_taken_back",
        }
    }

    /// The lines of an entry's canonical form that are about its cause.
    pub(super) fn lines(&self, line: &mut dyn FnMut(&str, &dyn fmt::Display)) {
        if let Some(event) = self.event() {
            line("source", &event.source);
            line("event", &event.id);
        }
        line("cause", &self.name());
        let mut cap = None;
        match self {
            Cause::Payment { amount, scene, tier, cap_room, .. } => {
                line("amount", amount);
                line("scene", &scene.name());
                line("tier_applied", &tier.get());
                cap = *cap_room;
            }
            Cause::Refund { amount, payment, .. } => {
                line("amount", amount);
                line("payment", payment);
            }
            Cause::Referral { referee, completed_by, cap_room, .. } => {
                line("referee", referee);
                if let Some(payment) = completed_by {
                    line("completed_by", payment);
                }
                cap = *cap_room;
            }
            Cause::Review { subject, cap_room, .. } => {
                line("subject", subject);
                cap = *cap_room;
            }
            Cause::Redemption { redemption } => line("redemption", redemption),
            Cause::Lapse { day } => line("day", day),
            Cause::Activation { payment } => line("payment", payment),
            Cause::Staff { staff, reason } => {
                line("staff", staff);
                line("reason", reason);
            }
            Cause::RefundOfLapsed { payment } => line("payment", payment),
            Cause::Closing => (),
            Cause::MergedInto { member, head } => {
                line("other_member", member);
                line("other_head", head);
            }
            Cause::MergedFrom { member, head, brought } => {
                line("other_member", member);
                line("other_head", head);
                line("brought", &brought.moves);
                line("gathered", &brought.gathered);
            }
            Cause::ReferralTakenBack { referee, award, refunded_by } => {
                line("referee", referee);
                line("award", award);
                line("refunded_by", refunded_by);
            }
        }
        if let Some(room) = cap {
            line("cap_room", &room);
        }
    }
}
