//! Who was awarded for referring whom: one row for each referee, about the last award for them.

use std::collections::HashMap;

use laurel_domain::ledger::entry::Entry;
use laurel_domain::numbers::money::Currency;
use sqlx::FromRow;

use crate::store::ledger::entries::{EntryRow, columns};
use crate::store::{StoreError, Tx, json, on};

/// The last award for a referee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Referral {
    pub referee_no: i64,
    pub referrer_no: i64,
    /// The referrer's entry.
    pub seq: i64,
    /// The referee's entry of the payment that completed the invitation; `None` where a refund of it changes nothing.
    pub payment: Option<i64>,
    /// The referrer's entry that took the award back; `None` while it stands.
    pub taken_back: Option<i64>,
    /// How many awards there have been for this referee.
    pub times: i64,
}

const OF: [&str; 2] = [
    "select f.referee_no, f.referrer_no, f.seq, f.payment, f.taken_back, f.times
from jsonb_each($1) j cross join referrals f on f.referee_no = j.value",
    "select f.referee_no, f.referrer_no, f.seq, f.payment, f.taken_back, f.times from jsonb_array_elements_text($1::jsonb) as j(value)
cross join lateral (select own.* from referrals own where own.referee_no = j.value::bigint offset 0) f",
];

/// The awards for these referees. Whether one stands decides what a payment or refund does, so ask behind the lock of the referees.
pub async fn of(tx: &mut Tx, referees: &[i64]) -> Result<HashMap<i64, Referral>, StoreError> {
    if referees.is_empty() {
        return Ok(HashMap::new());
    }
    let (sql, referees) = (tx.pick(OF[0], OF[1]), json(referees)?);
    let rows: Vec<Referral> = on!(tx, conn => sqlx::query_as(sql).bind(referees).fetch_all(conn).await?);
    Ok(rows.into_iter().map(|row| (row.referee_no, row)).collect())
}

#[derive(FromRow)]
struct AwardRow {
    member_no: i64,
    #[sqlx(flatten)]
    entry: EntryRow,
}

const ENTRIES: [&str; 2] = [
    concat!(
        "select e.member_no, ",
        columns!(),
        " from jsonb_each($1) j cross join entries e on e.member_no = j.value->>0 and e.seq = j.value->>1
join members m on m.no = e.member_no left join sources s on s.no = e.source_no"
    ),
    concat!(
        "select e.member_no, ",
        columns!(),
        " from jsonb_array_elements($1::jsonb) as j(value)
join entries e on e.member_no = (j.value->>0)::bigint and e.seq = (j.value->>1)::bigint
join members m on m.no = e.member_no left join sources s on s.no = e.source_no"
    ),
];

/// The entries of awards: (referrer, the referrer's seq). Entries never change, so they may be read at any time.
pub async fn entries(tx: &mut Tx, currency: Currency, awards: &[(i64, i64)]) -> Result<HashMap<(i64, i64), Entry>, StoreError> {
    if awards.is_empty() {
        return Ok(HashMap::new());
    }
    let (sql, awards) = (tx.pick(ENTRIES[0], ENTRIES[1]), json(awards)?);
    let rows: Vec<AwardRow> = on!(tx, conn => sqlx::query_as(sql).bind(awards).fetch_all(conn).await?);
    rows.into_iter()
        .map(|row| {
            let entry = row.entry.read(currency)?;
            Ok(((row.member_no, entry.seq), entry))
        })
        .collect()
}

type Row = (i64, i64, i64, Option<i64>, Option<i64>, i64);

const INSERT: [&str; 2] = [
    "insert into referrals (referee_no, referrer_no, seq, payment, taken_back, times)
select value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 from jsonb_each($1)",
    "insert into referrals (referee_no, referrer_no, seq, payment, taken_back, times)
select (value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint, (value->>3)::bigint, (value->>4)::bigint, (value->>5)::bigint
from jsonb_array_elements($1::jsonb) as j(value)",
];
const UPDATE: [&str; 2] = [
    "update referrals set referrer_no = j.value->>1, seq = j.value->>2, payment = j.value->>3, taken_back = j.value->>4,
    times = j.value->>5 from jsonb_each($1) j where referrals.referee_no = j.value->>0",
    "update referrals set referrer_no = (j.value->>1)::bigint, seq = (j.value->>2)::bigint, payment = (j.value->>3)::bigint,
    taken_back = (j.value->>4)::bigint, times = (j.value->>5)::bigint
from jsonb_array_elements($1::jsonb) as j(value) where referrals.referee_no = (j.value->>0)::bigint",
];

/// Writes the first awards for referees. A referee who has one is a unique violation.
pub async fn insert(tx: &mut Tx, referrals: &[Referral]) -> Result<(), StoreError> {
    write(tx, INSERT, referrals).await
}

/// Writes what became of the awards for referees who have had one. The caller holds the referees.
pub async fn update(tx: &mut Tx, referrals: &[Referral]) -> Result<(), StoreError> {
    write(tx, UPDATE, referrals).await
}

async fn write(tx: &mut Tx, sql: [&'static str; 2], referrals: &[Referral]) -> Result<(), StoreError> {
    if referrals.is_empty() {
        return Ok(());
    }
    let row = |f: &Referral| (f.referee_no, f.referrer_no, f.seq, f.payment, f.taken_back, f.times);
    let rows: Vec<Row> = referrals.iter().map(row).collect();
    let (sql, rows) = (tx.pick(sql[0], sql[1]), json(&rows)?);
    let written = on!(tx, conn => sqlx::query(sql).bind(rows).execute(conn).await?.rows_affected());
    if usize::try_from(written) == Ok(referrals.len()) { Ok(()) } else { Err(StoreError::Corrupt("a referral")) }
}

/// A kept award beside the entries that it names.
#[derive(Clone, Debug, FromRow)]
pub struct Named {
    pub referrer_no: i64,
    pub seq: i64,
    pub times: i64,
    /// The award's event, if its source is this one's own.
    pub event_id: Option<String>,
    pub taken_back: Option<i64>,
    /// The award that the entry `taken_back` takes back.
    pub takes_back: Option<i64>,
}

const NAMED: &str = "select f.referrer_no, f.seq, f.times, e.event_id, f.taken_back, t.payment as takes_back from referrals f
left join sources s on s.name = $3
left join entries e on e.member_no = f.referrer_no and e.seq = f.seq and e.source_no = s.no
left join entries t on t.member_no = f.referrer_no and t.seq = f.taken_back and t.cause = 12
where f.referrer_no >= $1 and f.referrer_no <= $2";

/// What is kept of awards by the members with these numbers, for `verify`. `own`: the name of this one's own source.
pub async fn named(db: &mut Tx, first: i64, last: i64, own: &str) -> Result<Vec<Named>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(NAMED).bind(first).bind(last).bind(own).fetch_all(conn).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn awards_are_looked_up() {
        for sql in [OF[0], ENTRIES[0], UPDATE[0], NAMED] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
