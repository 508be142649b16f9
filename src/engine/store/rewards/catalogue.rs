//! Rewards, their stock with its history, and how many of each a member took.

use jiff::Timestamp;
use jiff::civil::Date;
use laurel_domain::ids::RewardId;
use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::reward::{Limit, Period, Reward, RewardTerms, Supply};
use laurel_domain::text::{Both, Key};
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::pictures;
use crate::store::{StoreError, Tx, micros, on, timestamp};

const BROKEN: StoreError = StoreError::Corrupt("a reward");

#[derive(FromRow)]
struct Row {
    id: Uuid,
    supply: i16,
    name_zh: String,
    name_en: String,
    about_zh: String,
    about_en: String,
    price: i64,
    least_tier: Option<String>,
    limit_most: Option<i32>,
    limit_period: Option<i16>,
    starts: Option<String>,
    ends: Option<String>,
    valid_days: Option<i32>,
    remaining: Option<i64>,
    retired_at: Option<i64>,
    picture: Option<Uuid>,
    revision: i64,
}

fn of<T: Copy>(all: &[T], number: i16) -> Result<T, StoreError> {
    usize::try_from(number).ok().and_then(|number| all.get(number).copied()).ok_or(BROKEN)
}

fn count(number: Option<i32>) -> Result<Option<u32>, StoreError> {
    number.map(|number| u32::try_from(number).map_err(|_| BROKEN)).transpose()
}

fn day(text: Option<String>) -> Result<Option<Date>, StoreError> {
    text.map(|text| text.parse().map_err(|_| BROKEN)).transpose()
}

impl TryFrom<Row> for Reward {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Reward, StoreError> {
        let limit = match (count(row.limit_most)?, row.limit_period) {
            (Some(most), Some(period)) => Some(Limit { most, period: of(&Period::ALL, period)? }),
            _ => None,
        };
        let terms = RewardTerms {
            name: Both { zh: row.name_zh, en: row.name_en },
            about: Both { zh: row.about_zh, en: row.about_en },
            price: Points::from_hundredths(row.price),
            least_tier: row.least_tier.map(|key| Key::new(&key).map_err(|_| BROKEN)).transpose()?,
            limit,
            starts: day(row.starts)?,
            ends: day(row.ends)?,
            valid_days: count(row.valid_days)?,
        };
        Ok(Reward {
            id: RewardId::new(row.id),
            supply: of(&Supply::ALL, row.supply)?,
            terms,
            left: row.remaining,
            is_retired: row.retired_at.is_some(),
            picture: pictures::of_row(row.picture),
            revision: row.revision,
        })
    }
}

macro_rules! select {
    () => {
        "select w.id, w.supply, w.name_zh, w.name_en, w.about_zh, w.about_en, w.price, w.least_tier, w.limit_most, w.limit_period,
    w.starts, w.ends, w.valid_days, case w.supply when 2 then w.stock when 0 then
        (select count(*) from (select 1 from reward_codes c where c.reward_id = w.id and c.redemption_id is null limit 1001) free)
    end as remaining,
    w.retired_at, w.picture, w.revision from rewards w "
    };
}

const FIND: &str = concat!(select!(), "where w.id = $1");

pub async fn find(db: &mut Tx, id: RewardId) -> Result<Option<Reward>, StoreError> {
    let row: Option<Row> = on!(db, conn => sqlx::query_as(FIND).bind(id.uuid()).fetch_optional(conn).await?);
    row.map(Reward::try_from).transpose()
}

const SHARE_POSTGRES: &str = concat!(select!(), "where w.id = $1 for share of w");
const LOCK_POSTGRES: &str = concat!(select!(), "where w.id = $1 for no key update of w");

/// The reward as it is until the transaction ends, while others take of it, too. Not before changing its row: two who share it
/// and then both change it would wait for each other.
pub async fn share(tx: &mut Tx, id: RewardId) -> Result<Option<Reward>, StoreError> {
    read(tx, id, SHARE_POSTGRES).await
}

/// The reward as it is until the transaction ends, for whoever changes its row: one after the other.
pub async fn lock(tx: &mut Tx, id: RewardId) -> Result<Option<Reward>, StoreError> {
    read(tx, id, LOCK_POSTGRES).await
}

