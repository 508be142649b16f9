//! Reading what members' rows leave out.

use std::collections::HashMap;

use laurel_domain::ledger::state::Held;
use laurel_domain::numbers::calendar::Month;
use laurel_domain::numbers::points::Points;
use laurel_domain::numbers::sorted::Sorted;
use laurel_domain::numbers::time::Day;
use laurel_domain::rules::period::{Floor, Kept, Past, Period};
use laurel_domain::rules::window::{Gain, Months};
use sqlx::FromRow;

use super::{AccountRow, FLOOR, HELD, KEPT, LOTS, MONTHS, PERIOD, day};
use crate::store::members::row;
use crate::store::{StoreError, Tx, json, moment, on};

/// Reads what the rows leave out.
pub(in crate::store) async fn complete(db: &mut Tx, rows: &mut [AccountRow<'_>]) -> Result<(), StoreError> {
    let with = |book: i16| -> Vec<i64> { rows.iter().filter(|s| s.books & book != 0).map(|s| s.no).collect() };
    let (lots, held, months, periods, floors) = (with(LOTS), with(HELD), with(MONTHS), with(PERIOD), with(FLOOR));
    let mut lots = read_lots(db, &lots).await?;
    let mut held = read_held(db, &held).await?;
    let mut months = read_months(db, &months).await?;
    let mut periods = read_periods(db, &periods).await?;
    let mut floors = read_floors(db, &floors).await?;
    let kept = with(KEPT);
    let mut kept = read_kept(db, &kept).await?;
    for row in rows {
        row.account.lots = lots.remove(&row.no).unwrap_or_default();
        row.account.held = held.remove(&row.no).unwrap_or_default();
        row.account.period = periods.remove(&row.no);
        row.account.floor = floors.remove(&row.no);
        row.account.kept = kept.remove(&row.no);
        if row.books & MONTHS != 0 {
            row.account.months = Some(months.remove(&row.no).unwrap_or_default());
        }
    }
    Ok(())
}

// On PostgreSQL one look for each member, whatever it knows of the tables and however they are divided.
const LOTS_SQLITE: &str =
    "select l.member_no, l.day, l.points from jsonb_each($1) j cross join lots l on l.member_no = j.value";
const LOTS_POSTGRES: &str = "select l.member_no, l.day, l.points from jsonb_array_elements_text($1::jsonb) as j(value)
cross join lateral (select own.* from lots own where own.member_no = j.value::bigint offset 0) l";

async fn read_lots(db: &mut Tx, members: &[i64]) -> Result<HashMap<i64, Sorted<Day, Points>>, StoreError> {
    let mut lots: HashMap<i64, Sorted<Day, Points>> = HashMap::new();
    if members.is_empty() {
        return Ok(lots);
    }
    let (sql, members) = (db.pick(LOTS_SQLITE, LOTS_POSTGRES), json(members)?);
    let rows: Vec<(i64, i32, i64)> = on!(db, conn => sqlx::query_as(sql).bind(members).fetch_all(conn).await?);
    for (no, last, points) in rows {
        lots.entry(no).or_default().insert(day(last)?, Points::from_hundredths(points));
    }
    Ok(lots)
}

#[derive(FromRow)]
struct HeldRow {
    member_no: i64,
    seq: i64,
    points: i64,
    until: i64,
    day: Option<i32>,
    rules: i32,
}

const HELD_SQLITE: &str = "select h.member_no, h.seq, h.points, h.until, h.day, h.rules from jsonb_each($1) j
cross join held h on h.member_no = j.value";
const HELD_POSTGRES: &str =
    "select h.member_no, h.seq, h.points, h.until, h.day, h.rules from jsonb_array_elements_text($1::jsonb) as j(value)
cross join lateral (select own.* from held own where own.member_no = j.value::bigint offset 0) h";

async fn read_held(db: &mut Tx, members: &[i64]) -> Result<HashMap<i64, Sorted<i64, Held>>, StoreError> {
    let mut held: HashMap<i64, Sorted<i64, Held>> = HashMap::new();
    if members.is_empty() {
        return Ok(held);
    }
    let (sql, members) = (db.pick(HELD_SQLITE, HELD_POSTGRES), json(members)?);
    let rows: Vec<HeldRow> = on!(db, conn => sqlx::query_as(sql).bind(members).fetch_all(conn).await?);
    for row in rows {
        let one = Held {
            points: Points::from_hundredths(row.points),
            until: moment(row.until)?,
            day: row.day.map(day).transpose()?,
            rules: u32::try_from(row.rules).map_err(|_| StoreError::Corrupt("a version"))?,
        };
        held.entry(row.member_no).or_default().insert(row.seq, one);
    }
    Ok(held)
}

const MONTHS_SQLITE: &str = "select m.member_no, m.month, m.earned, m.spent from jsonb_each($1) j
cross join months m on m.member_no = j.value";
const MONTHS_POSTGRES: &str =
    "select m.member_no, m.month, m.earned, m.spent from jsonb_array_elements_text($1::jsonb) as j(value)
cross join lateral (select own.* from months own where own.member_no = j.value::bigint offset 0) m";

async fn read_months(db: &mut Tx, members: &[i64]) -> Result<HashMap<i64, Months>, StoreError> {
    if members.is_empty() {
        return Ok(HashMap::new());
    }
    let (sql, members) = (db.pick(MONTHS_SQLITE, MONTHS_POSTGRES), json(members)?);
    let rows: Vec<(i64, i32, i64, i64)> = on!(db, conn => sqlx::query_as(sql).bind(members).fetch_all(conn).await?);
    let mut months: HashMap<i64, Vec<(Month, Gain)>> = HashMap::new();
    for (no, month, earned, spent) in rows {
        let gain = Gain { earned: Points::from_hundredths(earned), spent };
        months.entry(no).or_default().push((Month::from_number(month), gain));
    }
    Ok(months.into_iter().map(|(no, months)| (no, months.into_iter().collect())).collect())
}

#[derive(FromRow)]
struct PeriodRow {
    member_no: i64,
    started_at: i64,
    ends_at: i64,
    until: i64,
    by_seq: i64,
    earned: i64,
    spent: i64,
    grace_earned: i64,
    grace_spent: i64,
    past_started_at: Option<i64>,
    past_ends_at: Option<i64>,
    past_by_seq: Option<i64>,
    past_earned: Option<i64>,
    past_spent: Option<i64>,
}

macro_rules! period_columns {
    () => {
        "p.member_no, p.started_at, p.ends_at, p.until, p.by_seq, p.earned, p.spent, p.grace_earned, p.grace_spent, \
         p.past_started_at, p.past_ends_at, p.past_by_seq, p.past_earned, p.past_spent"
    };
}

const PERIODS_SQLITE: &str =
    concat!("select ", period_columns!(), " from jsonb_each($1) j cross join periods p on p.member_no = j.value");
const PERIODS_POSTGRES: &str = concat!(
    "select ",
    period_columns!(),
    " from jsonb_array_elements_text($1::jsonb) as j(value)
cross join lateral (select own.* from periods own where own.member_no = j.value::bigint offset 0) p"
);

async fn read_periods(db: &mut Tx, members: &[i64]) -> Result<HashMap<i64, Period>, StoreError> {
    if members.is_empty() {
        return Ok(HashMap::new());
    }
    let (sql, members) = (db.pick(PERIODS_SQLITE, PERIODS_POSTGRES), json(members)?);
    let rows: Vec<PeriodRow> = on!(db, conn => sqlx::query_as(sql).bind(members).fetch_all(conn).await?);
    rows.into_iter().map(|row| Ok((row.member_no, row.read()?))).collect()
}

const FLOORS: [&str; 2] = [
    "select f.member_no, f.started_at, f.by_seq, f.earned, f.spent from jsonb_each($1) j
cross join tier_floors f on f.member_no = j.value",
    "select f.member_no, f.started_at, f.by_seq, f.earned, f.spent from jsonb_array_elements_text($1::jsonb) as j(value)
cross join lateral (select own.* from tier_floors own where own.member_no = j.value::bigint offset 0) f",
];

async fn read_floors(db: &mut Tx, members: &[i64]) -> Result<HashMap<i64, Floor>, StoreError> {
    if members.is_empty() {
        return Ok(HashMap::new());
    }
    let (sql, members) = (db.pick(FLOORS[0], FLOORS[1]), json(members)?);
    let rows: Vec<(i64, i64, i64, i64, i64)> = on!(db, conn => sqlx::query_as(sql).bind(members).fetch_all(conn).await?);
    let floor = |(no, start, by, earned, spent)| Ok((no, Floor { start: moment(start)?, by, gain: gain(earned, spent) }));
    rows.into_iter().map(floor).collect()
}

const KEPT_TIERS: [&str; 2] = [
    "select k.member_no, k.tier, k.until from jsonb_each($1) j cross join kept_tiers k on k.member_no = j.value",
    "select k.member_no, k.tier, k.until from jsonb_array_elements_text($1::jsonb) as j(value)
cross join lateral (select own.* from kept_tiers own where own.member_no = j.value::bigint offset 0) k",
];

async fn read_kept(db: &mut Tx, members: &[i64]) -> Result<HashMap<i64, Kept>, StoreError> {
    if members.is_empty() {
        return Ok(HashMap::new());
    }
    let (sql, members) = (db.pick(KEPT_TIERS[0], KEPT_TIERS[1]), json(members)?);
    let rows: Vec<(i64, i16, i64)> = on!(db, conn => sqlx::query_as(sql).bind(members).fetch_all(conn).await?);
    let kept = |(no, tier, until)| Ok((no, Kept { tier: row::tier(tier)?, until: moment(until)? }));
    rows.into_iter().map(kept).collect()
}

fn gain(earned: i64, spent: i64) -> Gain {
    Gain { earned: Points::from_hundredths(earned), spent }
}

impl PeriodRow {
    fn read(&self) -> Result<Period, StoreError> {
        let past = self.past_started_at.zip(self.past_ends_at).zip(self.past_by_seq).zip(self.past_earned.zip(self.past_spent));
        let past = past.map(|(((start, end), by), (earned, spent))| {
            Ok::<_, StoreError>(Past { start: moment(start)?, end: moment(end)?, by, gain: gain(earned, spent) })
        });
        Ok(Period {
            start: moment(self.started_at)?,
            end: moment(self.ends_at)?,
            until: moment(self.until)?,
            by: self.by_seq,
            gain: gain(self.earned, self.spent),
            grace: gain(self.grace_earned, self.grace_spent),
            // only while what is due at its very end is posted, all at once
            later: Gain::NONE,
            before: past.transpose()?,
        })
    }
}
