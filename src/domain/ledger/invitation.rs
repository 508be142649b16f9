//! Invitations: the award for one, and when it is taken back.
//!
//! The first payment of an invited member that is large enough completes the invitation, and whoever invited them earns β. Rules
//! may say ([`RuleSet::take_back_referral`]) that the award goes by that payment: it is taken back when a refund leaves so little
//! of the payment that it would not have completed the invitation, that is nothing, or less than the rules' least first payment.
//! A smaller part leaves it alone. The rules by which the award was made decide, whatever is in force when the refund comes.
//!
//! It is taken back whole, like the points of a payment that is refunded: out of its own pending points, its own lot, then the
//! lots that expire first; what is not there is owed, or forgiven by rules that forgive. The cap of its day gets no room back.
//! The entry names the award and the hash of the refund's entry, as the award names the hash of the payment's: so each chain
//! tells of the other.
//!
//! A closed account records it and has nothing to take. The award then counts as standing for good: an account that has ended by
//! a merge has handed its points over, and the same invitation must not bring them a second time.
//!
//! Afterwards the invitation is open again: the next payment that is large enough completes it, and so does a referral that the
//! payment system sends. At most one award stands for a member at any time. Awards of referrals that were sent are never taken
//! back, nor are those made by rules without the setting.
//!
//! [`RuleSet::take_back_referral`]: crate::rules::rule_set::RuleSet::take_back_referral

use crate::ids::MemberId;
use smallvec::smallvec;

use crate::ledger::account::{Account, Late};
use crate::ledger::entry::{Cause, Entry, Hash};
use crate::ledger::posting::{Counted, Posted, Posting};
use crate::ledger::refund::Earned;
use crate::ledger::sink::{About, Sink};
use crate::ledger::state::checked;
use crate::numbers::points::Points;
use crate::refusal::Refusal;
use crate::rules::terms::EarnKind;
use crate::rules::window::Gain;

/// What the entry of an award records that can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Award {
    pub earned: Earned,
    pub points: Points,
    pub referee: MemberId,
    /// The hash of the entry of the payment that completed the invitation.
    pub completed_by: Hash,
}

impl Award {
    /// `None` if no refund can take it back.
    pub fn of(entry: &Entry) -> Option<Award> {
        let Cause::Referral { referee, completed_by: Some(completed_by), .. } = &entry.cause else { return None };
        let Entry { seq, rules, points, .. } = *entry;
        let (occurred_at, instant) = (entry.occurred_at.into(), entry.instant.into());
        let earned = Earned { seq, kind: EarnKind::Referral, rules, occurred_at, instant };
        Some(Award { earned, points, referee: *referee, completed_by: *completed_by })
    }
}

impl Account {
    /// Takes back an award of this account's. `refunded_by` is the hash of the refund's entry.
    pub fn take_back(&mut self, on: Posting, award: &Award, refunded_by: Hash) -> Result<Posted, Refusal> {
        self.recorded(|account, sink| account.take_back_to(sink, on, award, refunded_by))
    }

    pub(crate) fn take_back_to<S: Sink>(
        &mut self,
        sink: &mut S,
        on: Posting,
        award: &Award,
        refunded_by: Hash,
    ) -> Result<Late, Refusal> {
        let Award { earned, points, referee, .. } = award;
        let cause = || Cause::ReferralTakenBack { referee: *referee, award: earned.seq, refunded_by };
        sink.asked(About::Earning(EarnKind::Referral), cause);
        self.post(on, sink, |state, on| {
            let (mut drafts, taken) = state.clawing_back(on, earned, *points)?;
            if let Some(clawback) = drafts.last_mut().filter(|_| !state.closed) {
                let ((at, occurred_at), gain) =
                    (earned.points_counted(on.timeline), Gain::points(checked(taken.checked_neg())?));
                clawback.counted = smallvec![Counted { seq: earned.seq, at, occurred_at, gain }];
            }
            Ok(drafts)
        })
    }
}
