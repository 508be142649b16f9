//! Members: one row each, with the points and tier that follow from their entries.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::entry::Hash;
use laurel_domain::ledger::state::State;
use laurel_domain::ledger::undo::Undo;
use laurel_domain::member::Status;
use laurel_domain::numbers::points::Points;
use laurel_domain::numbers::sorted::Sorted;
use laurel_domain::rules::tier::TierRank;
use laurel_domain::rules::window::Months;
use laurel_domain::text::ExternalId;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use uuid::Uuid;

use crate::store::database::rows::{Columns, Found};
use crate::store::ledger::accounts::{self, AccountRow};
use crate::store::members::sums::Indexed;
use crate::store::members::{keys, search, shards};
use crate::store::{Either, StoreError, Tx, micros, moment, on, timestamp};

pub use crate::store::members::new_member::{NewMember, insert};

/// A member with their account. `no` is their number inside this database and stands in no answer.
#[derive(Clone, Debug)]
pub struct Member {
    pub no: i64,
    pub external_id: Option<ExternalId>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub locale: Option<String>,
    pub registered_at: Timestamp,
    pub last_sign_in_at: Option<Timestamp>,
    pub status: Status,
    pub referral_code: Option<String>,
    pub invited_by: Option<i64>,
    /// From then on their personal data and texts are gone.
    pub erased_at: Option<Timestamp>,
    pub account: Account,
    /// What jobs look for, as it was read.
    pub indexed: Indexed,
    /// Whether the account was read out of more than its row.
    pub(in crate::store) has_books: bool,
}

impl Member {
    pub fn id(&self) -> MemberId {
        self.account.member
    }
}

pub(in crate::store) struct MemberRow {
    pub(in crate::store) no: i64,
    id: Uuid,
    pub(in crate::store) external_id: Option<String>,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    locale: Option<String>,
    registered_at: i64,
    last_sign_in_at: Option<i64>,
    status: i16,
    referral_code: Option<String>,
    pub(in crate::store) invited_by: Option<i64>,
    available: i64,
    pending: i64,
    debt: i64,
    earned: i64,
    spent: i64,
    tier: i16,
    rated_by: i32,
    seq: i64,
    head: Vec<u8>,
    last_instant: Option<i64>,
    books: i16,
    erased_at: Option<i64>,
    due_at: Option<i64>,
}

/// In the order of `columns!`.
macro_rules! read_member {
    ($next:expr, $id:expr) => {
        MemberRow {
            no: $next,
            id: $id,
            external_id: $next,
            name: $next,
            email: $next,
            phone: $next,
            locale: $next,
            registered_at: $next,
            last_sign_in_at: $next,
            status: $next,
            referral_code: $next,
            invited_by: $next,
            available: $next,
            pending: $next,
            debt: $next,
            earned: $next,
            spent: $next,
            tier: $next,
            rated_by: $next,
            seq: $next,
            head: $next,
            last_instant: $next,
            books: $next,
            erased_at: $next,
            due_at: $next,
        }
    };
}

impl Found for MemberRow {
    fn read(columns: &mut Columns<'_>) -> Result<MemberRow, StoreError> {
        Ok(read_member!(columns.next()?, Uuid::from_bytes(columns.next()?)))
    }
}

/// From where `no` stands on: batches read thousands, and looking for each column by its name is no small part of that.
impl<'r, R: Row> FromRow<'r, R> for MemberRow
where
    &'r str: ColumnIndex<R>,
    usize: ColumnIndex<R>,
    i16: Decode<'r, R::Database> + Type<R::Database>,
    i32: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    Uuid: Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<MemberRow> {
        let mut next = "no".index(row)?;
        let mut place = || {
            next += 1;
            next - 1
        };
        Ok(read_member!(row.try_get(place())?, row.try_get(place())?))
    }
}

/// Members out of rows, their accounts read whole.
pub(in crate::store) async fn complete(db: &mut Tx, rows: Vec<MemberRow>) -> Result<Vec<Member>, StoreError> {
    let numbers: Vec<i16> = rows.iter().map(|row| row.books).collect();
    let mut members = rows.into_iter().map(MemberRow::read).collect::<Result<Vec<Member>, StoreError>>()?;
    let mut accounts: Vec<AccountRow<'_>> = members
        .iter_mut()
        .zip(numbers)
        .filter(|(_, books)| *books != 0)
        .map(|(member, books)| AccountRow { no: member.no, books, account: &mut member.account })
        .collect();
    if !accounts.is_empty() {
        accounts::complete(db, &mut accounts).await?;
    }
    Ok(members)
}

