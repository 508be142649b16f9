//! Which events have been taken: a directory by 16 bytes of their key. It is the one place that says so, and the only table of the
//! ledger that is not led by a member's number, so entries may lie wherever their member does.

use laurel_domain::ledger::event::EventKey;
use laurel_domain::text::{EventId, Source};
use uuid::Uuid;

use crate::store::database::copied::Copied;
use crate::store::database::rows::{Row, Rows, Values, column};
use crate::store::{Either, StoreError, Tx, json, on};

/// A key, and the entry that its event made: its member's number and its own.
pub type Place = ([u8; 16], i64, i64);

impl Row for Place {
    fn bind(&self, values: &mut Values<'_, '_>) {
        values.add(self.0.as_slice()).add(self.1).add(self.2);
    }
}

impl Row for [u8; 16] {
    fn bind(&self, values: &mut Values<'_, '_>) {
        values.add(self.as_slice());
    }
}

static INSERT_SQLITE: Rows = Rows("insert into event_keys (key, member_no, seq) values (?1, ?2, ?3)");
static COPY_POSTGRES: Copied = Copied("copy event_keys (key, member_no, seq) from stdin binary");
const INSERT_POSTGRES: &str =
    "insert into event_keys (key, member_no, seq) select * from unnest($1::uuid[], $2::bigint[], $3::bigint[])";

/// Takes keys. One that is taken already is a unique violation.
pub async fn insert(tx: &mut Tx, mut places: Vec<Place>) -> Result<(), StoreError> {
    if places.is_empty() {
        return Ok(());
    }
    // whoever takes the same ones at the same time waits, and never each for the other
    places.sort_unstable();
    match tx.either() {
        Either::Sqlite(conn) => INSERT_SQLITE.execute(conn, &places).await,
        Either::Postgres(conn) if Copied::is_for(places.len()) => COPY_POSTGRES.execute(conn, &places).await,
        Either::Postgres(conn) => {
            let query = sqlx::query(INSERT_POSTGRES).bind(column(&places, |place| Uuid::from_bytes(place.0)));
            let query = query.bind(column(&places, |place| place.1)).bind(column(&places, |place| place.2));
            Ok(query.execute(conn).await.map(drop)?)
        }
    }
}

static TAKEN_SQLITE: Rows = Rows("select member_no, seq from event_keys where key = ?1");
// Lateral and `offset 0` make it one look into the index for each key, whatever PostgreSQL knows of the table.
const TAKEN_POSTGRES: &str = "select k.member_no, k.seq from unnest($1::uuid[]) as j(key)
cross join lateral (select own.member_no, own.seq from event_keys own where own.key = j.key offset 0) k";

/// The entries, by member's number and their own, that those among these events made that are there.
pub async fn taken(db: &mut Tx, keys: &[&EventKey]) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut digests = column(keys, |key| key.digest());
    digests.sort_unstable();
    digests.dedup();
    let text = db.text(TAKEN_POSTGRES);
    match db.either() {
        Either::Sqlite(conn) => TAKEN_SQLITE.fetch(conn, &digests).await,
        Either::Postgres(conn) => {
            let digests = column(&digests, |digest| Uuid::from_bytes(*digest));
            Ok(sqlx::query_as(text).bind(digests).fetch_all(conn).await?)
        }
    }
}

const COUNT: &str = "select count(*) from event_keys";

/// How many there are. Reads all of them.
pub async fn count(db: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(COUNT).fetch_one(conn).await?))
}

/// Entries at a time that get their keys afterwards.
pub const STEP: i64 = 20_000;

const STANDS: &str = "select member_no, seq from conversions where name = 'event_keys'";
const STANDS_LOCKED: &str = "select member_no, seq from conversions where name = 'event_keys' for update";
const UNKEYED: &str = "select e.member_no, e.seq, s.name, e.event_id from entries e left join sources s on s.no = e.source_no
where (e.member_no, e.seq) > ($1, $2) order by e.member_no, e.seq limit $3";
const COME_TO: &str = "update conversions set member_no = $1, seq = $2 where name = 'event_keys'";
const DONE: &str = "delete from conversions where name = 'event_keys'";
const DROP_INDEX: &str = "drop index if exists entries_event";

