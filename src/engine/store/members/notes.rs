//! What the staff has noted about members. Personal data: erasing a member takes it along.

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use crate::store::{StoreError, Tx, json, micros, numbered, on, timestamp};

/// Tables hold these by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    Note,
    Suspended,
    Reactivated,
}

const KINDS: [NoteKind; 3] = [NoteKind::Note, NoteKind::Suspended, NoteKind::Reactivated];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub id: Uuid,
    pub kind: NoteKind,
    pub text: String,
    pub made_at: Timestamp,
    /// None at the command line.
    pub made_by: Option<Uuid>,
    pub author: Option<String>,
}

type Row = (Uuid, i16, String, i64, Option<Uuid>, Option<String>);

fn read((id, kind, text, made_at, made_by, author): Row) -> Result<Note, StoreError> {
    let kind = numbered(&KINDS, kind).ok_or(StoreError::Corrupt("a note"))?;
    Ok(Note { id, kind, text, made_at: timestamp(made_at)?, made_by, author })
}

const OF_MEMBER: &str = "select n.id, n.kind, n.text, n.made_at, n.made_by, f.name
from member_notes n left join staff f on f.id = n.made_by where n.member_no = $1 and n.removed_at is null order by n.id desc limit $2";

/// The newest first.
pub async fn of_member(db: &mut Tx, member_no: i64, most: i64) -> Result<Vec<Note>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(OF_MEMBER).bind(member_no).bind(most).fetch_all(conn).await?);
    rows.into_iter().map(read).collect()
}

const ONE: &str = "select n.id, n.kind, n.text, n.made_at, n.made_by, f.name
from member_notes n left join staff f on f.id = n.made_by where n.member_no = $1 and n.id = $2 and (n.removed_at is not null) = $3";

/// `removed`: one that was taken away.
pub async fn find(db: &mut Tx, member_no: i64, id: Uuid, removed: bool) -> Result<Option<Note>, StoreError> {
    let row: Option<Row> =
        on!(db, conn => sqlx::query_as(ONE).bind(member_no).bind(id).bind(removed).fetch_optional(conn).await?);
    row.map(read).transpose()
}

/// A note to write; the same text may go to many.
#[derive(Clone, Copy, Debug)]
pub struct NewNote<'a> {
    pub kind: NoteKind,
    pub text: &'a str,
    pub made_at: Timestamp,
    pub made_by: Option<Uuid>,
}

const INSERT_SQLITE: &str = "insert into member_notes (id, member_no, kind, text, made_at, made_by)
select unhex(value->>0), value->>1, $2, $3, $4, $5 from json_each($1)";
const INSERT_POSTGRES: &str = "insert into member_notes (id, member_no, kind, text, made_at, made_by)
select (value->>0)::uuid, (value->>1)::bigint, $2, $3, $4, $5 from jsonb_array_elements($1::jsonb) as j(value)";

/// Notes the same about each of these members, under an id of its own.
pub async fn insert(tx: &mut Tx, about: &[(Uuid, i64)], note: NewNote<'_>) -> Result<(), StoreError> {
    let rows: Vec<(String, i64)> = about.iter().map(|(id, no)| (id.simple().to_string(), *no)).collect();
    let (sql, rows) = (tx.pick(INSERT_SQLITE, INSERT_POSTGRES), json(&rows)?);
    on!(tx, conn => sqlx::query(sql)
        .bind(rows).bind(note.kind as i16).bind(note.text).bind(micros(note.made_at)).bind(note.made_by)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const SET_REMOVED: &str = "update member_notes set removed_at = $3 where member_no = $1 and id = $2";

/// Takes a note away, or puts it back where no time is given.
pub async fn set_removed(tx: &mut Tx, member_no: i64, id: Uuid, at: Option<Timestamp>) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET_REMOVED).bind(member_no).bind(id).bind(at.map(micros)).execute(conn).await.map(drop)?);
    Ok(())
}

const PRUNE: &str = "delete from member_notes where (member_no, id) in
    (select member_no, id from member_notes where removed_at < $1 order by removed_at limit $2)";

/// Deletes some of those that were taken away before then. How many.
pub async fn prune(tx: &mut Tx, before: i64, most: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(PRUNE).bind(before).bind(most).execute(conn).await?.rows_affected()))
}

const LATEST_STATUS: &str = "select n.id, n.kind, n.text, n.made_at, n.made_by, f.name
from member_notes n left join staff f on f.id = n.made_by where n.member_no = $1 and n.kind <> 0 order by n.id desc limit 1";

/// Why a member was last suspended, or let go on.
pub async fn latest_status(db: &mut Tx, member_no: i64) -> Result<Option<Note>, StoreError> {
    let row: Option<Row> = on!(db, conn => sqlx::query_as(LATEST_STATUS).bind(member_no).fetch_optional(conn).await?);
    row.map(read).transpose()
}

const LATEST_STATUSES: [&str; 2] = [
    "select w.value, (select n.id from member_notes n where n.member_no = w.value and n.kind <> 0 order by n.id desc limit 1)
from json_each($1) w",
    "select w.value::bigint, (select n.id from member_notes n where n.member_no = w.value::bigint and n.kind <> 0 order by n.id desc limit 1)
from jsonb_array_elements_text($1::jsonb) w(value)",
];

/// Of each of these members the note of why they were last suspended, or let go on, if they ever were.
pub async fn latest_statuses(db: &mut Tx, numbers: &[i64]) -> Result<HashMap<i64, Uuid>, StoreError> {
    let (sql, numbers) = (db.pick(LATEST_STATUSES[0], LATEST_STATUSES[1]), json(numbers)?);
    let rows: Vec<(i64, Option<Uuid>)> = on!(db, conn => sqlx::query_as(sql).bind(numbers).fetch_all(conn).await?);
    Ok(rows.into_iter().filter_map(|(no, id)| id.map(|id| (no, id))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn notes_are_read_by_their_member() {
        for sql in [OF_MEMBER, ONE, LATEST_STATUS, LATEST_STATUSES[0], PRUNE] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
