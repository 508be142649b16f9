//! Transactions. Only this file begins and commits them.
//!
//! Each runs in a task of its own, so that a client who leaves cancels nothing half-way:
//! a `begin` whose future is dropped can poison a pooled PostgreSQL connection (sqlx#4393).
//! Inside of one no other connection can be had: 16 readers that hold one and wait for a second one waited for one another.

use std::time::Duration;

use futures::future::BoxFuture;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, Transaction};
use tokio::sync::OwnedSemaphorePermit;

use crate::store::database::connect::PATIENCE;
use crate::store::database::distributed::without_fences;
use crate::store::totals::{self, Changes};
use crate::store::{Db, Either, FromStore, SqliteDb, StoreError};

const ATTEMPTS: u32 = 5;
const WRITE_SQLITE: &str = "begin immediate";
const READ_SQLITE: &str = "begin deferred";
/// What the ledger is right under, whatever the server's defaults are: each statement sees what was committed before it, so what is
/// read behind a lock is what the lock protects. That a commit is on disk the session has been told.
const WRITE_POSTGRES: &str = "begin isolation level read committed";
const READ_POSTGRES: &str = "begin isolation level repeatable read, read only";
/// The same behind a pooler, with what `connect` gives a session otherwise.
macro_rules! write_pooled {
    ($plans:literal) => {
        concat!(
            "begin isolation level read committed;
select set_config('lock_timeout', '10s', true), set_config('idle_in_transaction_session_timeout', '60s', true),
    set_config('jit', 'off', true), set_config('plan_cache_mode', '",
            $plans,
            "', true), set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('synchronous_commit', case when current_setting('synchronous_commit') in ('off', 'local') then 'on'
        else current_setting('synchronous_commit') end, true)"
        )
    };
}
const WRITE_POOLED: &str = write_pooled!("force_generic_plan");
const WRITE_POOLED_DISTRIBUTED: &str = write_pooled!("force_custom_plan");
const READ_POOLED: &str = "begin isolation level repeatable read, read only;
select set_config('lock_timeout', '10s', true), set_config('idle_in_transaction_session_timeout', '60s', true),
    set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)";
const COMMIT: &str = "commit";
const ROLLBACK: &str = "rollback";

/// What is looked up.
pub type Look<I, T, E> = for<'t> fn(&'t mut Tx, &'t I) -> BoxFuture<'t, Result<T, E>>;

tokio::task_local! {
    /// Set while a transaction is open, for the work inside it.
    static INSIDE: ();
}

/// An open transaction: `Db::write` and `Db::snapshot` make one and end it. Or a lone connection for a read or two, from
/// `Db::reader`, so that what reads is written once for both.
#[derive(Debug)]
pub enum Tx {
    Sqlite(SqliteTx),
    Postgres(PostgresTx),
    SqliteReader(PoolConnection<Sqlite>),
    PostgresReader(PostgresReader),
}

#[derive(Debug)]
pub struct SqliteTx {
    transaction: Transaction<'static, Sqlite>,
    changes: Changes,
    /// Given back after the transaction, by the order of fields.
    _turn: Option<OwnedSemaphorePermit>,
}

/// A transaction on a connection of the pool. If it was not ended in order, the connection is closed with it.
#[derive(Debug)]
pub struct PostgresTx {
    connection: PoolConnection<Postgres>,
    is_distributed: bool,
    changes: Changes,
    is_open: bool,
}

/// A lone connection.
#[derive(Debug)]
pub struct PostgresReader {
    connection: PoolConnection<Postgres>,
    is_distributed: bool,
}

impl PostgresTx {
    /// Connections that turn out to be lost are closed, and others taken: nothing has been done on them.
    async fn begin(pool: &PgPool, is_distributed: bool, statement: &'static str) -> Result<PostgresTx, StoreError> {
        let mut others = pool.options().get_max_connections();
        loop {
            let connection = pool.acquire().await?;
            let mut tx = PostgresTx { connection, is_distributed, changes: Changes::default(), is_open: true };
            match tx.run(statement).await {
                Err(error) if error.is_lost_connection() && others > 0 => others -= 1,
                begun => return begun.map(|()| tx),
            }
        }
    }