async fn read(tx: &mut Tx, id: RewardId, postgres: &'static str) -> Result<Option<Reward>, StoreError> {
    let sql = tx.pick(FIND, postgres);
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(sql).bind(id.uuid()).fetch_optional(conn).await?);
    row.map(Reward::try_from).transpose()
}

const ALL: &str = concat!(select!(), "order by w.retired_at is not null, w.supply desc, w.price, w.id limit $1");
const OFFERED: &str = concat!(
    select!(),
    "where w.retired_at is null and (w.ends is null or w.ends >= $2) order by w.supply, w.price, w.id limit $1"
);

/// All there ever were, those in use first.
pub async fn all(db: &mut Tx, most: i64) -> Result<Vec<Reward>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(ALL).bind(most).fetch_all(conn).await?);
    rows.into_iter().map(Reward::try_from).collect()
}

/// Those that are in use and not over, by kind and price.
pub async fn offered(db: &mut Tx, today: Date, most: i64) -> Result<Vec<Reward>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(OFFERED).bind(most).bind(today.to_string()).fetch_all(conn).await?);
    rows.into_iter().map(Reward::try_from).collect()
}

const COUNT: &str = "select count(*) from rewards";

pub async fn number(db: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(COUNT).fetch_one(conn).await?))
}

const INSERT: &str = "insert into rewards (id, supply, name_zh, name_en, about_zh, about_en, price, least_tier, limit_most,
    limit_period, starts, ends, valid_days, revision, created_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $14)";
const UPDATE: &str = "update rewards set name_zh = $3, name_en = $4, about_zh = $5, about_en = $6, price = $7, least_tier = $8,
    limit_most = $9, limit_period = $10, starts = $11, ends = $12, valid_days = $13, changed_at = $14, revision = revision + 1
where id = $1 and revision = $2";

/// Whether it was written: an `UPDATE` of what has another revision by now changes nothing. `$2` is the supply or the revision.
async fn put(
    tx: &mut Tx,
    sql: &'static str,
    id: RewardId,
    second: i64,
    terms: &RewardTerms,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let number = |count: Option<u32>| count.map(|count| i32::try_from(count).map_err(|_| BROKEN)).transpose();
    let (most, valid_days) = (number(terms.limit.map(|limit| limit.most))?, number(terms.valid_days)?);
    let done = on!(tx, conn => sqlx::query(sql)
        .bind(id.uuid()).bind(second)
        .bind(&terms.name.zh).bind(&terms.name.en).bind(&terms.about.zh).bind(&terms.about.en)
        .bind(terms.price.hundredths()).bind(terms.least_tier.as_ref().map(Key::as_str))
        .bind(most).bind(terms.limit.map(|limit| limit.period as i16))
        .bind(terms.starts.map(|day| day.to_string())).bind(terms.ends.map(|day| day.to_string()))
        .bind(valid_days).bind(micros(now))
        .execute(conn).await?.rows_affected());
    Ok(done > 0)
}

/// A new reward, with nothing in stock.
pub async fn insert(tx: &mut Tx, id: RewardId, supply: Supply, terms: &RewardTerms, now: Timestamp) -> Result<(), StoreError> {
    put(tx, INSERT, id, supply as i64, terms, now).await.map(drop)
}

/// Whether the reward still had this revision and was changed.
pub async fn update(tx: &mut Tx, id: RewardId, revision: i64, terms: &RewardTerms, now: Timestamp) -> Result<bool, StoreError> {
    put(tx, UPDATE, id, revision, terms, now).await
}

const RETIRE: &str =
    "update rewards set retired_at = $3, changed_at = $4, revision = revision + 1 where id = $1 and revision = $2";

/// Takes it out of use or back into it. Whether it still had this revision.
pub async fn set_retired(tx: &mut Tx, id: RewardId, revision: i64, retired: bool, now: Timestamp) -> Result<bool, StoreError> {
    let at = retired.then_some(micros(now));
    let done = on!(tx, conn => sqlx::query(RETIRE)
        .bind(id.uuid()).bind(revision).bind(at).bind(micros(now))
        .execute(conn).await?.rows_affected());
    Ok(done > 0)
}

