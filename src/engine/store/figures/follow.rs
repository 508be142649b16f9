//! Following: whose ledger went on since they were looked at last, and adding what is new of it.

use laurel_domain::numbers::calendar::Calendar;
use serde::Serialize;

use super::gather::{Activity, EntryRow, Figures};
use crate::store::ledger::events;
use crate::store::{StoreError, Tx, json, micros, on, timestamp};

// walks members and what is known of them side by side, by their numbers
const BEHIND: &str = "select m.no, m.seq - coalesce(f.seq, 0) from members m left join figures_members f on f.member_no = m.no
where m.no > $1 and (f.member_no is null or f.seq <> m.seq or f.tier <> m.tier or f.rated_by <> m.rated_by
    or f.available is distinct from m.available or f.earned is distinct from m.earned)
order by m.no limit $2";

/// The next members after this number of whom something is not in the figures, and how many entries.
pub async fn behind(db: &mut Tx, after: i64, most: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(BEHIND).bind(after).bind(most).fetch_all(conn).await?))
}

/// A member, how far they are, and how far they have been followed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Ahead {
    pub(super) no: i64,
    pub(super) registered_at: i64,
    pub(super) seq: i64,
    pub(super) tier: i64,
    pub(super) rated_by: i64,
    pub(super) available: i64,
    pub(super) earned: i64,
    pub(super) is_known: bool,
    pub(super) from_seq: i64,
    pub(super) changes: i64,
    pub(super) active_on: i32,
}

macro_rules! ahead {
    ($from:literal) => {
        concat!(
            "select m.no, m.registered_at, m.seq, cast(m.tier as bigint) as tier, cast(m.rated_by as bigint) as rated_by, \
             m.available, m.earned, f.member_no is not null as is_known, coalesce(f.seq, 0) as from_seq, cast(coalesce(f.changes, 0) as bigint) as changes, \
             coalesce(f.active_on, 0) as active_on from ",
            $from,
            " left join figures_members f on f.member_no = m.no"
        )
    };
}

const AHEAD: [&str; 2] = [
    ahead!("jsonb_each($1) j cross join members m on m.no = j.value"),
    ahead!("jsonb_array_elements_text($1::jsonb) as j(value) join members m on m.no = j.value::bigint"),
];

const ENTRIES: [&str; 2] = [
    "select e.member_no, e.seq, e.occurred_at + e.delay, cast(e.kind as bigint), cast(e.cause as bigint), cast(e.scene as bigint), e.points
from jsonb_each($1) j cross join entries e on e.member_no = j.value->>0 and e.seq > j.value->>1 and e.seq <= j.value->>2",
    "select e.member_no, e.seq, e.occurred_at + e.delay, cast(e.kind as bigint), cast(e.cause as bigint), cast(e.scene as bigint), e.points
from jsonb_array_elements($1::jsonb) as j(value) cross join lateral (select own.* from entries own
    where own.member_no = (j.value->>0)::bigint and own.seq > (j.value->>1)::bigint and own.seq <= (j.value->>2)::bigint offset 0) e",
];

/// Of these members, by member and seq: after the second number, through the third.
pub(super) async fn entries(db: &mut Tx, parts: &[(i64, i64, i64)]) -> Result<Vec<EntryRow>, StoreError> {
    let (sql, parts) = (db.pick(ENTRIES[0], ENTRIES[1]), json(parts)?);
    let mut rows: Vec<EntryRow> = on!(db, conn => sqlx::query_as(sql).bind(parts).fetch_all(conn).await?);
    rows.sort_unstable_by_key(|(no, seq, ..)| (*no, *seq));
    Ok(rows)
}

/// As `figures_members` has it.
#[derive(Serialize)]
struct Known(i64, i64, i64, i64, i64, i32, i64, i64);

const HOLD: [&str; 2] = [
    "select cast(id as bigint) from figures_state where id = 1",
    "select cast(id as bigint) from figures_state where id = 1 for update",
];

/// Adds what is new of these members, of each at most so many entries. Whether there is more of somebody.
pub async fn follow(tx: &mut Tx, calendar: &Calendar, numbers: &[i64], most: i64) -> Result<bool, StoreError> {
    // one at a time, and what is known is read behind it
    let (hold, sql) = (tx.pick(HOLD[0], HOLD[1]), tx.pick(AHEAD[0], AHEAD[1]));
    let _: i64 = on!(tx, conn => sqlx::query_scalar(hold).fetch_one(conn).await?);
    let asked = json(numbers)?;
    let members: Vec<Ahead> = on!(tx, conn => sqlx::query_as(sql).bind(asked).fetch_all(conn).await?);
    let through = |member: &Ahead| member.seq.min(member.from_seq.saturating_add(most));
    let parts: Vec<(i64, i64, i64)> = members.iter().map(|member| (member.no, member.from_seq, through(member))).collect();
    let entries = entries(tx, &parts).await?;
    let changes = events::tier_changes(tx, numbers).await?;
    let (mut figures, mut known) = (Figures::default(), Vec::with_capacity(members.len()));
    for member in &members {
        if !member.is_known {
            figures.registered(calendar, timestamp(member.registered_at)?);
        }
        let changes = changes.get(&member.no).map(Vec::as_slice).unwrap_or_default();
        let seen = usize::try_from(member.changes).unwrap_or(0);
        changes.iter().skip(seen).for_each(|change| figures.changed(calendar, change));
        let from = entries.partition_point(|(no, ..)| *no < member.no);
        let mut active_on = member.active_on;
        for entry in entries[from..].iter().take_while(|(no, ..)| *no == member.no) {
            active_on = figures.posted(calendar, entry, active_on)?;
        }
        let changes = changes.len().max(seen) as i64;
        let (available, earned) = (member.available, member.earned);
        known.push(Known(member.no, through(member), member.tier, member.rated_by, changes, active_on, available, earned));
    }
    add(tx, &figures.reduced(), &known).await?;
    Ok(members.iter().any(|member| through(member) < member.seq))
}

