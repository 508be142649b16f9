//! Entries that were posted behind due work of a later time, and how far ledgers were made when some rules meant something else:
//! what making a member's history again needs besides the entries.

use std::collections::{BTreeMap, HashMap};

use laurel_domain::ledger::state::Early;
use laurel_domain::numbers::time::Moment;

use crate::store::{StoreError, Tx, json, micros, moment, on};

/// A member's late entries by number, and when each counts.
pub type Late = BTreeMap<i64, Moment>;

const OF: [&str; 2] = [
    "select l.member_no, l.seq, l.at from jsonb_each($1) j cross join late_entries l on l.member_no = j.value",
    "select l.member_no, l.seq, l.at from jsonb_array_elements_text($1::jsonb) as j(value)
cross join lateral (select own.* from late_entries own where own.member_no = j.value::bigint offset 0) l",
];

/// Of these members, those who have any.
pub async fn of(db: &mut Tx, members: &[i64]) -> Result<HashMap<i64, Late>, StoreError> {
    let (sql, members) = (db.pick(OF[0], OF[1]), json(members)?);
    let rows: Vec<(i64, i64, i64)> = on!(db, conn => sqlx::query_as(sql).bind(members).fetch_all(conn).await?);
    by_member(rows)
}

const WITHIN: &str = "select member_no, seq, at from late_entries where member_no >= $1 and member_no <= $2";

/// Of the members with these numbers.
pub(super) async fn within(db: &mut Tx, first: i64, last: i64) -> Result<HashMap<i64, Late>, StoreError> {
    let rows: Vec<(i64, i64, i64)> = on!(db, conn => sqlx::query_as(WITHIN).bind(first).bind(last).fetch_all(conn).await?);
    by_member(rows)
}

fn by_member(rows: Vec<(i64, i64, i64)>) -> Result<HashMap<i64, Late>, StoreError> {
    let mut late: HashMap<i64, Late> = HashMap::new();
    for (member, seq, at) in rows {
        late.entry(member).or_default().insert(seq, moment(at)?);
    }
    Ok(late)
}

const EARLY: [&str; 2] = [
    "select f.member_no, f.seq, f.last_instant from jsonb_each($1) j cross join early_entries f on f.member_no = j.value",
    "select f.member_no, f.seq, f.last_instant from jsonb_array_elements_text($1::jsonb) as j(value)
cross join lateral (select own.* from early_entries own where own.member_no = j.value::bigint offset 0) f",
];

/// How far the ledgers of these members were made when some rules meant something else.
pub async fn early(db: &mut Tx, members: &[i64]) -> Result<HashMap<i64, Early>, StoreError> {
    let (sql, members) = (db.pick(EARLY[0], EARLY[1]), json(members)?);
    let rows: Vec<(i64, i64, i64)> = on!(db, conn => sqlx::query_as(sql).bind(members).fetch_all(conn).await?);
    rows.into_iter().map(|(member, seq, last)| Ok((member, Early { seq, last: moment(last)? }))).collect()
}

const INSERT: [&str; 2] = [
    "insert into late_entries (member_no, seq, at) select value->>0, value->>1, value->>2 from jsonb_each($1)",
    "insert into late_entries (member_no, seq, at)
select (value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint from jsonb_array_elements($1::jsonb) as j(value)",
];

/// Notes late entries: member, number, when it counts.
pub async fn insert(tx: &mut Tx, late: &[(i64, i64, Moment)]) -> Result<(), StoreError> {
    if late.is_empty() {
        return Ok(());
    }
    let rows: Vec<(i64, i64, i64)> = late.iter().map(|(member, seq, at)| (*member, *seq, micros(*at))).collect();
    let (sql, rows) = (tx.pick(INSERT[0], INSERT[1]), json(&rows)?);
    on!(tx, conn => sqlx::query(sql).bind(rows).execute(conn).await.map(drop)?);
    Ok(())
}
