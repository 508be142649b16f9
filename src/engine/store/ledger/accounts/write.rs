//! Writing what accounts hold beside their rows, as the difference to what was read.

use laurel_domain::ledger::account::Account;
use laurel_domain::numbers::calendar::Month;
use laurel_domain::numbers::points::Points;
use laurel_domain::numbers::sorted::Sorted;
use laurel_domain::numbers::time::Day;
use laurel_domain::rules::period::Period;
use laurel_domain::rules::rule_set::Rulebook;
use laurel_domain::rules::window::{Gain, Months};
use serde::Serialize;

use super::{Change, cap_numbers};
use crate::store::members::sums;
use crate::store::{StoreError, Tx, json, micros, on};

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
    kept: Vec<[i64; 3]>,
    not_kept: Vec<i64>,
}

impl Difference {
    fn add(&mut self, change: &Change<'_>) {
        let Change { no, before, after, .. } = *change;
        for (last, points) in changed(&before.lots, &after.lots) {
            match points {
                Some(points) => self.lots.push((no, last.number(), points.hundredths())),
                None => self.no_lots.push((no, i64::from(last.number()))),
            }
        }
        for (seq, held) in changed(&before.held, &after.held) {
            match held {
                Some(h) => {
                    let last = h.day.map(Day::number);
                    self.held.push(HeldOut(no, seq, h.points.hundredths(), micros(h.until), last, h.rules));
                }
                None => self.not_held.push((no, seq)),
            }
        }
        self.lapsed.extend(added(&before.lapsed, &after.lapsed).map(|(last, points)| (no, last.number(), points)));
        self.capped.extend(added(&before.capped, &after.capped).map(|(key, points)| {
            let (kind, through) = cap_numbers(key);
            (no, kind, through, points)
        }));
        let months = |account: &Account| -> Sorted<Month, Gain> { account.months.iter().flat_map(Months::iter).collect() };
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
        match after.kept {
            kept if kept == before.kept => (),
            Some(kept) => self.kept.push([no, i64::from(kept.tier.get()), micros(kept.until)]),
            None => self.not_kept.push(no),
        }
    }
}

/// The entries that are new or other, and with `None` those that are gone.
fn changed<K: Ord + Copy, V: PartialEq + Copy>(before: &Sorted<K, V>, after: &Sorted<K, V>) -> Vec<(K, Option<V>)> {
    let gone = before.keys().filter(|key| after.get(key).is_none()).map(|key| (key, None));
    let new = after.iter().filter(|(key, value)| before.get(key) != Some(*value)).map(|(key, value)| (key, Some(value)));
    gone.chain(new).collect()
}

/// By how much each changed.
fn added<K: Ord + Copy>(before: &Sorted<K, Points>, after: &Sorted<K, Points>) -> impl Iterator<Item = (K, i64)> {
    let held = |all: &Sorted<K, Points>, key: &K| all.get(key).map_or(0, |points| points.hundredths());
    let mut keys: Vec<K> = before.keys().chain(after.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let differences: Vec<(K, i64)> = keys.into_iter().map(|key| (key, held(after, &key) - held(before, &key))).collect();
    differences.into_iter().filter(|(_, by)| *by != 0)
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
    "insert into lots (member_no, day, points) select value->>0, value->>1, value->>2 from jsonb_each($1) where true
on conflict (member_no, day) do update set points = excluded.points",
    "insert into lots (member_no, day, points)
select (value->>0)::bigint, (value->>1)::integer, (value->>2)::bigint from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no, day) do update set points = excluded.points",
];
const DROP_LOTS: [&str; 2] = [
    "delete from lots where (member_no, day) in (select value->>0, value->>1 from jsonb_each($1))",
    "delete from lots where (member_no, day) in
    (select (value->>0)::bigint, (value->>1)::integer from jsonb_array_elements($1::jsonb) as j(value))",
];
const SET_HELD: [&str; 2] = [
    "insert into held (member_no, seq, points, until, day, rules)
select value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 from jsonb_each($1) where true
on conflict (member_no, seq) do update set points = excluded.points",
    "insert into held (member_no, seq, points, until, day, rules)
select (value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint, (value->>3)::bigint, (value->>4)::integer,
    (value->>5)::integer from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no, seq) do update set points = excluded.points",
];
const DROP_HELD: [&str; 2] = [
    "delete from held where (member_no, seq) in (select value->>0, value->>1 from jsonb_each($1))",
    "delete from held where (member_no, seq) in
    (select (value->>0)::bigint, (value->>1)::bigint from jsonb_array_elements($1::jsonb) as j(value))",
];
const ADD_LAPSED: [&str; 2] = [
    "insert into lapsed_lots (member_no, day, points) select value->>0, value->>1, value->>2 from jsonb_each($1) where true
on conflict (member_no, day) do update set points = lapsed_lots.points + excluded.points",
    "insert into lapsed_lots (member_no, day, points)
select (value->>0)::bigint, (value->>1)::integer, (value->>2)::bigint from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no, day) do update set points = lapsed_lots.points + excluded.points",
];
const ADD_CAPPED: [&str; 2] = [
    "insert into capped (member_no, kind, through, points)
select value->>0, value->>1, value->>2, value->>3 from jsonb_each($1) where true
on conflict (member_no, kind, through) do update set points = capped.points + excluded.points",
    "insert into capped (member_no, kind, through, points)
select (value->>0)::bigint, (value->>1)::smallint, (value->>2)::integer, (value->>3)::bigint
from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no, kind, through) do update set points = capped.points + excluded.points",
];
const SET_MONTHS: [&str; 2] = [
    "insert into months (member_no, month, earned, spent)
select value->>0, value->>1, value->>2, value->>3 from jsonb_each($1) where true
on conflict (member_no, month) do update set earned = excluded.earned, spent = excluded.spent",
    "insert into months (member_no, month, earned, spent)
select (value->>0)::bigint, (value->>1)::integer, (value->>2)::bigint, (value->>3)::bigint
from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no, month) do update set earned = excluded.earned, spent = excluded.spent",
];
const DROP_MONTHS: [&str; 2] = [
    "delete from months where (member_no, month) in (select value->>0, value->>1 from jsonb_each($1))",
    "delete from months where (member_no, month) in
    (select (value->>0)::bigint, (value->>1)::integer from jsonb_array_elements($1::jsonb) as j(value))",
];
const DROP_PERIODS: [&str; 2] = [
    "delete from periods where member_no in (select value from jsonb_each($1))",
    "delete from periods where member_no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)",
];
const SET_PERIODS: [&str; 2] = [
    "insert into periods (member_no, started_at, ends_at, until, by_seq, earned, spent, grace_earned, grace_spent,
    past_started_at, past_ends_at, past_by_seq, past_earned, past_spent)
