//! Redemptions, (`queue`) those that the staff works off, and (`states`) what they went through.

mod queue;
mod states;

pub use queue::{ids_in_state, of_members, oldest};
pub use states::{
    MovedBy, StateSince, expire, note_state, notes, set_expiry, set_returned, set_state, set_tracking, states, states_of_range,
};

use jiff::Timestamp;
use laurel_domain::ids::{MemberId, RedemptionId, RewardId};
use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::text::Both;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::members::keys;
use crate::store::{COUNTED, StoreError, Tx, json, micros, numbered, on, timestamp};

/// What points were redeemed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedeemedFor {
    Cash(Money),
    Reward(Bought),
}

/// A reward as it was when it was redeemed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bought {
    pub reward: RewardId,
    pub kind: RedemptionKind,
    pub name: Both,
    /// Of one.
    pub price: Points,
    pub quantity: u32,
    /// How long its code is good for after its day of issue.
    pub valid_days: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redemption {
    pub id: RedemptionId,
    pub member_no: i64,
    pub member: MemberId,
    pub external_id: Option<String>,
    pub member_name: Option<String>,
    pub redeemed_for: RedeemedFor,
    pub state: RedemptionState,
    pub points: Points,
    pub rules_version: u32,
    /// Of the entry that took the points.
    pub seq: i64,
    /// What was asked for; what the cash costs may be less.
    pub asked: Points,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
    /// A voucher that was issued is good until just before.
    pub expires_at: Option<Timestamp>,
    /// Where to look for a gift on its way.
    pub tracking: Option<String>,
    /// Of a gift that came back.
    pub returned: Option<Returned>,
}

/// Which redemption, and whose it is: where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedemptionKey {
    pub member_no: i64,
    pub id: RedemptionId,
}

/// How a gift came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// Whether it went back into stock.
    pub restocked: bool,
    /// Why, until it is erased.
    pub reason: Option<String>,
}

impl Redemption {
    pub fn key(&self) -> RedemptionKey {
        RedemptionKey { member_no: self.member_no, id: self.id }
    }

    pub fn kind(&self) -> RedemptionKind {
        match &self.redeemed_for {
            RedeemedFor::Cash(_) => RedemptionKind::Cash,
            RedeemedFor::Reward(bought) => bought.kind,
        }
    }

    /// As it is at an instant: expiry that is due counts as done.
    #[must_use]
    pub fn as_of(self, now: Timestamp) -> Redemption {
        match self.expires_at {
            Some(at) if at <= now && self.state == RedemptionState::Issued => {
                Redemption { state: RedemptionState::Expired, changed_at: at, ..self }
            }
            _ => self,
        }
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    member_no: i64,
    member_id: Uuid,
    external_id: Option<String>,
    name: Option<String>,
    kind: i16,
    state: i16,
    points: i64,
    cash: i64,
    rules: i32,
    seq: i64,
    asked: i64,
    created_at: i64,
    changed_at: i64,
    reward_id: Option<Uuid>,
    reward_zh: Option<String>,
    reward_en: Option<String>,
    price: Option<i64>,
    quantity: i32,
    valid_days: Option<i32>,
    expires_at: Option<i64>,
    tracking: Option<String>,
    restocked: bool,
    return_reason: Option<String>,
}

const BROKEN: StoreError = StoreError::Corrupt("a redemption");

fn state(number: i16) -> Result<RedemptionState, StoreError> {
    numbered(&RedemptionState::ALL, number).ok_or(BROKEN)
}

impl Row {
    fn redeemed_for(&self, currency: Currency) -> Result<RedeemedFor, StoreError> {
        let kind = numbered(&RedemptionKind::ALL, self.kind).ok_or(BROKEN)?;
        if kind == RedemptionKind::Cash {
            return Ok(RedeemedFor::Cash(Money::from_minor(self.cash, currency).map_err(|_| BROKEN)?));
        }
        let name = self.reward_zh.clone().zip(self.reward_en.clone()).map(|(zh, en)| Both { zh, en });
        let (Some(reward), Some(name), Some(price)) = (self.reward_id, name, self.price) else { return Err(BROKEN) };
        Ok(RedeemedFor::Reward(Bought {
            reward: RewardId::new(reward),
            kind,
            name,
            price: Points::from_hundredths(price),
            quantity: u32::try_from(self.quantity).map_err(|_| BROKEN)?,
            valid_days: self.valid_days.map(|days| u32::try_from(days).map_err(|_| BROKEN)).transpose()?,
        }))
    }

