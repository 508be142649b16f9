//! Sums over the whole ledger.

use jiff::civil::Date;
use laurel_domain::numbers::calendar::day_number;
use laurel_domain::numbers::points::Points;
use sqlx::FromRow;

use crate::server::store::{StoreError, Tx, on};

/// Points by what happened to them, from the entries; what members hold, from their rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    pub members: i64,
    pub events: i64,
    pub issued: Points,
    pub clawed_back: Points,
    pub redeemed: Points,
    pub restored: Points,
    pub expired: Points,
    pub adjusted: Points,
    pub pending: Points,
    pub debt: Points,
    pub outstanding: Points,
    /// (rank, members), lowest first; ranks without members are left out.
    pub tiers: Vec<(i64, i64)>,
}

#[derive(FromRow)]
struct EntrySums {
    events: i64,
    issued: i64,
    clawed_back: i64,
    redeemed: i64,
    restored: i64,
    expired: i64,
    adjusted: i64,
}

const ENTRIES: &str = "select count(event_id) as events,
    cast(coalesce(sum(case kind when 0 then points end), 0) as bigint) as issued,
    cast(coalesce(sum(case kind when 2 then -points end), 0) as bigint) as clawed_back,
    cast(coalesce(sum(case kind when 3 then -points end), 0) as bigint) as redeemed,
    cast(coalesce(sum(case kind when 4 then points end), 0) as bigint) as restored,
    cast(coalesce(sum(case kind when 5 then -points end), 0) as bigint) as expired,
    cast(coalesce(sum(case kind when 6 then points end), 0) as bigint) as adjusted
from entries";

#[derive(FromRow)]
struct MemberSums {
    members: i64,
    pending: i64,
    debt: i64,
    outstanding: i64,
}

const MEMBERS: &str = "select count(*) as members, cast(coalesce(sum(pending), 0) as bigint) as pending,
    cast(coalesce(sum(debt), 0) as bigint) as debt,
    cast(coalesce(sum(available + pending - debt), 0) as bigint) as outstanding
from members";

const TIERS: &str = "select cast(tier as bigint), count(*) from members group by tier order by tier";

pub async fn sums(tx: &mut Tx) -> Result<Sums, StoreError> {
    let e: EntrySums = on!(tx, conn => sqlx::query_as(ENTRIES).fetch_one(conn).await?);
    let m: MemberSums = on!(tx, conn => sqlx::query_as(MEMBERS).fetch_one(conn).await?);
    let tiers = on!(tx, conn => sqlx::query_as(TIERS).fetch_all(conn).await?);
    let points = Points::from_hundredths;
    Ok(Sums {
        members: m.members,
        events: e.events,
        issued: points(e.issued),
        clawed_back: points(e.clawed_back),
        redeemed: points(e.redeemed),
        restored: points(e.restored),
        expired: points(e.expired),
        adjusted: points(e.adjusted),
        pending: points(m.pending),
        debt: points(m.debt),
        outstanding: points(m.outstanding),
        tiers,
    })
}

const EXPIRING: &str = "select cast(coalesce(sum(points), 0) as bigint) from lots where day <= $1";

/// What lapses by the end of that day if nobody redeems it.
pub async fn expiring(tx: &mut Tx, through: Date) -> Result<Points, StoreError> {
    let points: i64 = on!(tx, conn => sqlx::query_scalar(EXPIRING).bind(day_number(through)).fetch_one(conn).await?);
    Ok(Points::from_hundredths(points))
}
