//! Transactions. Only this file begins and commits them.
//!
//! Each runs in a task of its own, so that a client who leaves cancels nothing half-way:
//! a `begin` whose future is dropped can poison a pooled PostgreSQL connection (sqlx#4393).
//! Inside of one no other connection can be had: 16 readers that hold one and wait for a second one waited for one another.

use std::time::Duration;

use futures::future::BoxFuture;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres};

use crate::store::database::connect::{PostgresSource, SqliteSource};
use crate::store::database::distributed::without_fences;
use crate::store::database::lender::{Lender, Lent, Source};
use crate::store::database::sqlite::{Open, SqliteConn, Turn};
use crate::store::totals::{self, Changes};
use crate::store::{Db, Either, FromStore, PostgresDb, StoreError};

const ATTEMPTS: u32 = 5;
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
    SqliteReader(SqliteReader),
    PostgresReader(PostgresReader),
}

#[derive(Debug)]
pub struct SqliteTx {
    conn: Open<Turn>,
    changes: Changes,
}

/// A connection to SQLite that reads: one that is given back, alone or for a snapshot, or one that was lent.
#[derive(Debug)]
pub enum SqliteReader {
    Pool(Box<SqliteConn>),
    Snapshot(Open<Box<SqliteConn>>),
    Lent(Box<Lent<SqliteSource>>),
}

impl SqliteReader {
    fn get(&mut self) -> &mut SqliteConn {
        match self {
            Self::Pool(conn) => conn,
            Self::Snapshot(snapshot) => snapshot,
            Self::Lent(conn) => conn,
        }
    }
}

/// A transaction.
#[derive(Debug)]
pub struct PostgresTx {
    connection: PostgresConn,
    is_distributed: bool,
    changes: Changes,
}

/// A lone connection.
#[derive(Debug)]
pub struct PostgresReader {
    connection: PostgresConn,
    is_distributed: bool,
}

/// A connection to PostgreSQL. One that was lent, or has a snapshot, is closed unless it is given back.
#[derive(Debug)]
enum PostgresConn {
    Lent(Box<Lent<PostgresSource>>),
    Snapshot(Snapshot),
    Pool(PoolConnection<Postgres>),
}

#[derive(Debug)]
struct Snapshot {
    connection: PoolConnection<Postgres>,
    is_open: bool,
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        if self.is_open {
            self.connection.close_on_drop();
        }
    }
}

impl PostgresConn {
    fn get(&mut self) -> &mut PgConnection {
        match self {
            Self::Lent(lent) => lent,
            Self::Snapshot(snapshot) => &mut snapshot.connection,
            Self::Pool(connection) => connection,
        }
    }

    /// All is in order.
    fn give_back(self) {
        match self {
            Self::Lent(lent) => lent.give_back(),
            Self::Snapshot(mut snapshot) => snapshot.is_open = false,
            Self::Pool(_) => {}
        }
    }
}

impl PostgresTx {
    /// Connections that turn out to be lost are closed, and others taken: nothing has been done on them.
    async fn begin(db: &PostgresDb, to: To) -> Result<PostgresTx, StoreError> {
        let (mut others, statement) = match to {
            To::Write => (db.ledger.most(), db.begin_to_write()),
            To::Read => (db.pages.options().get_max_connections(), if db.is_pooled { READ_POOLED } else { READ_POSTGRES }),
        };
        loop {
            let connection = match to {
                To::Write => PostgresConn::Lent(Box::new(db.ledger.lend().await?)),
                To::Read => PostgresConn::Snapshot(Snapshot { connection: db.pages.acquire().await?, is_open: true }),
            };
            let mut tx = PostgresTx { connection, is_distributed: db.is_distributed(), changes: Changes::default() };
            match tx.run(statement).await {
                Err(error) if error.is_lost_connection() && others > 0 => others -= 1,
                begun => return begun.map(|()| tx),
            }
        }
    }

    async fn end(mut self, statement: &'static str) -> Result<(), StoreError> {
        self.run(statement).await?;
        self.connection.give_back();
        Ok(())
    }

    /// By the simple protocol: several statements at once, and nothing prepared.
    async fn run(&mut self, statement: &'static str) -> Result<(), StoreError> {
        Ok(sqlx::raw_sql(statement).execute(self.connection.get()).await.map(drop)?)
    }
}

#[derive(Clone, Copy)]
enum To {
    Write,
    Read,
}

