//! What a member gathered month by month, out of their entries: for programmes that come to need it later.

use std::collections::HashMap;

use crate::ledger::earning;
use crate::ledger::entry::{Cause, Entry, EntryKind, Place};
use crate::ledger::invitation::Award;
use crate::ledger::refund::{PaymentEntry, taken_from};
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::rules::rule_set::Timeline;
use crate::rules::window::{Gain, Months};

/// All entries of one member, in order. `None` if they contradict themselves, or sums do not fit.
pub fn months(entries: &[Entry], timeline: &Timeline) -> Option<Months> {
    let calendar = timeline.calendar();
    let mut months = Months::default();
    let mut payments: HashMap<i64, PaymentEntry> = HashMap::new();
    for entry in entries {
        let month = calendar.month(entry.occurred_at);
        let pending = entry.moves.iter().filter(|m| matches!(m.place, Place::Pending { .. }));
        let pending = pending.map(|m| m.points).try_fold(Points::ZERO, Points::checked_add)?;
        match &entry.cause {
            Cause::Closing | Cause::MergedInto { .. } => break,
            Cause::MergedFrom { brought, .. } => {
                for (at, points) in &brought.gathered.0 {
                    months.add(calendar.month(*at), Gain::points(*points))?;
                }
            }
            Cause::Payment { amount, .. } => {
                months.add(month, Gain { earned: entry.points.checked_sub(pending)?, spent: amount.minor() })?;
                let nothing = Money::from_minor(0, amount.currency()).ok()?;
                payments.insert(entry.seq, PaymentEntry::of(entry, nothing)?);
            }
            Cause::Refund { amount, payment, .. } => {
                let payment = payments.get_mut(payment)?;
                let rules = timeline.version(payment.rules)?;
                let points = earning::taken_back(rules, payment.amount, payment.terms, payment.refunded, *amount)
                    .ok()?
                    .checked_add(pending)?;
                for counted in taken_from(timeline, payment, points, *amount).ok()? {
                    months.add(calendar.month(counted.occurred_at), counted.gain)?;
                }
                let refunded = payment.refunded.minor() + amount.minor();
                payment.refunded = Money::from_minor(refunded, amount.currency()).ok()?;
            }
            Cause::ReferralTakenBack { award, .. } => {
                let award = entries.iter().find(|earned| earned.seq == *award).and_then(Award::of)?;
                let (_, counted) = award.earned.points_counted(timeline);
                let taken = award.points.checked_add(pending)?;
                months.add(calendar.month(counted), Gain::points(taken.checked_neg()?))?;
            }
            _ if entry.kind == EntryKind::Earn => months.add(month, Gain::points(entry.points.checked_sub(pending)?))?,
            _ if entry.kind == EntryKind::Activate => months.add(month, Gain::points(pending.checked_neg()?))?,
            _ => (),
        }
    }
    Some(months)
}
