//! What accounts hold besides the sums in the members' rows: lots, pending points, months, validity periods.
//!
//! A member's `books` say which of these there are, so that a programme pays nothing for what it does not use. Read whole with
//! the member; written as the difference to what was read. What lapsed and what counts against caps grows for ever and is
//! read by its keys only; it is written by adding.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use laurel_domain::ledger::account::{Account, Held};
use laurel_domain::numbers::calendar::{Month, day_number, day_of_number};
use laurel_domain::numbers::points::Points;
use laurel_domain::rules::period::{Floor, Past, Period};
use laurel_domain::rules::rule_set::Timeline;
use laurel_domain::rules::terms::{CapKey, EarnKind, Through};
use laurel_domain::rules::window::{Gain, Months};
use serde::Serialize;
use sqlx::FromRow;

use crate::server::store::members::member::Indexed;
use crate::server::store::{StoreError, Tx, json, micros, on, timestamp};

const LOTS: i16 = 1;
const HELD: i16 = 2;
const MONTHS: i16 = 4;
const PERIOD: i16 = 8;
const FLOOR: i16 = 16;

pub(in crate::server::store) fn day(number: i32) -> Result<Date, StoreError> {
    day_of_number(number).ok_or(StoreError::Corrupt("a day"))
}

/// An account as far as its row goes, and which books it has.
pub(in crate::server::store) struct Shelf<'a> {
    pub no: i64,
    pub books: i16,
    pub account: &'a mut Account,
}

/// Reads what the rows leave out.
pub(in crate::server::store) async fn complete(db: &mut Tx, shelves: &mut [Shelf<'_>]) -> Result<(), StoreError> {
    let with = |book: i16| -> Vec<i64> { shelves.iter().filter(|s| s.books & book != 0).map(|s| s.no).collect() };
    let (lots, held, months, periods, floors) = (with(LOTS), with(HELD), with(MONTHS), with(PERIOD), with(FLOOR));
    let mut lots = read_lots(db, &lots).await?;
    let mut held = read_held(db, &held).await?;
    let mut months = read_months(db, &months).await?;
    let mut periods = read_periods(db, &periods).await?;
    let mut floors = read_floors(db, &floors).await?;
    for shelf in shelves {
        shelf.account.lots = lots.remove(&shelf.no).unwrap_or_default();
        shelf.account.held = held.remove(&shelf.no).unwrap_or_default();
        shelf.account.period = periods.remove(&shelf.no);
        shelf.account.floor = floors.remove(&shelf.no);
        if shelf.books & MONTHS != 0 {
            shelf.account.months = Some(months.remove(&shelf.no).unwrap_or_default());
        }
    }
    Ok(())
}

const LOTS_SQLITE: &str = "select l.member_no, l.day, l.points from json_each($1) j cross join lots l on l.member_no = j.value";
const LOTS_POSTGRES: &str = "select l.member_no, l.day, l.points from lots l
where l.member_no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)";

async fn read_lots(db: &mut Tx, members: &[i64]) -> Result<HashMap<i64, BTreeMap<Date, Points>>, StoreError> {
    let mut lots: HashMap<i64, BTreeMap<Date, Points>> = HashMap::new();
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

const HELD_SQLITE: &str = "select h.member_no, h.seq, h.points, h.until, h.day, h.rules from json_each($1) j
cross join held h on h.member_no = j.value";
const HELD_POSTGRES: &str = "select h.member_no, h.seq, h.points, h.until, h.day, h.rules from held h
where h.member_no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)";

async fn read_held(db: &mut Tx, members: &[i64]) -> Result<HashMap<i64, BTreeMap<i64, Held>>, StoreError> {
    let mut held: HashMap<i64, BTreeMap<i64, Held>> = HashMap::new();
    if members.is_empty() {
        return Ok(held);
    }
    let (sql, members) = (db.pick(HELD_SQLITE, HELD_POSTGRES), json(members)?);
    let rows: Vec<HeldRow> = on!(db, conn => sqlx::query_as(sql).bind(members).fetch_all(conn).await?);
    for row in rows {
        let one = Held {
            points: Points::from_hundredths(row.points),
            until: timestamp(row.until)?,
            day: row.day.map(day).transpose()?,
            rules: u32::try_from(row.rules).map_err(|_| StoreError::Corrupt("a version"))?,
        };
        held.entry(row.member_no).or_default().insert(row.seq, one);
    }
    Ok(held)
}

