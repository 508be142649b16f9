//! The outbox: rows are written beside what they tell of, claimed by whoever sends them, and say what became of them.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, hexadecimal, json, micros, on};

/// An e-mail to a member about news.
#[derive(Clone, Debug, Serialize)]
pub struct NewEmail {
    #[serde(serialize_with = "hexadecimal")]
    pub id: Uuid,
    pub kind: i16,
    pub no: i64,
    pub body: String,
}

const INSERT_SQLITE: &str = "insert into emails (id, kind, member_no, body, made_at, next_at)
select unhex(j.value->>'id'), j.value->>'kind', m.no, j.value->>'body', $2, $2
from jsonb_each($1) j cross join members m on m.no = j.value->>'no' left join mail_choices c on c.member_no = m.no
where m.email is not null and m.status <> 2 and (coalesce(c.unwanted, 0) & (1 << (j.value->>'kind'))) = 0";
const INSERT_POSTGRES: &str = "insert into emails (id, kind, member_no, body, made_at, next_at)
select j.id::uuid, j.kind, m.no, j.body, $2, $2
from json_to_recordset($1::json) as j(id text, kind smallint, no bigint, body text)
join members m on m.no = j.no left join mail_choices c on c.member_no = m.no
where m.email is not null and m.status <> 2 and (coalesce(c.unwanted, 0) & (1 << j.kind)) = 0";

/// Puts e-mails to members into the outbox: to those who have an address and want that kind.
pub async fn insert(tx: &mut Tx, new: &[NewEmail], now: Timestamp) -> Result<(), StoreError> {
    let (sql, rows) = (tx.pick(INSERT_SQLITE, INSERT_POSTGRES), json(new)?);
    on!(tx, conn => sqlx::query(sql).bind(rows).bind(micros(now)).execute(conn).await.map(drop)?);
    Ok(())
}

/// Whom an e-mail goes to, as far as that is known before it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct For {
    pub member_no: Option<i64>,
    pub staff: Option<Uuid>,
}

const INSERT_ONE: &str = "insert into emails (id, kind, member_no, staff, body, made_at, next_at)
values ($1, $2, $3, $4, $5, $6, $6)";

/// Puts one e-mail into the outbox that nobody can do without: a code to come in by.
pub async fn insert_one(tx: &mut Tx, id: Uuid, kind: i16, to: For, body: &str, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(INSERT_ONE)
        .bind(id).bind(kind).bind(to.member_no).bind(to.staff).bind(body).bind(micros(now))
        .execute(conn).await.map(drop)?);
    Ok(())
}

/// An e-mail that is being sent.
#[derive(Clone, Debug, FromRow)]
pub struct EmailRow {
    pub id: Uuid,
    pub kind: i16,
    pub member_no: Option<i64>,
    pub staff: Option<Uuid>,
    pub body: String,
    /// How often it has been tried, this time included.
    pub attempts: i32,
    pub made_at: i64,
}

const CLAIM_SQLITE: &str = "update emails set attempts = attempts + 1, next_at = $2
where id in (select id from emails indexed by emails_waiting where state = 0 and next_at <= $1 order by next_at, id limit $3)
returning id, kind, member_no, staff, body, attempts, made_at";
const CLAIM_POSTGRES: &str = "update emails set attempts = attempts + 1, next_at = $2
where id in (select id from emails where state = 0 and next_at <= $1 order by next_at, id limit $3 for update skip locked)
returning id, kind, member_no, staff, body, attempts, made_at";

/// Takes some that are to be tried by now. Until `until` nobody else does; whoever dies over it has them tried again then.
pub async fn claim(tx: &mut Tx, now: Timestamp, until: Timestamp, most: i64) -> Result<Vec<EmailRow>, StoreError> {
    let sql = tx.pick(CLAIM_SQLITE, CLAIM_POSTGRES);
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(micros(now)).bind(micros(until)).bind(most).fetch_all(conn).await?))
}

const SENT: &str = "update emails set state = 1, sent_at = $2, next_at = null, fault = null, 
    body = case when kind in (6, 8, 10) then '{}' else body end where id = $1";

