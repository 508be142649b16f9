//! Claims of benefits: found by their code, counted by the benefit's key.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::benefits::claim::{ClaimCode, ClaimState};
use laurel_domain::ids::{ClaimId, MemberId};
use laurel_domain::rules::tier::TierRank;
use laurel_domain::text::Key;
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::members::keys;
use crate::store::members::row::tier;
use crate::store::{Either, StoreError, Tx, json, micros, numbered, on, timestamp};
use laurel_domain::access::Actor;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub id: ClaimId,
    pub member_no: i64,
    pub member: MemberId,
    pub external_id: Option<String>,
    pub member_name: Option<String>,
    pub benefit: Key,
    /// Where what was promised is read.
    pub rules_version: u32,
    pub tier: TierRank,
    pub code: ClaimCode,
    /// As it is kept: `ClaimState::at` says whether it has expired.
    pub state: ClaimState,
    pub claimed_at: Timestamp,
    pub valid_until: Timestamp,
    /// When and by whom it was used or withdrawn.
    pub ended: Option<(Timestamp, Actor)>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    member_no: i64,
    member_id: Uuid,
    external_id: Option<String>,
    name: Option<String>,
    benefit: String,
    rules: i32,
    tier: i16,
    code: String,
    state: i16,
    claimed_at: i64,
    valid_until: i64,
    ended_at: Option<i64>,
    ended_by_kind: Option<i16>,
    ended_by: Option<Uuid>,
}

impl TryFrom<Row> for Claim {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Claim, StoreError> {
        let ended = match (row.ended_at, row.ended_by_kind) {
            (Some(at), Some(kind)) => {
                let actor = Actor::from_parts(kind, row.ended_by).ok_or(StoreError::Corrupt("an actor"))?;
                Some((timestamp(at)?, actor))
            }
            _ => None,
        };
        Ok(Claim {
            id: ClaimId::new(row.id),
            member_no: row.member_no,
            member: MemberId::new(row.member_id),
            external_id: row.external_id,
            member_name: row.name,
            benefit: Key::new(&row.benefit).map_err(|_| StoreError::Corrupt("a benefit's key"))?,
            rules_version: u32::try_from(row.rules).map_err(|_| StoreError::Corrupt("a version"))?,
            tier: tier(row.tier)?,
            code: ClaimCode::parse(&row.code).ok_or(StoreError::Corrupt("a claim's code"))?,
            state: numbered(&ClaimState::ALL, row.state).ok_or(StoreError::Corrupt("a claim"))?,
            claimed_at: timestamp(row.claimed_at)?,
            valid_until: timestamp(row.valid_until)?,
            ended,
        })
    }
}

macro_rules! select {
    () => {
        concat!(select!(columns), "from benefit_claims c join members m on m.no = c.member_no ")
    };
    (columns) => {
        "select c.id, c.member_no, m.id as member_id, m.external_id, m.name, c.benefit, c.rules, c.tier, c.code, c.state,
    c.claimed_at, c.valid_until, c.ended_at, c.ended_by_kind, c.ended_by
"
    };
}

const BY_CODE_SQLITE: &str = concat!(select!(), "where c.code = $1");
// by the directory, and then one look by number, however the tables are divided
const BY_CODE_POSTGRES: &str = concat!(
    "with k as materialized (select own.member_no from member_keys own where own.key = $1) ",
    select!(columns),
    "from k
cross join lateral (select own.* from benefit_claims own where own.member_no = k.member_no and own.code = $2 offset 0) c
cross join lateral (select own.id, own.external_id, own.name from members own where own.no = k.member_no offset 0) m"
);
const BY_KEY: &str = concat!(select!(), "where c.member_no = $1 and c.idempotency_key = $2");

pub async fn find(db: &mut Tx, code: &ClaimCode) -> Result<Option<Claim>, StoreError> {
    let text = db.text(BY_CODE_POSTGRES);
    let row: Option<Row> = match db.either() {
        Either::Sqlite(conn) => sqlx::query_as(BY_CODE_SQLITE).bind(code.as_str()).fetch_optional(conn).await?,
        Either::Postgres(conn) => {
            let found = sqlx::query_as(text).bind(keys::claim(code.as_str()));
            found.bind(code.as_str()).fetch_optional(conn).await?
        }
    };
    row.map(Claim::try_from).transpose()
}

/// The claim that a member made under this idempotency key.
pub async fn find_by_key(db: &mut Tx, member_no: i64, key: &str) -> Result<Option<Claim>, StoreError> {
    let row: Option<Row> = on!(db, conn => sqlx::query_as(BY_KEY).bind(member_no).bind(key).fetch_optional(conn).await?);
    row.map(Claim::try_from).transpose()
}

const OPEN: &str =
    concat!(select!(), "where c.member_no = $1 and c.state = 0 and c.valid_until > $2 order by c.valid_until, c.id limit $3");
const ENDED: &str = concat!(
    select!(),
    "where c.member_no = $1 and (c.state > 0 or c.valid_until <= $2) order by c.claimed_at desc, c.id desc limit $3"
);

/// A member's claims that can still be used, those that expire first on top.
pub async fn open(db: &mut Tx, member_no: i64, now: Timestamp, most: i64) -> Result<Vec<Claim>, StoreError> {
    of_member(db, OPEN, member_no, now, most).await
}

