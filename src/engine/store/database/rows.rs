//! Statements over a list of rows on SQLite, by bound values: to make a JSON text of rows and take it apart again costs more than
//! writing them.

use std::sync::OnceLock;

use sqlx::encode::Encode;
use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, FromRow, Sqlite, SqliteConnection, Type};

use crate::store::StoreError;

/// How many rows one text takes: few sizes, so that each text is prepared once and kept.
const SIZES: [usize; 4] = [128, 16, 4, 1];

/// A statement with a list of rows between its head and its tail: `with j (a, b) as (values` … `) select …`.
pub struct Rows {
    head: &'static str,
    columns: usize,
    tail: &'static str,
    texts: [OnceLock<String>; SIZES.len()],
}

/// The values of some rows, one after the other.
#[derive(Default)]
pub struct Values {
    arguments: SqliteArguments,
    failed: Option<BoxDynError>,
}

impl Values {
    pub fn add<'q, V: Encode<'q, Sqlite> + Type<Sqlite>>(&mut self, value: V) -> &mut Values {
        if let Err(error) = self.arguments.add(value) {
            self.failed = Some(error);
        }
        self
    }

    fn finish(self) -> Result<SqliteArguments, StoreError> {
        match self.failed {
            Some(error) => Err(sqlx::Error::Encode(error).into()),
            None => Ok(self.arguments),
        }
    }
}

/// What is bound for a row, in the order of its columns.
pub trait Row {
    fn bind(&self, values: &mut Values);
}

impl Row for &str {
    fn bind(&self, values: &mut Values) {
        values.add(*self);
    }
}

impl Row for i64 {
    fn bind(&self, values: &mut Values) {
        values.add(*self);
    }
}

impl Row for (&str, &str) {
    fn bind(&self, values: &mut Values) {
        values.add(self.0).add(self.1);
    }
}

impl Row for (i64, u32, Option<i64>, u16) {
    fn bind(&self, values: &mut Values) {
        values.add(self.0).add(self.1).add(self.2).add(self.3);
    }
}

impl Rows {
    pub const fn new(head: &'static str, columns: usize, tail: &'static str) -> Rows {
        Rows { head, columns, tail, texts: [const { OnceLock::new() }; SIZES.len()] }
    }

    /// Runs it over all rows.
    pub async fn execute<R: Row + Sync>(&'static self, conn: &mut SqliteConnection, rows: &[R]) -> Result<(), StoreError> {
        let mut rest = rows;
        while let Some((text, some)) = self.next(&mut rest) {
            sqlx::query_with(text, values(some)?).execute(&mut *conn).await?;
        }
        Ok(())
    }

    /// Runs it over all rows and gathers what it finds.
    pub async fn fetch<R, T>(&'static self, conn: &mut SqliteConnection, rows: &[R]) -> Result<Vec<T>, StoreError>
    where
        R: Row + Sync,
        T: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
    {
        let (mut found, mut rest) = (Vec::new(), rows);
        while let Some((text, some)) = self.next(&mut rest) {
            found.extend(sqlx::query_as_with(text, values(some)?).fetch_all(&mut *conn).await?);
        }
        Ok(found)
    }

    /// Takes as many rows as the largest text that fits, and that text.
    fn next<'r, R>(&'static self, rest: &mut &'r [R]) -> Option<(&'static str, &'r [R])> {
        let at = SIZES.iter().position(|size| *size <= rest.len())?;
        let (some, others) = rest.split_at(SIZES[at]);
        *rest = others;
        Some((self.texts[at].get_or_init(|| self.text(SIZES[at])).as_str(), some))
    }

    fn text(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns].join(","));
        format!("{} {} {}", self.head, vec![row; rows].join(","), self.tail)
    }

    /// As SQLite plans it, for tests of that.
    #[cfg(test)]
    pub fn of_four(&self) -> String {
        self.text(4)
    }
}

fn values<R: Row>(rows: &[R]) -> Result<SqliteArguments, StoreError> {
    let mut values = Values::default();
    rows.iter().for_each(|row| row.bind(&mut values));
    values.finish()
}

#[cfg(test)]
mod tests {
    use super::Rows;

    #[test]
    fn every_row_is_taken_once_by_few_texts() {
        static ROWS: Rows = Rows::new("values", 2, "");
        let all: Vec<u32> = (0..295).collect();
        let (mut rest, mut taken, mut sizes) = (all.as_slice(), Vec::new(), Vec::new());
        while let Some((text, some)) = ROWS.next(&mut rest) {
            assert_eq!(text.matches("(?,?)").count(), some.len());
            sizes.push(some.len());
            taken.extend_from_slice(some);
        }
        assert_eq!((taken, sizes), (all, vec![128, 128, 16, 16, 4, 1, 1, 1]));
    }
}
