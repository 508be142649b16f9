//! Transactions: the only begin and commit.
//!
//! Each runs in a task of its own, so that a client who leaves cancels nothing half-way:
//! a `begin` whose future is dropped can poison a pooled PostgreSQL connection (sqlx#4393).

use std::time::Duration;

use futures::future::BoxFuture;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};
use tokio::sync::OwnedSemaphorePermit;

use crate::server::store::database::connect::PATIENCE;
use crate::server::store::{Db, Either, FromStore, SqliteDb, StoreError};

const ATTEMPTS: u32 = 5;
const WRITE_SQLITE: &str = "begin immediate";
const READ_SQLITE: &str = "begin deferred";
const READ_POSTGRES: &str = "begin isolation level repeatable read, read only";

/// An open transaction: `Db::write` and `Db::snapshot` make one and end it. Or a lone connection for a read or two, from
/// `Db::reader`, so that what reads is written once for both.
#[derive(Debug)]
pub enum Tx {
    Sqlite(SqliteTx),
    Postgres(Transaction<'static, Postgres>),
    SqliteReader(PoolConnection<Sqlite>),
    PostgresReader(PoolConnection<Postgres>),
}

#[derive(Debug)]
pub struct SqliteTx {
    transaction: Transaction<'static, Sqlite>,
    /// Given back after the transaction, by the order of fields.
    _turn: Option<OwnedSemaphorePermit>,
}

impl Tx {
    pub fn either(&mut self) -> Either<&mut SqliteConnection, &mut PgConnection> {
        match self {
            Self::Sqlite(tx) => Either::Sqlite(&mut tx.transaction),
            Self::Postgres(tx) => Either::Postgres(tx),
            Self::SqliteReader(connection) => Either::Sqlite(connection),
            Self::PostgresReader(connection) => Either::Postgres(connection),
        }
    }

    /// Whether each statement sees the database as it is by then.
    pub fn is_lone(&self) -> bool {
        matches!(self, Self::SqliteReader(_) | Self::PostgresReader(_))
    }

    /// The text for this kind of database.
    pub fn pick(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite(_) | Self::SqliteReader(_) => sqlite,
            Self::Postgres(_) | Self::PostgresReader(_) => postgres,
        }
    }

    async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.transaction.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
            Self::SqliteReader(_) | Self::PostgresReader(_) => (),
        }
        Ok(())
    }

    async fn rollback(self) {
        let ended = match self {
            Self::Sqlite(tx) => tx.transaction.rollback().await,
            Self::Postgres(tx) => tx.rollback().await,
            Self::SqliteReader(_) | Self::PostgresReader(_) => Ok(()),
        };
        if let Err(error) = ended {
            tracing::warn!(%error, "a transaction could not be rolled back");
        }
    }
}

impl Db {
    /// Does `work` in one transaction: commits on `Ok`, takes everything back on `Err`. SQLite's writers wait in a fair queue.
    /// Where PostgreSQL gives up on a transaction for another's sake, `work` runs again, so it changes nothing but the database.
    ///
    /// ```text
    /// db.write(command, |tx, command| Box::pin(async move { members::insert(tx, &command.name).await })).await
    /// ```
    pub async fn write<I, T, E, F>(&self, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: FromStore,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        let db = self.clone();
        in_own_task(async move {
            let mut attempt = 1;
            loop {
                let tx = db.begin_write().await.map_err(E::from)?;
                match run(tx, &input, &work).await {
                    Err(error) if attempt < ATTEMPTS && error.store_error().is_some_and(StoreError::is_retryable) => {
                        let [jitter] = crate::server::random::bytes();
                        tokio::time::sleep(Duration::from_millis(u64::from(attempt) * (2 + u64::from(jitter) / 16))).await;
                        attempt += 1;
                    }
                    outcome => return outcome,
                }
            }
        })
        .await
    }

    /// Does several reads on one unchanging state of the database.
    pub async fn snapshot<I, T, E, F>(&self, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: FromStore,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        let db = self.clone();
        in_own_task(async move {
            let tx = db.begin_read().await.map_err(E::from)?;
            run(tx, &input, &work).await
        })
        .await
    }

    /// A connection for single reads outside of any transaction.
    pub async fn reader(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite(db) => Tx::SqliteReader(db.read.acquire().await?),
            Self::Postgres(pool) => Tx::PostgresReader(pool.acquire().await?),
        })
    }

    async fn begin_write(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite(db) => {
                let turn = db.turn().await?;
                let transaction = db.write.begin_with(WRITE_SQLITE).await?;
                Ok(Tx::Sqlite(SqliteTx { transaction, _turn: Some(turn) }))
            }
            Self::Postgres(pool) => Ok(Tx::Postgres(pool.begin().await?)),
        }
    }

    async fn begin_read(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite(db) => {
                let transaction = db.read.begin_with(READ_SQLITE).await?;
                Ok(Tx::Sqlite(SqliteTx { transaction, _turn: None }))
            }
            Self::Postgres(pool) => Ok(Tx::Postgres(pool.begin_with(READ_POSTGRES).await?)),
        }
    }
}

impl SqliteDb {
    async fn turn(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let turn = tokio::time::timeout(PATIENCE, self.gate.clone().acquire_owned()).await;
        turn.map_err(|_| StoreError::Busy)?.map_err(|_| StoreError::Closing)
    }
}

async fn run<I, T, E, F>(mut tx: Tx, input: &I, work: &F) -> Result<T, E>
where
    E: FromStore,
    F: for<'t> Fn(&'t mut Tx, &'t I) -> BoxFuture<'t, Result<T, E>>,
{
    match work(&mut tx, input).await {
        Ok(done) => {
            tx.commit().await.map_err(E::from)?;
            Ok(done)
        }
        Err(error) => {
            tx.rollback().await;
            Err(error)
        }
    }
}

/// A panic inside goes on outside; a runtime that shuts down is `Closing`.
async fn in_own_task<T, E>(work: impl Future<Output = Result<T, E>> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: FromStore,
{
    match tokio::spawn(work).await {
        Ok(outcome) => outcome,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(E::from(StoreError::Closing)),
        },
    }
}