/// Whether entries of before there were keys are still without.
pub async fn are_missing(db: &mut Tx) -> Result<bool, StoreError> {
    let stands: Option<(i64, i64)> = on!(db, conn => sqlx::query_as(STANDS).fetch_optional(conn).await?);
    Ok(stands.is_some())
}

/// Gives the next of them theirs, and takes the index away that the keys replace once all have them. Whether there may be more.
/// Whoever is interrupted, or runs beside another, goes on where the last step ended.
pub async fn add_missing(tx: &mut Tx) -> Result<bool, StoreError> {
    let stands = tx.pick(STANDS, STANDS_LOCKED);
    let stands: Option<(i64, i64)> = on!(tx, conn => sqlx::query_as(stands).fetch_optional(conn).await?);
    let Some((member_no, seq)) = stands else { return Ok(false) };
    let rows: Vec<(i64, i64, Option<String>, Option<String>)> =
        on!(tx, conn => sqlx::query_as(UNKEYED).bind(member_no).bind(seq).bind(STEP).fetch_all(conn).await?);
    let Some((last_member, last_seq)) = rows.last().map(|row| (row.0, row.1)) else {
        on!(tx, conn => sqlx::query(DROP_INDEX).execute(conn).await.map(drop)?);
        on!(tx, conn => sqlx::query(DONE).execute(conn).await.map(drop)?);
        return Ok(false);
    };
    let mut places = Vec::with_capacity(rows.len());
    for (member_no, seq, source, id) in rows {
        let Some(id) = id else { continue };
        const BROKEN: StoreError = StoreError::Corrupt("an event");
        let source = Source::new(&source.ok_or(BROKEN)?).map_err(|_| BROKEN)?;
        let key = EventKey { source, id: EventId::new(&id).map_err(|_| BROKEN)? };
        places.push((key.digest(), member_no, seq));
    }
    insert(tx, places).await?;
    on!(tx, conn => sqlx::query(COME_TO).bind(last_member).bind(last_seq).execute(conn).await.map(drop)?);
    Ok(true)
}

/// Entries whose events' keys are not as they must be.
const WRONG: [&str; 2] = [
    "select j.value->>1, j.value->>2 from jsonb_each($1) j left join event_keys k on k.key = unhex(j.value->>0)
where k.key is null or k.member_no <> j.value->>1 or k.seq <> j.value->>2",
    "select j.member_no, j.seq from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as j(key, member_no, seq)
left join event_keys k on k.key = j.key where k.key is null or k.member_no <> j.member_no or k.seq <> j.seq",
];

/// Those among these that the directory does not have, or has for another entry: member's number and the entry's own.
pub async fn wrong(db: &mut Tx, places: &[Place]) -> Result<Vec<(i64, i64)>, StoreError> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    match db.either() {
        Either::Sqlite(conn) => {
            let rows: Vec<(String, i64, i64)> = places.iter().map(|place| (hex::encode(place.0), place.1, place.2)).collect();
            Ok(sqlx::query_as(WRONG[0]).bind(json(&rows)?).fetch_all(conn).await?)
        }
        Either::Postgres(conn) => {
            let query = sqlx::query_as(WRONG[1]).bind(column(places, |place| Uuid::from_bytes(place.0)));
            let query = query.bind(column(places, |place| place.1)).bind(column(places, |place| place.2));
            Ok(query.fetch_all(conn).await?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn keys_are_looked_up() {
        for sql in [TAKEN_SQLITE.0, WRONG[0], STANDS] {
            check_scans_nothing(sql, &[]).await;
        }
        // a window on the primary key
        check_scans_nothing(UNKEYED, &[]).await;
    }
}