impl MemberRow {
    fn read(self) -> Result<Member, StoreError> {
        let row = self;
        let status = usize::try_from(row.status)
            .ok()
            .and_then(|status| Status::ALL.get(status).copied())
            .ok_or(StoreError::Corrupt("a status"))?;
        let state = State {
            available: Points::from_hundredths(row.available),
            pending: Points::from_hundredths(row.pending),
            debt: Points::from_hundredths(row.debt),
            earned: Points::from_hundredths(row.earned),
            spent: row.spent,
            tier: tier(row.tier)?,
            rated_by: u32::try_from(row.rated_by).map_err(|_| StoreError::Corrupt("a version"))?,
            seq: row.seq,
            last: row.last_instant.map(moment).transpose()?,
            closed: status == Status::Closed,
            lots: Sorted::new(),
            held: Sorted::new(),
            // nobody without entries has gathered anything
            months: (row.seq == 0).then(Months::default),
            period: None,
            floor: None,
            kept: None,
            lapsed: Sorted::new(),
            capped: Sorted::new(),
            uncapped: Sorted::new(),
            early: None,
            undo: Undo::default(),
        };
        let (member, head) = (MemberId::new(row.id), hash(row.head)?);
        let account = Account { member, head, state, history: None, is_chained: true };
        Ok(Member {
            no: row.no,
            external_id: row
                .external_id
                .map(|id| ExternalId::new(&id).map_err(|_| StoreError::Corrupt("an external id")))
                .transpose()?,
            name: row.name,
            email: row.email,
            phone: row.phone,
            locale: row.locale,
            registered_at: timestamp(row.registered_at)?,
            last_sign_in_at: row.last_sign_in_at.map(timestamp).transpose()?,
            status,
            referral_code: row.referral_code,
            invited_by: row.invited_by,
            erased_at: row.erased_at.map(timestamp).transpose()?,
            indexed: Indexed { rated_by: account.rated_by, due_at: row.due_at, tier: account.tier },
            account,
            has_books: row.books != 0,
        })
    }
}

pub(in crate::store) fn tier(rank: i16) -> Result<TierRank, StoreError> {
    u16::try_from(rank).ok().and_then(TierRank::new).ok_or(StoreError::Corrupt("a tier"))
}

pub(in crate::store) fn hash(bytes: Vec<u8>) -> Result<Hash, StoreError> {
    bytes.try_into().map(Hash).map_err(|_| StoreError::Corrupt("a hash"))
}

macro_rules! columns {
    () => {
        "m.no, m.id, m.external_id, m.name, m.email, m.phone, m.locale, m.registered_at, m.last_sign_in_at, m.status, \
         m.referral_code, m.invited_by, m.available, m.pending, m.debt, m.earned, m.spent, m.tier, m.rated_by, m.seq, \
         m.head, m.last_instant, m.books, m.erased_at, m.due_at"
    };
}
pub(in crate::store) use columns;