impl Tx {
    pub fn either(&mut self) -> Either<&mut SqliteConn, &mut PgConnection> {
        match self {
            Self::Sqlite(tx) => Either::Sqlite(&mut tx.conn),
            Self::Postgres(tx) => Either::Postgres(tx.connection.get()),
            Self::SqliteReader(reader) => Either::Sqlite(reader.get()),
            Self::PostgresReader(reader) => Either::Postgres(reader.connection.get()),
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
        match self {
            Self::SqliteReader(reader) => !matches!(reader, SqliteReader::Snapshot(_)),
            Self::PostgresReader(_) => true,
            Self::Sqlite(_) | Self::Postgres(_) => false,
        }
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

    /// What the transaction changes of the programme's totals, which is written before the commit. What only reads changes
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
            Self::Sqlite(tx) => tx.conn.commit().await,
            Self::Postgres(tx) => tx.end(COMMIT).await,
            Self::SqliteReader(SqliteReader::Snapshot(snapshot)) => snapshot.commit().await,
            Self::SqliteReader(_) | Self::PostgresReader(_) => Ok(()),
        }
    }

    async fn rollback(self) {
        let ended = match self {
            Self::Sqlite(tx) => tx.conn.rollback().await,
            Self::Postgres(tx) => tx.end(ROLLBACK).await,
            Self::SqliteReader(SqliteReader::Snapshot(snapshot)) => snapshot.rollback().await,
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
            Self::Sqlite(db) => Tx::SqliteReader(SqliteReader::Pool(Box::new(db.read.acquire().await?.into()))),
            Self::Postgres(db) => Tx::PostgresReader(PostgresReader {
                connection: PostgresConn::Pool(db.pages.acquire().await?),
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
        match self {
            Self::Sqlite(db) => looked_up(&db.look_ups, |conn| Tx::SqliteReader(SqliteReader::Lent(conn)), &input, look).await,
            Self::Postgres(db @ PostgresDb { look_ups: Some(lender), .. }) => {
                let is_distributed = db.is_distributed();
                let reader = |conn| Tx::PostgresReader(PostgresReader { connection: PostgresConn::Lent(conn), is_distributed });
                looked_up(lender, reader, &input, look).await
            }
            Self::Postgres(_) => look(&mut self.reader().await?, &input).await,
        }
    }

    async fn begin_write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite(db) => Tx::Sqlite(SqliteTx { conn: db.write.begin().await?, changes: Changes::default() }),
            Self::Postgres(db) => Tx::Postgres(PostgresTx::begin(db, To::Write).await?),
        })
    }

    async fn begin_read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite(db) => {
                let conn = Box::new(db.read.acquire().await?.into());
                Tx::SqliteReader(SqliteReader::Snapshot(Open::snapshot(conn).await?))
            }
            Self::Postgres(db) => Tx::Postgres(PostgresTx::begin(db, To::Read).await?),
        })
    }

    /// The server was demoted: what is connected to it is not used again.
    fn distrust(&self) {
        if let Self::Postgres(db) = self {
            tracing::warn!("the database server only reads: connecting anew");
            db.distrusted.all_so_far();
        }
    }
}

async fn looked_up<I, T, E: FromStore, S: Source>(
    lender: &Lender<S>,
    reader: impl Fn(Box<Lent<S>>) -> Tx,
    input: &I,
    look: Look<I, T, E>,
) -> Result<T, E> {
    let mut others = lender.most();
    loop {
        let mut tx = reader(Box::new(lender.lend().await.map_err(E::from)?));
        let looked = look(&mut tx, input).await;
        let is_lost = looked.as_ref().err().and_then(FromStore::store_error).is_some_and(StoreError::is_lost_connection);
        match tx {
            _ if is_lost && others > 0 => others -= 1,
            _ if is_lost => return looked,
            Tx::SqliteReader(SqliteReader::Lent(conn)) => {
                conn.give_back();
                return looked;
            }
            Tx::PostgresReader(reader) => {
                reader.connection.give_back();
                return looked;
            }
            _ => return looked,
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

impl PostgresDb {
    fn begin_to_write(&self) -> &'static str {
        match (self.is_pooled, self.is_distributed()) {
            (false, _) => WRITE_POSTGRES,
            (true, false) => WRITE_POOLED,
            (true, true) => WRITE_POOLED_DISTRIBUTED,
        }
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
