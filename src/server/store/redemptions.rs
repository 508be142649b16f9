//! Redemptions to cash and the states they went through.

use jiff::Timestamp;
use laurel_domain::ids::{MemberId, RedemptionId};
use laurel_domain::money::{Currency, Money};
use laurel_domain::points::Points;
use laurel_domain::redeem::CashState;
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, json, micros, on, timestamp};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redemption {
    pub id: RedemptionId,
    pub member_no: i64,
    pub member: MemberId,
    pub external_id: Option<String>,
    pub member_name: Option<String>,
    pub state: CashState,
    pub points: Points,
    pub cash: Money,
    pub rules_version: u32,
    /// Of the entry that took the points.
    pub seq: i64,
    /// What was asked for; what the cash costs may be less.
    pub asked: Points,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    member_no: i64,
    member_id: Uuid,
    external_id: Option<String>,
    name: Option<String>,
    state: i16,
    points: i64,
    cash: i64,
    rules: i32,
    seq: i64,
    asked: i64,
    created_at: i64,
    changed_at: i64,
}

fn state(number: i16) -> Result<CashState, StoreError> {
    let state = usize::try_from(number).ok().and_then(|number| CashState::ALL.get(number).copied());
    state.ok_or(StoreError::Corrupt("a redemption"))
}

impl Row {
    fn read(self, currency: Currency) -> Result<Redemption, StoreError> {
        Ok(Redemption {
            id: RedemptionId::new(self.id),
            member_no: self.member_no,
            member: MemberId::new(self.member_id),
            external_id: self.external_id,
            member_name: self.name,
            state: state(self.state)?,
            points: Points::from_hundredths(self.points),
            cash: Money::from_minor(self.cash, currency).map_err(|_| StoreError::Corrupt("a redemption"))?,
            rules_version: u32::try_from(self.rules).map_err(|_| StoreError::Corrupt("a version"))?,
            seq: self.seq,
            asked: Points::from_hundredths(self.asked),
            created_at: timestamp(self.created_at)?,
            changed_at: timestamp(self.changed_at)?,
        })
    }
}

macro_rules! select {
    () => {
        "select r.id, r.member_no, m.id as member_id, m.external_id, m.name, r.state, r.points, r.cash, r.rules, r.seq, r.asked,
    r.created_at, r.changed_at from redemptions r join members m on m.no = r.member_no "
    };
}

const BY_ID: &str = concat!(select!(), "where r.id = $1");
const BY_KEY: &str = concat!(select!(), "where r.member_no = $1 and r.idempotency_key = $2");

pub async fn find(db: &mut Tx, currency: Currency, id: RedemptionId) -> Result<Option<Redemption>, StoreError> {
    let row: Option<Row> = on!(db, conn => sqlx::query_as(BY_ID).bind(id.uuid()).fetch_optional(conn).await?);
    row.map(|row| row.read(currency)).transpose()
}

/// The redemption that a member made under this idempotency key.
pub async fn find_by_key(db: &mut Tx, currency: Currency, member_no: i64, key: &str) -> Result<Option<Redemption>, StoreError> {
    let row: Option<Row> = on!(db, conn => sqlx::query_as(BY_KEY).bind(member_no).bind(key).fetch_optional(conn).await?);
    row.map(|row| row.read(currency)).transpose()
}

const SET_SQLITE: &str = concat!(select!(), "where r.id in (select unhex(value) from json_each($1))");
const SET_POSTGRES: &str =
    concat!(select!(), "where r.id in (select value::uuid from jsonb_array_elements_text($1::jsonb) as value)");

/// The redemptions with these ids, in no order.
pub async fn with_ids(db: &mut Tx, currency: Currency, ids: &[RedemptionId]) -> Result<Vec<Redemption>, StoreError> {
    let ids: Vec<String> = ids.iter().map(|id| id.uuid().simple().to_string()).collect();
    let (sql, ids) = (db.pick(SET_SQLITE, SET_POSTGRES), json(&ids)?);
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(sql).bind(ids).fetch_all(conn).await?);
    rows.into_iter().map(|row| row.read(currency)).collect()
}

