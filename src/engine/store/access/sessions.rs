//! Sessions of members and of staff. Found by the hash of their token.

use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, json, on};

#[derive(Clone, Debug, FromRow)]
pub struct SessionRow {
    pub id: Uuid,
    pub created_at: i64,
    pub last_seen_at: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct MemberSessionRow {
    #[sqlx(flatten)]
    pub session: SessionRow,
    pub no: i64,
    pub member: Uuid,
    pub name: Option<String>,
    pub locale: Option<String>,
    /// How many notifications they have not read, up to a hundred.
    pub unread: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct StaffSessionRow {
    #[sqlx(flatten)]
    pub session: SessionRow,
    pub staff: Uuid,
    pub name: String,
    pub role: i16,
    pub locale: String,
}

/// One of somebody's sessions, for the list of devices.
#[derive(Clone, Debug, FromRow)]
pub struct DeviceRow {
    #[sqlx(flatten)]
    pub session: SessionRow,
    pub device: String,
}

/// Who a session belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Member(i64),
    Staff(Uuid),
}

impl Owner {
    pub fn member(self) -> Option<i64> {
        match self {
            Self::Member(no) => Some(no),
            Self::Staff(_) => None,
        }
    }

    pub fn staff(self) -> Option<Uuid> {
        match self {
            Self::Member(_) => None,
            Self::Staff(id) => Some(id),
        }
    }
}

const INSERT: &str = "insert into sessions (token_hash, id, member, staff, device, created_at, last_seen_at)
    values ($1, $2, $3, $4, $5, $6, $6)";

pub async fn insert(tx: &mut Tx, token: [u8; 32], id: Uuid, owner: Owner, device: &str, now: i64) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(INSERT)
        .bind(token.as_slice()).bind(id).bind(owner.member()).bind(owner.staff()).bind(device).bind(now)
        .execute(conn).await.map(drop)?);
    Ok(())
}

// every page of the portal shows the number of notifications, and every page asks for the session
macro_rules! find_member {
    ($notifications:literal) => {
        concat!(
            "select s.id, s.created_at, s.last_seen_at, m.no, m.id as member, m.name, m.locale,
    (select count(*) from (select 1 from ",
            $notifications,
            " where n.member_no = m.no and n.read_at is null limit 100) unread) as unread
    from sessions s join members m on m.no = s.member where s.token_hash = $1 and m.status <> 2"
        )
    };
}

// SQLite would go through all that the member was ever told, by the primary key
const FIND_MEMBER_SQLITE: &str = find_member!("notifications n indexed by notifications_unread");
const FIND_MEMBER_POSTGRES: &str = find_member!("notifications n");

/// Closed members (status 2) have no sessions any more.
pub async fn find_member(db: &mut Tx, token: [u8; 32]) -> Result<Option<MemberSessionRow>, StoreError> {
    let sql = db.pick(FIND_MEMBER_SQLITE, FIND_MEMBER_POSTGRES);
    Ok(on!(db, conn => sqlx::query_as(sql).bind(token.as_slice()).fetch_optional(conn).await?))
}

const FIND_STAFF: &str = "select s.id, s.created_at, s.last_seen_at, f.id as staff, f.name, f.role, f.locale
    from sessions s join staff f on f.id = s.staff where s.token_hash = $1 and f.disabled_at is null";

pub async fn find_staff(db: &mut Tx, token: [u8; 32]) -> Result<Option<StaffSessionRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(FIND_STAFF).bind(token.as_slice()).fetch_optional(conn).await?))
}

const TOUCH_SQLITE: &str = "update sessions set last_seen_at = j.value->>1 from json_each($1) j
where sessions.id = unhex(j.value->>0) and last_seen_at < j.value->>1";
// locked in one order, as several servers do this at the same time
const TOUCH_POSTGRES: &str = "with seen as materialized (
    select s.id, (j.value->>1)::bigint as at from jsonb_array_elements($1::jsonb) as j(value)
    join sessions s on s.id = (j.value->>0)::uuid order by s.id for no key update of s
) update sessions set last_seen_at = seen.at from seen where sessions.id = seen.id and last_seen_at < seen.at";

