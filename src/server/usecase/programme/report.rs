//! The programme in figures.

use laurel_domain::numbers::points::Points;
use serde::Serialize;

use crate::server::store::{Db, StoreError, report};
use crate::server::usecase::ledger::Ledger;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub members: i64,
    pub events: i64,
    pub points: PointSums,
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

/// All figures as of one moment.
pub async fn report(db: &Db) -> Result<Report, StoreError> {
    let s = db.snapshot((), |tx, ()| Box::pin(report::sums(tx))).await?;
    Ok(Report {
        members: s.members,
        events: s.events,
        points: PointSums {
            issued: s.issued,
            clawed_back: s.clawed_back,
            redeemed: s.redeemed,
            restored: s.restored,
            expired: s.expired,
            adjusted: s.adjusted,
            pending: s.pending,
            debt: s.debt,
            outstanding: s.outstanding,
        },
        tiers: s.tiers.into_iter().map(|(rank, members)| TierSum { rank, members }).collect(),
    })
}

/// What lapses within so many days if nobody redeems it, today included.
pub async fn expiring(ledger: &Ledger, days: u16) -> Result<Points, StoreError> {
    let timeline = ledger.timeline().await?;
    let calendar = timeline.calendar();
    let through = calendar.day(calendar.days_after(ledger.clock.now(), days));
    report::expiring(&mut ledger.db.reader().await?, through).await
}