/// How a member is named by whoever asks.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    No(i64),
    Id(MemberId),
    External(&'a str),
    ReferralCode(&'a str),
}

const BY_NO: &str = concat!("select ", columns!(), " from members m where m.no = $1");
const BY_ID_SQLITE: &str = concat!("select ", columns!(), " from members m where m.id = $1");
const BY_EXTERNAL_SQLITE: &str = concat!("select ", columns!(), " from members m where m.external_id = $1");
const BY_CODE_SQLITE: &str = concat!("select ", columns!(), " from members m where m.referral_code = $1");
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

async fn look(db: &mut Tx, by: By<'_>) -> Result<Option<MemberRow>, StoreError> {
    let (sql, text, key) = match by {
        By::No(no) => return Ok(on!(db, conn => sqlx::query_as(BY_NO).bind(no).fetch_optional(conn).await?)),
        By::Id(id) if db.is_distributed() => return by_directory(db, id.uuid()).await,
        By::Id(id) => {
            let sql = db.pick(BY_ID_SQLITE, BY_KEY_POSTGRES);
            return Ok(on!(db, conn => sqlx::query_as(sql).bind(id.uuid()).fetch_optional(conn).await?));
        }
        By::External(id) => (BY_EXTERNAL_SQLITE, id, keys::external(id)),
        By::ReferralCode(code) => (BY_CODE_SQLITE, code, keys::referral_code(code)),
    };
    if db.is_distributed() {
        return by_directory(db, key).await;
    }
    Ok(match db.either() {
        Either::Sqlite(conn) => sqlx::query_as(sql).bind(text).fetch_optional(conn).await?,
        Either::Postgres(conn) => sqlx::query_as(BY_KEY_POSTGRES).bind(key).fetch_optional(conn).await?,
    })
}

/// The directory lies elsewhere than members do.
async fn by_directory(db: &mut Tx, key: Uuid) -> Result<Option<MemberRow>, StoreError> {
    let Some(no) = keys::number(db, key).await? else { return Ok(None) };
    Ok(on!(db, conn => sqlx::query_as(BY_NO).bind(no).fetch_optional(conn).await?))
}

/// How often a look without a transaction is taken again when somebody posts in the middle of it.
pub(in crate::store) const ATTEMPTS: u32 = 10;

const INSTANTS_SQLITE: &str = "select m.no, m.seq, m.last_instant from jsonb_each($1) j cross join members m on m.no = j.value";
const INSTANTS_POSTGRES: &str = "select m.no, m.seq, m.last_instant
from (select distinct value::bigint as no from jsonb_array_elements_text($1::jsonb) as value) w
cross join lateral (select own.no, own.seq, own.last_instant from members own where own.no = w.no offset 0) m";

/// Whether members were read as they were at one moment: accounts with books take more than one statement. A transaction sees
/// one moment anyway.
pub(in crate::store) async fn is_steady(db: &mut Tx, members: &[Member]) -> Result<bool, StoreError> {
    let with_books: HashMap<i64, (i64, Option<i64>)> = members
        .iter()
        .filter(|member| member.has_books)
        .map(|member| (member.no, (member.account.seq, member.account.last.map(micros))))
        .collect();
    if with_books.is_empty() || !db.is_lone() {
        return Ok(true);
    }
    let numbers: Vec<i64> = with_books.keys().copied().collect();
    let (sql, numbers) = (db.pick(INSTANTS_SQLITE, INSTANTS_POSTGRES), crate::store::json(&numbers)?);
    let rows: Vec<(i64, i64, Option<i64>)> = on!(db, conn => sqlx::query_as(sql).bind(numbers).fetch_all(conn).await?);
    Ok(rows.into_iter().all(|(no, seq, last)| with_books.get(&no) == Some(&(seq, last))))
}

const LOCK_SQLITE: &str = BY_NO;
const LOCK_POSTGRES: &str = concat!("select ", columns!(), " from members m where m.no = $1 for no key update");

/// The member as they are until the transaction ends: nobody else posts to them meanwhile.
pub async fn lock(tx: &mut Tx, no: i64) -> Result<Option<Member>, StoreError> {
    let sql = tx.pick(LOCK_SQLITE, LOCK_POSTGRES);
    let row: Option<MemberRow> = on!(tx, conn => sqlx::query_as(sql).bind(no).fetch_optional(conn).await?);
    Ok(complete(tx, row.into_iter().collect()).await?.pop())
}

const NUMBERS_SQLITE: &str =
    concat!("select ", columns!(), " from jsonb_each($1) j cross join members m on m.no = j.value order by m.no");
/// Lateral makes it one look by number after the other, in their order, whatever PostgreSQL knows of the table and however it is divided.
const NUMBERS_POSTGRES: &str = concat!(
    "select ",
    columns!(),
    " from (select distinct value::bigint as no from jsonb_array_elements_text($1::jsonb) as value order by 1) w
cross join lateral (select own.* from members own where own.no = w.no for no key update) m"
);

/// Members of one shard, all of whose numbers it names.
const LOCK_SHARD: &str = concat!("select ", columns!(), " from members m where m.no = any($1) order by m.no for no key update");

/// Loads and locks the members with these numbers, in order.
pub async fn lock_numbers(tx: &mut Tx, numbers: &[i64]) -> Result<Vec<Member>, StoreError> {
    if tx.is_distributed() {
        let mut rows: Vec<MemberRow> = Vec::with_capacity(numbers.len());
        for numbers in shards::of(tx, numbers).await? {
            let Either::Postgres(conn) = tx.either() else { break };
            rows.extend(sqlx::query_as::<_, MemberRow>(LOCK_SHARD).bind(numbers).fetch_all(conn).await?);
        }
        rows.sort_unstable_by_key(|row| row.no);
        return complete(tx, rows).await;
    }
    let (sql, numbers) = (tx.pick(NUMBERS_SQLITE, NUMBERS_POSTGRES), crate::store::json(numbers)?);
    let rows: Vec<MemberRow> = on!(tx, conn => sqlx::query_as(sql).bind(numbers).fetch_all(conn).await?);
    complete(tx, rows).await
}

const OPEN_AFTER: &str =
    concat!("select ", columns!(), " from members m where m.no > $1 and m.status <> 2 order by m.no limit $2");

/// The next members after this number, those that are closed aside, as they stand.
pub async fn open_after(db: &mut Tx, no: i64, most: i64) -> Result<Vec<Member>, StoreError> {
    let rows: Vec<MemberRow> = on!(db, conn => sqlx::query_as(OPEN_AFTER).bind(no).bind(most).fetch_all(conn).await?);
    complete(db, rows).await
}

const UPDATE_DETAILS: &str =
    "update members set external_id = $2, name = $3, email = $4, phone = $5, locale = $6 where no = $1";

/// Writes what the payment system knows of a member.
pub async fn update_details(tx: &mut Tx, member: &Member) -> Result<(), StoreError> {
    let before = keys::named(tx, member.no).await?;
    on!(tx, conn => sqlx::query(UPDATE_DETAILS)
        .bind(member.no)
        .bind(member.external_id.as_ref().map(ExternalId::as_str))
        .bind(&member.name).bind(&member.email).bind(&member.phone).bind(&member.locale)
        .execute(conn).await.map(drop)?);
    keys::renamed(tx, member.no, before).await?;
    search::index(tx, &[member.no]).await
}

const UPDATE_STATUS: &str = "update members set status = $2 where no = $1";

pub async fn set_status(tx: &mut Tx, no: i64, status: Status) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(UPDATE_STATUS).bind(no).bind(status as i16).execute(conn).await.map(drop)?);
    Ok(())
}

