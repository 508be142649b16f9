//! Bringing the tables up to date. The migrations are in the binary.
//!
//! Each is applied in a transaction of its own that also notes it, behind a lock that ends with the transaction: several servers
//! may start at once, also through a pooler that gives each transaction another connection (sqlx's own runner takes a lock of the
//! session). The table of what was applied is sqlx's.
//!
//! Servers of two versions work side by side while one takes the other's place, so migrations add first, and take away only in a
//! later release. One that takes away what an older binary needs raises `least_migration` in `compatibility`.

use std::time::Duration;

use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migration, Migrator};

use crate::store::{Db, Either, StoreError, Tx, on};

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

const TABLE: &str = "_sqlx_migrations";
/// How long others may take for theirs.
const ATTEMPTS: u32 = 60;
/// A role that servers work as owns no tables.
const OUTDATED: &str =
    "its tables are of an older version, and this role cannot change them: run `laurel migrate --grant-to` as their owner";
const PAUSE: Duration = Duration::from_secs(1);

const HAS_TABLE_SQLITE: &str = "select count(*) from sqlite_master where type = 'table' and name = $1";
const HAS_TABLE_POSTGRES: &str = "select count(*) from pg_tables where schemaname = current_schema() and tablename = $1";
/// Held by whoever changes tables.
pub(in crate::store) const LOCK: &str = "select pg_advisory_xact_lock(5463)";
const LEAST: &str = "select least_migration from compatibility where id = 1";

impl Db {
    /// Applies the migrations that are missing. Several servers may do so at once. Where none is missing nothing is written.
    ///
    /// # Errors
    /// `SchemaTooNew` if the database has one that this binary does not know, and that older binaries cannot work with;
    /// `Migrate` if it has one that this binary knows otherwise, or that cannot be applied.
    pub(in crate::store) async fn apply_migrations(&self) -> Result<(), StoreError> {
        let mut attempt = 1;
        loop {
            let applied = self.apply_next().await;
            match applied {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                // another server is at it, or somebody uses a table that has to change
                Err(error) if error.is_unavailable() && attempt < ATTEMPTS => {
                    tracing::warn!(%error, "a migration waits for others");
                    tokio::time::sleep(PAUSE).await;
                    attempt += 1;
                }
                Err(error) if error.is_denied() => return Err(StoreError::Unsuitable(OUTDATED)),
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether one was missing.
    async fn apply_next(&self) -> Result<bool, StoreError> {
        let is_up_to_date = {
            let mut reader = self.reader().await?;
            has_table(&mut reader, TABLE).await? && next(&mut reader).await?.is_none()
        };
        if is_up_to_date {
            return Ok(false);
        }
        self.write((), |tx, ()| {
            Box::pin(async move {
                if let Either::Postgres(conn) = tx.either() {
                    sqlx::query(LOCK).execute(conn).await?;
                }
                on!(tx, conn => conn.ensure_migrations_table(TABLE).await)?;
                let Some(migration) = next(tx).await? else { return Ok(false) };
                tracing::debug!(migration.version, "a migration is applied");
                on!(tx, conn => conn.apply(TABLE, &migration).await)?;
                Ok(true)
            })
        })
        .await
    }

    /// A number that is another one whenever the migrations are.
    pub fn migrations_fingerprint() -> u64 {
        let checksums = POSTGRES.iter().flat_map(|migration| migration.checksum.iter());
        checksums.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
    }
}

/// The first migration that is missing, to be applied inside a transaction that is open.
async fn next(db: &mut Tx) -> Result<Option<Migration>, StoreError> {
    let applied: Vec<AppliedMigration> = on!(db, conn => conn.list_applied_migrations(TABLE).await)?;
    if applied.iter().any(|applied| !known().version_exists(applied.version)) {
        check_known(db).await?;
    }
    for migration in known_on(db).iter() {
        match applied.iter().find(|applied| applied.version == migration.version) {
            Some(applied) if applied.checksum != migration.checksum => {
                return Err(MigrateError::VersionMismatch(migration.version).into());
            }
            Some(_) => {}
            None => return Ok(Some(Migration { no_tx: true, ..migration.clone() })),
        }
    }
    Ok(None)
}

/// Whether this binary may work with the tables as they are by now.
///
/// # Errors
/// `SchemaTooNew`.
pub async fn check_known(db: &mut Tx) -> Result<(), StoreError> {
    let needs = match has_table(db, "compatibility").await? {
        true => on!(db, conn => sqlx::query_scalar(LEAST).fetch_one(conn).await)?,
        false => 0,
    };
    let knows = known().iter().map(|migration| migration.version).max().unwrap_or(0);
    if needs > knows { Err(StoreError::SchemaTooNew { needs, knows }) } else { Ok(()) }
}

/// Both kinds have the same versions.
fn known() -> &'static Migrator {
    &POSTGRES
}

fn known_on(db: &Tx) -> &'static Migrator {
    match db {
        Tx::Sqlite(_) | Tx::SqliteReader(_) => &SQLITE,
        Tx::Postgres(_) | Tx::PostgresReader(_) => &POSTGRES,
    }
}

async fn has_table(db: &mut Tx, name: &str) -> Result<bool, StoreError> {
    let sql = db.pick(HAS_TABLE_SQLITE, HAS_TABLE_POSTGRES);
    let tables: i64 = on!(db, conn => sqlx::query_scalar(sql).bind(name).fetch_one(conn).await)?;
    Ok(tables > 0)
}
