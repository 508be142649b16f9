//! Counts and sums over the whole programme.

use laurel_domain::ledger::entry::EntryKind;
use laurel_domain::numbers::points::Points;
use serde::Serialize;

use crate::store::totals::{self, Sum, Totals};
use crate::store::{Db, StoreError};
use crate::usecase::ledger::Ledger;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub members: i64,
    pub events: i64,
    pub points: PointSums,
    /// Lowest first; ranks without members are left out.
    pub tiers: Vec<TierSum>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PointSums {
    pub issued: Points,
    pub clawed_back: Points,
    pub redeemed: Points,
    pub restored: Points,
    pub expired: Points,
    pub adjusted: Points,
    pub pending: Points,
    pub debt: Points,
    /// The sum of balances.
    pub outstanding: Points,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TierSum {
    pub rank: i64,
    pub members: i64,
}

/// All figures as of one moment. They cost the same however many members and entries there are.
pub async fn report(db: &Db) -> Result<Report, StoreError> {
    Ok(of_totals(&db.for_reports().snapshot((), |tx, ()| Box::pin(totals::read(tx))).await?))
}

pub(super) fn of_totals(totals: &Totals) -> Report {
    let points = |sum| Points::from_hundredths(totals.get(sum));
    let by_kind = |kind| points(Sum::Points(kind));
    let taken_by = |kind| Points::from_hundredths(totals.get(Sum::Points(kind)).saturating_neg());
    let tier = |(sum, members): (&Sum, &i64)| match sum {
        Sum::OfTier(rank) if *members > 0 => Some(TierSum { rank: *rank, members: *members }),
        _ => None,
    };
    Report {
        members: totals.get(Sum::Members),
        events: totals.get(Sum::Events),
        points: PointSums {
            issued: by_kind(EntryKind::Earn),
            clawed_back: taken_by(EntryKind::Clawback),
            redeemed: taken_by(EntryKind::Redeem),
            restored: by_kind(EntryKind::Restore),
            expired: taken_by(EntryKind::Expire),
            adjusted: by_kind(EntryKind::Adjust),
            pending: points(Sum::Pending),
            debt: points(Sum::Debt),
            outstanding: points(Sum::Outstanding),
        },
        tiers: totals.sums.iter().filter_map(tier).collect(),
    }
}

/// What lapses within so many days if nobody redeems it, today included.
pub async fn expiring(ledger: &Ledger, days: u16) -> Result<Points, StoreError> {
    let rulebook = ledger.rulebook().await?;
    let calendar = rulebook.calendar();
    let through = calendar.day(calendar.days_after(ledger.clock.now(), days)).date();
    ledger.db.snapshot(through, |tx, through| Box::pin(totals::in_lots(tx, *through))).await
}
