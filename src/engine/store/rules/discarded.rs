//! Drafts of the rules that were thrown away, kept for a time.

use jiff::Timestamp;
use laurel_domain::rules::rule_set::RuleSet;
use sqlx::FromRow;
use uuid::Uuid;

use crate::random;
use crate::store::programme::{Draft, read_rules, write_rules};
use crate::store::{StoreError, Tx, micros, on, timestamp};

/// A draft as it was when somebody threw it away.
#[derive(Clone, Debug)]
pub struct Discarded {
    pub id: Uuid,
    pub set: RuleSet,
    pub changed_at: Timestamp,
    pub changed_by: String,
    pub discarded_at: Timestamp,
    pub discarded_by: String,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    body: String,
    changed_at: i64,
    changed_by: String,
    discarded_at: i64,
    discarded_by: String,
}

impl TryFrom<Row> for Discarded {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Discarded, StoreError> {
        Ok(Discarded {
            id: row.id,
            set: read_rules(&row.body)?,
            changed_at: timestamp(row.changed_at)?,
            changed_by: row.changed_by,
            discarded_at: timestamp(row.discarded_at)?,
            discarded_by: row.discarded_by,
        })
    }
}

const INSERT: &str = "insert into discarded_drafts (id, base, body, changed_at, changed_by, discarded_at, discarded_by)
values ($1, $2, $3, $4, $5, $6, $7)";

/// By which it is found.
pub async fn insert(tx: &mut Tx, draft: &Draft, by: &str, now: Timestamp) -> Result<Uuid, StoreError> {
    let base = i32::try_from(draft.base).map_err(|_| StoreError::Corrupt("a version"))?;
    let body = write_rules(&draft.set)?;
    let id = random::id(now);
    on!(tx, conn => sqlx::query(INSERT)
        .bind(id).bind(base).bind(body).bind(micros(draft.changed_at)).bind(&draft.changed_by)
        .bind(micros(now)).bind(by)
        .execute(conn).await.map(drop)?);
    Ok(id)
}

const LATEST: &str = "select id, body, changed_at, changed_by, discarded_at, discarded_by from discarded_drafts
where discarded_at > $1 order by discarded_at desc, id desc limit $2";

/// Those thrown away since then, the last one first.
pub async fn latest(db: &mut Tx, since: Timestamp, most: i64) -> Result<Vec<Discarded>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(LATEST).bind(micros(since)).bind(most).fetch_all(conn).await?);
    rows.into_iter().map(Discarded::try_from).collect()
}

const TAKE: &str = "delete from discarded_drafts where id = $1 and discarded_at > $2
returning id, body, changed_at, changed_by, discarded_at, discarded_by";

/// One of those, which is kept here no longer.
pub async fn take(tx: &mut Tx, id: Uuid, since: Timestamp) -> Result<Option<Discarded>, StoreError> {
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(TAKE).bind(id).bind(micros(since)).fetch_optional(conn).await?);
    row.map(Discarded::try_from).transpose()
}

const FORGET: &str = "delete from discarded_drafts where discarded_at <= $1";

/// Those thrown away before then go for good.
pub async fn forget(tx: &mut Tx, until: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(FORGET).bind(micros(until)).execute(conn).await.map(drop)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn drafts_that_were_thrown_away_are_looked_up() {
        for sql in [LATEST, TAKE, FORGET] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
