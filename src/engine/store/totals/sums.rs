//! Adding up: rows into totals, totals and rows into figures, and everything anew out of entries and members.

use jiff::civil::Date;
use laurel_domain::numbers::calendar::{Calendar, day_number};
use laurel_domain::numbers::points::Points;

use super::changes::{Flow, Kept, Sum, Totals, kind, start};
use super::posted;
use crate::store::{Either, StoreError, Tx, instants, json, on, timestamp};

const SUMS: &str = "select what, key, amount from totals where what < 5 or what > 5";
const IN_LOTS: &str = "select what, key, amount from totals where what = 5 and key <= $1";
const ALL: &str = "select what, key, amount from totals";
const BY_DAY: &str = "select day, kind, entries, events, points from totals_by_day where day >= $1";
const UNFOLDED: &str = "select changes from postings";

/// All-time sums, those of lots aside. In a snapshot: totals and what is not in them yet are of one moment.
pub async fn read(tx: &mut Tx) -> Result<Totals, StoreError> {
    let mut totals = Totals::default();
    let rows: Vec<(i16, i64, i64)> = on!(tx, conn => sqlx::query_as(SUMS).fetch_all(conn).await?);
    add_sums(&mut totals, rows)?;
    add_unfolded(tx, &mut totals).await?;
    totals.sums.retain(|sum, _| !matches!(sum, Sum::InLots(_)));
    totals.flows.clear();
    Ok(totals)
}

/// Points in lots that are good through that day at most. In a snapshot.
pub async fn in_lots(tx: &mut Tx, through: Date) -> Result<Points, StoreError> {
    let mut totals = Totals::default();
    let last = i64::from(day_number(through));
    let rows: Vec<(i16, i64, i64)> = on!(tx, conn => sqlx::query_as(IN_LOTS).bind(last).fetch_all(conn).await?);
    add_sums(&mut totals, rows)?;
    add_unfolded(tx, &mut totals).await?;
    let points = totals.sums.range(Sum::InLots(i64::MIN)..=Sum::InLots(last)).map(|(_, points)| points).sum();
    Ok(Points::from_hundredths(points))
}

/// Everything that is kept, flows by day. In a snapshot.
pub async fn kept(tx: &mut Tx, calendar: &Calendar) -> Result<Totals, StoreError> {
    since(tx, calendar, i32::MIN).await
}

/// All sums, and flows by day from the day of that number on. In a snapshot.
pub async fn since(tx: &mut Tx, calendar: &Calendar, first: i32) -> Result<Totals, StoreError> {
    let mut unfolded = Totals::default();
    add_unfolded(tx, &mut unfolded).await?;
    let mut totals = by_day(unfolded, calendar)?;
    totals.flows.retain(|(day, _), _| *day >= i64::from(first));
    let rows: Vec<(i16, i64, i64)> = on!(tx, conn => sqlx::query_as(ALL).fetch_all(conn).await?);
    add_sums(&mut totals, rows)?;
    let rows: Vec<(i32, i16, i64, i64, i64)> = on!(tx, conn => sqlx::query_as(BY_DAY).bind(first).fetch_all(conn).await?);
    for (day, number, entries, events, points) in rows {
        let flow = totals.flows.entry((i64::from(day), kind(i64::from(number))?)).or_default();
        flow.add(Flow { entries, events, points });
    }
    Ok(totals.reduced())
}

fn add_sums(totals: &mut Totals, rows: Vec<(i16, i64, i64)>) -> Result<(), StoreError> {
    for (what, key, amount) in rows {
        totals.add(Sum::of_numbers(what, key)?, amount);
    }
    Ok(())
}

async fn add_unfolded(tx: &mut Tx, totals: &mut Totals) -> Result<(), StoreError> {
    let rows: Vec<String> = on!(tx, conn => sqlx::query_scalar(UNFOLDED).fetch_all(conn).await?);
    rows.iter().try_for_each(|row| Kept::add_to(row, totals))
}

