//! A connection to SQLite, for sqlx and for rusqlite by turns, and the one that writes.
//!
//! By sqlx each statement is a message to a thread and one back, and so is asking a connection that comes back to a pool whether it is
//! there still. Where both cores are busy each waits behind others, and a transaction that posts events has a score of them. So what every
//! event does runs on the thread that asks, by rusqlite, which keeps the connection locked until sqlx has to do something with it; and the
//! connection that writes is in no pool. Those statements stay prepared.

use std::mem::{ManuallyDrop, transmute};
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
/// So many rows take less than giving a thread's other work to another one.
const BRIEF: usize = 64;

/// A connection.
#[derive(Debug)]
pub struct SqliteConn {
    /// As rusqlite has it, with its statements: used, and dropped, under the lock alone.
    direct: Option<Direct>,
    lock: Option<Lock>,
    /// Dropped after both.
    connection: ManuallyDrop<Of>,
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
        if self.lock.is_none() {
            let mut lock = self.connection.lock_handle().await?;
            let handle = lock.as_raw_handle().as_ptr();
            // SAFETY: what is locked lies beside sqlx's thread and not in the connection, so it stays where it is when that is moved; and the
            // connection, which keeps it alive, is used by sqlx or dropped after the lock only.
            self.lock = Some(Lock(unsafe { transmute::<LockedSqliteHandle<'_>, LockedSqliteHandle<'static>>(lock) }));
            if self.direct.is_none() {
                // SAFETY: the connection is open for as long as this is there, and nobody else's while sqlx has it locked; and rusqlite
                // closes no connection that it did not open.
                let direct = unsafe { Direct::from_handle(handle) }?;
                direct.set_prepared_statement_cache_capacity(STATEMENTS);
                self.direct = Some(direct);
            }
        }
        self.direct.as_ref().ok_or(StoreError::Closing)
    }

    /// Works by rusqlite, on the thread that asks, with so many rows by their keys. What is read on other connections may take long,
    /// however few rows it goes by.
    pub async fn work<T>(&mut self, rows: usize, work: impl FnOnce(&Direct) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let is_brief = rows <= BRIEF && matches!(*self.connection, Of::Writer(_) | Of::LookUps(_));
        let direct = self.direct().await?;
        if is_brief { work(direct) } else { in_place(|| work(direct)) }
    }

    /// For sqlx, on its thread.
    fn unlocked(&mut self) -> &mut SqliteConnection {
        if let Of::Pool(_) = *self.connection {
            // it is somebody else's soon
            self.direct = None;
        }
        self.lock = None;
        &mut self.connection
    }

    async fn run(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let waits = matches!(*self.connection, Of::Writer(_));
        let direct = self.direct().await?;
        let run = || Ok(direct.prepare_cached(sql)?.raw_execute().map(drop)?);
        if waits { in_place(run) } else { run() }
    }

    pub(super) fn for_look_ups(connection: SqliteConnection) -> SqliteConn {
        Of::LookUps(connection).into()
    }

    /// Takes back what is open. SQLite has done so itself where a disk is full or fails.
    async fn take_back(&mut self) -> Result<(), StoreError> {
        if self.direct().await?.is_autocommit() { Ok(()) } else { self.run(ROLLBACK).await }
    }

    /// Lets go of the statements. Where sqlx's thread has ended they are left alone, as it leaves a connection open that has some.
    async fn forget_statements(&mut self) {
        if self.direct.is_some() && self.direct().await.is_err() {
            std::mem::forget(self.direct.take());
        }
        self.direct = None;
        self.lock = None;
    }

    pub(super) async fn close(mut self) {
        self.forget_statements().await;
        // SAFETY: it is taken once, here, as nothing is dropped of what is forgotten
        let connection = unsafe { ManuallyDrop::take(&mut ManuallyDrop::new(self).connection) };
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
        SqliteConn { direct: None, lock: None, connection: ManuallyDrop::new(connection) }
    }
}

impl Drop for SqliteConn {
    fn drop(&mut self) {
        block_on(self.forget_statements());
        // SAFETY: it is dropped once, here
        unsafe { ManuallyDrop::drop(&mut self.connection) };
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

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<SqliteQueryResult, SqliteRow>, sqlx::Error>>
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
        self.conn.take_back().await?;
        self.is_open = false;
        Ok(())
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
            && let Err(error) = block_on(self.conn.take_back())
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
        // whoever had it before may have failed at that
        turn.take_back().await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::rows::Rows;
    use crate::store::{Db, Either};

    static KEEP: Rows = Rows("insert into tries (key, count, full_at, used_at, forget_at) values (x'01', ?1, 0, 0, 0)");
    static COUNT: Rows = Rows("select sum(count), count(*) from tries");
    const ADD: &str = "update tries set count = count + 1";
    const BY_SQLX: &str = "select sum(count), count(*) from tries";

    async fn database(folder: &tempfile::TempDir) -> Db {
        let db = Db::create(&format!("sqlite:{}", folder.path().join("turns.db").display())).await.expect("an empty database");
        db.migrate().await.expect("migrations apply");
        db
    }

    /// Written by turns, and left open in the one's or in the other's.
    async fn written(db: &Db, ends: &'static str) -> Result<(i64, i64), StoreError> {
        let written = db.write(ends, |tx, ends| {
            Box::pin(async move {
                let Either::Sqlite(conn) = tx.either() else { return Err(StoreError::Corrupt("a database")) };
                KEEP.execute(conn, &[10]).await?;
                sqlx::query(ADD).execute(&mut *conn).await?;
                let direct: (i64, i64) = COUNT.fetch_one(conn).await?;
                assert_eq!(direct, sqlx::query_as(BY_SQLX).fetch_one(&mut *conn).await?, "each sees what the other did");
                match *ends {
                    "by rusqlite" => drop(COUNT.fetch_one::<(i64, i64)>(conn).await?),
                    "by sqlx" => {}
                    _ => return Ok(direct),
                }
                panic!("as a mistake in the code would")
            })
        });
        written.await
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sqlx_and_rusqlite_take_turns_within_a_transaction() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let db = database(&folder).await;
        for ends in ["by rusqlite", "by sqlx"] {
            let panicked = tokio::spawn({
                let db = db.clone();
                async move { written(&db, ends).await }
            });
            assert!(panicked.await.expect_err("a panic").is_panic(), "{ends}");
        }
        assert_eq!(written(&db, "in order").await.expect("rows"), (11, 1), "nothing is left of what panicked");
        let Db::Sqlite(sqlite) = &db else { panic!("SQLite") };
        let mut conn = sqlite.look_ups.lend().await.expect("a connection");
        let found =
            conn.work(1, |direct| Ok(direct.query_row(BY_SQLX, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?));
        assert_eq!(found.await.expect("rows"), (11, 1));
        conn.give_back();
        db.close().await;
        assert!(matches!(written(&db, "in order").await, Err(StoreError::Closing)));
        let left: Vec<_> =
            std::fs::read_dir(folder.path()).expect("the folder").flatten().map(|file| file.file_name()).collect();
        assert_eq!(left, ["turns.db"], "everybody has closed the database, so its log is gone");
    }

    #[tokio::test]
    async fn a_database_that_is_not_closed_is_let_go() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let db = database(&folder).await;
        written(&db, "in order").await.expect("rows");
        drop(db);
        let again = database(&folder).await;
        assert!(written(&again, "in order").await.expect_err("a key that is there").is_unique_violation());
    }
}
