//! Payouts that are paid together: which redemptions a batch has, and how it was settled.

use jiff::Timestamp;
use laurel_domain::ids::RedemptionId;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, json, micros, on};

#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct BatchRow {
    pub id: Uuid,
    pub number: i64,
    pub made_at: i64,
    pub made_by: Option<String>,
    pub settled_at: Option<i64>,
    pub settled_by: Option<String>,
    pub reference: Option<String>,
}

const ORDERED_SQLITE: &str = "select 1";
const ORDERED_POSTGRES: &str = "lock table payout_batches in share row exclusive mode";
const NEXT: &str = "select coalesce(max(number), 0) + 1 from payout_batches";
const INSERT: &str = "insert into payout_batches (id, number, made_at, made_by) values ($1, $2, $3, $4)";
const ITEMS_SQLITE: &str = "insert into payout_items (redemption_id, batch) select unhex(value), $2 from json_each($1)";
const ITEMS_POSTGRES: &str =
    "insert into payout_items (redemption_id, batch) select value::uuid, $2 from jsonb_array_elements_text($1::jsonb) as value";

/// Makes a batch of these, under the next number. Whoever else makes one waits until the transaction ends.
pub async fn insert(
    tx: &mut Tx,
    id: Uuid,
    items: &[RedemptionId],
    now: Timestamp,
    by: Option<Uuid>,
) -> Result<i64, StoreError> {
    let ordered = tx.pick(ORDERED_SQLITE, ORDERED_POSTGRES);
    on!(tx, conn => sqlx::query(ordered).execute(conn).await.map(drop)?);
    let number: i64 = on!(tx, conn => sqlx::query_scalar(NEXT).fetch_one(conn).await?);
    on!(tx, conn => sqlx::query(INSERT).bind(id).bind(number).bind(micros(now)).bind(by).execute(conn).await.map(drop)?);
    let ids: Vec<String> = items.iter().map(|id| id.uuid().simple().to_string()).collect();
    let (sql, ids) = (tx.pick(ITEMS_SQLITE, ITEMS_POSTGRES), json(&ids)?);
    on!(tx, conn => sqlx::query(sql).bind(ids).bind(id).execute(conn).await.map(drop)?);
    Ok(number)
}

macro_rules! batch {
    ($rest:literal) => {
        concat!(
            "select b.id, b.number, b.made_at, m.name as made_by, b.settled_at, s.name as settled_by, b.reference
    from payout_batches b left join staff m on m.id = b.made_by left join staff s on s.id = b.settled_by ",
            $rest
        )
    };
}

const LIST: &str = batch!("order by b.number desc limit $1");
const FIND: &str = batch!("where b.id = $1");
const LOCK_POSTGRES: &str = batch!("where b.id = $1 for no key update of b");

/// The newest first.
pub async fn list(db: &mut Tx, most: i64) -> Result<Vec<BatchRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(LIST).bind(most).fetch_all(conn).await?))
}

pub async fn find(db: &mut Tx, id: Uuid) -> Result<Option<BatchRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(FIND).bind(id).fetch_optional(conn).await?))
}

/// The batch as it is until the transaction ends. Before its members.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<BatchRow>, StoreError> {
    let sql = tx.pick(FIND, LOCK_POSTGRES);
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(id).fetch_optional(conn).await?))
}

const ITEMS: &str = "select redemption_id from payout_items where batch = $1 order by redemption_id";

pub async fn items(db: &mut Tx, batch: Uuid) -> Result<Vec<RedemptionId>, StoreError> {
    let ids: Vec<Uuid> = on!(db, conn => sqlx::query_scalar(ITEMS).bind(batch).fetch_all(conn).await?);
    Ok(ids.into_iter().map(RedemptionId::new).collect())
}

const BATCHED_SQLITE: &str =
    "select i.redemption_id, b.id, b.number from payout_items i join payout_batches b on b.id = i.batch
where i.redemption_id in (select unhex(value) from json_each($1))";
const BATCHED_POSTGRES: &str =
    "select i.redemption_id, b.id, b.number from payout_items i join payout_batches b on b.id = i.batch
where i.redemption_id in (select value::uuid from jsonb_array_elements_text($1::jsonb) as value)";

/// Those of these that are in a batch, with its id and number.
pub async fn batched(db: &mut Tx, ids: &[RedemptionId]) -> Result<Vec<(RedemptionId, Uuid, i64)>, StoreError> {
    let ids: Vec<String> = ids.iter().map(|id| id.uuid().simple().to_string()).collect();
    let (sql, ids) = (db.pick(BATCHED_SQLITE, BATCHED_POSTGRES), json(&ids)?);
    let rows: Vec<(Uuid, Uuid, i64)> = on!(db, conn => sqlx::query_as(sql).bind(ids).fetch_all(conn).await?);
    Ok(rows.into_iter().map(|(id, batch, number)| (RedemptionId::new(id), batch, number)).collect())
}

const SETTLE: &str = "update payout_batches set settled_at = $2, settled_by = $3, reference = $4
where id = $1 and settled_at is null";

pub async fn settle(tx: &mut Tx, id: Uuid, now: Timestamp, by: Option<Uuid>, reference: &str) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SETTLE)
        .bind(id).bind(micros(now)).bind(by).bind(reference).execute(conn).await.map(drop)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn batches_are_read_by_their_keys() {
        for sql in [FIND, ITEMS, BATCHED_SQLITE] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
