//! By what a member is found from anywhere on PostgreSQL, wherever their row lies: their id, the payment system's id and the referral
//! code, each as 16 bytes, which an id has as it is. It is the one place that says whose they are, and keeps two members from having the same. Triggers write it with the
//! members' rows. (SQLite, which has one place for all rows, has unique keys.)

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::store::{Either, StoreError, Tx};

/// Of an external id.
pub(super) fn external(id: &str) -> Uuid {
    key("external_id", id)
}

pub(super) fn referral_code(code: &str) -> Uuid {
    key("referral_code", code)
}

/// As the database's own `member_key` makes it.
fn key(what: &str, value: &str) -> Uuid {
    let whole = Sha256::new().chain_update(what).chain_update(" ").chain_update(value).finalize();
    let mut first = [0; 16];
    first.copy_from_slice(&whole[..16]);
    Uuid::from_bytes(first)
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

const COUNTED: &str =
    "select (select count(*) from member_keys), (select count(*) + count(external_id) + count(referral_code) from members)";

/// How many keys there are, and how many there should be. Reads all members.
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
