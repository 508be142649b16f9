//! Redemptions as the staff works them off: what has waited longest first, or whoever's they are.

use jiff::Timestamp;
use laurel_domain::ids::RedemptionId;
use laurel_domain::numbers::money::Currency;
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use uuid::Uuid;

use super::{Filter, Redemption, Row, Which, rows, select};
use crate::store::{StoreError, Tx, json, micros, on, timestamp};

/// A page, oldest first.
macro_rules! page_up {
    ($condition:literal) => {
        concat!(select!(), "where ", $condition, " and (r.created_at, r.id) > ($2, $3) order by r.created_at, r.id limit $4")
    };
}

const OF_KIND_UP: &str = page_up!("r.kind = $1");
const IN_STATE_UP: &str = page_up!("r.kind = $1 and r.state = $5");
const ISSUED_UP: &str = page_up!("r.kind = $1 and r.state = 5 and (r.expires_at is null or r.expires_at > $5)");
const OVERDUE_UP: &str = page_up!("+r.kind = $1 and r.state = 5 and r.expires_at <= $5");

/// Those of a kind, in a state or in any, oldest first and after the one that a page ended with. As of `now`, as [`list`].
pub async fn oldest(
    db: &mut Tx,
    currency: Currency,
    kind: RedemptionKind,
    state: Option<RedemptionState>,
    (after, most): (Option<(Timestamp, RedemptionId)>, i64),
    now: Timestamp,
) -> Result<Vec<Redemption>, StoreError> {
    let after = after.unwrap_or((timestamp(0)?, RedemptionId::new(Uuid::nil())));
    let filter = Filter { which: Which::OfKind(kind, state), after: Some(after), most };
    let of = kind as i64;
    let rows = match state {
        None => rows(db, OF_KIND_UP, of, &filter, None).await?,
        Some(RedemptionState::Issued) => rows(db, ISSUED_UP, of, &filter, Some(micros(now))).await?,
        Some(RedemptionState::Expired) => {
            let mut expired = rows(db, IN_STATE_UP, of, &filter, Some(RedemptionState::Expired as i64)).await?;
            expired.extend(rows(db, OVERDUE_UP, of, &filter, Some(micros(now))).await?);
            expired.sort_unstable_by_key(|row| (row.created_at, row.id));
            expired.truncate(usize::try_from(most).unwrap_or(0));
            expired
        }
        Some(state) => rows(db, IN_STATE_UP, of, &filter, Some(state as i64)).await?,
    };
    rows.into_iter().map(|row| Ok(row.read(currency)?.as_of(now))).collect()
}

const OF_MEMBERS_SQLITE: &str =
    concat!(select!(), "where r.member_no in (select value from json_each($1)) order by r.created_at desc, r.id desc limit $2");
const OF_MEMBERS_POSTGRES: &str = concat!(
    select!(),
    "where r.member_no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)
order by r.created_at desc, r.id desc limit $2"
);

/// The newest of these members'.
pub async fn of_members(db: &mut Tx, currency: Currency, numbers: &[i64], most: i64) -> Result<Vec<Redemption>, StoreError> {
    let (sql, numbers) = (db.pick(OF_MEMBERS_SQLITE, OF_MEMBERS_POSTGRES), json(numbers)?);
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(sql).bind(numbers).bind(most).fetch_all(conn).await?);
    rows.into_iter().map(|row| row.read(currency)).collect()
}

const IDS_IN_STATE: &str = "select id from redemptions where kind = $1 and state = $2 order by created_at, id limit $3";

/// The oldest in a state, by their ids.
pub async fn ids_in_state(
    db: &mut Tx,
    kind: RedemptionKind,
    state: RedemptionState,
    most: i64,
) -> Result<Vec<RedemptionId>, StoreError> {
    let ids: Vec<Uuid> = on!(db, conn => sqlx::query_scalar(IDS_IN_STATE)
        .bind(kind as i16).bind(state as i16).bind(most).fetch_all(conn).await?);
    Ok(ids.into_iter().map(RedemptionId::new).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn the_oldest_are_read_in_their_order() {
        for sql in [OF_KIND_UP, IN_STATE_UP, ISSUED_UP, IDS_IN_STATE] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