const MONTHS_SQLITE: &str = "select m.member_no, m.month, m.earned, m.spent from json_each($1) j
cross join months m on m.member_no = j.value";
const MONTHS_POSTGRES: &str = "select m.member_no, m.month, m.earned, m.spent from months m
where m.member_no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)";

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
    concat!("select ", period_columns!(), " from json_each($1) j cross join periods p on p.member_no = j.value");
const PERIODS_POSTGRES: &str = concat!(
    "select ",
    period_columns!(),
    " from periods p where p.member_no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)"
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
    "select f.member_no, f.started_at, f.by_seq, f.earned, f.spent from json_each($1) j
cross join tier_floors f on f.member_no = j.value",
    "select f.member_no, f.started_at, f.by_seq, f.earned, f.spent from tier_floors f
where f.member_no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)",
];

async fn read_floors(db: &mut Tx, members: &[i64]) -> Result<HashMap<i64, Floor>, StoreError> {
    if members.is_empty() {
        return Ok(HashMap::new());
    }
    let (sql, members) = (db.pick(FLOORS[0], FLOORS[1]), json(members)?);
    let rows: Vec<(i64, i64, i64, i64, i64)> = on!(db, conn => sqlx::query_as(sql).bind(members).fetch_all(conn).await?);
    let floor = |(no, start, by, earned, spent)| Ok((no, Floor { start: timestamp(start)?, by, gain: gain(earned, spent) }));
    rows.into_iter().map(floor).collect()
}

fn gain(earned: i64, spent: i64) -> Gain {
    Gain { earned: Points::from_hundredths(earned), spent }
}

impl PeriodRow {
    fn read(&self) -> Result<Period, StoreError> {
        let past = self.past_started_at.zip(self.past_ends_at).zip(self.past_by_seq).zip(self.past_earned.zip(self.past_spent));
        let past = past.map(|(((start, end), by), (earned, spent))| {
            Ok::<_, StoreError>(Past { start: timestamp(start)?, end: timestamp(end)?, by, gain: gain(earned, spent) })
        });
        Ok(Period {
            start: timestamp(self.started_at)?,
            end: timestamp(self.ends_at)?,
            until: timestamp(self.until)?,
            by: self.by_seq,
            gain: gain(self.earned, self.spent),
            grace: gain(self.grace_earned, self.grace_spent),
            // only while what is due at its very end is posted, all at once
            later: Gain::NONE,
            before: past.transpose()?,
        })
    }
}

/// An account before and after what was posted to it.
pub struct Change<'a> {
    pub no: i64,
    pub before: &'a Account,
    pub after: &'a Account,
    /// What its row has for jobs.
    pub indexed: Indexed,
}

/// Which books an account has.
pub(in crate::server::store) fn books(account: &Account) -> i16 {
    let has = |yes: bool, book: i16| if yes { book } else { 0 };
    has(!account.lots.is_empty(), LOTS)
        | has(!account.held.is_empty(), HELD)
        | has(account.months.is_some(), MONTHS)
        | has(account.period.is_some(), PERIOD)
        | has(account.floor.is_some(), FLOOR)
}

#[derive(Serialize)]
struct HeldOut(i64, i64, i64, i64, Option<i32>, u32);

/// Rows to write and keys of rows to delete, over all accounts.
#[derive(Default)]
struct Difference {
    lots: Vec<(i64, i32, i64)>,
    no_lots: Vec<(i64, i64)>,
    held: Vec<HeldOut>,
    not_held: Vec<(i64, i64)>,
    lapsed: Vec<(i64, i32, i64)>,
    capped: Vec<(i64, i16, i32, i64)>,
    months: Vec<(i64, i32, i64, i64)>,
    no_months: Vec<(i64, i64)>,
    periods: Vec<[Option<i64>; 14]>,
    no_periods: Vec<i64>,
    floors: Vec<[i64; 5]>,
    no_floors: Vec<i64>,
}

