//! Whether the database answers.

use super::{Db, StoreError, on};

const PING: &str = "select 1";

/// # Errors
/// What the database said, or that no connection came free in time.
pub async fn ping(db: &Db) -> Result<(), StoreError> {
    on!(db, conn => sqlx::query(PING).execute(conn).await.map(drop))?;
    Ok(())
}