    fn read(self, currency: Currency) -> Result<Redemption, StoreError> {
        Ok(Redemption {
            id: RedemptionId::new(self.id),
            member_no: self.member_no,
            member: MemberId::new(self.member_id),
            redeemed_for: self.redeemed_for(currency)?,
            external_id: self.external_id,
            member_name: self.name,
            state: state(self.state)?,
            points: Points::from_hundredths(self.points),
            rules_version: u32::try_from(self.rules).map_err(|_| StoreError::Corrupt("a version"))?,
            seq: self.seq,
            asked: Points::from_hundredths(self.asked),
            created_at: timestamp(self.created_at)?,
            changed_at: timestamp(self.changed_at)?,
            expires_at: self.expires_at.map(timestamp).transpose()?,
            returned: (self.state == RedemptionState::Returned as i16)
                .then_some(Returned { restocked: self.restocked, reason: self.return_reason }),
            tracking: self.tracking,
        })
    }
}

macro_rules! select {
    () => {
        concat!(select!(columns), " from redemptions r join members m on m.no = r.member_no ")
    };
    // by the directory, and then one look by number for each, whatever PostgreSQL knows of the tables and however they are divided
    (found, $key:literal) => {
        concat!(
            "with k as materialized (select own.key, own.member_no from member_keys own where own.key ",
            $key,
            ") ",
            select!(columns),
            " from k
cross join lateral (select own.* from redemptions own where own.member_no = k.member_no and own.id = k.key offset 0) r
cross join lateral (select own.id, own.external_id, own.name from members own where own.no = k.member_no offset 0) m"
        )
    };
    (columns) => {
        "select r.id, r.member_no, m.id as member_id, m.external_id, m.name, r.kind, r.state, r.points, r.cash, r.rules, r.seq,
    r.asked, r.created_at, r.changed_at, r.reward_id, r.reward_zh, r.reward_en, r.price, r.quantity, r.valid_days, r.expires_at,
    r.tracking, r.restocked, r.return_reason"
    };
}

use select;

const BY_ID_SQLITE: &str = concat!(select!(), "where r.id = $1");
const BY_ID_POSTGRES: &str = select!(found, "= $1");
const BY_KEY: &str = concat!(select!(), "where r.member_no = $1 and r.idempotency_key = $2");

pub async fn find(db: &mut Tx, currency: Currency, id: RedemptionId) -> Result<Option<Redemption>, StoreError> {
    let sql = db.pick(BY_ID_SQLITE, BY_ID_POSTGRES);
    let row: Option<Row> = on!(db, conn => sqlx::query_as(sql).bind(id.uuid()).fetch_optional(conn).await?);
    row.map(|row| row.read(currency)).transpose()
}

/// The redemption that a member made under this idempotency key.
pub async fn find_by_key(db: &mut Tx, currency: Currency, member_no: i64, key: &str) -> Result<Option<Redemption>, StoreError> {
    let row: Option<Row> = on!(db, conn => sqlx::query_as(BY_KEY).bind(member_no).bind(key).fetch_optional(conn).await?);
    row.map(|row| row.read(currency)).transpose()
}

const SET_SQLITE: &str = concat!(select!(), "where r.id in (select unhex(value) from json_each($1))");
const SET_POSTGRES: &str = select!(found, "in (select value::uuid from jsonb_array_elements_text($1::jsonb) as value)");

/// The redemptions with these ids, in no order.
pub async fn with_ids(db: &mut Tx, currency: Currency, ids: &[RedemptionId]) -> Result<Vec<Redemption>, StoreError> {
    let ids: Vec<String> = ids.iter().map(|id| id.uuid().simple().to_string()).collect();
    let (sql, ids) = (db.pick(SET_SQLITE, SET_POSTGRES), json(&ids)?);
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(sql).bind(ids).fetch_all(conn).await?);
    rows.into_iter().map(|row| row.read(currency)).collect()
}

