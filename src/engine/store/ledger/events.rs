//! What a batch of events needs to know before it is decided, and what it leaves behind besides entries and accounts.

use std::collections::HashMap;

use laurel_domain::ledger::posting::{ChangedBy, TierChange};
use serde::Serialize;
use sqlx::FromRow;

use crate::store::database::copied::Copied;
use crate::store::database::rows::{Row, Rows, Values};
use crate::store::members::row::tier;
use crate::store::{Either, StoreError, Tx, json, micros, moment, on};

const SOURCES_SQLITE: &str =
    "insert into sources (name) select value from jsonb_each($1) where true on conflict (name) do nothing";
const SOURCES_POSTGRES: &str =
    "insert into sources (name) select value from jsonb_array_elements_text($1::jsonb) as value on conflict (name) do nothing";
static SOURCE_NUMBERS: Rows = Rows("select name, no from sources");

/// Gives sources numbers that stand for them; those that have one keep it.
pub async fn number_sources(tx: &mut Tx, names: &[&str]) -> Result<(), StoreError> {
    let (sql, names) = (tx.pick(SOURCES_SQLITE, SOURCES_POSTGRES), json(names)?);
    on!(tx, conn => sqlx::query(sql).bind(names).execute(conn).await.map(drop)?);
    Ok(())
}

/// The numbers that stand for sources. None ever changes or goes.
pub async fn sources(tx: &mut Tx) -> Result<HashMap<String, i32>, StoreError> {
    let rows: Vec<(String, i32)> = match tx.either() {
        Either::Sqlite(conn) => SOURCE_NUMBERS.fetch(conn, &[()]).await?,
        Either::Postgres(conn) => sqlx::query_as(SOURCE_NUMBERS.0).fetch_all(conn).await?,
    };
    Ok(rows.into_iter().collect())
}

const REVIEWED_SQLITE: &str = "select v.member_no, v.subject from jsonb_each($1) j
cross join reviews v on v.member_no = j.value->>0 and v.subject = j.value->>1";
const REVIEWED_POSTGRES: &str = "select v.member_no, v.subject from jsonb_array_elements($1::jsonb) as j(value)
join reviews v on v.member_no = (j.value->>0)::bigint and v.subject = j.value->>1";

/// Which of these (member, subject) have been reviewed.
pub async fn reviewed(tx: &mut Tx, pairs: &[(i64, &str)]) -> Result<Vec<(i64, String)>, StoreError> {
    let (sql, pairs) = (tx.pick(REVIEWED_SQLITE, REVIEWED_POSTGRES), json(pairs)?);
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(pairs).fetch_all(conn).await?))
}

#[derive(FromRow)]
struct TierChangeRow {
    member_no: i64,
    seq: i64,
    at: i64,
    cause: i16,
    rules: i32,
    from_tier: i16,
    to_tier: i16,
}

impl TierChangeRow {
    fn read(&self) -> Result<TierChange, StoreError> {
        const BROKEN: StoreError = StoreError::Corrupt("a change of tier");
        let by = match self.cause {
            0 => ChangedBy::Entry,
            1 => ChangedBy::Rules { version: u32::try_from(self.rules).map_err(|_| BROKEN)? },
            2 => ChangedBy::Month,
            3 => ChangedBy::Period,
            _ => return Err(BROKEN),
        };
        let (from, to) = (tier(self.from_tier)?, tier(self.to_tier)?);
        Ok(TierChange { at: moment(self.at)?, from, to, by, seq: self.seq })
    }
}

const TIER_CHANGES_SQLITE: &str =
    "select t.member_no, t.seq, t.at, t.cause, t.rules, t.from_tier, t.to_tier from jsonb_each($1) j
cross join tier_changes t on t.member_no = j.value order by t.member_no, t.seq, t.at, t.cause";
const TIER_CHANGES_POSTGRES: &str =
    "select t.member_no, t.seq, t.at, t.cause, t.rules, t.from_tier, t.to_tier from jsonb_array_elements_text($1::jsonb) as j(value)
cross join lateral (select own.* from tier_changes own where own.member_no = j.value::bigint offset 0) t
order by t.member_no, t.seq, t.at, t.cause";

/// The tier history of these members, each in order.
pub async fn tier_changes(db: &mut Tx, members: &[i64]) -> Result<HashMap<i64, Vec<TierChange>>, StoreError> {
    let (sql, members) = (db.pick(TIER_CHANGES_SQLITE, TIER_CHANGES_POSTGRES), json(members)?);
    let rows: Vec<TierChangeRow> = on!(db, conn => sqlx::query_as(sql).bind(members).fetch_all(conn).await?);
    let mut changes: HashMap<i64, Vec<TierChange>> = HashMap::new();
    for row in rows {
        changes.entry(row.member_no).or_default().push(row.read()?);
    }
    Ok(changes)
}

/// A tier change on its way into the table.
#[derive(Serialize)]
pub struct NewTierChange {
    member_no: i64,
    seq: i64,
    at: i64,
    cause: i16,
    rules: u32,
    from_tier: u16,
    to_tier: u16,
}

impl NewTierChange {
    pub fn new(member_no: i64, change: &TierChange) -> NewTierChange {
        let (cause, rules) = match change.by {
            ChangedBy::Entry => (0, 0),
            ChangedBy::Rules { version } => (1, version),
            ChangedBy::Month => (2, 0),
            ChangedBy::Period => (3, 0),
        };
        let (from_tier, to_tier) = (change.from.get(), change.to.get());
        NewTierChange { member_no, seq: change.seq, at: micros(change.at), cause, rules, from_tier, to_tier }
    }
}

