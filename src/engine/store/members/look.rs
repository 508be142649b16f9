//! How one member is looked up, by whatever names them.

use laurel_domain::ids::MemberId;
use sqlx::postgres::PgRow;
use sqlx::{Encode, FromRow, Postgres, Row, Type};
use uuid::Uuid;

use crate::store::database::rows::Rows;
use crate::store::members::keys;
use crate::store::members::member::{ATTEMPTS, Member, is_steady};
use crate::store::members::row::{MemberRow, columns, complete};
use crate::store::programme::{self, Progress};
use crate::store::{Either, StoreError, Tx};

/// How a member is named by whoever asks.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    No(i64),
    Id(MemberId),
    External(&'a str),
    ReferralCode(&'a str),
}

pub(super) static BY_NO_SQLITE: Rows = Rows(concat!("select ", columns!(), " from members m where m.no = ?1"));
static BY_ID_SQLITE: Rows = Rows(concat!("select ", columns!(), " from members m where m.id = ?1"));
static BY_EXTERNAL_SQLITE: Rows = Rows(concat!("select ", columns!(), " from members m where m.external_id = ?1"));
static BY_CODE_SQLITE: Rows = Rows(concat!("select ", columns!(), " from members m where m.referral_code = ?1"));
const BY_NO_POSTGRES: &str = concat!("select ", columns!(), " from members m where m.no = $1");
const BY_KEY_POSTGRES: &str =
    concat!("select ", columns!(), " from members m where m.no = (select k.member_no from member_keys k where k.key = $1)");

pub async fn find(db: &mut Tx, by: By<'_>) -> Result<Option<Member>, StoreError> {
    let mut attempt = 1;
    loop {
        let row = look(db, by).await?;
        let found = complete(db, row.into_iter().collect()).await?;
        if is_steady(db, &found).await? || attempt == ATTEMPTS {
            return Ok(found.into_iter().next());
        }
        attempt += 1;
    }
}

/// Likewise, and how far the rules have come: what most reads of a member begin with, and on PostgreSQL one look.
pub async fn find_with_progress(db: &mut Tx, by: By<'_>) -> Result<Option<(Member, Progress)>, StoreError> {
    let mut attempt = 1;
    loop {
        let looked = match by {
            _ if db.is_distributed() || !db.is_on_postgres() => look(db, by).await?.map(|row| (row, None)),
            By::No(no) => look_with_progress(db, WITH_PROGRESS_BY_NO, no).await?,
            By::Id(id) => look_with_progress(db, WITH_PROGRESS_BY_KEY, id.uuid()).await?,
            By::External(id) => look_with_progress(db, WITH_PROGRESS_BY_KEY, keys::external(id)).await?,
            By::ReferralCode(code) => look_with_progress(db, WITH_PROGRESS_BY_KEY, keys::referral_code(code)).await?,
        };
        let Some((row, progress)) = looked else { return Ok(None) };
        let found = complete(db, vec![row]).await?;
        if is_steady(db, &found).await? || attempt == ATTEMPTS {
            let Some(member) = found.into_iter().next() else { return Ok(None) };
            let progress = match progress {
                Some(progress) => progress,
                None => programme::progress(db).await?,
            };
            return Ok(Some((member, progress)));
        }
        attempt += 1;
    }
}

macro_rules! with_progress {
    ($found:literal) => {
        concat!(
            "select r.latest, r.withdrawn, ",
            columns!(),
            " from members m
cross join (select coalesce(max(version), 0) as latest, count(withdrawn_at) as withdrawn from rule_sets) r where m.no = ",
            $found
        )
    };
}
const WITH_PROGRESS_BY_NO: &str = with_progress!("$1");
const WITH_PROGRESS_BY_KEY: &str = with_progress!("(select k.member_no from member_keys k where k.key = $1)");

type WithProgress = (MemberRow, Option<Progress>);

async fn look_with_progress<K>(db: &mut Tx, sql: &'static str, key: K) -> Result<Option<WithProgress>, StoreError>
where
    K: for<'q> Encode<'q, Postgres> + Type<Postgres> + Send + 'static,
{
    let Either::Postgres(conn) = db.either() else { return Ok(None) };
    let row = sqlx::query(sql).bind(key).fetch_optional(conn).await?;
    let read = |row: PgRow| {
        let progress = Progress::read(row.try_get(0)?, row.try_get(1)?)?;
        Ok((MemberRow::from_row(&row)?, Some(progress)))
    };
    row.map(read).transpose()
}

async fn look(db: &mut Tx, by: By<'_>) -> Result<Option<MemberRow>, StoreError> {
    let (sql, text, key) = match by {
        By::No(no) => return by_number(db, no).await,
        By::Id(id) if db.is_distributed() => return by_directory(db, id.uuid()).await,
        By::Id(id) => {
            return Ok(match db.either() {
                Either::Sqlite(conn) => BY_ID_SQLITE.fetch(conn, &[*id.uuid().as_bytes()]).await?.pop(),
                Either::Postgres(conn) => sqlx::query_as(BY_KEY_POSTGRES).bind(id.uuid()).fetch_optional(conn).await?,
            });
        }
        By::External(id) => (&BY_EXTERNAL_SQLITE, id, keys::external(id)),
        By::ReferralCode(code) => (&BY_CODE_SQLITE, code, keys::referral_code(code)),
    };
    if db.is_distributed() {
        return by_directory(db, key).await;
    }
    Ok(match db.either() {
        Either::Sqlite(conn) => sql.fetch(conn, &[text]).await?.pop(),
        Either::Postgres(conn) => sqlx::query_as(BY_KEY_POSTGRES).bind(key).fetch_optional(conn).await?,
    })
}

/// The directory lies elsewhere than members do.
async fn by_directory(db: &mut Tx, key: Uuid) -> Result<Option<MemberRow>, StoreError> {
    let Some(no) = keys::number(db, key).await? else { return Ok(None) };
    by_number(db, no).await
}

async fn by_number(db: &mut Tx, no: i64) -> Result<Option<MemberRow>, StoreError> {
    Ok(match db.either() {
        Either::Sqlite(conn) => BY_NO_SQLITE.fetch(conn, &[no]).await?.pop(),
        Either::Postgres(conn) => sqlx::query_as(BY_NO_POSTGRES).bind(no).fetch_optional(conn).await?,
    })
}
