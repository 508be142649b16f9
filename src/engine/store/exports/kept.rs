//! Exports that are kept until somebody fetches them: their rows here, the file in pieces beside.

use jiff::Timestamp;
use laurel_domain::ids::ExportId;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{Either, StoreError, Tx, micros, numbered, on};

/// What becomes of one; tables hold these by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    UnderWay,
    Done,
    Stopped,
    Failed,
    /// There is no file any more, or soon none.
    Forsaken,
}

impl State {
    pub const ALL: [State; 5] = [State::UnderWay, State::Done, State::Stopped, State::Failed, State::Forsaken];

    pub fn of_number(number: i16) -> Result<State, StoreError> {
        numbered(&State::ALL, number).ok_or(StoreError::Corrupt("an export"))
    }
}

/// An export as its row has it.
#[derive(Clone, Debug, FromRow)]
pub struct KeptRow {
    pub id: Uuid,
    pub kind: i16,
    pub from_at: Option<i64>,
    pub to_at: Option<i64>,
    pub locale: String,
    pub file: String,
    pub made_by: Option<Uuid>,
    pub made_at: i64,
    pub state: i16,
    pub writer: Uuid,
    pub written_at: i64,
    pub ended_at: Option<i64>,
    pub total: Option<i64>,
    pub seen: i64,
    pub written: i64,
    pub bytes: i64,
    pub place: String,
    /// Since when it could name somebody whose personal data was erased: from then on there is no file.
    pub outdated_at: Option<i64>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, kind, from_at, to_at, locale, file, made_by, made_at, state, writer, written_at, ended_at, total, seen,
    written, bytes, place, outdated_at from exports ",
            $rest
        )
    };
}

const INSERT: &str = "insert into exports (id, kind, from_at, to_at, locale, file, made_by, made_at, writer, written_at, place)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $10)";

pub async fn insert(tx: &mut Tx, row: &KeptRow) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(INSERT)
        .bind(row.id).bind(row.kind).bind(row.from_at).bind(row.to_at).bind(&row.locale).bind(&row.file)
        .bind(row.made_by).bind(row.made_at).bind(row.writer).bind(&row.place)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const FIND: &str = select!("where id = $1 and (state < 4 or outdated_at is not null)");

pub async fn find(db: &mut Tx, id: ExportId) -> Result<Option<KeptRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(FIND).bind(id.uuid()).fetch_optional(conn).await?))
}

const LOCK: &str = select!("where id = $1 and (state < 4 or outdated_at is not null) for update");

/// The export as it is until the transaction ends.
pub async fn lock(tx: &mut Tx, id: ExportId) -> Result<Option<KeptRow>, StoreError> {
    let sql = tx.pick(FIND, LOCK);
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(id.uuid()).fetch_optional(conn).await?))
}

// ids begin with the time at which they were made
const LATEST: &str = select!("where id < $1 and (state < 4 or outdated_at is not null) order by id desc limit $2");

/// The newest, also those whose file is gone because it was outdated.
pub async fn latest(db: &mut Tx, most: i64) -> Result<Vec<KeptRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(LATEST).bind(Uuid::max()).bind(most).fetch_all(conn).await?))
}

const NUMBER: &str = "select count(*) from exports where state < 4";

/// How many files are kept or written.
pub async fn number(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, conn => sqlx::query_scalar(NUMBER).fetch_one(conn).await?))
}

const FORSAKEN: &str = select!("where state = 0 and written_at < $1 order by id limit 1");
const FORSAKEN_LOCKED: &str = select!("where state = 0 and written_at < $1 order by id limit 1 for update skip locked");

/// The oldest that is under way and that nobody has written to since then, as it is until the transaction ends.
pub async fn forsaken(tx: &mut Tx, since: Timestamp) -> Result<Option<KeptRow>, StoreError> {
    let sql = tx.pick(FORSAKEN, FORSAKEN_LOCKED);
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(micros(since)).fetch_optional(conn).await?))
}

const LOCK_BEGINNING: &str = "select pg_advisory_xact_lock(5465)";
const SHARE_BEGINNING: &str = "select pg_advisory_xact_lock_shared(5465)";

/// Until the transaction ends nobody is erased who would be in a file that is begun in it. On SQLite writers are one after another
/// anyway.
pub async fn lock_beginning(tx: &mut Tx) -> Result<(), StoreError> {
    if let Either::Postgres(conn) = tx.either() {
        sqlx::query(LOCK_BEGINNING).execute(conn).await?;
    }
    Ok(())
}

const OUTDATE: &str = "update exports set state = 4, outdated_at = $1 where state < 4 and kind in (0, 1, 2)";

/// Somebody is erased in this transaction, which it is the last thing to do: whatever file could name them is no more, also one that
/// is being written. The audit log and the codes name nobody.
pub async fn outdate(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    if let Either::Postgres(conn) = tx.either() {
        sqlx::query(SHARE_BEGINNING).execute(conn).await?;
    }
    on!(tx, conn => sqlx::query(OUTDATE).bind(micros(now)).execute(conn).await.map(drop)?);
    Ok(())
}

