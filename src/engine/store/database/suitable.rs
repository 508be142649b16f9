//! Whether a PostgreSQL server is one that Laurel is right on. What it says is compared with what the ledger needs, and what
//! cannot be had is said at the start, not found in the books.

use sqlx::FromRow;

use crate::store::{Db, Either, StoreError};

/// The oldest that PostgreSQL's makers still mend, and that the tests run on.
const OLDEST_POSTGRES: i32 = 15;

#[derive(FromRow)]
struct ServerRow {
    version_num: i32,
    version: String,
    encoding: String,
    fsync: String,
    full_page_writes: String,
}

const SERVER: &str = "select current_setting('server_version_num')::integer as version_num,
    current_setting('server_version') as version, current_setting('server_encoding') as encoding,
    coalesce(current_setting('fsync', true), 'on') as fsync,
    coalesce(current_setting('full_page_writes', true), 'on') as full_page_writes";
const TRANSACTION: &str = "select current_setting('transaction_isolation'), current_setting('synchronous_commit'), current_setting('transaction_read_only')";
const SQLITE: &str = "select (select journal_mode from pragma_journal_mode), (select synchronous from pragma_synchronous)";

impl Db {
    /// Asks a database whether it is one that Laurel is right on.
    ///
    /// # Errors
    /// `PostgresTooOld`, `Unsuitable`.
    pub(super) async fn check_suitable(&self) -> Result<(), StoreError> {
        let mut reader = self.reader().await?;
        let Either::Postgres(conn) = reader.either() else { return Ok(()) };
        let server: ServerRow = sqlx::query_as(SERVER).fetch_one(conn).await?;
        if !is_new_enough(server.version_num) {
            return Err(StoreError::PostgresTooOld(server.version));
        }
        if server.encoding != "UTF8" {
            return Err(StoreError::Unsuitable("its encoding is not UTF8"));
        }
        if server.fsync == "off" || server.full_page_writes == "off" {
            let (fsync, full_page_writes) = (server.fsync, server.full_page_writes);
            tracing::warn!(
                fsync,
                full_page_writes,
                "a crash of PostgreSQL's machine can lose and damage what was acknowledged"
            );
        }
        Ok(())
    }

    /// Asks whether transactions that write are what the ledger needs, and whether they may write at all.
    ///
    /// # Errors
    /// `Unsuitable`; what the database says to a transaction that writes.
    pub async fn check_writes(&self) -> Result<(), StoreError> {
        self.write((), |tx, ()| {
            Box::pin(async move {
                let conn = match tx.either() {
                    Either::Sqlite(conn) => {
                        let (journal, synchronous): (String, i64) = sqlx::query_as(SQLITE).fetch_one(conn).await?;
                        return match (journal.as_str(), synchronous) {
                            ("wal", 2) => Ok(()),
                            ("wal", _) => Err(StoreError::Unsuitable("commits do not wait for the disk")),
                            _ => Err(StoreError::Unsuitable("it cannot have a write-ahead log, as in a network folder")),
                        };
                    }
                    Either::Postgres(conn) => conn,
                };
                let (isolation, commit, read_only): (String, String, String) =
                    sqlx::query_as(TRANSACTION).fetch_one(conn).await?;
                match (isolation.as_str(), commit.as_str(), read_only.as_str()) {
                    (_, _, "on") => Err(StoreError::Unsuitable("it only reads: it is a standby, or was demoted")),
                    ("read committed", commit, _) if !matches!(commit, "off" | "local") => Ok(()),
                    ("read committed", ..) => Err(StoreError::Unsuitable("commits do not wait for the disk")),
                    _ => Err(StoreError::Unsuitable("transactions are not READ COMMITTED although they ask for it")),
                }
            })
        })
        .await
    }
}

/// `150003` is 15.3.
fn is_new_enough(version_num: i32) -> bool {
    version_num / 10_000 >= OLDEST_POSTGRES
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn servers_from_version_15_on_will_do() {
        assert!(is_new_enough(150_000) && is_new_enough(150_015) && is_new_enough(180_001));
        assert!(!is_new_enough(149_999) && !is_new_enough(140_013) && !is_new_enough(90_624));
    }
}