/// As statements take them: a member's number and an id each.
pub(super) fn as_rows(keys: &[RedemptionKey]) -> Result<String, StoreError> {
    let rows: Vec<(i64, String)> = keys.iter().map(|key| (key.member_no, key.id.uuid().simple().to_string())).collect();
    json(&rows)
}

macro_rules! page {
    ($condition:literal) => {
        concat!(
            select!(),
            "where ",
            $condition,
            " and (r.created_at, r.id) < ($2, $3) order by r.created_at desc, r.id desc limit $4"
        )
    };
}

const OF_MEMBER: &str = page!("r.member_no = $1");
const OF_MERGED: &str =
    page!("r.member_no in (select cast($1 as bigint) union all select g.no from members g where g.merged_into = $1)");
const OF_KIND: &str = page!("r.kind = $1");
const IN_STATE: &str = page!("r.kind = $1 and r.state = $5");
const ISSUED: &str = page!("r.kind = $1 and r.state = 5 and (r.expires_at is null or r.expires_at > $5)");
// the plus keeps SQLite from going through all that were issued: these are few, as a job takes them on
const OVERDUE: &str = page!("+r.kind = $1 and r.state = 5 and r.expires_at <= $5");

/// What to list.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// All of a member's, with those of the accounts that were merged into theirs.
    OfMember(i64),
    OfKind(RedemptionKind, Option<RedemptionState>),
}

/// What to list, newest first, after the one that a page ended with.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    pub which: Which,
    pub after: Option<(Timestamp, RedemptionId)>,
    pub most: i64,
}

/// As of `now`: a voucher whose time is over counts as expired.
pub async fn list(db: &mut Tx, currency: Currency, filter: Filter, now: Timestamp) -> Result<Vec<Redemption>, StoreError> {
    let rows = match filter.which {
        Which::OfMember(no) if has_merged(db, no).await? => rows(db, OF_MERGED, no, &filter, None).await?,
        Which::OfMember(no) => rows(db, OF_MEMBER, no, &filter, None).await?,
        Which::OfKind(kind, None) => rows(db, OF_KIND, kind as i64, &filter, None).await?,
        Which::OfKind(kind, Some(RedemptionState::Issued)) => rows(db, ISSUED, kind as i64, &filter, Some(micros(now))).await?,
        Which::OfKind(kind, Some(RedemptionState::Expired)) => {
            let mut expired = rows(db, IN_STATE, kind as i64, &filter, Some(RedemptionState::Expired as i64)).await?;
            expired.extend(rows(db, OVERDUE, kind as i64, &filter, Some(micros(now))).await?);
            expired.sort_unstable_by_key(|row| std::cmp::Reverse((row.created_at, row.id)));
            expired.truncate(usize::try_from(filter.most).unwrap_or(0));
            expired
        }
        Which::OfKind(kind, Some(state)) => rows(db, IN_STATE, kind as i64, &filter, Some(state as i64)).await?,
    };
    rows.into_iter().map(|row| Ok(row.read(currency)?.as_of(now))).collect()
}

/// `of` is a member's number or a kind; `last` a state or a time, where the text has one.
async fn rows(db: &mut Tx, sql: &'static str, of: i64, filter: &Filter, last: Option<i64>) -> Result<Vec<Row>, StoreError> {
    let (at, id) = filter.after.unwrap_or((Timestamp::MAX, RedemptionId::new(Uuid::max())));
    Ok(on!(db, conn => {
        let query = sqlx::query_as(sql).bind(of).bind(micros(at)).bind(id.uuid()).bind(filter.most);
        match last {
            Some(last) => query.bind(last).fetch_all(conn).await?,
            None => query.fetch_all(conn).await?,
        }
    }))
}

