//! The states that redemptions go through: moving on, by somebody or by time, and what was noted then.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::redemption::RedemptionState;
use uuid::Uuid;

use super::{RedemptionKey, as_rows, state};
use crate::store::{StoreError, Tx, json, micros, on, timestamp};

const SET_STATE: &str = "update redemptions set state = $4, changed_at = $5 where member_no = $1 and id = $2 and state = $3";
const NOTE_STATE: &str = "insert into redemption_states (member_no, redemption_id, state, at, actor, actor_id, note)
values ($1, $2, $3, $4, $5, $6, $7)";

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
    of: RedemptionKey,
    from: RedemptionState,
    to: RedemptionState,
    now: Timestamp,
    by: MovedBy<'_>,
) -> Result<bool, StoreError> {
    let moved = on!(tx, conn => sqlx::query(SET_STATE)
        .bind(of.member_no).bind(of.id.uuid()).bind(from as i16).bind(to as i16).bind(micros(now))
        .execute(conn).await?.rows_affected());
    if moved > 0 {
        note_state(tx, of, to, now, by).await?;
    }
    Ok(moved > 0)
}

pub async fn note_state(
    tx: &mut Tx,
    of: RedemptionKey,
    state: RedemptionState,
    now: Timestamp,
    by: MovedBy<'_>,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(NOTE_STATE)
        .bind(of.member_no).bind(of.id.uuid()).bind(state as i16).bind(micros(now)).bind(by.actor).bind(by.id).bind(by.note)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const SET_RETURNED: &str = "update redemptions set restocked = $3, return_reason = $4 where member_no = $1 and id = $2";

/// Notes how a gift came back.
pub async fn set_returned(tx: &mut Tx, of: RedemptionKey, restocked: bool, reason: &str) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET_RETURNED)
        .bind(of.member_no).bind(of.id.uuid()).bind(restocked).bind(reason).execute(conn).await.map(drop)?);
    Ok(())
}

const SET_EXPIRY: &str = "update redemptions set expires_at = $3 where member_no = $1 and id = $2";
const SET_TRACKING: &str = "update redemptions set tracking = $3 where member_no = $1 and id = $2";

pub async fn set_expiry(tx: &mut Tx, of: RedemptionKey, at: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET_EXPIRY).bind(of.member_no).bind(of.id.uuid()).bind(micros(at)).execute(conn).await.map(drop)?);
    Ok(())
}

pub async fn set_tracking(tx: &mut Tx, of: RedemptionKey, tracking: &str) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET_TRACKING).bind(of.member_no).bind(of.id.uuid()).bind(tracking).execute(conn).await.map(drop)?);
    Ok(())
}

// SQLite would go through everything in this state, by the index on the state
const EXPIRE_SQLITE: &str = "update redemptions set state = 7, changed_at = expires_at
where state = 5 and id in (select id from redemptions indexed by redemptions_expiry
    where state = 5 and expires_at <= $1 order by expires_at limit $2)
returning member_no, id, expires_at";
const EXPIRE_POSTGRES: &str = "update redemptions set state = 7, changed_at = expires_at
where state = 5 and (member_no, id) in
    (select member_no, id from redemptions where state = 5 and expires_at <= $1 order by expires_at limit $2)
returning member_no, id, expires_at";
const NOTE_EXPIRED_SQLITE: &str = "insert into redemption_states (member_no, redemption_id, state, at, actor)
select value->>0, unhex(value->>1), 7, value->>2, 'system' from json_each($1)";
const NOTE_EXPIRED_POSTGRES: &str = "insert into redemption_states (member_no, redemption_id, state, at, actor)
select (value->>0)::bigint, (value->>1)::uuid, 7, (value->>2)::bigint, 'system' from jsonb_array_elements($1::jsonb) as j(value)";

/// The next vouchers whose time is over have expired, each at its own time. Which.
pub async fn expire(tx: &mut Tx, now: Timestamp, most: i64) -> Result<Vec<RedemptionId>, StoreError> {
    let sql = tx.pick(EXPIRE_SQLITE, EXPIRE_POSTGRES);
    let expired: Vec<(i64, Uuid, i64)> =
        on!(tx, conn => sqlx::query_as(sql).bind(micros(now)).bind(most).fetch_all(conn).await?);
    let rows: Vec<(i64, String, i64)> = expired.iter().map(|(no, id, at)| (*no, id.simple().to_string(), *at)).collect();
    let (sql, noted) = (tx.pick(NOTE_EXPIRED_SQLITE, NOTE_EXPIRED_POSTGRES), json(&rows)?);
    on!(tx, conn => sqlx::query(sql).bind(noted).execute(conn).await.map(drop)?);
    Ok(expired.into_iter().map(|(_, id, _)| RedemptionId::new(id)).collect())
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
where s.member_no = $1 and s.redemption_id = $2 order by s.at, case s.state when 4 then 99 else s.state end";

pub async fn states(db: &mut Tx, of: RedemptionKey) -> Result<Vec<StateSince>, StoreError> {
    type StateRow = (i16, i64, String, Option<String>, Option<String>);
    let rows: Vec<StateRow> =
        on!(db, conn => sqlx::query_as(STATES).bind(of.member_no).bind(of.id.uuid()).fetch_all(conn).await?);
    let read = |(number, at, actor, actor_name, note): StateRow| {
        Ok(StateSince { state: state(number)?, at: timestamp(at)?, actor, actor_name, note })
    };
    rows.into_iter().map(read).collect()
}

const NOTES_SQLITE: &str = "select s.redemption_id, s.state, s.note from json_each($1) j cross join redemption_states s
    on s.member_no = j.value->>0 and s.redemption_id = unhex(j.value->>1) where s.note is not null";
const NOTES_POSTGRES: &str = "select s.redemption_id, s.state, s.note from jsonb_array_elements($1::jsonb) as j(value)
cross join lateral (select own.* from redemption_states own where own.member_no = (j.value->>0)::bigint
    and own.redemption_id = (j.value->>1)::uuid and own.note is not null offset 0) s";

/// What was noted about these redemptions, with the state that each went to.
pub async fn notes(db: &mut Tx, of: &[RedemptionKey]) -> Result<Vec<(RedemptionId, RedemptionState, String)>, StoreError> {
    let (sql, of) = (db.pick(NOTES_SQLITE, NOTES_POSTGRES), as_rows(of)?);
    let rows: Vec<(Uuid, i16, String)> = on!(db, conn => sqlx::query_as(sql).bind(of).fetch_all(conn).await?);
    rows.into_iter().map(|(id, number, note)| Ok((RedemptionId::new(id), state(number)?, note))).collect()
}

const STATES_OF_RANGE: &str =
    "select redemption_id, state, at from redemption_states where member_no >= $1 and member_no <= $2";

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
        for sql in [EXPIRE_SQLITE, NOTES_SQLITE, SET_STATE, SET_RETURNED, SET_EXPIRY, SET_TRACKING] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
