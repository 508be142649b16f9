//! The content of files, in pieces: nobody holds a whole one in memory.

use laurel_domain::ids::ImportId;

use crate::store::{StoreError, Tx, on};

const ADD: &str = "insert into import_pieces (import_id, number, content) values ($1, $2, $3)";

pub async fn add(tx: &mut Tx, import: ImportId, number: i32, content: &[u8]) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(ADD).bind(import.uuid()).bind(number).bind(content).execute(conn).await.map(drop)?);
    Ok(())
}

const FIND: &str = "select content from import_pieces where import_id = $1 and number = $2";

pub async fn find(db: &mut Tx, import: ImportId, number: i32) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(FIND).bind(import.uuid()).bind(number).fetch_optional(conn).await?))
}

const HAS: &str = "select count(*) from (select 1 from import_pieces where import_id = $1 limit 1) as one";

/// Whether anything of the file is left.
pub async fn has(db: &mut Tx, import: ImportId) -> Result<bool, StoreError> {
    let some: i64 = on!(db, conn => sqlx::query_scalar(HAS).bind(import.uuid()).fetch_one(conn).await?);
    Ok(some > 0)
}

const DELETE: &str = "delete from import_pieces where import_id = $1
    and number in (select number from import_pieces where import_id = $1 order by number desc limit $2)";

/// Deletes up to so many pieces, the last ones first. How many there were.
pub async fn delete(tx: &mut Tx, import: ImportId, most: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(DELETE).bind(import.uuid()).bind(most).execute(conn).await?.rows_affected()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn a_piece_is_looked_up() {
        check_scans_nothing(FIND, &[]).await;
    }
}
