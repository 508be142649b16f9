//! One statement over many rows: on SQLite it is run on the connection itself, on PostgreSQL it takes an array for each column, or many
//! rows by COPY.
//!
//! By sqlx and on SQLite each value that is read or bound becomes an object of its own and each row a message between two threads, which costs
//! more than the reading and writing. So what every event does goes to the connection by rusqlite (`sqlite`); all else is sqlx's.

use rusqlite::Statement;
use rusqlite::types::FromSql;

use crate::store::StoreError;
use crate::store::database::SqliteConn;
use crate::store::database::copied::Value;

/// A statement that runs once for each row: with its values bound to `?1`, `?2` and so on.
pub struct Rows(pub &'static str);

/// The values of a row, in the order in which the statement numbers them, or COPY names their columns.
pub trait Row {
    fn bind(&self, values: &mut Values<'_, '_>);
}

/// What a statement finds, in the order of its columns.
pub trait Found: Sized {
    fn read(columns: &mut Columns<'_>) -> Result<Self, StoreError>;
}

/// Takes one value after the other.
pub struct Values<'s, 'c> {
    taken: usize,
    to: To<'s, 'c>,
}

enum To<'s, 'c> {
    Statement { statement: &'s mut Statement<'c>, failed: Option<rusqlite::Error> },
    Copied(&'s mut Vec<u8>),
}

impl<'s, 'c> Values<'s, 'c> {
    fn bound(statement: &'s mut Statement<'c>) -> Values<'s, 'c> {
        Values { taken: 0, to: To::Statement { statement, failed: None } }
    }

    pub(super) fn copied(row: &'s mut Vec<u8>) -> Values<'s, 'c> {
        Values { taken: 0, to: To::Copied(row) }
    }

    pub fn add(&mut self, value: impl Value) -> &mut Self {
        self.taken += 1;
        match &mut self.to {
            To::Statement { statement, failed } => {
                if let Err(error) = statement.raw_bind_parameter(self.taken, value) {
                    *failed = Some(error);
                }
            }
            To::Copied(row) => value.put(row),
        }
        self
    }

    /// How many it took.
    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    fn end(self) -> Result<(), rusqlite::Error> {
        match self.to {
            To::Statement { failed: Some(error), .. } => Err(error),
            _ => Ok(()),
        }
    }
}

/// Reads one column after the other.
pub struct Columns<'r> {
    row: &'r rusqlite::Row<'r>,
    read: usize,
}

impl Columns<'_> {
    pub fn next<T: FromSql>(&mut self) -> Result<T, StoreError> {
        let value = self.row.get(self.read)?;
        self.read += 1;
        Ok(value)
    }
}

impl Row for () {
    fn bind(&self, _: &mut Values<'_, '_>) {}
}

impl Row for &str {
    fn bind(&self, values: &mut Values<'_, '_>) {
        values.add(self);
    }
}

impl Row for Option<&str> {
    fn bind(&self, values: &mut Values<'_, '_>) {
        values.add(*self);
    }
}

impl Row for (Option<i64>, &str) {
    fn bind(&self, values: &mut Values<'_, '_>) {
        values.add(self.0).add(self.1);
    }
}

impl Row for i64 {
    fn bind(&self, values: &mut Values<'_, '_>) {
        values.add(self);
    }
}

impl Row for (&str, &str) {
    fn bind(&self, values: &mut Values<'_, '_>) {
        values.add(self.0).add(self.1);
    }
}

impl Row for (i64, i64) {
    fn bind(&self, values: &mut Values<'_, '_>) {
        values.add(self.0).add(self.1);
    }
}

impl Row for (i64, u32, Option<i64>, u16) {
    fn bind(&self, values: &mut Values<'_, '_>) {
        values.add(self.0).add(self.1).add(self.2).add(self.3);
    }
}

impl Found for i64 {
    fn read(columns: &mut Columns<'_>) -> Result<i64, StoreError> {
        columns.next()
    }
}

impl Found for (String, i32) {
    fn read(columns: &mut Columns<'_>) -> Result<(String, i32), StoreError> {
        Ok((columns.next()?, columns.next()?))
    }
}

impl Found for (i32, i64) {
    fn read(columns: &mut Columns<'_>) -> Result<(i32, i64), StoreError> {
        Ok((columns.next()?, columns.next()?))
    }
}

impl Found for (i64, i64) {
    fn read(columns: &mut Columns<'_>) -> Result<(i64, i64), StoreError> {
        Ok((columns.next()?, columns.next()?))
    }
}

impl Rows {
    /// Runs it for all rows.
    pub async fn execute<R: Row + Sync>(&self, conn: &mut SqliteConn, rows: &[R]) -> Result<(), StoreError> {
        self.run(conn, rows, |statement| Ok(statement.raw_execute().map(drop)?)).await
    }

    /// Runs it for all rows: whether anything was changed for each.
    pub async fn changed<R: Row + Sync>(&self, conn: &mut SqliteConn, rows: &[R]) -> Result<Vec<bool>, StoreError> {
        let mut changed = Vec::with_capacity(rows.len());
        self.run(conn, rows, |statement| {
            changed.push(statement.raw_execute()? > 0);
            Ok(())
        })
        .await?;
        Ok(changed)
    }

    /// Runs it for all rows and gathers what it finds.
    pub async fn fetch<R: Row + Sync, T: Found + Send>(&self, conn: &mut SqliteConn, rows: &[R]) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.run(conn, rows, |statement| {
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                found.push(T::read(&mut Columns { row, read: 0 })?);
            }
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// What a statement without values finds, which is one row.
    pub async fn fetch_one<T: Found + Send>(&self, conn: &mut SqliteConn) -> Result<T, StoreError> {
        self.fetch(conn, &[()]).await?.pop().ok_or(StoreError::Corrupt("a sum"))
    }

    async fn run<R: Row + Sync>(
        &self,
        conn: &mut SqliteConn,
        rows: &[R],
        mut each: impl FnMut(&mut Statement<'_>) -> Result<(), StoreError> + Send,
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        conn.work(rows.len(), |direct| {
            let mut statement = direct.prepare_cached(self.0)?;
            for row in rows {
                let mut values = Values::bound(&mut statement);
                row.bind(&mut values);
                values.end()?;
                each(&mut statement)?;
            }
            Ok(())
        })
        .await
    }
}

/// One column of some rows, as PostgreSQL takes it: as an array, of which it need not make sense first as of a text.
pub fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Db, Either};

    static KEEP: Rows = Rows("insert into tries (key, count, full_at, used_at, forget_at) values (?1, 1, 0, 0, ?2)");
    static FIND: Rows = Rows("select forget_at, count from tries where forget_at = ?1");

    struct Try(u8, i64);

    impl Row for Try {
        fn bind(&self, values: &mut Values<'_, '_>) {
            values.add([self.0].as_slice()).add(self.1);
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_row_is_written_and_found_inside_of_the_transaction() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let db = Db::create(&format!("sqlite:{}", folder.path().join("rows.db").display())).await.expect("an empty database");
        db.migrate().await.expect("migrations apply");
        let found: Vec<(i64, i64)> = db
            .write((), |tx, ()| {
                Box::pin(async move {
                    let Either::Sqlite(conn) = tx.either() else { return Err(StoreError::Corrupt("a database")) };
                    KEEP.execute(conn, &[Try(1, 10), Try(2, 20), Try(3, 30)]).await?;
                    FIND.fetch(conn, &[30, 10, 99]).await
                })
            })
            .await
            .expect("rows");
        assert_eq!(found, [(30, 1), (10, 1)]);
        let again = db.write((), |tx, ()| {
            Box::pin(async move {
                let Either::Sqlite(conn) = tx.either() else { return Err(StoreError::Corrupt("a database")) };
                KEEP.execute(conn, &[Try(4, 40), Try(1, 10)]).await
            })
        });
        let error = again.await.expect_err("a key that is there already");
        assert!(error.is_unique_violation() && error.violates("tries.key"), "{error:?}");
        let kept: (i64,) = match db.reader().await.expect("a reader").either() {
            Either::Sqlite(conn) => sqlx::query_as("select count(*) from tries").fetch_one(conn).await.expect("a count"),
            Either::Postgres(_) => (0,),
        };
        assert_eq!(kept, (3,), "what failed changed nothing");
    }
}
