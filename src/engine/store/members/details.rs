//! What is known of many members, written at once.

use crate::store::members::member::Member;
use crate::store::members::search;
use crate::store::{StoreError, Tx, json, on};

const UPDATE_ALL: [&str; 2] = [
    "update members set name = j.value->>1, email = j.value->>2, phone = j.value->>3, locale = j.value->>4
from jsonb_each($1) j where no = j.value->>0",
    "update members set name = j.value->>1, email = j.value->>2, phone = j.value->>3, locale = j.value->>4
from jsonb_array_elements($1::jsonb) as j(value) where no = (j.value->>0)::bigint",
];

/// Writes what is known of several, whose ids stay. The caller holds their locks.
pub async fn update_all_details(tx: &mut Tx, members: &[Member]) -> Result<(), StoreError> {
    let rows: Vec<_> = members.iter().map(|m| (m.no, &m.name, &m.email, &m.phone, &m.locale)).collect();
    let (sql, rows) = (tx.pick(UPDATE_ALL[0], UPDATE_ALL[1]), json(&rows)?);
    on!(tx, conn => sqlx::query(sql).bind(rows).execute(conn).await.map(drop)?);
    let numbers: Vec<i64> = members.iter().map(|member| member.no).collect();
    search::index(tx, &numbers).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn members_are_looked_up_to_be_written() {
        check_scans_nothing(UPDATE_ALL[0], &[]).await;
    }
}