const UPDATE_STATUSES_SQLITE: &str = "update members set status = $2 where no in (select value from json_each($1))";
const UPDATE_STATUSES_POSTGRES: &str =
    "update members set status = $2 where no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)";

/// The same for many, who are locked.
pub async fn set_statuses(tx: &mut Tx, numbers: &[i64], status: Status) -> Result<(), StoreError> {
    let (sql, numbers) = (tx.pick(UPDATE_STATUSES_SQLITE, UPDATE_STATUSES_POSTGRES), crate::store::json(numbers)?);
    on!(tx, conn => sqlx::query(sql).bind(numbers).bind(status as i16).execute(conn).await.map(drop)?);
    Ok(())
}

const SET_LAST_SIGN_IN: &str = "update members set last_sign_in_at = $2 where no = $1";

pub async fn set_last_sign_in(tx: &mut Tx, no: i64, at: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET_LAST_SIGN_IN).bind(no).bind(micros(at)).execute(conn).await.map(drop)?);
    Ok(())
}

const GIVE_REFERRAL_CODE: &str = "update members set referral_code = $2 where no = $1 and referral_code is null";

/// Gives a member a referral code who has none.
pub async fn give_referral_code(tx: &mut Tx, no: i64, code: &str) -> Result<(), StoreError> {
    let before = keys::named(tx, no).await?;
    on!(tx, conn => sqlx::query(GIVE_REFERRAL_CODE).bind(no).bind(code).execute(conn).await.map(drop)?);
    keys::renamed(tx, no, before).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn batches_look_members_up() {
        check_scans_nothing(NUMBERS_SQLITE, &[]).await;
    }
}
