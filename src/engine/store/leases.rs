//! Who may do something alone for a while. A lease ends by itself when its holder is gone: what holds it dies with a server, not
//! with a connection, so that leases work behind a pooler of connections and on every kind of database.

use std::time::Duration;

use sqlx::FromRow;

use crate::store::{StoreError, Tx, json, on};

/// A lease that holds now.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Lease {
    pub name: String,
    pub holder: String,
}

const TAKE_SQLITE: &str = "insert into leases (name, holder, until)
select value, $2, cast(unixepoch('subsec') * 1000000 as integer) + $3 from json_each($1) where true order by value
on conflict (name) do update set holder = excluded.holder, until = excluded.until
where leases.holder = excluded.holder or leases.until < cast(unixepoch('subsec') * 1000000 as integer)
returning name";
const TAKE_POSTGRES: &str = "insert into leases (name, holder, until)
select value, $2, (extract(epoch from clock_timestamp()) * 1000000)::bigint + $3
from json_array_elements_text($1::json) as j(value) order by value
on conflict (name) do update set holder = excluded.holder, until = excluded.until
where leases.holder = excluded.holder or leases.until < (extract(epoch from clock_timestamp()) * 1000000)::bigint
returning name";

/// Takes those of these leases that nobody else holds, and makes the holder's own last longer. Which it has now.
pub async fn take(tx: &mut Tx, names: &[String], holder: &str, how_long: Duration) -> Result<Vec<String>, StoreError> {
    let (sql, names) = (tx.pick(TAKE_SQLITE, TAKE_POSTGRES), json(names)?);
    let micros = i64::try_from(how_long.as_micros()).map_err(|_| StoreError::Corrupt("a length of time"))?;
    let taken: Vec<(String,)> =
        on!(tx, conn => sqlx::query_as(sql).bind(names).bind(holder).bind(micros).fetch_all(conn).await?);
    Ok(taken.into_iter().map(|(name,)| name).collect())
}

const HELD_SQLITE: &str =
    "select name, holder from leases where until >= cast(unixepoch('subsec') * 1000000 as integer) order by name";
const HELD_POSTGRES: &str = "select name, holder from leases
where until >= (extract(epoch from clock_timestamp()) * 1000000)::bigint order by name";

/// All that hold now.
pub async fn held(db: &mut Tx) -> Result<Vec<Lease>, StoreError> {
    let sql = db.pick(HELD_SQLITE, HELD_POSTGRES);
    Ok(on!(db, conn => sqlx::query_as(sql).fetch_all(conn).await?))
}

const GIVE_BACK: &str = "delete from leases where holder = $1";

/// Whatever somebody holds is free at once.
pub async fn give_back(tx: &mut Tx, holder: &str) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(GIVE_BACK).bind(holder).execute(conn).await.map(drop)?);
    Ok(())
}

const PRUNE_SQLITE: &str = "delete from leases where until < cast(unixepoch('subsec') * 1000000 as integer) - $1";
const PRUNE_POSTGRES: &str = "delete from leases where until < (extract(epoch from clock_timestamp()) * 1000000)::bigint - $1";

/// Deletes what ended so long ago.
pub async fn prune(tx: &mut Tx, ago: Duration) -> Result<u64, StoreError> {
    let sql = tx.pick(PRUNE_SQLITE, PRUNE_POSTGRES);
    let micros = i64::try_from(ago.as_micros()).map_err(|_| StoreError::Corrupt("a length of time"))?;
    Ok(on!(tx, conn => sqlx::query(sql).bind(micros).execute(conn).await?.rows_affected()))
}
