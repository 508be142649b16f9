//! Rows of files that were refused.

use laurel_domain::ids::ImportId;
use sqlx::FromRow;

use crate::store::{StoreError, Tx, json, on};

/// A row as it stood, and why it was refused.
#[derive(Clone, Debug, FromRow)]
pub struct FaultRow {
    pub line: i64,
    /// Its cells, as a list in JSON.
    pub cells: String,
    /// As JSON.
    pub reason: String,
}

const ADD_SQLITE: &str = "insert into import_faults (import_id, line, cells, reason)
select $1, value->>0, value->>1, value->>2 from jsonb_each($2) where true on conflict do nothing";
const ADD_POSTGRES: &str = "insert into import_faults (import_id, line, cells, reason)
select $1, (value->>0)::bigint, value->>1, value->>2 from jsonb_array_elements($2::jsonb) as j(value) on conflict do nothing";

pub async fn add(tx: &mut Tx, import: ImportId, faults: &[FaultRow]) -> Result<(), StoreError> {
    if faults.is_empty() {
        return Ok(());
    }
    let rows: Vec<(i64, &str, &str)> = faults.iter().map(|f| (f.line, f.cells.as_str(), f.reason.as_str())).collect();
    let (sql, rows) = (tx.pick(ADD_SQLITE, ADD_POSTGRES), json(&rows)?);
    on!(tx, conn => sqlx::query(sql).bind(import.uuid()).bind(rows).execute(conn).await.map(drop)?);
    Ok(())
}

const AFTER: &str = "select line, cells, reason from import_faults where import_id = $1 and line > $2 order by line limit $3";

/// The next ones after this line.
pub async fn after(db: &mut Tx, import: ImportId, line: i64, most: i64) -> Result<Vec<FaultRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(AFTER).bind(import.uuid()).bind(line).bind(most).fetch_all(conn).await?))
}

const DELETE: &str = "delete from import_faults where import_id = $1
    and line in (select line from import_faults where import_id = $1 order by line limit $2)";

/// Deletes up to so many. How many there were.
pub async fn delete(tx: &mut Tx, import: ImportId, most: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(DELETE).bind(import.uuid()).bind(most).execute(conn).await?.rows_affected()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn refused_rows_are_read_by_their_file_and_line() {
        check_scans_nothing(AFTER, &[]).await;
    }
}
