//! When something last happened to a member: an event, a redemption, an adjustment. What became due by itself is none of these,
//! though it is posted: points that lapse or become available.
//!
//! Looked up among the entries, the newest first: posting pays nothing for it.

use std::collections::HashMap;

use crate::store::{StoreError, Tx, json, on};

/// Of the member that the statement around it calls so.
macro_rules! last_activity {
    ($no:literal) => {
        concat!(
            "(select e.occurred_at from entries e where e.member_no = ",
            $no,
            " and e.cause not in (5, 6) order by e.seq desc limit 1)"
        )
    };
}
pub(super) use last_activity;

const SQLITE: &str = concat!("select j.value, ", last_activity!("j.value"), " from jsonb_each($1) j");
const POSTGRES: &str = concat!(
    "select m.no, ",
    last_activity!("m.no"),
    " from (select value::bigint as no from jsonb_array_elements_text($1::jsonb) as value) m"
);

/// By the members' numbers; without those to whom nothing has happened yet.
pub async fn last_activities(db: &mut Tx, numbers: &[i64]) -> Result<HashMap<i64, i64>, StoreError> {
    let (sql, numbers) = (db.pick(SQLITE, POSTGRES), json(numbers)?);
    let rows: Vec<(i64, Option<i64>)> = on!(db, conn => sqlx::query_as(sql).bind(numbers).fetch_all(conn).await?);
    Ok(rows.into_iter().filter_map(|(no, at)| Some((no, at?))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn the_last_activity_is_looked_up_from_the_end_of_the_ledger() {
        check_scans_nothing(SQLITE, &[]).await;
    }
}
