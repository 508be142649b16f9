//! By what a member, and what is theirs, is found from anywhere on PostgreSQL, wherever the rows lie: a member by their id, the payment
//! system's id and the referral code, a redemption by its id, an adjustment by its id and its maker's key, a claim by its code. Each
//! is 16 bytes, which an id has as it is. It is the one place that says whose they are, and keeps two from having the same. Whoever
//! writes what is found by them writes them, too, in the same transaction. (SQLite, which has one place for all rows, has unique
//! keys, and none of these.)

use laurel_domain::ids::StaffId;
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

use super::new_member::NewMember;
use crate::store::{Either, StoreError, Tx, on};

/// Of an external id.
pub(super) fn external(id: &str) -> Uuid {
    key("external_id", id)
}

pub(super) fn referral_code(code: &str) -> Uuid {
    key("referral_code", code)
}

/// Of a claim's code.
pub fn claim(code: &str) -> Uuid {
    key("claim_code", code)
}

/// Of the idempotency key that somebody of the staff adjusts under.
pub fn adjustment(by: StaffId, idempotency_key: &str) -> Uuid {
    key("adjustment_key", &format!("{} {idempotency_key}", by.uuid()))
}

/// As the database's own `member_key` makes it.
fn key(what: &str, value: &str) -> Uuid {
    let whole = Sha256::new().chain_update(what).chain_update(" ").chain_update(value).finalize();
    let mut first = [0; 16];
    first.copy_from_slice(&whole[..16]);
    Uuid::from_bytes(first)
}

const ADD: &str = "insert into member_keys (key, member_no) select key, $2 from unnest($1::uuid[]) as k(key) order by key";

/// What is a member's can be found by these from now on. One that is taken is a unique violation.
pub async fn add(tx: &mut Tx, keys: &[Uuid], member_no: i64) -> Result<(), StoreError> {
    if let Either::Postgres(conn) = tx.either() {
        sqlx::query(ADD).bind(keys).bind(member_no).execute(conn).await?;
    }
    Ok(())
}

const NUMBER: &str = "select member_no from member_keys where key = $1";

/// Whose it is that is found by this.
pub(super) async fn number(db: &mut Tx, key: Uuid) -> Result<Option<i64>, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(NUMBER).bind(key).fetch_optional(conn).await?))
}

/// What a member is found by beside their id.
#[derive(Debug, FromRow)]
pub struct Named {
    external_id: Option<String>,
    referral_code: Option<String>,
}

impl Named {
    fn keys(&self) -> Vec<Uuid> {
        let external = self.external_id.as_deref().map(external);
        external.into_iter().chain(self.referral_code.as_deref().map(referral_code)).collect()
    }
}

const NAMED: &str = "select external_id, referral_code from members where no = $1";

/// As it is before a change: for [`renamed`]. Nothing on SQLite.
pub async fn named(tx: &mut Tx, no: i64) -> Result<Option<Named>, StoreError> {
    match tx.either() {
        Either::Sqlite(_) => Ok(None),
        Either::Postgres(conn) => Ok(sqlx::query_as(NAMED).bind(no).fetch_optional(conn).await?),
    }
}

const TAKE_AWAY: &str = "delete from member_keys where key = any($1) and member_no = $2";

/// A member may be found by other things than before. One that is taken is a unique violation.
pub async fn renamed(tx: &mut Tx, no: i64, before: Option<Named>) -> Result<(), StoreError> {
    let Some((before, after)) = before.zip(named(tx, no).await?) else { return Ok(()) };
    let (before, after) = (before.keys(), after.keys());
    let without = |some: &[Uuid], others: &[Uuid]| some.iter().filter(|key| !others.contains(key)).copied().collect::<Vec<_>>();
    let (gone, new) = (without(&before, &after), without(&after, &before));
    if let Either::Postgres(conn) = tx.either()
        && !gone.is_empty()
    {
        sqlx::query(TAKE_AWAY).bind(gone).bind(no).execute(conn).await?;
    }
    if new.is_empty() { Ok(()) } else { add(tx, &new, no).await }
}

const BEGIN: &str = "insert into member_keys (key, member_no) select * from unnest($1::uuid[], $2::bigint[])";