/// It is on its way. Names that were typed and addresses are not kept.
pub async fn sent(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SENT).bind(id).bind(micros(now)).execute(conn).await.map(drop)?);
    Ok(())
}

const LATER: &str = "update emails set next_at = $2, fault = $3 where id = $1 and state = 0";

/// It was not sent, and is tried again then.
pub async fn later(tx: &mut Tx, id: Uuid, at: Timestamp, fault: &str) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(LATER).bind(id).bind(micros(at)).bind(fault).execute(conn).await.map(drop)?);
    Ok(())
}

const GIVE_UP: &str = "update emails set state = 2, next_at = null, fault = $2 where id = $1 and state = 0";

/// It is not tried any more by itself.
pub async fn give_up(tx: &mut Tx, id: Uuid, fault: &str) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(GIVE_UP).bind(id).bind(fault).execute(conn).await.map(drop)?);
    Ok(())
}

const DROP: &str = "delete from emails where id = $1 and state = 0";

/// There is nobody to send it to any more.
pub async fn drop_one(tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(DROP).bind(id).execute(conn).await.map(drop)?);
    Ok(())
}

const OTHER_OF_MEMBER: &str = "select count(*) from emails
where member_no = $1 and kind = $2 and id <> $3 and (state = 0 or (state = 1 and sent_at > $4))";
const OTHER_OF_STAFF: &str = "select count(*) from emails
where staff = $1 and kind = $2 and id <> $3 and (state = 0 or (state = 1 and sent_at > $4))";

/// Whether another one of this kind goes to the same person, or has gone since.
pub async fn has_other(tx: &mut Tx, row: &EmailRow, to: For, since: i64) -> Result<bool, StoreError> {
    let others: i64 = on!(tx, conn => match (to.member_no, to.staff) {
        (Some(no), _) => {
            sqlx::query_scalar(OTHER_OF_MEMBER).bind(no).bind(row.kind).bind(row.id).bind(since).fetch_one(conn).await?
        }
        (None, id) => {
            sqlx::query_scalar(OTHER_OF_STAFF).bind(id).bind(row.kind).bind(row.id).bind(since).fetch_one(conn).await?
        }
    });
    Ok(others > 0)
}

const GOES_TO: &str = "update emails set member_no = $2, staff = $3 where id = $1";

/// Whom it turned out to be for.
pub async fn goes_to(tx: &mut Tx, id: Uuid, to: For) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(GOES_TO).bind(id).bind(to.member_no).bind(to.staff).execute(conn).await.map(drop)?);
    Ok(())
}

const SENT_OF: &str = "select count(*) from emails where state = 1 and id >= $1 and kind = $2 and body = $3";

/// How many of a kind have been sent that say just this, of those whose ids are not before this one.
pub async fn sent_of(tx: &mut Tx, from: Uuid, kind: i16, body: &str) -> Result<i64, StoreError> {
    Ok(on!(tx, conn => sqlx::query_scalar(SENT_OF).bind(from).bind(kind).bind(body).fetch_one(conn).await?))
}

const FORGET: &str = "delete from emails where member_no = $1";

/// Deletes all of a member's, sent or not.
pub async fn forget(tx: &mut Tx, member_no: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(FORGET).bind(member_no).execute(conn).await.map(drop)?);
    Ok(())
}

const PRUNE: &str = "delete from emails where id in (select id from emails where state = $3 and id < $1 order by id limit $2)";

/// Deletes some that were made before the time that an id begins with and are waiting no more. How many; `most` of each kind.
pub async fn prune(tx: &mut Tx, before: Uuid, most: i64) -> Result<u64, StoreError> {
    let mut deleted = 0;
    for state in [1_i16, 2] {
        deleted += on!(tx, conn => sqlx::query(PRUNE)
            .bind(before).bind(most).bind(state)
            .execute(conn).await?.rows_affected());
    }
    Ok(deleted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn e_mails_are_found_by_what_is_due_and_by_member() {
        for sql in [
            INSERT_SQLITE,
            CLAIM_SQLITE,
            SENT,
            LATER,
            GIVE_UP,
            DROP,
            OTHER_OF_MEMBER,
            OTHER_OF_STAFF,
            GOES_TO,
            SENT_OF,
            FORGET,
            PRUNE,
        ] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