const MERGED: &str = "select 1 from members where merged_into = $1 limit 1";

async fn has_merged(db: &mut Tx, no: i64) -> Result<bool, StoreError> {
    let one: Option<i32> = on!(db, conn => sqlx::query_scalar(MERGED).bind(no).fetch_optional(conn).await?);
    Ok(one.is_some())
}

const COUNT: &str = "select count(*) from (select 1 from redemptions where kind = $1 and state = $2 limit $3) counted";

/// How many are in a state that no time ends; `COUNTED` at most.
pub async fn count(db: &mut Tx, kind: RedemptionKind, state: RedemptionState) -> Result<i64, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(COUNT).bind(kind as i16).bind(state as i16).bind(COUNTED).fetch_one(conn).await?))
}

const OF_RANGE: &str = concat!(select!(), "where r.member_no >= $1 and r.member_no <= $2 order by r.member_no, r.seq");

/// All redemptions of the members with these numbers.
pub async fn of_range(db: &mut Tx, currency: Currency, first: i64, last: i64) -> Result<Vec<Redemption>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(OF_RANGE).bind(first).bind(last).fetch_all(conn).await?);
    rows.into_iter().map(|row| row.read(currency)).collect()
}

const AFTER: &str = concat!(select!(), "where r.id > $1 order by r.id limit $2");

/// The next redemptions by id. Ids are UUIDs of version 7, so all of them are above nil.
pub async fn after(db: &mut Tx, currency: Currency, after: RedemptionId, most: i64) -> Result<Vec<Redemption>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(AFTER).bind(after.uuid()).bind(most).fetch_all(conn).await?);
    rows.into_iter().map(|row| row.read(currency)).collect()
}

const INSERT: &str = "insert into redemptions
    (id, member_no, state, points, cash, rules, seq, idempotency_key, asked, created_at, changed_at,
    kind, reward_id, reward_zh, reward_en, price, quantity, valid_days)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13, $14, $15, $16, $17)";

/// A key that the member has used is a unique violation.
pub async fn insert(tx: &mut Tx, redemption: &Redemption, key: &str) -> Result<(), StoreError> {
    let r = redemption;
    let rules = i32::try_from(r.rules_version).map_err(|_| StoreError::Corrupt("a version"))?;
    let (cash, bought) = match &r.redeemed_for {
        RedeemedFor::Cash(cash) => (cash.minor(), None),
        RedeemedFor::Reward(bought) => (0, Some(bought)),
    };
    let number = |number: u32| i32::try_from(number).map_err(|_| BROKEN);
    let quantity = bought.map_or(Ok(1), |bought| number(bought.quantity))?;
    let valid_days = bought.and_then(|bought| bought.valid_days).map(number).transpose()?;
    on!(tx, conn => sqlx::query(INSERT)
        .bind(r.id.uuid()).bind(r.member_no).bind(r.state as i16).bind(r.points.hundredths()).bind(cash)
        .bind(rules).bind(r.seq).bind(key).bind(r.asked.hundredths()).bind(micros(r.created_at))
        .bind(r.kind() as i16).bind(bought.map(|bought| bought.reward.uuid()))
        .bind(bought.map(|bought| bought.name.zh.as_str())).bind(bought.map(|bought| bought.name.en.as_str()))
        .bind(bought.map(|bought| bought.price.hundredths())).bind(quantity).bind(valid_days)
        .execute(conn).await.map(drop)?);
    keys::add(tx, &[r.id.uuid()], r.member_no).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::{SORTS, check_scans_nothing};

    #[tokio::test]
    async fn lists_read_what_they_show_and_no_more() {
        for sql in [OF_MEMBER, OF_KIND, IN_STATE, ISSUED, MERGED, BY_ID_SQLITE, BY_KEY, SET_SQLITE] {
            check_scans_nothing(sql, &[]).await;
        }
        check_scans_nothing(COUNT, &["counted"]).await;
        for sql in [OF_MERGED, OVERDUE] {
            check_scans_nothing(sql, &[SORTS]).await;
        }
    }
}