/// Flows by day out of flows by quarter.
fn by_day(totals: Totals, calendar: &Calendar) -> Result<Totals, StoreError> {
    let mut by_day = Totals { sums: totals.sums, ..Totals::default() };
    for ((quarter, kind), flow) in totals.flows {
        let day = i64::from(calendar.day(start(quarter)?).number());
        by_day.flows.entry((day, kind)).or_default().add(flow);
    }
    Ok(by_day)
}

const ANY: &str = "select 1 from postings limit 1";

pub async fn has_unfolded(db: &mut Tx) -> Result<bool, StoreError> {
    let one: Option<i32> = on!(db, conn => sqlx::query_scalar(ANY).fetch_optional(conn).await?);
    Ok(one.is_some())
}

// several servers may fold at once: each takes rows that no other has
const TAKE_SQLITE: &str =
    "delete from postings where no in (select no from postings order by no limit $1) returning instant, changes";
const TAKE_POSTGRES: &str = "delete from postings where no in
    (select no from postings order by no limit $1 for update skip locked) returning instant, changes";

/// Adds the next rows into the totals and deletes them. How many.
pub async fn fold(tx: &mut Tx, calendar: &Calendar, most: i64) -> Result<usize, StoreError> {
    let sql = tx.pick(TAKE_SQLITE, TAKE_POSTGRES);
    let rows: Vec<(Option<i64>, String)> = on!(tx, conn => sqlx::query_as(sql).bind(most).fetch_all(conn).await?);
    if rows.is_empty() {
        return Ok(0);
    }
    let mut totals = Totals::default();
    rows.iter().try_for_each(|(_, changes)| Kept::add_to(changes, &mut totals))?;
    add_to_kept(tx, &by_day(totals, calendar)?.reduced()).await?;
    if let Some(last) = rows.iter().filter_map(|(instant, _)| *instant).max() {
        instants::note(tx, timestamp(last)?).await?;
    }
    posted::prune(tx).await?;
    Ok(rows.len())
}

// in the order of their keys, as everybody writes them
const ADD_SUMS: [&str; 2] = [
    "insert into totals (what, key, amount) select value->>0, value->>1, value->>2 from json_each($1) where true
on conflict (what, key) do update set amount = totals.amount + excluded.amount",
    "insert into totals (what, key, amount) select (value->>0)::smallint, (value->>1)::bigint, (value->>2)::bigint
from jsonb_array_elements($1::jsonb) as j(value)
on conflict (what, key) do update set amount = totals.amount + excluded.amount",
];
const ADD_FLOWS: [&str; 2] = [
    "insert into totals_by_day (day, kind, entries, events, points)
select value->>0, value->>1, value->>2, value->>3, value->>4 from json_each($1) where true
on conflict (day, kind) do update set entries = totals_by_day.entries + excluded.entries,
    events = totals_by_day.events + excluded.events, points = totals_by_day.points + excluded.points",
    "insert into totals_by_day (day, kind, entries, events, points)
select (value->>0)::integer, (value->>1)::smallint, (value->>2)::bigint, (value->>3)::bigint, (value->>4)::bigint
from jsonb_array_elements($1::jsonb) as j(value)
on conflict (day, kind) do update set entries = totals_by_day.entries + excluded.entries,
    events = totals_by_day.events + excluded.events, points = totals_by_day.points + excluded.points",
];
// days that have gone by would stay for ever
const DROP_EMPTY: &str = "delete from totals where what = 5 and amount = 0";

async fn add_to_kept(tx: &mut Tx, totals: &Totals) -> Result<(), StoreError> {
    let sums: Vec<(i16, i64, i64)> = totals
        .sums
        .iter()
        .map(|(sum, amount)| {
            let (what, key) = sum.numbers();
            (what, key, *amount)
        })
        .collect();
    let flows = totals.flows.iter().map(|((day, kind), f)| (*day, *kind as i64, f.entries, f.events, f.points));
    let flows: Vec<(i64, i64, i64, i64, i64)> = flows.collect();
    let emptied = sums.iter().any(|(what, _, amount)| *what == 5 && *amount < 0);
    for (texts, rows) in [(ADD_SUMS, json(&sums)?), (ADD_FLOWS, json(&flows)?)] {
        let sql = tx.pick(texts[0], texts[1]);
        on!(tx, conn => sqlx::query(sql).bind(rows).execute(conn).await.map(drop)?);
    }
    if emptied {
        on!(tx, conn => sqlx::query(DROP_EMPTY).execute(conn).await.map(drop)?);
    }
    Ok(())
}

