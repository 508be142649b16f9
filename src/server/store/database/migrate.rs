//! Bringing the tables up to date. The migrations are in the binary.

use sqlx::migrate::Migrator;

use crate::server::store::{Db, StoreError};

static SQLITE: Migrator = sqlx::migrate!("./migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("./migrations/postgres");

impl Db {
    /// Applies the migrations that are missing. Several servers may do so at once.
    ///
    /// # Errors
    /// `StoreError::Migrate` if the database has one that this binary does not know or knows otherwise.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => {
                let _turn = db.gate.acquire().await.map_err(|_| StoreError::Closing)?;
                SQLITE.run(&db.write).await?;
            }
            Self::Postgres(db) => POSTGRES.run(&db.pages).await?,
        }
        Ok(())
    }

    /// A number that is another one whenever the migrations are.
    pub fn migrations_fingerprint() -> u64 {
        let checksums = POSTGRES.iter().flat_map(|migration| migration.checksum.iter());
        checksums.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
    }
}