// in the order of their keys, as everybody writes them
const ADD_SCENES: [&str; 2] = [
    "insert into figures_scenes (day, origin, events, points)
select value->>0, value->>1, value->>2, value->>3 from json_each($1) where true
on conflict (day, origin) do update set events = figures_scenes.events + excluded.events, points = figures_scenes.points + excluded.points",
    "insert into figures_scenes (day, origin, events, points)
select (value->>0)::integer, (value->>1)::smallint, (value->>2)::bigint, (value->>3)::bigint from jsonb_array_elements($1::jsonb) as j(value)
on conflict (day, origin) do update set events = figures_scenes.events + excluded.events, points = figures_scenes.points + excluded.points",
];
const ADD_TIERS: [&str; 2] = [
    "insert into figures_tiers (day, tier, members) select value->>0, value->>1, value->>2 from json_each($1) where true
on conflict (day, tier) do update set members = figures_tiers.members + excluded.members",
    "insert into figures_tiers (day, tier, members)
select (value->>0)::integer, (value->>1)::smallint, (value->>2)::bigint from jsonb_array_elements($1::jsonb) as j(value)
on conflict (day, tier) do update set members = figures_tiers.members + excluded.members",
];
const ADD_ACTIVE: [&str; 2] = [
    "insert into figures_active (is_month, at, before, members)
select value->>0, value->>1, value->>2, value->>3 from json_each($1) where true
on conflict (is_month, at, before) do update set members = figures_active.members + excluded.members",
    "insert into figures_active (is_month, at, before, members)
select (value->>0)::smallint, (value->>1)::integer, (value->>2)::integer, (value->>3)::bigint
from jsonb_array_elements($1::jsonb) as j(value)
on conflict (is_month, at, before) do update set members = figures_active.members + excluded.members",
];
const SET_KNOWN: [&str; 2] = [
    "insert into figures_members (member_no, seq, tier, rated_by, changes, active_on, available, earned)
select value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7 from json_each($1) where true
on conflict (member_no) do update set seq = excluded.seq, tier = excluded.tier, rated_by = excluded.rated_by,
    changes = excluded.changes, active_on = excluded.active_on, available = excluded.available, earned = excluded.earned",
    "insert into figures_members (member_no, seq, tier, rated_by, changes, active_on, available, earned)
select (value->>0)::bigint, (value->>1)::bigint, (value->>2)::smallint, (value->>3)::integer, (value->>4)::integer, (value->>5)::integer,
    (value->>6)::bigint, (value->>7)::bigint
from jsonb_array_elements($1::jsonb) as j(value)
on conflict (member_no) do update set seq = excluded.seq, tier = excluded.tier, rated_by = excluded.rated_by,
    changes = excluded.changes, active_on = excluded.active_on, available = excluded.available, earned = excluded.earned",
];
const ADD_STATE: &str = "update figures_state set entries = entries + $1, members = members + $2 where id = 1";

async fn add(tx: &mut Tx, figures: &Figures, known: &[Known]) -> Result<(), StoreError> {
    let scenes = figures.scenes.iter().map(|((day, origin), (events, points))| (*day, origin.number(), *events, *points));
    let scenes = json(&scenes.collect::<Vec<_>>())?;
    let tiers = json(&figures.tiers.iter().map(|((day, tier), members)| (*day, *tier, *members)).collect::<Vec<_>>())?;
    let active =
        figures.active.iter().map(|((of, at, before), members)| (i16::from(*of == Activity::Month), *at, *before, *members));
    let active = json(&active.collect::<Vec<_>>())?;
    for (texts, rows) in [(ADD_SCENES, scenes), (ADD_TIERS, tiers), (ADD_ACTIVE, active), (SET_KNOWN, json(known)?)] {
        let sql = tx.pick(texts[0], texts[1]);
        on!(tx, conn => sqlx::query(sql).bind(rows).execute(conn).await.map(drop)?);
    }
    let (entries, members) = (figures.entries, figures.members);
    on!(tx, conn => sqlx::query(ADD_STATE).bind(entries).bind(members).execute(conn).await.map(drop)?);
    Ok(())
}

const SET_SWEPT: &str = "update figures_state set swept_at = $1, ordered_at = $1 where id = 1";

/// Everybody has been looked at since then.
pub async fn set_swept(tx: &mut Tx, at: jiff::Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET_SWEPT).bind(micros(at)).execute(conn).await.map(drop)?);
    Ok(())
}

const FORGET: [&str; 5] = [
    "update figures_state set entries = 0, members = 0, swept_at = null, ordered_at = null where id = 1",
    "delete from figures_members",
    "delete from figures_scenes",
    "delete from figures_tiers",
    "delete from figures_active",
];

/// As if nobody had been followed: the job begins anew.
pub async fn forget(tx: &mut Tx) -> Result<(), StoreError> {
    for sql in FORGET {
        on!(tx, conn => sqlx::query(sql).execute(conn).await.map(drop)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn members_are_walked_once_and_their_ledgers_looked_up() {
        for sql in [BEHIND, AHEAD[0], ENTRIES[0]] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
