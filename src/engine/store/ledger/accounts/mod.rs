//! What accounts hold besides the sums in the members' rows: lots, pending points, months, validity periods.
//!
//! A member's `books` say which of these there are, so that a programme pays nothing for what it does not use. Read whole with
//! the member; written as the difference to what was read. What lapsed and what counts against caps grows for ever and is
//! read by its keys only; it is written by adding. The column keeps its name: servers of two versions work side by side during an
//! upgrade, and the older one asks for it.

mod read;
mod write;

pub(in crate::store) use read::complete;
pub use write::save;

use std::collections::HashMap;

use laurel_domain::ledger::account::Account;
use laurel_domain::numbers::calendar::Month;
use laurel_domain::numbers::points::Points;
use laurel_domain::numbers::time::Day;
use laurel_domain::rules::terms::{CapKey, EarnKind, Through};

use crate::store::members::sums::Indexed;
use crate::store::{StoreError, Tx, json, on};

const LOTS: i16 = 1;
const HELD: i16 = 2;
const MONTHS: i16 = 4;
const PERIOD: i16 = 8;
const FLOOR: i16 = 16;
const KEPT: i16 = 32;

pub(in crate::store) fn day(number: i32) -> Result<Day, StoreError> {
    Day::from_number(number).ok_or(StoreError::Corrupt("a day"))
}

/// An account as far as its row goes, and which other tables have more of it.
pub(in crate::store) struct AccountRow<'a> {
    pub no: i64,
    pub books: i16,
    pub account: &'a mut Account,
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
pub(in crate::store) fn books(account: &Account) -> i16 {
    let has = |yes: bool, book: i16| if yes { book } else { 0 };
    has(!account.lots.is_empty(), LOTS)
        | has(!account.held.is_empty(), HELD)
        | has(account.months.is_some(), MONTHS)
        | has(account.period.is_some(), PERIOD)
        | has(account.floor.is_some(), FLOOR)
        | has(account.kept.is_some(), KEPT)
}

fn cap_numbers(key: CapKey) -> (i16, i32) {
    match key.through {
        Through::Day(day) => (key.kind as i16 * 2, day.number()),
        Through::Month(month) => (key.kind as i16 * 2 + 1, month.number()),
    }
}

/// The cap that these numbers stand for.
pub(in crate::store) fn cap_of_numbers(kind: i16, through: i32) -> Result<CapKey, StoreError> {
    const BROKEN: StoreError = StoreError::Corrupt("a cap");
    let number = usize::try_from(kind).map_err(|_| BROKEN)?;
    let kind = *EarnKind::ALL.get(number / 2).ok_or(BROKEN)?;
    let through = match number % 2 {
        0 => Through::Day(day(through)?),
        _ => Through::Month(Month::from_number(through)),
    };
    Ok(CapKey { kind, through })
}

const LAPSED: [&str; 2] = [
    "select l.member_no, l.day, l.points from jsonb_each($1) j
cross join lapsed_lots l on l.member_no = j.value->>0 and l.day = j.value->>1",
    "select l.member_no, l.day, l.points from jsonb_array_elements($1::jsonb) as j(value)
join lapsed_lots l on l.member_no = (j.value->>0)::bigint and l.day = (j.value->>1)::integer",
];

/// What has lapsed out of these lots.
pub async fn lapsed(db: &mut Tx, lots: &[(i64, Day)]) -> Result<Vec<(i64, Day, Points)>, StoreError> {
    if lots.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<(i64, i32)> = lots.iter().map(|(no, last)| (*no, last.number())).collect();
    let (sql, keys) = (db.pick(LAPSED[0], LAPSED[1]), json(&keys)?);
    let rows: Vec<(i64, i32, i64)> = on!(db, conn => sqlx::query_as(sql).bind(keys).fetch_all(conn).await?);
    rows.into_iter().map(|(no, last, points)| Ok((no, day(last)?, Points::from_hundredths(points)))).collect()
}

const CAPPED: [&str; 2] = [
    "select c.member_no, c.kind, c.through, c.points from jsonb_each($1) j
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
