//! The only SQL. `Db` is a database, `Tx` a transaction in it, and `on!` runs one SQL text on either kind.
//!
//! Store functions take `&mut Tx`. They know nothing of use cases, begin nothing and commit nothing: that is `Db::write` and
//! `Db::snapshot`; a single read takes a `Db::reader`.
//!
//! - `$1` works on both kinds. Only set-based statements, locking reads and triggers may have a text for each: `tx.pick(SQLITE, POSTGRES)`.
//! - A set of rows goes in as one JSON text: `from jsonb_each($1)` with `value->>0` on SQLite,
//!   `from json_array_elements($1::json) as j(value)` with `(value->>0)::bigint` on PostgreSQL; bytes in it are hex (`unhex`, `decode(…, 'hex')`).
//!   What every event reads and writes goes to SQLite's connection itself, and to PostgreSQL as an array for each column: `database::rows`.
//! - Times are i64 microseconds (`micros`, `timestamp`), identifiers `Uuid`.

pub(crate) mod database;
pub mod schema;

pub mod programme;
pub mod rules;
pub mod lab;
pub mod members;
pub mod ledger;
pub mod rewards;
pub mod pictures;
pub mod refused;
pub mod benefits;
pub mod access;
pub mod approval;
pub mod audit;
pub mod notifications;
pub mod mail;
pub mod keyset;
pub mod exports;
pub mod figures;
pub mod idempotency;
pub mod instants;
pub mod imports;
pub mod leases;
pub mod totals;
pub mod waiting;

pub use access::key_cache::KeyCache;
pub(crate) use database::is_json;
pub use database::{Connections, FromStore, LastUses, StoreError, Tx, check_known};

use jiff::Timestamp;
use laurel_domain::numbers::time::Moment;
use sqlx::{PgPool, SqlitePool};

use database::{Distribution, Distrusted, Lender, PostgresSource, SqliteSource, SqliteWriter};

/// A database. Cloning it is cheap and shares its connections.
///
/// There are three ways to a connection: `write`, `snapshot` and `reader`. Inside of `write` and `snapshot` all three fail: who
/// holds a connection and waits for a second one can stop everybody for good.
#[derive(Clone, Debug)]
pub enum Db {
    Sqlite(SqliteDb),
    Postgres(PostgresDb),
}

#[derive(Clone, Debug)]
pub struct SqliteDb {
    write: SqliteWriter,
    /// For what is looked up by a key.
    look_ups: Lender<SqliteSource>,
    read: SqlitePool,
    /// For what takes long.
    reports: SqlitePool,
    /// For checkpoints.
    keeper: SqlitePool,
    last_uses: LastUses,
    key_cache: KeyCache,
}

#[derive(Clone, Debug)]
pub struct PostgresDb {
    /// For what writes.
    ledger: Lender<PostgresSource>,
    /// For what is looked up by a key.
    look_ups: Option<Lender<PostgresSource>>,
    /// For what pages and requests read otherwise.
    pages: PgPool,
    /// For what takes long.
    reports: PgPool,
    /// Whether transactions have to state the settings that a session would keep.
    is_pooled: bool,
    /// Whether members lie on several machines.
    distribution: Distribution,
    /// Connections made before are not used again.
    distrusted: Distrusted,
    last_uses: LastUses,
    key_cache: KeyCache,
}

impl PostgresDb {
    fn is_distributed(&self) -> bool {
        self.distribution.is_there()
    }
}

/// One of two things, by the kind of database.
pub enum Either<S, P> {
    Sqlite(S),
    Postgres(P),
}

impl Db {
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// The keys that were looked up lately.
    pub fn key_cache(&self) -> &KeyCache {
        match self {
            Self::Sqlite(db) => &db.key_cache,
            Self::Postgres(db) => &db.key_cache,
        }
    }

    /// When sessions and keys were used last, as far as it is not written yet.
    pub fn last_uses(&self) -> &LastUses {
        match self {
            Self::Sqlite(db) => &db.last_uses,
            Self::Postgres(db) => &db.last_uses,
        }
    }

    /// Waits for what is running, then closes all connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(db) => {
                db.keeper.close().await;
                db.reports.close().await;
                db.look_ups.close().await;
                db.read.close().await;
                db.write.close().await;
            }
            Self::Postgres(db) => {
                db.reports.close().await;
                if let Some(look_ups) = &db.look_ups {
                    look_ups.close().await;
                }
                db.pages.close().await;
                db.ledger.close().await;
            }
        }
    }
}

/// Runs one expression on whichever kind of database a `&mut Tx` is on:
/// `on!(tx, conn => sqlx::query(SQL).bind(x).execute(conn).await?)`.
#[macro_export]
macro_rules! on {
    ($handle:expr, $conn:ident => $body:expr) => {
        match $handle.either() {
            $crate::store::Either::Sqlite($conn) => $body,
            $crate::store::Either::Postgres($conn) => $body,
        }
    };
}
pub use on;

/// Further than this nothing is counted for a page: there it says "1,000+".
pub const COUNTED: i64 = 1_001;

/// A time as tables hold it.
pub fn micros(time: impl Into<Moment>) -> i64 {
    time.into().micros()
}

/// A time out of a table.
///
/// # Errors
/// `StoreError::Corrupt` if no calendar reaches that far.
pub fn timestamp(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|_| StoreError::Corrupt("a time"))
}

/// Likewise, as posting counts it.
///
/// # Errors
/// As [`timestamp`].
pub fn moment(micros: i64) -> Result<Moment, StoreError> {
    timestamp(micros).map(Moment::from)
}

/// What a table holds by number: its place in the list of all of them.
pub(crate) fn numbered<T: Copy>(all: &[T], number: i16) -> Option<T> {
    all.get(usize::try_from(number).ok()?).copied()
}

/// Bytes in a JSON text.
pub(crate) fn hexadecimal<S: serde::Serializer>(bytes: &impl AsRef<[u8]>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode(bytes))
}

/// A set of rows as the one JSON text that set-based statements take.
pub(crate) fn json<T: serde::Serialize + ?Sized>(rows: &T) -> Result<String, StoreError> {
    serde_json::to_string(rows).map_err(|_| StoreError::Corrupt("JSON"))
}
