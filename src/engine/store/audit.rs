//! The audit log: who did what to what, when, and what it was before and after. Append-only; triggers see to that.
//!
//! Before and after are JSON of what changed. They hold no secrets, and of personal data only which field changed,
//! so that erasing a person leaves the log whole.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::text::Both;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::random;
use crate::store::keyset::{Place, Window};
use crate::store::{COUNTED, StoreError, Tx, json, micros, on};
use laurel_domain::access::Actor;

/// Something that somebody did.
#[derive(Clone, Debug)]
pub struct Action<'a> {
    pub actor: Actor,
    /// `staff.create`, `member.suspend`, …
    pub name: &'static str,
    /// What it was done to: a kind and an id, `member:0192…`.
    pub subject: &'a str,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

#[derive(Clone, Debug, FromRow)]
pub struct AuditRow {
    pub id: Uuid,
    pub at: i64,
    pub actor_kind: i16,
    pub actor: Option<Uuid>,
    /// Of a staff member who acted.
    pub actor_name: Option<String>,
    pub action: String,
    pub subject: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

const INSERT: &str = "insert into audit (id, at, actor_kind, actor, action, subject, before, after)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";

pub async fn append(tx: &mut Tx, action: &Action<'_>, now: Timestamp) -> Result<(), StoreError> {
    let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
    on!(tx, conn => sqlx::query(INSERT)
        .bind(random::id(now)).bind(micros(now)).bind(action.actor.kind()).bind(action.actor.id())
        .bind(action.name).bind(action.subject).bind(text(&action.before)).bind(text(&action.after))
        .execute(conn).await.map(drop)?);
    Ok(())
}

const INSERT_SQLITE: &str = "insert into audit (id, at, actor_kind, actor, action, subject, before, after)
select unhex(value->>0), $2, $3, $4, $5, value->>1, value->>2, value->>3 from json_each($1)";
const INSERT_POSTGRES: &str = "insert into audit (id, at, actor_kind, actor, action, subject, before, after)
select (value->>0)::uuid, $2, $3, $4, $5, value->>1, value->>2, value->>3 from jsonb_array_elements($1::jsonb) as j(value)";

/// What somebody did to many at once, a line for each: its subject, and what it was before and after.
pub async fn append_all(
    tx: &mut Tx,
    actor: Actor,
    name: &'static str,
    done: &[(String, Option<Value>, Option<Value>)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
    let rows: Vec<(String, &str, Option<String>, Option<String>)> = done
        .iter()
        .map(|(subject, before, after)| (random::id(now).simple().to_string(), subject.as_str(), text(before), text(after)))
        .collect();
    let (sql, rows) = (tx.pick(INSERT_SQLITE, INSERT_POSTGRES), json(&rows)?);
    on!(tx, conn => sqlx::query(sql)
        .bind(rows).bind(micros(now)).bind(actor.kind()).bind(actor.id()).bind(name)
        .execute(conn).await.map(drop)?);
    Ok(())
}

/// Which entries to list; what is none restricts nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub actor: Option<Uuid>,
    pub action: Option<String>,
    pub subject: Option<String>,
    /// Only what was noted from then (inclusive) to then (exclusive).
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub ascending: bool,
    /// The last of the page before, or the first of the page after where one goes back.
    pub from: Option<Place<Uuid>>,
    pub limit: i64,
}

impl Filter {
    /// The identifiers between which the wanted entries lie: they begin with their time.
    fn bounds(&self) -> [Uuid; 2] {
        let since = self.since.map_or(Uuid::nil(), random::first_id_of);
        let until = self.until.map_or(Uuid::max(), random::first_id_of);
        match self.from {
            Some(from) if self.is_up() => [since.max(from.key), until],
            Some(from) => [since, until.min(from.key)],
            None => [since, until],
        }
    }

    fn is_up(&self) -> bool {
        self.ascending != self.from.is_some_and(|from| from.backwards)
    }

