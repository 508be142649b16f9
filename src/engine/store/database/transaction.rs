//! Transactions. Only this file begins and commits them.
//!
//! Each runs in a task of its own, so that a client who leaves cancels nothing half-way:
//! a `begin` whose future is dropped can poison a pooled PostgreSQL connection (sqlx#4393).
//! Inside of one no other connection can be had: 16 readers that hold one and wait for a second one waited for one another.

use std::time::Duration;

use futures::future::BoxFuture;
use sqlx::PgConnection;

use crate::store::database::connect::SqliteSource;
use crate::store::database::distributed::without_fences;
use crate::store::database::lender::{Lender, Lent, Source};
use crate::store::database::postgres::{COMMIT, PostgresConn, PostgresReader, PostgresTx, ROLLBACK, To};
use crate::store::database::sqlite::{Open, SqliteConn, Turn};
use crate::store::totals::{self, Changes};
use crate::store::{Db, Either, FromStore, PostgresDb, StoreError};

const ATTEMPTS: u32 = 5;
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
