//! The raw engine: the rows that Laurel made of some events, written once more into a database in the state that Laurel's was in
//! before. It decides nothing and hashes nothing; it finds each event's member by its external id, writes the entry, its event's key,
//! the change of tier that it brought, and the member's sums. It is what the database can do at all, so it has every setting that was found to help and costs no durability.

use anyhow::Context;

use super::{Written, raw_postgres, raw_sqlite};
use crate::database::{Database, Kind};

/// How many events a transaction takes: more are hardly faster.
pub const BATCH: usize = 4_000;

/// Makes a copy of a programme ready to be written to.
pub async fn prepare(database: &Database) -> anyhow::Result<()> {
    match database.kind {
        Kind::Sqlite => raw_sqlite::prepare(&database.file()),
        Kind::Postgres => raw_postgres::prepare(database).await,
    }
}

/// Writes the entries of Laurel's whose event ids begin with `set`.
pub async fn write(laurel: &Database, raw: &Database, set: &str) -> anyhow::Result<Written> {
    match raw.kind {
        Kind::Sqlite => raw_sqlite::write(&laurel.file(), &raw.file(), set),
        Kind::Postgres => raw_postgres::write(laurel, raw, set).await,
    }
}

/// Where the columns are that the sums follow from.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    pub member_no: usize,
    pub seq: usize,
    pub points: usize,
    pub tier: usize,
    pub occurred_at: usize,
    pub delay: usize,
    pub amount: usize,
    pub hash: usize,
}

impl Columns {
    pub fn find(names: &[String]) -> anyhow::Result<Columns> {
        let at = |name: &str| names.iter().position(|found| found == name).with_context(|| format!("entries have no {name}"));
        Ok(Columns {
            member_no: at("member_no")?,
            seq: at("seq")?,
            points: at("points")?,
            tier: at("tier")?,
            occurred_at: at("occurred_at")?,
            delay: at("delay")?,
            amount: at("amount")?,
            hash: at("hash")?,
        })
    }
}