const OUTDATED: &str = "select e.id from exports e where e.outdated_at is not null
    and exists (select 1 from export_pieces p where p.export_id = e.id) limit 100";

/// Those that are outdated and of which there are pieces still.
pub async fn outdated(db: &mut Tx) -> Result<Vec<ExportId>, StoreError> {
    let ids: Vec<Uuid> = on!(db, conn => sqlx::query_scalar(OUTDATED).fetch_all(conn).await?);
    Ok(ids.into_iter().map(ExportId::new).collect())
}

/// How far one has come.
#[derive(Clone, Debug)]
pub struct Progress {
    pub seen: i64,
    pub written: i64,
    pub place: String,
}

const PROGRESS: &str = "update exports set seen = $3, written = $4, place = $5, written_at = $6, bytes = bytes + $7,
    pieces = pieces + 1 where id = $1 and writer = $2 and state = 0 returning pieces, bytes";
const ADD: &str = "insert into export_pieces (export_id, number, from_byte, content) values ($1, $2, $3, $4)";

/// The next piece of its file, and how far that is. Whether it is still this writer's.
pub async fn add(
    tx: &mut Tx,
    id: ExportId,
    writer: Uuid,
    done: &Progress,
    piece: &[u8],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let size = piece.len() as i64;
    let placed: Option<(i32, i64)> = on!(tx, conn => sqlx::query_as(PROGRESS)
        .bind(id.uuid()).bind(writer).bind(done.seen).bind(done.written).bind(&done.place).bind(micros(now)).bind(size)
        .fetch_optional(conn).await?);
    let Some((pieces, bytes)) = placed else { return Ok(false) };
    on!(tx, conn => sqlx::query(ADD)
        .bind(id.uuid()).bind(pieces - 1).bind(bytes - size).bind(piece).execute(conn).await.map(drop)?);
    Ok(true)
}

const COUNTED: &str = "update exports set total = $2 where id = $1";

/// How many rows there are to look at.
pub async fn counted(tx: &mut Tx, id: ExportId, total: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(COUNTED).bind(id.uuid()).bind(total).execute(conn).await.map(drop)?);
    Ok(())
}

const END: &str = "update exports set state = $3, ended_at = $4 where id = $1 and writer = $2 and state = 0";

/// Whether it was still this writer's to end.
pub async fn end(tx: &mut Tx, id: ExportId, writer: Uuid, state: State, now: Timestamp) -> Result<bool, StoreError> {
    let ended = on!(tx, conn => sqlx::query(END)
        .bind(id.uuid()).bind(writer).bind(state as i16).bind(micros(now)).execute(conn).await?.rows_affected());
    Ok(ended == 1)
}

const TAKE_OVER: &str = "update exports set writer = $2, state = 0, written_at = $3, ended_at = null where id = $1";

/// Goes on with it. The caller holds its lock.
pub async fn take_over(tx: &mut Tx, id: ExportId, writer: Uuid, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(TAKE_OVER).bind(id.uuid()).bind(writer).bind(micros(now)).execute(conn).await.map(drop)?);
    Ok(())
}

const PIECE_AT: &str = "select number, from_byte, content from export_pieces
where export_id = $1 and number = (select max(number) from export_pieces where export_id = $1 and from_byte <= $2)";

/// The piece of the file that has this byte: where it begins, and what is in it.
pub async fn piece_at(db: &mut Tx, id: ExportId, byte: i64) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
    let found: Option<(i32, i64, Vec<u8>)> =
        on!(db, conn => sqlx::query_as(PIECE_AT).bind(id.uuid()).bind(byte).fetch_optional(conn).await?);
    Ok(found.map(|(_, from, content)| (from, content)))
}

const FORSAKE: &str = "update exports set state = 4 where id = $1";

/// It can be deleted, piece by piece: nobody writes to it or finds it any more.
pub async fn forsake(tx: &mut Tx, id: ExportId) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(FORSAKE).bind(id.uuid()).execute(conn).await.map(drop)?);
    Ok(())
}

const DELETE_PIECES: &str = "delete from export_pieces where export_id = $1
    and number in (select number from export_pieces where export_id = $1 order by number desc limit $2)";
const DELETE: &str = "delete from exports where id = $1";

/// Deletes up to so many pieces, the last ones first. How many there were.
pub async fn delete_pieces(tx: &mut Tx, id: ExportId, most: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(DELETE_PIECES).bind(id.uuid()).bind(most).execute(conn).await?.rows_affected()))
}

/// Deletes one of which no piece is left.
pub async fn delete(tx: &mut Tx, id: ExportId) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(DELETE).bind(id.uuid()).execute(conn).await.map(drop)?);
    Ok(())
}

const OLD: &str = "select id from exports where id < $1 limit 100";

/// Those whose ids come before this one.
pub async fn old(db: &mut Tx, before: Uuid) -> Result<Vec<ExportId>, StoreError> {
    let ids: Vec<Uuid> = on!(db, conn => sqlx::query_scalar(OLD).bind(before).fetch_all(conn).await?);
    Ok(ids.into_iter().map(ExportId::new).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn an_export_and_a_piece_of_it_are_looked_up() {
        for sql in [FIND, LATEST, OLD, PIECE_AT] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