    /// The page that it asks for, of so many rows.
    pub fn window(&self) -> Window<Uuid> {
        Window { from: self.from, ascending: self.ascending, most: usize::try_from(self.limit).unwrap_or(1) }
    }
}

macro_rules! list {
    ($condition:literal) => {
        [list!($condition, " desc"), list!($condition, "")]
    };
    ($condition:literal, $way:literal) => {
        concat!(
            "select a.id, a.at, a.actor_kind, a.actor, f.name as actor_name, a.action, a.subject, a.before, a.after
    from audit a left join staff f on f.id = a.actor
    where a.id > $1 and a.id < $2 and ",
            $condition,
            " order by a.id",
            $way,
            " limit $3"
        )
    };
}

macro_rules! count {
    ($condition:literal) => {
        concat!(
            "select count(*) from (select 1 from audit a where a.id > $1 and a.id < $2 and ",
            $condition,
            " limit $3) counted"
        )
    };
}

macro_rules! each {
    ($make:ident) => {
        [
            $make!("a.subject = $4 and ($5 is null or a.actor = $5) and ($6 is null or a.action = $6)"),
            $make!("a.actor = $4 and ($5 is null or a.action = $5)"),
            $make!("a.action = $4"),
            $make!("true"),
        ]
    };
}

// each goes by one index, the one that leaves least, and looks through what it finds there
const LISTS: [[&str; 2]; 4] = each!(list);
const COUNTS: [&str; 4] = each!(count);

macro_rules! asked {
    ($sql:expr, $make:ident, $filter:expr, $limit:expr) => {{
        let ([low, high], Filter { actor, action, subject, .. }) = ($filter.bounds(), $filter);
        match (subject, actor, action) {
            (Some(subject), actor, action) => {
                sqlx::$make($sql(0)).bind(low).bind(high).bind($limit).bind(subject).bind(actor).bind(action)
            }
            (None, Some(actor), action) => sqlx::$make($sql(1)).bind(low).bind(high).bind($limit).bind(actor).bind(action),
            (None, None, Some(action)) => sqlx::$make($sql(2)).bind(low).bind(high).bind($limit).bind(action),
            (None, None, None) => sqlx::$make($sql(3)).bind(low).bind(high).bind($limit),
        }
    }};
}

/// In the order in which they are read: the newest first, unless the list ascends or one goes back.
pub async fn list(db: &mut Tx, filter: &Filter) -> Result<Vec<AuditRow>, StoreError> {
    let sql = |at: usize| LISTS[at][usize::from(filter.is_up())];
    let limit = filter.limit.clamp(1, 5_001);
    Ok(on!(db, conn => asked!(sql, query_as, filter, limit).fetch_all(conn).await?))
}

/// How many there are on all pages together; `COUNTED` at most.
pub async fn count(db: &mut Tx, filter: &Filter) -> Result<i64, StoreError> {
    let (sql, filter) = (|at: usize| COUNTS[at], &Filter { from: None, ..filter.clone() });
    Ok(on!(db, conn => asked!(sql, query_scalar, filter, COUNTED).fetch_one(conn).await?))
}

macro_rules! named {
    ($columns:literal) => {
        [
            concat!("select id, ", $columns, " where id in (select unhex(value) from json_each($1))"),
            concat!(
                "select id, ",
                $columns,
                " where id in (select value::uuid from jsonb_array_elements_text($1::jsonb) as value)"
            ),
        ]
    };
}

const MEMBERS: [&str; 2] = named!("coalesce(name, external_id, ''), coalesce(name, external_id, '') from members");
const STAFF: [&str; 2] = named!("name, name from staff");
const KEYS: [&str; 2] = named!("name, name from api_keys");
const REWARDS: [&str; 2] = named!("name_zh, name_en from rewards");
const EXPERIMENTS: [&str; 2] = named!("name, name from experiments");
const PAYOUTS: [&str; 2] = named!("cast(number as text), cast(number as text) from payout_batches");

/// What members, staff, keys, rewards or experiments with these ids are called, and the numbers of payout batches; nothing for
/// other kinds.
pub async fn names(db: &mut Tx, kind: &str, ids: &[Uuid]) -> Result<Vec<(Uuid, Both)>, StoreError> {
    let [sqlite, postgres] = match kind {
        "member" => MEMBERS,
        "staff" => STAFF,
        "key" => KEYS,
        "reward" => REWARDS,
        "experiment" => EXPERIMENTS,
        "payout" => PAYOUTS,
        _ => return Ok(Vec::new()),
    };
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    let (sql, ids) = (db.pick(sqlite, postgres), json(&ids)?);
    let rows: Vec<(Uuid, String, String)> = on!(db, conn => sqlx::query_as(sql).bind(ids).fetch_all(conn).await?);
    Ok(rows.into_iter().map(|(id, zh, en)| (id, Both { zh, en })).collect())
}

// ids begin with the millisecond in which they were made
const OF_MOMENT: &str = "select subject, after from audit
where id >= $1 and id < $2 and at = $3 and action = $4 and actor = $5";

/// What somebody did at one moment to many: each subject, and what it was afterwards.
pub async fn of_moment(
    db: &mut Tx,
    action: &str,
    actor: Uuid,
    at: Timestamp,
) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let after = at.saturating_add(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MAX);
    Ok(on!(db, conn => sqlx::query_as(OF_MOMENT)
        .bind(random::first_id_of(at)).bind(random::first_id_of(after)).bind(micros(at)).bind(action).bind(actor)
        .fetch_all(conn).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn the_trail_is_read_by_what_it_is_filtered_by() {
        for [down, up] in LISTS {
            check_scans_nothing(down, &[]).await;
            check_scans_nothing(up, &[]).await;
        }
        for sql in COUNTS {
            check_scans_nothing(sql, &["counted"]).await;
        }
    }
}
