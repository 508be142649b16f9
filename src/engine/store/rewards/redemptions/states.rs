//! The states that redemptions go through: moving on, by somebody or by time, and what was noted then.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::redemption::RedemptionState;
use uuid::Uuid;

use super::state;
use crate::store::{StoreError, Tx, json, micros, on, timestamp};

const SET_STATE: &str = "update redemptions set state = $3, changed_at = $4 where id = $1 and state = $2";
const NOTE_STATE: &str =
    "insert into redemption_states (redemption_id, state, at, actor, actor_id, note) values ($1, $2, $3, $4, $5, $6)";

/// Who moves a redemption on, and what they note about it.
#[derive(Clone, Copy, Debug)]
pub struct MovedBy<'a> {
    pub actor: &'a str,
    pub id: Option<Uuid>,
    pub note: Option<&'a str>,
}

/// Moves it from one state to the next and notes when and by whom. Whether it was still there.
pub async fn set_state(
    tx: &mut Tx,
    id: RedemptionId,
    from: RedemptionState,
    to: RedemptionState,
    now: Timestamp,
    by: MovedBy<'_>,
) -> Result<bool, StoreError> {
    let moved = on!(tx, conn => sqlx::query(SET_STATE)
        .bind(id.uuid()).bind(from as i16).bind(to as i16).bind(micros(now))
        .execute(conn).await?.rows_affected());
    if moved > 0 {
        note_state(tx, id, to, now, by).await?;
    }
    Ok(moved > 0)
}

pub async fn note_state(
    tx: &mut Tx,
    id: RedemptionId,
    state: RedemptionState,
    now: Timestamp,
    by: MovedBy<'_>,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(NOTE_STATE)
        .bind(id.uuid()).bind(state as i16).bind(micros(now)).bind(by.actor).bind(by.id).bind(by.note)
        .execute(conn).await.map(drop)?);
    Ok(())
}

// SQLite would go through everything in this state, by the index on the state
const EXPIRE_SQLITE: &str = "update redemptions set state = 7, changed_at = expires_at
where state = 5 and id in (select id from redemptions indexed by redemptions_expiry
    where state = 5 and expires_at <= $1 order by expires_at limit $2)
returning id, expires_at";
const EXPIRE_POSTGRES: &str = "update redemptions set state = 7, changed_at = expires_at
where state = 5 and id in (select id from redemptions where state = 5 and expires_at <= $1 order by expires_at limit $2)
returning id, expires_at";
const NOTE_EXPIRED_SQLITE: &str = "insert into redemption_states (redemption_id, state, at, actor)
select unhex(value->>0), 7, value->>1, 'system' from json_each($1)";
const NOTE_EXPIRED_POSTGRES: &str = "insert into redemption_states (redemption_id, state, at, actor)
select (value->>0)::uuid, 7, (value->>1)::bigint, 'system' from jsonb_array_elements($1::jsonb) as j(value)";

/// The next vouchers whose time is over have expired, each at its own time. Which.
pub async fn expire(tx: &mut Tx, now: Timestamp, most: i64) -> Result<Vec<RedemptionId>, StoreError> {
    let sql = tx.pick(EXPIRE_SQLITE, EXPIRE_POSTGRES);
    let expired: Vec<(Uuid, i64)> = on!(tx, conn => sqlx::query_as(sql).bind(micros(now)).bind(most).fetch_all(conn).await?);
    let rows: Vec<(String, i64)> = expired.iter().map(|(id, at)| (id.simple().to_string(), *at)).collect();
    let (sql, noted) = (tx.pick(NOTE_EXPIRED_SQLITE, NOTE_EXPIRED_POSTGRES), json(&rows)?);
    on!(tx, conn => sqlx::query(sql).bind(noted).execute(conn).await.map(drop)?);
    Ok(expired.into_iter().map(|(id, _)| RedemptionId::new(id)).collect())
}

/// A state that a redemption has been in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateSince {
    pub state: RedemptionState,
    pub at: Timestamp,
    /// `member`, `staff`, `key`, `command_line` or `system`.
    pub actor: String,
    /// Of somebody of the staff, or of a key.
    pub actor_name: Option<String>,
    /// A payment's reference, or a reason.
    pub note: Option<String>,
}

const STATES: &str = "select s.state, s.at, s.actor, coalesce(f.name, k.name) as actor_name, s.note
from redemption_states s left join staff f on f.id = s.actor_id left join api_keys k on k.id = s.actor_id
where s.redemption_id = $1 order by s.at, case s.state when 4 then 99 else s.state end";

pub async fn states(db: &mut Tx, id: RedemptionId) -> Result<Vec<StateSince>, StoreError> {
    type StateRow = (i16, i64, String, Option<String>, Option<String>);
    let rows: Vec<StateRow> = on!(db, conn => sqlx::query_as(STATES).bind(id.uuid()).fetch_all(conn).await?);
    let read = |(number, at, actor, actor_name, note): StateRow| {
        Ok(StateSince { state: state(number)?, at: timestamp(at)?, actor, actor_name, note })
    };
    rows.into_iter().map(read).collect()
}

const NOTES_SQLITE: &str = "select redemption_id, state, note from redemption_states
where note is not null and redemption_id in (select unhex(value) from json_each($1))";
const NOTES_POSTGRES: &str = "select redemption_id, state, note from redemption_states
where note is not null and redemption_id in (select value::uuid from jsonb_array_elements_text($1::jsonb) as value)";

/// What was noted about these redemptions, with the state that each went to.
pub async fn notes(db: &mut Tx, ids: &[RedemptionId]) -> Result<Vec<(RedemptionId, RedemptionState, String)>, StoreError> {
    let ids: Vec<String> = ids.iter().map(|id| id.uuid().simple().to_string()).collect();
    let (sql, ids) = (db.pick(NOTES_SQLITE, NOTES_POSTGRES), json(&ids)?);
    let rows: Vec<(Uuid, i16, String)> = on!(db, conn => sqlx::query_as(sql).bind(ids).fetch_all(conn).await?);
    rows.into_iter().map(|(id, number, note)| Ok((RedemptionId::new(id), state(number)?, note))).collect()
}

const STATES_OF_RANGE: &str = "select s.redemption_id, s.state, s.at from redemptions r
join redemption_states s on s.redemption_id = r.id where r.member_no >= $1 and r.member_no <= $2";

/// The states that redemptions of the members with these numbers have been in, in no order.
pub async fn states_of_range(
    db: &mut Tx,
    first: i64,
    last: i64,
) -> Result<HashMap<RedemptionId, Vec<(RedemptionState, Timestamp)>>, StoreError> {
    let rows: Vec<(Uuid, i16, i64)> =
        on!(db, conn => sqlx::query_as(STATES_OF_RANGE).bind(first).bind(last).fetch_all(conn).await?);
    let mut states: HashMap<RedemptionId, Vec<(RedemptionState, Timestamp)>> = HashMap::new();
    for (id, number, at) in rows {
        states.entry(RedemptionId::new(id)).or_default().push((state(number)?, timestamp(at)?));
    }
    Ok(states)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn vouchers_whose_time_is_over_are_found_by_their_time() {
        check_scans_nothing(EXPIRE_SQLITE, &[]).await;
    }
}
