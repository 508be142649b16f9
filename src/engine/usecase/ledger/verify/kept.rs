//! Holding what is kept beside a member's entries against what they make.

use std::collections::HashMap;

use laurel_domain::ledger::entry::Hash;
use laurel_domain::ledger::posting::TierChange;
use laurel_domain::numbers::time::Moment;

use super::redemptions::Noted;
use super::replay::Replay;
use crate::store::ledger::adjustments;
use crate::store::ledger::kept::Kept;
use crate::store::rewards::redemptions::Redemption;

impl Replay<'_> {
    /// Everything, after the last entry has been made again.
    pub(super) fn finish(&mut self, kept: &Kept, changes: &[TierChange], redeemed: &[(Redemption, Noted)]) {
        // due work that no entry came of: re-rating, a month, the end of a period
        match self.account.catch_up(self.timeline, self.member.account.last.unwrap_or(Moment::MIN)) {
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
        self.finish_account(kept);
        if self.changes != changes {
            self.differ(None, "the tier history does not follow from the entries");
        }
        self.finish_events(kept);
        self.finish_adjustments(kept.adjustments(self.member.no));
        self.finish_redemptions(redeemed);
    }

    /// The member's row, and what is kept of lots and caps.
    fn finish_account(&mut self, kept: &Kept) {
        let (row, made) = (&self.member.account, self.account.clone());
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
            ("kept tier", format!("{:?}", row.kept), format!("{:?}", made.kept)),
            ("held points", format!("{:?}", row.held), format!("{:?}", made.held)),
        ];
        for (what, stored, made) in pairs {
            if stored != made {
                self.differ(None, format!("the member has {what} {stored}, the entries give {made}"));
            }
        }
        // kept by their keys, so compared with their own tables
        if kept.lapsed(self.member.no) != made.lapsed {
            self.differ(None, "what is kept of lapsed lots does not follow from the entries");
        }
        if kept.capped(self.member.no) != made.capped {
            self.differ(None, "what is kept of caps does not follow from the entries");
        }
    }

    /// What is kept of payments, referrals and reviews.
    fn finish_events(&mut self, kept: &Kept) {
        let no = self.member.no;
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
}
