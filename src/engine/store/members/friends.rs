//! Whom a member brought: who registered with their code, and whom the payment system reported as referred by them.

use jiff::Timestamp;
use laurel_domain::numbers::points::Points;
use sqlx::FromRow;

use crate::store::{StoreError, Tx, on, timestamp};

/// Somebody who joined, and the last award for them, if there has been one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FriendRow {
    pub name: Option<String>,
    pub joined_at: Timestamp,
    pub award: Option<Points>,
    pub is_taken_back: bool,
}

#[derive(FromRow)]
struct Row {
    name: Option<String>,
    registered_at: i64,
    award: Option<i64>,
    is_taken_back: bool,
}

// each part by its own index, no further than is shown
const FRIENDS: &str = "select m.name, m.registered_at, e.points as award, f.taken_back is not null as is_taken_back
from (
    select no from (select no from members where invited_by = $1 order by no desc limit $2) with_code
    union select no from (select referee_no as no from referrals where referrer_no = $1 order by referee_no desc limit $2) reported
) w
join members m on m.no = w.no
left join referrals f on f.referee_no = m.no and f.referrer_no = $1
left join entries e on e.member_no = $1 and e.seq = f.seq
where m.merged_into is null
order by m.registered_at desc, m.no desc limit $2";

/// Who joined last comes first.
pub async fn list(db: &mut Tx, member_no: i64, most: i64) -> Result<Vec<FriendRow>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(FRIENDS).bind(member_no).bind(most).fetch_all(conn).await?);
    let read = |row: Row| {
        Ok(FriendRow {
            name: row.name,
            joined_at: timestamp(row.registered_at)?,
            award: row.award.map(Points::from_hundredths),
            is_taken_back: row.is_taken_back,
        })
    };
    rows.into_iter().map(read).collect()
}

const ANYBODY: &str = "select exists (select 1 from members where invited_by is not null)";

/// Whether anybody registered with somebody's code.
pub async fn is_anybody_invited(db: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(ANYBODY).fetch_one(conn).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::{SORTS, check_scans_nothing, check_uses};

    #[tokio::test]
    async fn friends_are_looked_up() {
        check_scans_nothing(FRIENDS, &["with_code", "reported", SORTS]).await;
        check_uses(ANYBODY, "members_invited").await;
    }
}
