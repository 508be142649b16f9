//! The audit log: who did what to what, when, and what it was before and after. Append-only; triggers see to that.
//!
//! Before and after are JSON of what changed. They hold no secrets, and of personal data only which field changed,
//! so that erasing a person leaves the log whole.

use laurel_domain::text::Both;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::random;
use crate::store::{StoreError, Tx, json, micros, on};
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

pub async fn append(tx: &mut Tx, action: &Action<'_>, now: jiff::Timestamp) -> Result<(), StoreError> {
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
    now: jiff::Timestamp,
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
    /// Only entries older than this one: the last of the page before.
    pub before: Option<Uuid>,
    pub limit: i64,
}

macro_rules! list {
    ($condition:literal) => {
        concat!(
            "select a.id, a.at, a.actor_kind, a.actor, f.name as actor_name, a.action, a.subject, a.before, a.after
    from audit a left join staff f on f.id = a.actor
    where a.id < $1 and ",
            $condition,
            " order by a.id desc limit $2"
        )
    };
}

// each goes by one index, the one that leaves least, and looks through what it finds there
const OF_SUBJECT: &str = list!("a.subject = $3 and ($4 is null or a.actor = $4) and ($5 is null or a.action = $5)");
const OF_ACTOR: &str = list!("a.actor = $3 and ($4 is null or a.action = $4)");
const OF_ACTION: &str = list!("a.action = $3");
const ALL: &str = list!("true");

/// The newest first.
pub async fn list(db: &mut Tx, filter: &Filter) -> Result<Vec<AuditRow>, StoreError> {
    let (before, most) = (filter.before.unwrap_or(Uuid::max()), filter.limit.clamp(1, 500));
    let Filter { actor, action, subject, .. } = filter;
    Ok(on!(db, conn => match (subject, actor, action) {
        (Some(subject), actor, action) => {
            sqlx::query_as(OF_SUBJECT).bind(before).bind(most).bind(subject).bind(actor).bind(action).fetch_all(conn).await?
        }
        (None, Some(actor), action) => {
            sqlx::query_as(OF_ACTOR).bind(before).bind(most).bind(actor).bind(action).fetch_all(conn).await?
        }
        (None, None, Some(action)) => sqlx::query_as(OF_ACTION).bind(before).bind(most).bind(action).fetch_all(conn).await?,
        (None, None, None) => sqlx::query_as(ALL).bind(before).bind(most).fetch_all(conn).await?,
    }))
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

/// What members, staff, keys or rewards with these ids are called; nothing for other kinds.
pub async fn names(db: &mut Tx, kind: &str, ids: &[Uuid]) -> Result<Vec<(Uuid, Both)>, StoreError> {
    let [sqlite, postgres] = match kind {
        "member" => MEMBERS,
        "staff" => STAFF,
        "key" => KEYS,
        "reward" => REWARDS,
        _ => return Ok(Vec::new()),
    };
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    let (sql, ids) = (db.pick(sqlite, postgres), json(&ids)?);
    let rows: Vec<(Uuid, String, String)> = on!(db, conn => sqlx::query_as(sql).bind(ids).fetch_all(conn).await?);
    Ok(rows.into_iter().map(|(id, zh, en)| (id, Both { zh, en })).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn the_trail_is_read_by_what_it_is_filtered_by() {
        for sql in [OF_SUBJECT, OF_ACTOR, OF_ACTION, ALL] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
