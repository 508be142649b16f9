//! Many rows at once into a table of PostgreSQL: COPY in binary, which costs the server less than arrays for an `insert` do.

use rusqlite::ToSql;
use sqlx::PgConnection;

use crate::store::StoreError;
use crate::store::database::rows::{Row, Values};

/// Begins and ends what COPY reads.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: [u8; 2] = [0xff, 0xff];
/// From how many rows on. It takes a message to the server and one back more than an `insert`, and is planned each time.
const LEAST: usize = 50;

/// `copy TABLE (COLUMNS) from stdin binary`; rows give their values in the order of the columns, and in their types: nothing is cast.
pub struct Copied(pub &'static str);

impl Copied {
    /// Whether so many rows are worth it.
    pub fn is_for(rows: usize) -> bool {
        rows >= LEAST
    }

    pub async fn execute<R: Row>(&self, conn: &mut PgConnection, rows: &[R]) -> Result<(), StoreError> {
        let mut data = HEADER.to_vec();
        for row in rows {
            let begin = data.len();
            data.extend_from_slice(&[0; 2]);
            let mut values = Values::copied(&mut data);
            row.bind(&mut values);
            let count = values.taken() as i16;
            data[begin..begin + 2].copy_from_slice(&count.to_be_bytes());
        }
        data.extend_from_slice(&TRAILER);
        let mut copy = conn.copy_in_raw(self.0).await?;
        copy.send(data).await?;
        copy.finish().await?;
        Ok(())
    }
}

/// A value as either database takes it. Numbers without a sign are of the next smaller type with one on PostgreSQL, as columns are.
pub trait Value: ToSql {
    /// Its length and bytes.
    fn put(&self, row: &mut Vec<u8>);
}

fn put(row: &mut Vec<u8>, bytes: &[u8]) {
    row.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
    row.extend_from_slice(bytes);
}

macro_rules! number {
    ($($type:ty as $column:ty),*) => {
        $(impl Value for $type {
            fn put(&self, row: &mut Vec<u8>) {
                put(row, &(*self as $column).to_be_bytes());
            }
        })*
    };
}

number!(i64 as i64, i32 as i32, u32 as i32, i16 as i16, u16 as i16, u8 as i16);

impl Value for str {
    fn put(&self, row: &mut Vec<u8>) {
        put(row, self.as_bytes());
    }
}

impl Value for String {
    fn put(&self, row: &mut Vec<u8>) {
        put(row, self.as_bytes());
    }
}

impl Value for [u8] {
    fn put(&self, row: &mut Vec<u8>) {
        put(row, self);
    }
}

impl<T: Value + ?Sized> Value for &T {
    fn put(&self, row: &mut Vec<u8>) {
        (*self).put(row);
    }
}

impl<T: Value> Value for Option<T> {
    fn put(&self, row: &mut Vec<u8>) {
        match self {
            Some(value) => value.put(row),
            None => row.extend_from_slice(&(-1_i32).to_be_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_types_of_columns() {
        let mut row = Vec::new();
        let mut values = Values::copied(&mut row);
        values.add(1_i64).add(Some(255_u8)).add(None::<i64>).add("积分").add([7_u8, 8].as_slice()).add(70_000_u32);
        assert_eq!(values.taken(), 6);
        let expected: [&[u8]; 6] = [
            &[0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1],
            &[0, 0, 0, 2, 0, 255],
            &[255, 255, 255, 255],
            &[0, 0, 0, 6, 0xe7, 0xa7, 0xaf, 0xe5, 0x88, 0x86],
            &[0, 0, 0, 2, 7, 8],
            &[0, 0, 0, 4, 0, 1, 17, 112],
        ];
        assert_eq!(row, expected.concat());
    }
}
