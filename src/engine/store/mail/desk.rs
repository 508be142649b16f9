//! What the console shows of the outbox.

use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::keyset::Window;
use crate::store::{COUNTED, StoreError, Tx, micros, on};

/// An e-mail as the console lists it: never what it says.
#[derive(Clone, Debug, FromRow)]
pub struct ListedRow {
    pub id: Uuid,
    pub kind: i16,
    pub state: i16,
    pub attempts: i32,
    pub made_at: i64,
    pub next_at: Option<i64>,
    pub sent_at: Option<i64>,
    pub fault: Option<String>,
    pub member: Option<Uuid>,
    pub name: Option<String>,
}

macro_rules! select {
    () => {
        "select e.id, e.kind, e.state, e.attempts, e.made_at, e.next_at, e.sent_at, e.fault, m.id as member,
    coalesce(m.name, m.external_id, f.name) as name
from emails e left join members m on m.no = e.member_no left join staff f on f.id = e.staff "
    };
}

const IN_STATE: [&str; 2] = [
    concat!(select!(), "where e.state = $1 and e.id < $2 order by e.id desc limit $3"),
    concat!(select!(), "where e.state = $1 and e.id > $2 order by e.id limit $3"),
];
const OF_MEMBER: &str = concat!(select!(), "where e.member_no = $1 and e.id < $2 order by e.id desc limit $3");

/// Those in a state, as the page reads them: one more than it shows, if there is.
pub async fn in_state(db: &mut Tx, state: i16, page: &Window<Uuid>) -> Result<Vec<ListedRow>, StoreError> {
    let (way, end) = if page.is_up() { (1, Uuid::nil()) } else { (0, Uuid::max()) };
    let from = page.from.map_or(end, |from| from.key);
    Ok(on!(db, conn => sqlx::query_as(IN_STATE[way]).bind(state).bind(from).bind(page.limit()).fetch_all(conn).await?))
}

/// A member's, newest first.
pub async fn of_member(db: &mut Tx, member_no: i64, most: i64) -> Result<Vec<ListedRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(OF_MEMBER).bind(member_no).bind(Uuid::max()).bind(most).fetch_all(conn).await?))
}

const COUNT: &str = "select count(*) from (select 1 from emails where state = $1 limit $2) counted";

/// How many are in a state; `COUNTED` at most.
pub async fn count(db: &mut Tx, state: i16) -> Result<i64, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(COUNT).bind(state).bind(COUNTED).fetch_one(conn).await?))
}

const AGAIN: &str = "update emails set state = 0, attempts = 0, next_at = $2 where id = $1 and state <> 1";

/// One that was given up, or waits, is tried again at once. False if it was sent or is gone.
pub async fn again(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let moved = on!(tx, conn => sqlx::query(AGAIN).bind(id).bind(micros(now)).execute(conn).await?.rows_affected());
    Ok(moved > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn the_outbox_is_listed_without_a_look_at_the_rest() {
        for sql in [IN_STATE[0], IN_STATE[1], OF_MEMBER, AGAIN] {
            check_scans_nothing(sql, &[]).await;
        }
        check_scans_nothing(COUNT, &["counted"]).await;
    }
}
