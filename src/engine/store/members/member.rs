//! Members: one row each, with the points and tier that follow from their entries.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::ledger::account::Account;
use laurel_domain::member::Status;
use laurel_domain::text::ExternalId;

use crate::store::members::look::BY_NO_SQLITE;
use crate::store::members::row::{MemberRow, columns, complete};
use crate::store::members::sums::Indexed;
use crate::store::members::{keys, search, shards};
use crate::store::{Either, StoreError, Tx, micros, on};

pub use crate::store::members::look::{By, find, find_with_progress};
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

const LOCK_POSTGRES: &str = concat!("select ", columns!(), " from members m where m.no = $1 for no key update");

/// The member as they are until the transaction ends: nobody else posts to them meanwhile.
pub async fn lock(tx: &mut Tx, no: i64) -> Result<Option<Member>, StoreError> {
    let row: Option<MemberRow> = match tx.either() {
        Either::Sqlite(conn) => BY_NO_SQLITE.fetch(conn, &[no]).await?.pop(),
        Either::Postgres(conn) => sqlx::query_as(LOCK_POSTGRES).bind(no).fetch_optional(conn).await?,
    };
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