/// A member's claims that were used or withdrawn or have expired, newest first.
pub async fn ended(db: &mut Tx, member_no: i64, now: Timestamp, most: i64) -> Result<Vec<Claim>, StoreError> {
    of_member(db, ENDED, member_no, now, most).await
}

async fn of_member(
    db: &mut Tx,
    sql: &'static str,
    member_no: i64,
    now: Timestamp,
    most: i64,
) -> Result<Vec<Claim>, StoreError> {
    let rows: Vec<Row> =
        on!(db, conn => sqlx::query_as(sql).bind(member_no).bind(micros(now)).bind(most).fetch_all(conn).await?);
    rows.into_iter().map(Claim::try_from).collect()
}

const USED: &str = concat!(select!(), "where c.state = 1 order by c.ended_at desc limit $1");

/// The claims that were used last, of all members.
pub async fn used_last(db: &mut Tx, most: i64) -> Result<Vec<Claim>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(USED).bind(most).fetch_all(conn).await?);
    rows.into_iter().map(Claim::try_from).collect()
}

#[derive(Serialize)]
struct Since<'a>(&'a str, i64);

const COUNT_SQLITE: &str = "select c.benefit, count(*) from json_each($1) j join benefit_claims c
    on c.member_no = $2 and c.benefit = j.value->>0 and c.claimed_at >= j.value->>1 and c.state <> 2
group by c.benefit";
const COUNT_POSTGRES: &str = "select c.benefit, count(*) from jsonb_array_elements($1::jsonb) as j(value) join benefit_claims c
    on c.member_no = $2 and c.benefit = j.value->>0 and c.claimed_at >= (j.value->>1)::bigint and c.state <> 2
group by c.benefit";

/// How many claims of each benefit a member has made since an instant and not withdrawn. Benefits without any are left out.
pub async fn count_since(
    db: &mut Tx,
    member_no: i64,
    benefits: &[(&Key, Timestamp)],
) -> Result<HashMap<String, u32>, StoreError> {
    let since: Vec<Since> = benefits.iter().map(|(key, since)| Since(key.as_str(), micros(*since))).collect();
    let (sql, since) = (db.pick(COUNT_SQLITE, COUNT_POSTGRES), json(&since)?);
    let rows: Vec<(String, i64)> = on!(db, conn => sqlx::query_as(sql).bind(since).bind(member_no).fetch_all(conn).await?);
    Ok(rows.into_iter().map(|(key, count)| (key, u32::try_from(count).unwrap_or(u32::MAX))).collect())
}

macro_rules! insert {
    ($rest:literal) => {
        concat!(
            "insert into benefit_claims
    (id, member_no, benefit, rules, tier, code, state, claimed_at, valid_until, idempotency_key)
values ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9)",
            $rest
        )
    };
}

const INSERT_SQLITE: &str = insert!(" on conflict (code) do nothing");
// the directory has let the code in
const INSERT_POSTGRES: &str = insert!("");

/// Whether it is in: not if another claim has its code. A key that the member has used is a unique violation.
pub async fn insert(tx: &mut Tx, claim: &Claim, key: &str) -> Result<bool, StoreError> {
    let rules = i32::try_from(claim.rules_version).map_err(|_| StoreError::Corrupt("a version"))?;
    let tier = i16::try_from(claim.tier.get()).map_err(|_| StoreError::Corrupt("a tier"))?;
    if !keys::try_add(tx, keys::claim(claim.code.as_str()), claim.member_no).await? {
        return Ok(false);
    }
    let sql = tx.pick(INSERT_SQLITE, INSERT_POSTGRES);
    let inserted = on!(tx, conn => sqlx::query(sql)
        .bind(claim.id.uuid()).bind(claim.member_no).bind(claim.benefit.as_str()).bind(rules).bind(tier)
        .bind(claim.code.as_str()).bind(micros(claim.claimed_at)).bind(micros(claim.valid_until)).bind(key)
        .execute(conn).await?.rows_affected());
    Ok(inserted > 0)
}

const END: &str = "update benefit_claims set state = $2, ended_at = $3, ended_by_kind = $4, ended_by = $5
where member_no = $6 and id = $1 and state = 0";

/// Uses or withdraws a claim that is open: the caller holds its member and has looked.
pub async fn end(tx: &mut Tx, claim: &Claim, state: ClaimState, now: Timestamp, by: Actor) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(END)
        .bind(claim.id.uuid()).bind(state as i16).bind(micros(now)).bind(by.kind()).bind(by.id()).bind(claim.member_no)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const WITHDRAW_ALL: &str = "update benefit_claims set state = 2, ended_at = $2, ended_by_kind = $3, ended_by = $4
where member_no = $1 and state = 0 and valid_until > $2";

/// Withdraws whatever a member has claimed and could still use: the caller holds them.
pub async fn withdraw_all(tx: &mut Tx, member_no: i64, now: Timestamp, by: Actor) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(WITHDRAW_ALL)
        .bind(member_no).bind(micros(now)).bind(by.kind()).bind(by.id())
        .execute(conn).await.map(drop)?);
    Ok(())
}