/// Newcomers, each with their number. Whoever takes the same keys at the same time waits, and never each for the other: they are
/// taken in their order.
pub(super) async fn begin<'a>(tx: &mut Tx, new: impl Iterator<Item = (i64, &'a NewMember)>) -> Result<(), StoreError> {
    let Either::Postgres(conn) = tx.either() else { return Ok(()) };
    let mut keys: Vec<(Uuid, i64)> = Vec::new();
    for (no, member) in new {
        keys.push((member.id.uuid(), no));
        keys.extend(member.external_id.as_deref().map(|id| (external(id), no)));
        keys.extend(member.referral_code.as_deref().map(|code| (referral_code(code), no)));
    }
    keys.sort_unstable();
    let (keys, numbers): (Vec<Uuid>, Vec<i64>) = keys.into_iter().unzip();
    sqlx::query(BEGIN).bind(keys).bind(numbers).execute(conn).await?;
    Ok(())
}

const TRY_ADD: &str = "insert into member_keys (key, member_no) values ($1, $2) on conflict (key) do nothing";

/// [`add`] of one; whether it was free. On SQLite the caller's own unique key says.
pub async fn try_add(tx: &mut Tx, key: Uuid, member_no: i64) -> Result<bool, StoreError> {
    match tx.either() {
        Either::Sqlite(_) => Ok(true),
        Either::Postgres(conn) => Ok(sqlx::query(TRY_ADD).bind(key).bind(member_no).execute(conn).await?.rows_affected() > 0),
    }
}

const WRONG: &str = "select m.id from members m where m.no >= $1 and m.no <= $2 and (
    not exists (select from member_keys k where k.key = m.id and k.member_no = m.no)
    or m.external_id is not null
        and not exists (select from member_keys k where k.key = member_key('external_id', m.external_id) and k.member_no = m.no)
    or m.referral_code is not null
        and not exists (select from member_keys k where k.key = member_key('referral_code', m.referral_code) and k.member_no = m.no)
) order by m.no";

/// Members among those with numbers from `first` to `last` who are not found by what they have.
pub async fn wrong(db: &mut Tx, first: i64, last: i64) -> Result<Vec<Uuid>, StoreError> {
    match db.either() {
        Either::Sqlite(_) => Ok(Vec::new()),
        Either::Postgres(conn) => Ok(sqlx::query_scalar(WRONG).bind(first).bind(last).fetch_all(conn).await?),
    }
}

const WRONG_OF_THEIRS: &str = "select m.id, t.what from (
    select member_no, 'redemption ' || id as what, id as key from redemptions where member_no >= $1 and member_no <= $2
    union all
    select member_no, 'adjustment ' || id, id from adjustments where member_no >= $1 and member_no <= $2
    union all
    select member_no, 'the key of adjustment ' || id, member_key('adjustment_key', made_by || ' ' || idempotency_key)
    from adjustments where member_no >= $1 and member_no <= $2
    union all
    select member_no, 'claim ' || id, member_key('claim_code', code) from benefit_claims where member_no >= $1 and member_no <= $2
) t join members m on m.no = t.member_no
where not exists (select from member_keys k where k.key = t.key and k.member_no = t.member_no) order by m.no, t.what";

/// What of the members with numbers from `first` to `last` is not found by what it should be: whose it is, and what.
pub async fn wrong_of_theirs(db: &mut Tx, first: i64, last: i64) -> Result<Vec<(Uuid, String)>, StoreError> {
    match db.either() {
        Either::Sqlite(_) => Ok(Vec::new()),
        Either::Postgres(conn) => Ok(sqlx::query_as(WRONG_OF_THEIRS).bind(first).bind(last).fetch_all(conn).await?),
    }
}

const COUNTED: &str = "select (select count(*) from member_keys),
    (select count(*) + count(external_id) + count(referral_code) from members) + (select count(*) from redemptions)
    + (select 2 * count(*) from adjustments) + (select count(*) from benefit_claims)";

/// How many keys there are, and how many there should be. Reads all that have any.
pub async fn counted(db: &mut Tx) -> Result<(i64, i64), StoreError> {
    match db.either() {
        Either::Sqlite(_) => Ok((0, 0)),
        Either::Postgres(conn) => Ok(sqlx::query_as(COUNTED).fetch_one(conn).await?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_and_a_code_of_the_same_text_are_two_keys() {
        assert_eq!(external("m-1").to_string(), "5f75a63d-da45-faed-3728-347ed42da468");
        assert_ne!(external("ABCD"), referral_code("ABCD"));
    }
}