/// Notes when sessions were used last.
pub async fn touch(tx: &mut Tx, uses: &[(Uuid, i64)]) -> Result<(), StoreError> {
    let uses: Vec<(String, i64)> = uses.iter().map(|(id, at)| (id.simple().to_string(), *at)).collect();
    let (sql, uses) = (tx.pick(TOUCH_SQLITE, TOUCH_POSTGRES), json(&uses)?);
    on!(tx, conn => sqlx::query(sql).bind(uses).execute(conn).await.map(drop)?);
    Ok(())
}

const DELETE: &str = "delete from sessions where token_hash = $1";

pub async fn delete(tx: &mut Tx, token: [u8; 32]) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(DELETE).bind(token.as_slice()).execute(conn).await.map(drop)?);
    Ok(())
}

const DELETE_ONE: &str = "delete from sessions where id = $1 and (member = $2 or staff = $3)";

/// Ends one session of this owner. False if they have no such session.
pub async fn delete_one(tx: &mut Tx, id: Uuid, owner: Owner) -> Result<bool, StoreError> {
    let deleted = on!(tx, conn => sqlx::query(DELETE_ONE)
        .bind(id).bind(owner.member()).bind(owner.staff())
        .execute(conn).await?.rows_affected());
    Ok(deleted > 0)
}

const DELETE_ALL: &str = "delete from sessions where (member = $1 or staff = $2) and token_hash <> $3";

/// Ends all sessions of this owner but one, if one is named.
pub async fn delete_all(tx: &mut Tx, owner: Owner, but: Option<[u8; 32]>) -> Result<u64, StoreError> {
    let but = but.unwrap_or_default();
    Ok(on!(tx, conn => sqlx::query(DELETE_ALL)
        .bind(owner.member()).bind(owner.staff()).bind(but.as_slice())
        .execute(conn).await?.rows_affected()))
}

const LIST: &str = "select id, created_at, last_seen_at, device from sessions
    where (member = $1 or staff = $2) order by last_seen_at desc limit 100";

pub async fn list(db: &mut Tx, owner: Owner) -> Result<Vec<DeviceRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(LIST).bind(owner.member()).bind(owner.staff()).fetch_all(conn).await?))
}

const PRUNE_IDLE_MEMBERS: &str = "delete from sessions where token_hash in (select token_hash from sessions
    where member is not null and last_seen_at <= $1 order by last_seen_at limit $2)";
const PRUNE_OLD_MEMBERS: &str = "delete from sessions where token_hash in (select token_hash from sessions
    where member is not null and created_at <= $1 order by created_at limit $2)";
// of whom there are few
const PRUNE_STAFF: &str = "delete from sessions where token_hash in (select token_hash from sessions
    where staff is not null and (last_seen_at <= $1 or created_at <= $2) limit $3)";

/// Deletes some of what has ended: of members, then of staff, what was last seen and made before these times. How many; none
/// when there is nothing more. `most` bounds each kind.
pub async fn prune(tx: &mut Tx, [members, staff]: [(i64, i64); 2], most: i64) -> Result<u64, StoreError> {
    let idle = on!(tx, conn => sqlx::query(PRUNE_IDLE_MEMBERS).bind(members.0).bind(most).execute(conn).await?.rows_affected());
    let old = on!(tx, conn => sqlx::query(PRUNE_OLD_MEMBERS).bind(members.1).bind(most).execute(conn).await?.rows_affected());
    let of_staff = on!(tx, conn => sqlx::query(PRUNE_STAFF)
        .bind(staff.0).bind(staff.1).bind(most)
        .execute(conn).await?.rows_affected());
    Ok(idle + old + of_staff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::{check_scans_nothing, check_uses};

    #[tokio::test]
    async fn a_session_is_found_with_the_number_of_unread_notifications_and_no_look_at_the_others() {
        check_scans_nothing(FIND_MEMBER_SQLITE, &["SCAN unread"]).await;
        check_uses(FIND_MEMBER_SQLITE, "notifications_unread").await;
    }

    #[tokio::test]
    async fn what_has_ended_is_found_by_its_time() {
        for sql in [PRUNE_IDLE_MEMBERS, PRUNE_OLD_MEMBERS, TOUCH_SQLITE] {
            check_scans_nothing(sql, &[]).await;
        }
        check_scans_nothing(PRUNE_STAFF, &["sessions_of_staff"]).await;
    }
}