impl Difference {
    fn add(&mut self, change: &Change<'_>) {
        let Change { no, before, after, .. } = *change;
        for (last, points) in changed(&before.lots, &after.lots) {
            match points {
                Some(points) => self.lots.push((no, day_number(last), points.hundredths())),
                None => self.no_lots.push((no, i64::from(day_number(last)))),
            }
        }
        for (seq, held) in changed(&before.held, &after.held) {
            match held {
                Some(h) => {
                    let last = h.day.map(day_number);
                    self.held.push(HeldOut(no, seq, h.points.hundredths(), micros(h.until), last, h.rules));
                }
                None => self.not_held.push((no, seq)),
            }
        }
        self.lapsed.extend(added(&before.lapsed, &after.lapsed).map(|(last, points)| (no, day_number(last), points)));
        self.capped.extend(added(&before.capped, &after.capped).map(|(key, points)| {
            let (kind, through) = cap_numbers(key);
            (no, kind, through, points)
        }));
        let months = |account: &Account| -> BTreeMap<Month, Gain> { account.months.iter().flat_map(Months::iter).collect() };
        if before.months != after.months {
            for (month, gain) in changed(&months(before), &months(after)) {
                match gain {
                    Some(gain) => self.months.push((no, month.number(), gain.earned.hundredths(), gain.spent)),
                    None => self.no_months.push((no, i64::from(month.number()))),
                }
            }
        }
        match after.period {
            period if period == before.period => (),
            Some(period) => self.periods.push(period_row(no, &period)),
            None => self.no_periods.push(no),
        }
        match after.floor {
            floor if floor == before.floor => (),
            Some(f) => self.floors.push([no, micros(f.start), f.by, f.gain.earned.hundredths(), f.gain.spent]),
            None => self.no_floors.push(no),
        }
    }
}

/// The entries that are new or other, and with `None` those that are gone.
fn changed<K: Ord + Copy, V: PartialEq + Copy>(before: &BTreeMap<K, V>, after: &BTreeMap<K, V>) -> Vec<(K, Option<V>)> {
    let gone = before.keys().filter(|key| !after.contains_key(key)).map(|key| (*key, None));
    let new = after.iter().filter(|(key, value)| before.get(key) != Some(value)).map(|(key, value)| (*key, Some(*value)));
    gone.chain(new).collect()
}

/// By how much each changed.
fn added<K: Ord + Copy>(before: &BTreeMap<K, Points>, after: &BTreeMap<K, Points>) -> impl Iterator<Item = (K, i64)> {
    let held = |map: &BTreeMap<K, Points>, key: &K| map.get(key).map_or(0, |points| points.hundredths());
    let mut keys: Vec<K> = before.keys().chain(after.keys()).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    let differences: Vec<(K, i64)> = keys.into_iter().map(|key| (key, held(after, &key) - held(before, &key))).collect();
    differences.into_iter().filter(|(_, by)| *by != 0)
}

fn cap_numbers(key: CapKey) -> (i16, i32) {
    match key.through {
        Through::Day(day) => (key.kind as i16 * 2, day_number(day)),
        Through::Month(month) => (key.kind as i16 * 2 + 1, month.number()),
    }
}

/// The cap that these numbers stand for.
pub(in crate::server::store) fn cap_of_numbers(kind: i16, through: i32) -> Result<CapKey, StoreError> {
    const BROKEN: StoreError = StoreError::Corrupt("a cap");
    let number = usize::try_from(kind).map_err(|_| BROKEN)?;
    let kind = *EarnKind::ALL.get(number / 2).ok_or(BROKEN)?;
    let through = match number % 2 {
        0 => Through::Day(day(through)?),
        _ => Through::Month(Month::from_number(through)),
    };
    Ok(CapKey { kind, through })
}

fn period_row(no: i64, p: &Period) -> [Option<i64>; 14] {
    let past = p.before;
    [
        Some(no),
        Some(micros(p.start)),
        Some(micros(p.end)),
        Some(micros(p.until)),
        Some(p.by),
        Some(p.gain.earned.hundredths()),
        Some(p.gain.spent),
        Some(p.grace.earned.hundredths()),
        Some(p.grace.spent),
        past.map(|past| micros(past.start)),
        past.map(|past| micros(past.end)),
        past.map(|past| past.by),
        past.map(|past| past.gain.earned.hundredths()),
        past.map(|past| past.gain.spent),
    ]
}