select value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9,
    value->>10, value->>11, value->>12, value->>13 from jsonb_each($1)",
    "insert into periods (member_no, started_at, ends_at, until, by_seq, earned, spent, grace_earned, grace_spent,
    past_started_at, past_ends_at, past_by_seq, past_earned, past_spent)
select (value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint, (value->>3)::bigint, (value->>4)::bigint,
    (value->>5)::bigint, (value->>6)::bigint, (value->>7)::bigint, (value->>8)::bigint, (value->>9)::bigint,
    (value->>10)::bigint, (value->>11)::bigint, (value->>12)::bigint, (value->>13)::bigint
from jsonb_array_elements($1::jsonb) as j(value)",
];

const SET_FLOORS: [&str; 2] = [
    "insert into tier_floors (member_no, started_at, by_seq, earned, spent)
select value->>0, value->>1, value->>2, value->>3, value->>4 from jsonb_each($1) where true
on conflict (member_no) do update set started_at = excluded.started_at, by_seq = excluded.by_seq, earned = excluded.earned,
    spent = excluded.spent",
    "insert into tier_floors (member_no, started_at, by_seq, earned, spent)
select (value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint, (value->>3)::bigint, (value->>4)::bigint
from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no) do update set started_at = excluded.started_at, by_seq = excluded.by_seq, earned = excluded.earned,
    spent = excluded.spent",
];
const DROP_FLOORS: [&str; 2] = [
    "delete from tier_floors where member_no in (select value from jsonb_each($1))",
    "delete from tier_floors where member_no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)",
];

const SET_KEPT: [&str; 2] = [
    "insert into kept_tiers (member_no, tier, until) select value->>0, value->>1, value->>2 from jsonb_each($1) where true
on conflict (member_no) do update set tier = excluded.tier, until = excluded.until",
    "insert into kept_tiers (member_no, tier, until)
select (value->>0)::bigint, (value->>1)::smallint, (value->>2)::bigint from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no) do update set tier = excluded.tier, until = excluded.until",
];
const DROP_KEPT: [&str; 2] = [
    "delete from kept_tiers where member_no in (select value from jsonb_each($1))",
    "delete from kept_tiers where member_no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)",
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
pub async fn save(tx: &mut Tx, rulebook: &Rulebook, changes: &[Change<'_>]) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    sums::update(tx, rulebook, changes).await?;
    if let Some(totals) = tx.changes() {
        changes.iter().for_each(|change| totals.account(change.before, change.after));
    }
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
    run(tx, DROP_FLOORS, &d.no_floors).await?;
    run(tx, SET_KEPT, &d.kept).await?;
    run(tx, DROP_KEPT, &d.not_kept).await
}