    async fn end(mut self, statement: &'static str) -> Result<(), StoreError> {
        self.run(statement).await?;
        self.is_open = false;
        Ok(())
    }

    /// By the simple protocol: several statements at once, and nothing prepared.
    async fn run(&mut self, statement: &'static str) -> Result<(), StoreError> {
        Ok(sqlx::raw_sql(statement).execute(&mut *self.connection).await.map(drop)?)
    }
}

impl Drop for PostgresTx {
    fn drop(&mut self) {
        if self.is_open {
            self.connection.close_on_drop();
        }
    }
}

impl Tx {
    pub fn either(&mut self) -> Either<&mut SqliteConnection, &mut PgConnection> {
        match self {
            Self::Sqlite(tx) => Either::Sqlite(&mut tx.transaction),
            Self::Postgres(tx) => Either::Postgres(&mut tx.connection),
            Self::SqliteReader(connection) => Either::Sqlite(connection),
            Self::PostgresReader(reader) => Either::Postgres(&mut reader.connection),
        }
    }

    /// Whether members lie on several machines.
    pub fn is_distributed(&self) -> bool {
        match self {
            Self::Sqlite(_) | Self::SqliteReader(_) => false,
            Self::Postgres(tx) => tx.is_distributed,
            Self::PostgresReader(reader) => reader.is_distributed,
        }
    }

    /// Whether each statement sees the database as it is by then.
    pub fn is_lone(&self) -> bool {
        matches!(self, Self::SqliteReader(_) | Self::PostgresReader(_))
    }

