//! Rows of members who are not there, and what there is of redemptions that are not. The tables that every event writes have no foreign
//! keys on PostgreSQL, nor has what is divided among partitions, so whoever proves the ledger looks for such rows.

use uuid::Uuid;

use crate::store::{StoreError, Tx, on};

const STRAYS: &str = "select s.member_no, s.place from (
    select member_no, 'entries' as place from entries where member_no >= $1 and member_no <= $2
    union select member_no, 'open lots' from lots where member_no >= $1 and member_no <= $2
    union select member_no, 'pending points' from held where member_no >= $1 and member_no <= $2
    union select member_no, 'months' from months where member_no >= $1 and member_no <= $2
    union select member_no, 'caps' from capped where member_no >= $1 and member_no <= $2
    union select member_no, 'changes of tier' from tier_changes where member_no >= $1 and member_no <= $2
    union select member_no, 'refunds' from refunded_payments where member_no >= $1 and member_no <= $2
    union select member_no, 'reviews' from reviews where member_no >= $1 and member_no <= $2
    union select member_no, 'redemptions' from redemptions where member_no >= $1 and member_no <= $2
    union select member_no, 'adjustments' from adjustments where member_no >= $1 and member_no <= $2
    union select member_no, 'claims' from benefit_claims where member_no >= $1 and member_no <= $2
    union select member_no, 'notes' from member_notes where member_no >= $1 and member_no <= $2
) s where not exists (select 1 from members m where m.no = s.member_no) order by s.member_no, s.place limit $3";

/// Of numbers from `first` to `last` that no member has: the number, and what there is of it.
pub async fn strays(db: &mut Tx, first: i64, last: i64, most: i64) -> Result<Vec<(i64, String)>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(STRAYS).bind(first).bind(last).bind(most).fetch_all(conn).await?))
}

const OF_REDEMPTIONS: &str = "select s.member_no, s.redemption_id, s.place from (
    select member_no, redemption_id, 'a state' as place from redemption_states where member_no >= $1 and member_no <= $2
    union select member_no, redemption_id, 'an address' from redemption_contacts where member_no >= $1 and member_no <= $2
) s where not exists (select 1 from redemptions r where r.member_no = s.member_no and r.id = s.redemption_id)
order by s.member_no, s.redemption_id, s.place limit $3";

/// Of members with numbers from `first` to `last`: what is kept of redemptions that they have not made.
pub async fn of_redemptions(db: &mut Tx, first: i64, last: i64, most: i64) -> Result<Vec<(i64, Uuid, String)>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(OF_REDEMPTIONS).bind(first).bind(last).bind(most).fetch_all(conn).await?))
}
