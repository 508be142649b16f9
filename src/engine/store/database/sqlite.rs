//! A connection to SQLite, for sqlx and for rusqlite by turns, and the one that writes.
//!
//! By sqlx each statement is a message to a thread and one back, and so is asking a connection that comes back to a pool whether it is
//! there still. Where both cores are busy each waits behind others, and a transaction that posts events has a score of them. So what every
//! event does runs on the thread that asks, by rusqlite, which keeps the connection locked until sqlx has to do something with it; and the
//! connection that writes is in no pool. Those statements stay prepared as long as sqlx leaves it alone.

use std::mem::transmute;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Weak};

use futures::executor::block_on;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use rusqlite::Connection as Direct;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{LockedSqliteHandle, SqliteQueryResult, SqliteRow, SqliteStatement, SqliteTypeInfo};
use sqlx::{Connection, Describe, Either, Execute, Executor, SqlStr, Sqlite, SqliteConnection};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard};

use crate::store::StoreError;
use crate::store::database::connect::PATIENCE;

const BEGIN_TO_WRITE: &str = "begin immediate";
const BEGIN_TO_READ: &str = "begin deferred";
const COMMIT: &str = "commit";
const ROLLBACK: &str = "rollback";
/// Statements that stay prepared: more than there are.
const STATEMENTS: usize = 64;

/// A connection. What is above another field here needs what is below it, and is dropped before.
#[derive(Debug)]
pub struct SqliteConn {
    /// As rusqlite has it: used, and dropped, under the lock alone.
    direct: Option<Direct>,
    lock: Option<Lock>,
    connection: Of,
}

#[derive(Debug)]
enum Of {
    Pool(PoolConnection<Sqlite>),
    Writer(SqliteConnection),
    LookUps(SqliteConnection),
}

/// sqlx does nothing with the connection meanwhile.
struct Lock(#[expect(dead_code, reason = "it is held")] LockedSqliteHandle<'static>);

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lock")
    }
}

impl SqliteConn {
    async fn direct(&mut self) -> Result<&Direct, StoreError> {
        if self.direct.is_none() {
            let mut lock = self.connection.lock_handle().await?;
            let handle = lock.as_raw_handle().as_ptr();
            // SAFETY: what is locked lies beside sqlx's thread and not in the connection, so it stays where it is when that is moved; and the
            // connection, which keeps it alive, is used by sqlx or dropped after the lock only.
            let lock = Lock(unsafe { transmute::<LockedSqliteHandle<'_>, LockedSqliteHandle<'static>>(lock) });
            // SAFETY: the connection is open and nobody else's for as long as sqlx has it locked, which outlives what is made of it
            // here; and rusqlite closes no connection that it did not open.
            let direct = unsafe { Direct::from_handle(handle) }?;
            direct.set_prepared_statement_cache_capacity(STATEMENTS);
            (self.direct, self.lock) = (Some(direct), Some(lock));
        }
        self.direct.as_ref().ok_or(StoreError::Closing)
    }

    /// Works by rusqlite, on the thread that asks.
    pub async fn work<T>(&mut self, work: impl FnOnce(&Direct) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let is_brief = matches!(self.connection, Of::LookUps(_));
        let direct = self.direct().await?;
        if is_brief { work(direct) } else { in_place(|| work(direct)) }
    }

    /// For sqlx, on its thread.
    fn unlocked(&mut self) -> &mut SqliteConnection {
        self.direct = None;
        self.lock = None;
        &mut self.connection
    }

    async fn run(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let waits = matches!(self.connection, Of::Writer(_));
        let direct = self.direct().await?;
        let run = || Ok(direct.prepare_cached(sql)?.raw_execute().map(drop)?);
        if waits { in_place(run) } else { run() }
    }

    pub(super) fn for_look_ups(connection: SqliteConnection) -> SqliteConn {
        Of::LookUps(connection).into()
    }

    pub(super) async fn close(self) {
        let SqliteConn { direct, lock, connection } = self;
        drop(direct);
        drop(lock);
        let closed = match connection {
            Of::Writer(connection) | Of::LookUps(connection) => connection.close().await,
            Of::Pool(_) => Ok(()),
        };
        if let Err(error) = closed {
            tracing::warn!(%error, "the database was not closed in order");
        }
    }
}

impl From<PoolConnection<Sqlite>> for SqliteConn {
    fn from(connection: PoolConnection<Sqlite>) -> SqliteConn {
        Of::Pool(connection).into()
    }
}