    pub fn is_on_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_) | Self::PostgresReader(_))
    }

    /// The text for this kind of database.
    pub fn pick(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite(_) | Self::SqliteReader(_) => sqlite,
            Self::Postgres(_) | Self::PostgresReader(_) => self.text(postgres),
        }
    }

    /// A text for PostgreSQL as this database takes it.
    pub fn text(&self, postgres: &'static str) -> &'static str {
        if self.is_distributed() { without_fences(postgres) } else { postgres }
    }

    /// What the transaction changes of the programme's totals, which is written before the commit. A lone connection changes
    /// nothing.
    pub(in crate::store) fn changes(&mut self) -> Option<&mut Changes> {
        match self {
            Self::Sqlite(tx) => Some(&mut tx.changes),
            Self::Postgres(tx) => Some(&mut tx.changes),
            Self::SqliteReader(_) | Self::PostgresReader(_) => None,
        }
    }

    pub(in crate::store) fn take_changes(&mut self) -> Changes {
        self.changes().map(std::mem::take).unwrap_or_default()
    }

    async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.transaction.commit().await?,
            Self::Postgres(tx) => tx.end(COMMIT).await?,
            Self::SqliteReader(_) | Self::PostgresReader(_) => (),
        }
        Ok(())
    }

    async fn rollback(self) {
        let ended = match self {
            Self::Sqlite(tx) => tx.transaction.rollback().await.map_err(StoreError::from),
            Self::Postgres(tx) => tx.end(ROLLBACK).await,
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
        outside().map_err(E::from)?;
        let db = self.clone();
        in_own_task(async move {
            let mut attempt = 1;
            loop {
                let tx = db.begin_write().await.map_err(E::from)?;
                let outcome = run(tx, &input, &work).await;
                if let Err(error) = &outcome
                    && error.store_error().is_some_and(StoreError::is_read_only)
                {
                    db.distrust();
                }
                match outcome {
                    Err(error) if attempt < ATTEMPTS && error.store_error().is_some_and(StoreError::is_retryable) => {
                        let [jitter] = crate::random::bytes();
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
        outside().map_err(E::from)?;
        let db = self.clone();
        in_own_task(async move {
            let tx = db.begin_read().await.map_err(E::from)?;
            run(tx, &input, &work).await
        })
        .await
    }

    /// A connection for single reads outside of any transaction. Whoever keeps it asks for no other meanwhile.
    ///
    /// # Errors
    /// `Nested` inside a transaction, or that no connection came free in time.
    pub async fn reader(&self) -> Result<Tx, StoreError> {
        outside()?;
        Ok(match self {
            Self::Sqlite(db) => Tx::SqliteReader(db.read.acquire().await?),
            Self::Postgres(db) => Tx::PostgresReader(PostgresReader {
                connection: db.pages.acquire().await?,
                is_distributed: db.is_distributed(),
            }),
        })
    }

    /// Single reads of what is found by a key, of which there may be thousands a second: PostgreSQL plans each statement once, and
    /// nobody asks first whether the connection is there. One that is lost is closed, and all is looked up on another.
    ///
    /// # Errors
    /// Those of `look`, `Nested` inside a transaction, or that no connection came free in time.
    pub async fn look_up<I, T, E: FromStore>(&self, input: I, look: Look<I, T, E>) -> Result<T, E> {
        outside()?;
        let db = match self {
            Self::Sqlite(_) => return look(&mut self.reader().await?, &input).await,
            Self::Postgres(db) => db,
        };
        let mut others = db.look_ups.options().get_max_connections();
        loop {
            let connection = db.look_ups.acquire().await.map_err(StoreError::from)?;
            let mut tx = Tx::PostgresReader(PostgresReader { connection, is_distributed: db.is_distributed() });
            let looked = look(&mut tx, &input).await;
            let is_lost = looked.as_ref().err().and_then(FromStore::store_error).is_some_and(StoreError::is_lost_connection);
            match (tx, is_lost && others > 0) {
                (Tx::PostgresReader(mut reader), true) => reader.connection.close_on_drop(),
                _ => return looked,
            }
            others -= 1;
        }
    }

    async fn begin_write(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite(db) => {
                let turn = db.turn().await?;
                let transaction = db.write.begin_with(WRITE_SQLITE).await?;
                Ok(Tx::Sqlite(SqliteTx { transaction, changes: Changes::default(), _turn: Some(turn) }))
            }
            Self::Postgres(db) => {
                let is_distributed = db.is_distributed();
                let statement = match (db.is_pooled, is_distributed) {
                    (false, _) => WRITE_POSTGRES,
                    (true, false) => WRITE_POOLED,
                    (true, true) => WRITE_POOLED_DISTRIBUTED,
                };
                Ok(Tx::Postgres(PostgresTx::begin(&db.ledger, is_distributed, statement).await?))
            }
        }
    }

    async fn begin_read(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite(db) => {
                let transaction = db.read.begin_with(READ_SQLITE).await?;
                Ok(Tx::Sqlite(SqliteTx { transaction, changes: Changes::default(), _turn: None }))
            }
            Self::Postgres(db) => {
                let statement = if db.is_pooled { READ_POOLED } else { READ_POSTGRES };
                Ok(Tx::Postgres(PostgresTx::begin(&db.pages, db.is_distributed(), statement).await?))
            }
        }
    }

    /// The server was demoted: what is connected to it is not used again.
    fn distrust(&self) {
        if let Self::Postgres(db) = self {
            tracing::warn!("the database server only reads: connecting anew");
            db.distrusted.all_so_far();
        }
    }
}

/// # Errors
/// `Nested` inside a transaction.
fn outside() -> Result<(), StoreError> {
    match INSIDE.try_with(|()| ()) {
        Ok(()) => {
            tracing::error!("a second connection was asked for inside a transaction");
            Err(StoreError::Nested)
        }
        Err(_) => Ok(()),
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
    let worked = match INSIDE.scope((), work(&mut tx, input)).await {
        Ok(done) => totals::write(&mut tx).await.map(|()| done).map_err(E::from),
        Err(error) => Err(error),
    };
    match worked {
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