const MEMBERS: &str = "select cast(tier as bigint), count(*), cast(sum(pending) as bigint), cast(sum(debt) as bigint),
    cast(sum(available + pending - debt) as bigint) from members group by tier";
const LOTS: &str = "select cast(day as bigint), cast(sum(points) as bigint) from lots group by day";
const ENTRIES: &str = "select quarter, cast(kind as bigint), count(*), count(event_id), cast(sum(points) as bigint)
from (select (occurred_at + delay) / 900000000 as quarter, kind, event_id, points from entries) e group by quarter, kind";

/// Everything out of members, lots and entries, flows by day. Reads all of them; in a snapshot.
pub async fn count(tx: &mut Tx, calendar: &Calendar) -> Result<Totals, StoreError> {
    let mut totals = Totals::default();
    let rows: Vec<(i64, i64, i64, i64, i64)> = on!(tx, conn => sqlx::query_as(MEMBERS).fetch_all(conn).await?);
    for (tier, members, pending, debt, outstanding) in rows {
        totals.add(Sum::Members, members);
        totals.add(Sum::OfTier(tier), members);
        totals.add(Sum::Pending, pending);
        totals.add(Sum::Debt, debt);
        totals.add(Sum::Outstanding, outstanding);
    }
    let rows: Vec<(i64, i64)> = on!(tx, conn => sqlx::query_as(LOTS).fetch_all(conn).await?);
    rows.into_iter().for_each(|(day, points)| totals.add(Sum::InLots(day), points));
    let rows: Vec<(i64, i64, i64, i64, i64)> = on!(tx, conn => sqlx::query_as(ENTRIES).fetch_all(conn).await?);
    for (quarter, number, entries, events, points) in rows {
        totals.flow(quarter, kind(number)?, Flow { entries, events, points });
    }
    Ok(by_day(totals, calendar)?.reduced())
}

const COUNTED: &str = "select id from totals_counted";

/// Whether what there was before totals were kept has been counted.
pub async fn is_counted(db: &mut Tx) -> Result<bool, StoreError> {
    let one: Option<i32> = on!(db, conn => sqlx::query_scalar(COUNTED).fetch_optional(conn).await?);
    Ok(one.is_some())
}

// whoever has posted and not committed yet waits with their row until this is over, and then adds it to what was counted without it
const HOLD_POSTGRES: &str = "lock table postings in share row exclusive mode";
const CLEAR: [&str; 4] =
    ["delete from postings", "delete from totals", "delete from totals_by_day", "delete from totals_counted"];
const SET_COUNTED: &str = "insert into totals_counted (id) values (1)";

/// Counts everything anew and puts it in the place of what was kept. Nobody posts meanwhile.
pub async fn recount(tx: &mut Tx, calendar: &Calendar) -> Result<(), StoreError> {
    if let Either::Postgres(conn) = tx.either() {
        sqlx::query(HOLD_POSTGRES).execute(conn).await?;
    }
    let latest = instants::latest_posted(tx).await?;
    for sql in CLEAR {
        on!(tx, conn => sqlx::query(sql).execute(conn).await.map(drop)?);
    }
    let totals = count(tx, calendar).await?;
    add_to_kept(tx, &totals).await?;
    on!(tx, conn => sqlx::query(SET_COUNTED).execute(conn).await.map(drop)?);
    match latest {
        Some(latest) => instants::note(tx, latest).await,
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn figures_read_totals_and_what_is_not_in_them_yet() {
        // there are few totals, and PostgreSQL knows no index for two ranges of them
        for sql in [SUMS, IN_LOTS, BY_DAY, UNFOLDED, TAKE_SQLITE, DROP_EMPTY] {
            check_scans_nothing(sql, &["postings", "Seq Scan on totals"]).await;
        }
    }
}