impl From<Of> for SqliteConn {
    fn from(connection: Of) -> SqliteConn {
        SqliteConn { direct: None, lock: None, connection }
    }
}

impl Deref for Of {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Pool(connection) => connection,
            Self::Writer(connection) | Self::LookUps(connection) => connection,
        }
    }
}

impl DerefMut for Of {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Pool(connection) => connection,
            Self::Writer(connection) | Self::LookUps(connection) => connection,
        }
    }
}

impl Deref for SqliteConn {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for SqliteConn {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.unlocked()
    }
}

impl<'c> Executor<'c> for &'c mut SqliteConn {
    type Database = Sqlite;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<SqliteQueryResult, SqliteRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        self.unlocked().fetch_many(query)
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<SqliteRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        self.unlocked().fetch_optional(query)
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [SqliteTypeInfo],
    ) -> BoxFuture<'e, Result<SqliteStatement, sqlx::Error>>
    where
        'c: 'e,
    {
        self.unlocked().prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Sqlite>, sqlx::Error>>
    where
        'c: 'e,
    {
        self.unlocked().describe(sql)
    }
}

/// A transaction on a connection. If it was not ended in order, it is taken back.
#[derive(Debug)]
pub struct Open<C: DerefMut<Target = SqliteConn>> {
    conn: C,
    is_open: bool,
}

impl Open<Box<SqliteConn>> {
    /// Reads one unchanging state.
    pub(super) async fn snapshot(mut conn: Box<SqliteConn>) -> Result<Self, StoreError> {
        conn.run(BEGIN_TO_READ).await?;
        Ok(Open { conn, is_open: true })
    }
}

impl<C: DerefMut<Target = SqliteConn>> Open<C> {
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        self.conn.run(COMMIT).await?;
        self.is_open = false;
        Ok(())
    }

    pub(super) async fn rollback(mut self) -> Result<(), StoreError> {
        self.is_open = false;
        self.conn.run(ROLLBACK).await
    }
}

impl<C: DerefMut<Target = SqliteConn>> Deref for Open<C> {
    type Target = SqliteConn;

    fn deref(&self) -> &SqliteConn {
        &self.conn
    }
}

impl<C: DerefMut<Target = SqliteConn>> DerefMut for Open<C> {
    fn deref_mut(&mut self) -> &mut SqliteConn {
        &mut self.conn
    }
}

impl<C: DerefMut<Target = SqliteConn>> Drop for Open<C> {
    fn drop(&mut self) {
        if self.is_open
            && let Err(error) = block_on(self.conn.run(ROLLBACK))
        {
            tracing::error!(%error, "a transaction could not be taken back");
        }
    }
}

/// The one connection that writes. SQLite's own way of waiting for it is not fair: here it is given in order. None once it is closed.
#[derive(Clone, Debug)]
pub struct SqliteWriter(Arc<Slot>);

pub(super) type Slot = Mutex<Option<SqliteConn>>;

/// The connection that writes, for who has the turn.
pub type Turn = OwnedMappedMutexGuard<Option<SqliteConn>, SqliteConn>;

impl SqliteWriter {
    pub(super) fn new(connection: SqliteConnection) -> SqliteWriter {
        SqliteWriter(Arc::new(Mutex::new(Some(Of::Writer(connection).into()))))
    }

    /// Waits for the turn and begins.
    ///
    /// # Errors
    /// `Busy` if it does not come in time, or another process writes as long; `Closing` once it is closed.
    pub(super) async fn begin(&self) -> Result<Open<Turn>, StoreError> {
        let turn = tokio::time::timeout(PATIENCE, self.0.clone().lock_owned()).await.map_err(|_| StoreError::Busy)?;
        let mut turn = OwnedMutexGuard::try_map(turn, Option::as_mut).map_err(|_| StoreError::Closing)?;
        turn.run(BEGIN_TO_WRITE).await?;
        Ok(Open { conn: turn, is_open: true })
    }

    pub(super) fn downgrade(&self) -> Weak<Slot> {
        Arc::downgrade(&self.0)
    }

    /// Waits for who has the turn.
    pub(in crate::store) async fn close(&self) {
        let conn = self.0.lock().await.take();
        if let Some(conn) = conn {
            conn.close().await;
        }
    }
}

/// Work that takes a thread for a while: others go on meanwhile, where there are any.
fn in_place<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