const SET_LOTS: [&str; 2] = [
    "insert into lots (member_no, day, points) select value->>0, value->>1, value->>2 from json_each($1) where true
on conflict (member_no, day) do update set points = excluded.points",
    "insert into lots (member_no, day, points)
select (value->>0)::bigint, (value->>1)::integer, (value->>2)::bigint from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no, day) do update set points = excluded.points",
];
const DROP_LOTS: [&str; 2] = [
    "delete from lots where (member_no, day) in (select value->>0, value->>1 from json_each($1))",
    "delete from lots where (member_no, day) in
    (select (value->>0)::bigint, (value->>1)::integer from jsonb_array_elements($1::jsonb) as j(value))",
];
const SET_HELD: [&str; 2] = [
    "insert into held (member_no, seq, points, until, day, rules)
select value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 from json_each($1) where true
on conflict (member_no, seq) do update set points = excluded.points",
    "insert into held (member_no, seq, points, until, day, rules)
select (value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint, (value->>3)::bigint, (value->>4)::integer,
    (value->>5)::integer from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no, seq) do update set points = excluded.points",
];
const DROP_HELD: [&str; 2] = [
    "delete from held where (member_no, seq) in (select value->>0, value->>1 from json_each($1))",
    "delete from held where (member_no, seq) in
    (select (value->>0)::bigint, (value->>1)::bigint from jsonb_array_elements($1::jsonb) as j(value))",
];
const ADD_LAPSED: [&str; 2] = [
    "insert into lapsed_lots (member_no, day, points) select value->>0, value->>1, value->>2 from json_each($1) where true
on conflict (member_no, day) do update set points = lapsed_lots.points + excluded.points",
    "insert into lapsed_lots (member_no, day, points)
select (value->>0)::bigint, (value->>1)::integer, (value->>2)::bigint from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no, day) do update set points = lapsed_lots.points + excluded.points",
];
const ADD_CAPPED: [&str; 2] = [
    "insert into capped (member_no, kind, through, points)
select value->>0, value->>1, value->>2, value->>3 from json_each($1) where true
on conflict (member_no, kind, through) do update set points = capped.points + excluded.points",
    "insert into capped (member_no, kind, through, points)
select (value->>0)::bigint, (value->>1)::smallint, (value->>2)::integer, (value->>3)::bigint
from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no, kind, through) do update set points = capped.points + excluded.points",
];
const SET_MONTHS: [&str; 2] = [
    "insert into months (member_no, month, earned, spent)
select value->>0, value->>1, value->>2, value->>3 from json_each($1) where true
on conflict (member_no, month) do update set earned = excluded.earned, spent = excluded.spent",
    "insert into months (member_no, month, earned, spent)
select (value->>0)::bigint, (value->>1)::integer, (value->>2)::bigint, (value->>3)::bigint
from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no, month) do update set earned = excluded.earned, spent = excluded.spent",
];
const DROP_MONTHS: [&str; 2] = [
    "delete from months where (member_no, month) in (select value->>0, value->>1 from json_each($1))",
    "delete from months where (member_no, month) in
    (select (value->>0)::bigint, (value->>1)::integer from jsonb_array_elements($1::jsonb) as j(value))",
];
const DROP_PERIODS: [&str; 2] = [
    "delete from periods where member_no in (select value from json_each($1))",
    "delete from periods where member_no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)",
];
const SET_PERIODS: [&str; 2] = [
    "insert into periods (member_no, started_at, ends_at, until, by_seq, earned, spent, grace_earned, grace_spent,
    past_started_at, past_ends_at, past_by_seq, past_earned, past_spent)
select value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9,
    value->>10, value->>11, value->>12, value->>13 from json_each($1)",
    "insert into periods (member_no, started_at, ends_at, until, by_seq, earned, spent, grace_earned, grace_spent,
    past_started_at, past_ends_at, past_by_seq, past_earned, past_spent)
select (value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint, (value->>3)::bigint, (value->>4)::bigint,
    (value->>5)::bigint, (value->>6)::bigint, (value->>7)::bigint, (value->>8)::bigint, (value->>9)::bigint,
    (value->>10)::bigint, (value->>11)::bigint, (value->>12)::bigint, (value->>13)::bigint
from jsonb_array_elements($1::jsonb) as j(value)",
];

const SET_FLOORS: [&str; 2] = [
    "insert into tier_floors (member_no, started_at, by_seq, earned, spent)
select value->>0, value->>1, value->>2, value->>3, value->>4 from json_each($1) where true
on conflict (member_no) do update set started_at = excluded.started_at, by_seq = excluded.by_seq, earned = excluded.earned,
    spent = excluded.spent",
    "insert into tier_floors (member_no, started_at, by_seq, earned, spent)
select (value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint, (value->>3)::bigint, (value->>4)::bigint
from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no) do update set started_at = excluded.started_at, by_seq = excluded.by_seq, earned = excluded.earned,
    spent = excluded.spent",
];
const DROP_FLOORS: [&str; 2] = [
    "delete from tier_floors where member_no in (select value from json_each($1))",
    "delete from tier_floors where member_no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)",
];

