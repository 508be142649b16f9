//! Whose ledgers went on, by a row for each transaction that posted or enrolled. It says where to look, not that there is nothing else:
//! an older version writes no rows, and old ones go. Numbers and totals in one snapshot tell whether somebody was missed.

use std::collections::BTreeSet;

use crate::store::database::rows::Rows;
use crate::store::{StoreError, Tx, json, on};

/// How many rows are kept. Whoever has missed some looks at everybody.
pub const KEPT: i64 = 10_000;
/// Members whom a row names at most.
const NAMED: usize = 1_000;
/// How many old rows go at once, more than are added meanwhile.
const PRUNED: i64 = 4_000;

pub(super) static INSERT_SQLITE: Rows = Rows("insert into posted (members) values (?1)");

/// What a row says of these members; nothing where they are too many.
pub(super) fn named(mut members: Vec<i64>) -> Result<Option<String>, StoreError> {
    members.sort_unstable();
    members.dedup();
    if members.len() > NAMED { Ok(None) } else { json(&members).map(Some) }
}

// as one text, which costs less than ten thousand rows
const NUMBERS: [&str; 2] =
    ["select coalesce(json_group_array(no), '[]') from posted", "select coalesce(json_agg(no)::text, '[]') from posted"];

/// The numbers of the rows that there are.
pub async fn numbers(db: &mut Tx) -> Result<BTreeSet<i64>, StoreError> {
    let sql = db.pick(NUMBERS[0], NUMBERS[1]);
    let numbers: String = on!(db, conn => sqlx::query_scalar(sql).fetch_one(conn).await?);
    serde_json::from_str(&numbers).map_err(|_| StoreError::Corrupt("the numbers of what was posted"))
}

const MEMBERS: [&str; 2] = [
    "select p.members from json_each($1) j cross join posted p on p.no = j.value",
    "select members from posted where no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)",
];

/// The members of these rows; nothing where one of them does not name them.
pub async fn members(db: &mut Tx, rows: &[i64]) -> Result<Option<BTreeSet<i64>>, StoreError> {
    let (sql, rows) = (db.pick(MEMBERS[0], MEMBERS[1]), json(rows)?);
    let rows: Vec<Option<String>> = on!(db, conn => sqlx::query_scalar(sql).bind(rows).fetch_all(conn).await?);
    let mut members = BTreeSet::new();
    for row in rows {
        let Some(row) = row else { return Ok(None) };
        let named: Vec<i64> = serde_json::from_str(&row).map_err(|_| StoreError::Corrupt("who was posted to"))?;
        members.extend(named);
    }
    Ok(Some(members))
}

// several servers may do so at once: each takes rows that no other has
const PRUNE: [&str; 2] = [
    "delete from posted where no in
    (select no from posted where no <= (select max(no) from posted) - $1 order by no limit $2)",
    "delete from posted where no in
    (select no from posted where no <= (select max(no) from posted) - $1 order by no limit $2 for update skip locked)",
];

/// Old rows go.
pub(super) async fn prune(tx: &mut Tx) -> Result<(), StoreError> {
    let sql = tx.pick(PRUNE[0], PRUNE[1]);
    on!(tx, conn => sqlx::query(sql).bind(KEPT).bind(PRUNED).execute(conn).await.map(drop)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[test]
    fn who_is_named_is_named_once() {
        assert_eq!(named(vec![3, 1, 3]).unwrap().as_deref(), Some("[1,3]"));
        assert_eq!(named((0..1_000).chain(0..1_000).collect()).unwrap().map(|row| row.len()), Some(3_891));
        assert_eq!(named((0..1_001).collect()).unwrap(), None);
    }

    #[tokio::test]
    async fn rows_are_looked_up() {
        for sql in [MEMBERS[0], PRUNE[0]] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