const ADD_STOCK: &str = "update rewards set stock = stock + $2 where id = $1 and stock + $2 >= 0";
const NOTE_CHANGE: &str = "insert into stock_changes (reward_id, no, change, reason, at)
select $1, coalesce(max(no), 0) + 1, $2, $3, $4 from stock_changes where reward_id = $1";

/// Takes out of stock (or puts back, below zero) what a redemption is about. Whether there was enough.
pub async fn take_stock(tx: &mut Tx, id: RewardId, quantity: i64) -> Result<bool, StoreError> {
    let done = on!(tx, conn => sqlx::query(ADD_STOCK).bind(id.uuid()).bind(-quantity).execute(conn).await?.rows_affected());
    Ok(done > 0)
}

/// Changes the stock for a reason that its history keeps. Whether there was enough. The caller holds the reward's lock.
pub async fn change_stock(tx: &mut Tx, id: RewardId, change: i64, reason: &str, now: Timestamp) -> Result<bool, StoreError> {
    if !take_stock(tx, id, -change).await? {
        return Ok(false);
    }
    on!(tx, conn => sqlx::query(NOTE_CHANGE)
        .bind(id.uuid()).bind(change).bind(reason).bind(micros(now))
        .execute(conn).await.map(drop)?);
    Ok(true)
}

/// One line of a stock's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockChange {
    pub change: i64,
    pub reason: String,
    pub at: Timestamp,
}

const CHANGES: &str = "select change, reason, at from stock_changes where reward_id = $1 order by no desc limit $2";

/// The newest first.
pub async fn stock_changes(db: &mut Tx, id: RewardId, most: i64) -> Result<Vec<StockChange>, StoreError> {
    let rows: Vec<(i64, String, i64)> =
        on!(db, conn => sqlx::query_as(CHANGES).bind(id.uuid()).bind(most).fetch_all(conn).await?);
    rows.into_iter().map(|(change, reason, at)| Ok(StockChange { change, reason, at: timestamp(at)? })).collect()
}

/// How many of a reward a member took and kept, by the periods that a limit can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken([i64; 4]);

impl Taken {
    pub fn in_period(self, period: Period) -> u32 {
        u32::try_from(self.0[period as usize]).unwrap_or(u32::MAX)
    }
}

macro_rules! taken {
    ($condition:literal) => {
        concat!(
            "select reward_id,
    cast(sum(case when created_at >= $2 then quantity else 0 end) as bigint) as of_day,
    cast(sum(case when created_at >= $3 then quantity else 0 end) as bigint) as of_month,
    cast(sum(case when created_at >= $4 then quantity else 0 end) as bigint) as of_year,
    cast(sum(quantity) as bigint) as ever
from redemptions where member_no = $1 and state not in (3, 4, 8, 12) and ",
            $condition,
            " group by reward_id"
        )
    };
}

const TAKEN: &str = taken!("reward_id is not null");
const TAKEN_OF_ONE: &str = taken!("reward_id = $5");

/// What a member took of one reward, or of all. `since` are the instants at which day, month and year began.
pub async fn taken(
    db: &mut Tx,
    member_no: i64,
    of: Option<RewardId>,
    since: [Timestamp; 3],
) -> Result<Vec<(RewardId, Taken)>, StoreError> {
    let [day, month, year] = since.map(micros);
    type Rows = Vec<(Uuid, i64, i64, i64, i64)>;
    let rows: Rows = on!(db, conn => match of {
        Some(one) => {
            let query = sqlx::query_as(TAKEN_OF_ONE).bind(member_no).bind(day).bind(month).bind(year).bind(one.uuid());
            query.fetch_all(conn).await?
        }
        None => sqlx::query_as(TAKEN).bind(member_no).bind(day).bind(month).bind(year).fetch_all(conn).await?,
    });
    Ok(rows.into_iter().map(|(id, day, month, year, ever)| (RewardId::new(id), Taken([day, month, year, ever]))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn what_is_left_and_taken_is_looked_up() {
        for sql in [FIND, TAKEN, TAKEN_OF_ONE] {
            // of the codes only the free ones of the reward, up to so many
            check_scans_nothing(sql, &["free"]).await;
        }
    }
}