async fn run<T: Serialize>(tx: &mut Tx, texts: [&'static str; 2], rows: &[T]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let (sql, rows) = (tx.pick(texts[0], texts[1]), json(rows)?);
    on!(tx, conn => sqlx::query(sql).bind(rows).execute(conn).await.map(drop)?);
    Ok(())
}

/// Writes accounts back to the rows that were locked for it, and what is due for them next.
pub async fn save(tx: &mut Tx, timeline: &Timeline, changes: &[Change<'_>]) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    crate::server::store::members::member::update_accounts(tx, timeline, changes).await?;
    let mut difference = Difference::default();
    changes.iter().for_each(|change| difference.add(change));
    let d = &difference;
    run(tx, SET_LOTS, &d.lots).await?;
    run(tx, DROP_LOTS, &d.no_lots).await?;
    run(tx, SET_HELD, &d.held).await?;
    run(tx, DROP_HELD, &d.not_held).await?;
    run(tx, ADD_LAPSED, &d.lapsed).await?;
    run(tx, ADD_CAPPED, &d.capped).await?;
    run(tx, SET_MONTHS, &d.months).await?;
    run(tx, DROP_MONTHS, &d.no_months).await?;
    // replaced whole: an update of so many columns would say them all three times
    let renewed: Vec<i64> = d.periods.iter().filter_map(|row| row[0]).chain(d.no_periods.iter().copied()).collect();
    run(tx, DROP_PERIODS, &renewed).await?;
    run(tx, SET_PERIODS, &d.periods).await?;
    run(tx, SET_FLOORS, &d.floors).await?;
    run(tx, DROP_FLOORS, &d.no_floors).await
}

const LAPSED: [&str; 2] = [
    "select l.member_no, l.day, l.points from json_each($1) j
cross join lapsed_lots l on l.member_no = j.value->>0 and l.day = j.value->>1",
    "select l.member_no, l.day, l.points from jsonb_array_elements($1::jsonb) as j(value)
join lapsed_lots l on l.member_no = (j.value->>0)::bigint and l.day = (j.value->>1)::integer",
];

/// What has lapsed out of these lots.
pub async fn lapsed(db: &mut Tx, lots: &[(i64, Date)]) -> Result<Vec<(i64, Date, Points)>, StoreError> {
    if lots.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<(i64, i32)> = lots.iter().map(|(no, last)| (*no, day_number(*last))).collect();
    let (sql, keys) = (db.pick(LAPSED[0], LAPSED[1]), json(&keys)?);
    let rows: Vec<(i64, i32, i64)> = on!(db, conn => sqlx::query_as(sql).bind(keys).fetch_all(conn).await?);
    rows.into_iter().map(|(no, last, points)| Ok((no, day(last)?, Points::from_hundredths(points)))).collect()
}

const CAPPED: [&str; 2] = [
    "select c.member_no, c.kind, c.through, c.points from json_each($1) j
cross join capped c on c.member_no = j.value->>0 and c.kind = j.value->>1 and c.through = j.value->>2",
    "select c.member_no, c.kind, c.through, c.points from jsonb_array_elements($1::jsonb) as j(value)
join capped c on c.member_no = (j.value->>0)::bigint and c.kind = (j.value->>1)::smallint and c.through = (j.value->>2)::integer",
];

/// What counts against these caps so far.
pub async fn capped(db: &mut Tx, caps: &[(i64, CapKey)]) -> Result<Vec<(i64, CapKey, Points)>, StoreError> {
    if caps.is_empty() {
        return Ok(Vec::new());
    }
    let by_numbers: HashMap<(i64, i16, i32), CapKey> = caps
        .iter()
        .map(|(no, key)| {
            let (kind, through) = cap_numbers(*key);
            ((*no, kind, through), *key)
        })
        .collect();
    let (sql, keys) = (db.pick(CAPPED[0], CAPPED[1]), json(&by_numbers.keys().collect::<Vec<_>>())?);
    let rows: Vec<(i64, i16, i32, i64)> = on!(db, conn => sqlx::query_as(sql).bind(keys).fetch_all(conn).await?);
    let found = |(no, kind, through, points): (i64, i16, i32, i64)| {
        let key = by_numbers.get(&(no, kind, through))?;
        Some((no, *key, Points::from_hundredths(points)))
    };
    Ok(rows.into_iter().filter_map(found).collect())
}