const LIST: &str = concat!(
    select!(),
    "where ($1 < 0 or r.member_no = $1) and ($2 < 0 or r.state = $2)
    and (r.created_at < $3 or (r.created_at = $3 and r.id < $4))
order by r.created_at desc, r.id desc limit $5"
);

/// What to list, newest first, after the one that a page ended with.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    pub member_no: Option<i64>,
    pub state: Option<CashState>,
    pub after: Option<(Timestamp, RedemptionId)>,
    pub most: i64,
}

pub async fn list(db: &mut Tx, currency: Currency, filter: Filter) -> Result<Vec<Redemption>, StoreError> {
    let (at, id) = filter.after.unwrap_or((Timestamp::MAX, RedemptionId::new(Uuid::max())));
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(LIST)
        .bind(filter.member_no.unwrap_or(-1))
        .bind(filter.state.map_or(-1, |state| state as i16))
        .bind(micros(at)).bind(id.uuid()).bind(filter.most)
        .fetch_all(conn).await?);
    rows.into_iter().map(|row| row.read(currency)).collect()
}

const COUNT: &str = "select count(*) from redemptions where state = $1";

pub async fn count(db: &mut Tx, state: CashState) -> Result<i64, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(COUNT).bind(state as i16).fetch_one(conn).await?))
}

const OF_RANGE: &str = concat!(select!(), "where r.member_no >= $1 and r.member_no <= $2 order by r.member_no, r.seq");

/// All redemptions of the members with these numbers.
pub async fn of_range(db: &mut Tx, currency: Currency, first: i64, last: i64) -> Result<Vec<Redemption>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(OF_RANGE).bind(first).bind(last).fetch_all(conn).await?);
    rows.into_iter().map(|row| row.read(currency)).collect()
}

const INSERT: &str = "insert into redemptions
    (id, member_no, state, points, cash, rules, seq, idempotency_key, asked, created_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";

/// A key that the member has used is a unique violation.
pub async fn insert(tx: &mut Tx, redemption: &Redemption, key: &str) -> Result<(), StoreError> {
    let r = redemption;
    let rules = i32::try_from(r.rules_version).map_err(|_| StoreError::Corrupt("a version"))?;
    on!(tx, conn => sqlx::query(INSERT)
        .bind(r.id.uuid()).bind(r.member_no).bind(r.state as i16).bind(r.points.hundredths()).bind(r.cash.minor())
        .bind(rules).bind(r.seq).bind(key).bind(r.asked.hundredths()).bind(micros(r.created_at))
        .execute(conn).await.map(drop)?);
    Ok(())
}

const SET_STATE: &str = "update redemptions set state = $2, changed_at = $3 where id = $1";
const NOTE_STATE: &str = "insert into redemption_states (redemption_id, state, at, actor) values ($1, $2, $3, $4)";

/// Moves it to a state and notes when and by whom.
pub async fn set_state(tx: &mut Tx, id: RedemptionId, state: CashState, now: Timestamp, actor: &str) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET_STATE).bind(id.uuid()).bind(state as i16).bind(micros(now)).execute(conn).await.map(drop)?);
    note_state(tx, id, state, now, actor).await
}

pub async fn note_state(
    tx: &mut Tx,
    id: RedemptionId,
    state: CashState,
    now: Timestamp,
    actor: &str,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(NOTE_STATE)
        .bind(id.uuid()).bind(state as i16).bind(micros(now)).bind(actor)
        .execute(conn).await.map(drop)?);
    Ok(())
}

/// A state that a redemption has been in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateSince {
    pub state: CashState,
    pub at: Timestamp,
    pub actor: String,
}

const STATES: &str = "select state, at, actor from redemption_states where redemption_id = $1 order by at, state";

pub async fn states(db: &mut Tx, id: RedemptionId) -> Result<Vec<StateSince>, StoreError> {
    let rows: Vec<(i16, i64, String)> = on!(db, conn => sqlx::query_as(STATES).bind(id.uuid()).fetch_all(conn).await?);
    rows.into_iter().map(|(s, at, actor)| Ok(StateSince { state: state(s)?, at: timestamp(at)?, actor })).collect()
}