impl Row for NewTierChange {
    fn bind(&self, values: &mut Values<'_, '_>) {
        values.add(self.member_no).add(self.seq).add(self.at).add(self.cause).add(self.rules);
        values.add(self.from_tier).add(self.to_tier);
    }
}

static ADD_CHANGES_SQLITE: Rows =
    Rows("insert into tier_changes (member_no, seq, at, cause, rules, from_tier, to_tier) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
static COPY_CHANGES_POSTGRES: Copied =
    Copied("copy tier_changes (member_no, seq, at, cause, rules, from_tier, to_tier) from stdin binary");
const ADD_CHANGES_POSTGRES: &str = "insert into tier_changes (member_no, seq, at, cause, rules, from_tier, to_tier)
select member_no, seq, at, cause, rules, from_tier, to_tier from json_to_recordset($1::json)
    as j(member_no bigint, seq bigint, at bigint, cause smallint, rules integer, from_tier smallint, to_tier smallint)";

pub async fn insert_tier_changes(tx: &mut Tx, changes: &[NewTierChange]) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    match tx.either() {
        Either::Sqlite(conn) => ADD_CHANGES_SQLITE.execute(conn, changes).await,
        Either::Postgres(conn) if Copied::is_for(changes.len()) => COPY_CHANGES_POSTGRES.execute(conn, changes).await,
        Either::Postgres(conn) => {
            sqlx::query(ADD_CHANGES_POSTGRES).bind(json(changes)?).execute(conn).await?;
            Ok(())
        }
    }
}

/// What is refunded of a payment: (member, the payment's seq, minor units).
pub type Refunded = (i64, i64, i64);

const REFUNDED_SQLITE: &str = "select r.member_no, r.payment, r.refunded from jsonb_each($1) j
cross join refunded_payments r on r.member_no = j.value->>0 and r.payment = j.value->>1";
const REFUNDED_POSTGRES: &str = "select r.member_no, r.payment, r.refunded from jsonb_array_elements($1::jsonb) as j(value)
join refunded_payments r on r.member_no = (j.value->>0)::bigint and r.payment = (j.value->>1)::bigint";

/// How much has been refunded of these payments (member, seq), as far as anything has. It decides whether a refund is possible, so
/// ask behind the lock of their members.
pub async fn refunded(tx: &mut Tx, payments: &[(i64, i64)]) -> Result<HashMap<(i64, i64), i64>, StoreError> {
    let (sql, payments) = (tx.pick(REFUNDED_SQLITE, REFUNDED_POSTGRES), json(payments)?);
    let rows: Vec<Refunded> = on!(tx, conn => sqlx::query_as(sql).bind(payments).fetch_all(conn).await?);
    Ok(rows.into_iter().map(|(no, payment, minor)| ((no, payment), minor)).collect())
}

const ADD_REFUNDED_SQLITE: &str = "insert into refunded_payments (member_no, payment, refunded)
select value->>0, value->>1, value->>2 from jsonb_each($1) where true
on conflict (member_no, payment) do update set refunded = refunded_payments.refunded + excluded.refunded";
const ADD_REFUNDED_POSTGRES: &str = "insert into refunded_payments (member_no, payment, refunded)
select (value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no, payment) do update set refunded = refunded_payments.refunded + excluded.refunded";

/// Adds to what has been refunded. The database refuses more than was paid.
pub async fn add_refunded(tx: &mut Tx, refunded: &[Refunded]) -> Result<(), StoreError> {
    let (sql, rows) = (tx.pick(ADD_REFUNDED_SQLITE, ADD_REFUNDED_POSTGRES), json(refunded)?);
    on!(tx, conn => sqlx::query(sql).bind(rows).execute(conn).await.map(drop)?);
    Ok(())
}

/// A review on its way into the table: (member, subject, seq, salt in hexadecimal).
pub type NewReview<'a> = (i64, &'a str, i64, String);

const REVIEWS_SQLITE: &str = "insert into reviews (member_no, subject, seq, salt)
select value->>0, value->>1, value->>2, unhex(value->>3) from jsonb_each($1)";
const REVIEWS_POSTGRES: &str = "insert into reviews (member_no, subject, seq, salt)
select (value->>0)::bigint, value->>1, (value->>2)::bigint, decode(value->>3, 'hex') from jsonb_array_elements($1::jsonb) as j(value)";

pub async fn insert_reviews(tx: &mut Tx, reviews: &[NewReview<'_>]) -> Result<(), StoreError> {
    let (sql, rows) = (tx.pick(REVIEWS_SQLITE, REVIEWS_POSTGRES), json(reviews)?);
    on!(tx, conn => sqlx::query(sql).bind(rows).execute(conn).await.map(drop)?);
    Ok(())
}

const SUBJECTS_SQLITE: &str =
    "select v.seq, v.subject from reviews v where v.member_no = $1 and v.seq in (select value from jsonb_each($2))";
const SUBJECTS_POSTGRES: &str = "select v.seq, v.subject from reviews v
where v.member_no = $1 and v.seq in (select value::bigint from jsonb_array_elements_text($2::jsonb) as value)";

/// What these reviews of a member were about, by their entries' sequence numbers.
pub async fn subjects(db: &mut Tx, member_no: i64, seqs: &[i64]) -> Result<HashMap<i64, String>, StoreError> {
    let (sql, seqs) = (db.pick(SUBJECTS_SQLITE, SUBJECTS_POSTGRES), json(seqs)?);
    let rows: Vec<(i64, String)> = on!(db, conn => sqlx::query_as(sql).bind(member_no).bind(seqs).fetch_all(conn).await?);
    Ok(rows.into_iter().collect())
}
