//! What does not follow from redemptions as it should: stock, and who holds which code.

use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, on};

/// A reward whose stock is not what its history and redemptions leave.
#[derive(Clone, Debug, FromRow)]
pub struct WrongStock {
    pub id: Uuid,
    pub stock: i64,
    pub expected: i64,
}

const STOCK: &str = "select w.id, w.stock, cast(w.came - w.went as bigint) as expected from (
    select w.id, w.stock,
        coalesce((select sum(s.change) from stock_changes s where s.reward_id = w.id), 0) as came,
        coalesce((select sum(r.quantity) from redemptions r
            where r.reward_id = w.id and r.kind = 2 and r.state not in (3, 4, 8)
                and not (r.state = 12 and r.restocked)), 0) as went
    from rewards w
) w where w.stock <> w.came - w.went order by w.id limit $1";

pub async fn stock(db: &mut Tx, most: i64) -> Result<Vec<WrongStock>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(STOCK).bind(most).fetch_all(conn).await?))
}

/// A voucher's redemption whose code is not as its state says.
#[derive(Clone, Debug, FromRow)]
pub struct WrongCode {
    pub id: Uuid,
    pub member_id: Uuid,
    pub codes: i64,
    pub revealed: i64,
    pub foreign_codes: i64,
    pub state: i16,
}

// a cancelled one has none; a reserved one has one that nobody saw; all others have one that was revealed
const CODES: &str = "select v.id, v.member_id, v.codes, v.revealed, v.foreign_codes, v.state from (
    select r.id, m.id as member_id, r.state, count(c.code) as codes, count(c.revealed_at) as revealed,
        count(case when c.reward_id <> r.reward_id then 1 end) as foreign_codes
    from redemptions r join members m on m.no = r.member_no left join reward_codes c on c.redemption_id = r.id
    where r.kind = 1 group by r.id, m.id, r.state
) v where v.foreign_codes > 0
    or v.codes <> case when v.state = 4 then 0 else 1 end
    or v.revealed <> case when v.state in (0, 4) then 0 else 1 end
order by v.id limit $1";

pub async fn vouchers(db: &mut Tx, most: i64) -> Result<Vec<WrongCode>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(CODES).bind(most).fetch_all(conn).await?))
}

const STRAY: &str = "select count(*) from reward_codes c
where c.redemption_id is not null and not exists (select 1 from redemptions r where r.id = c.redemption_id and r.kind = 1)";

/// How many codes are held by what is no voucher.
pub async fn stray_codes(db: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(STRAY).fetch_one(conn).await?))
}

const STRAY_ITEMS: &str = "select count(*) from payout_items i
where not exists (select 1 from redemptions r where r.id = i.redemption_id and r.kind = 0)";

/// How many items of payout batches are no payouts.
pub async fn stray_items(db: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(STRAY_ITEMS).fetch_one(conn).await?))
}

const NUMBER: &str = "select count(*) from rewards";

pub async fn rewards(db: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(NUMBER).fetch_one(conn).await?))
}
