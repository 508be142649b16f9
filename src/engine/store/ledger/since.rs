//! What has been posted since somebody looked: by how many entries of each member they know.

use laurel_domain::ids::MemberId;
use laurel_domain::numbers::money::Currency;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::database::rows::Rows;
use crate::store::ledger::entries::columns;
use crate::store::ledger::proof::{ByMember, OwnedEntry, by_member};
use crate::store::{Either, StoreError, Tx, on};

/// Who a member is, and how many entries they have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub no: i64,
    pub member: MemberId,
    /// In the payment system; none once it is erased.
    pub external_id: Option<String>,
    pub entries: i64,
}

#[derive(FromRow)]
struct OwnerRow {
    no: i64,
    id: Uuid,
    external_id: Option<String>,
    seq: i64,
}

const OWNERS: &str = "select no, id, external_id, seq from members where no > $1 order by no limit $2";

/// The members with the next numbers.
pub async fn owners_after(db: &mut Tx, after: i64, most: i64) -> Result<Vec<Owner>, StoreError> {
    let rows: Vec<OwnerRow> = on!(db, conn => sqlx::query_as(OWNERS).bind(after).bind(most).fetch_all(conn).await?);
    let owner = |row: OwnerRow| {
        let OwnerRow { no, id, external_id, seq } = row;
        Owner { no, member: MemberId::new(id), external_id, entries: seq }
    };
    Ok(rows.into_iter().map(owner).collect())
}

static SINCE_SQLITE: Rows = Rows(concat!(
    "select e.member_no, ",
    columns!(),
    " from entries e join members m on m.no = e.member_no left join sources s on s.no = e.source_no
where e.member_no = ?1 and e.seq > ?2 order by e.seq"
));
const SINCE_POSTGRES: &str = concat!(
    "select e.member_no, ",
    columns!(),
    " from unnest($1::bigint[], $2::bigint[]) as w (no, known) join members m on m.no = w.no
    join entries e on e.member_no = w.no and e.seq > w.known left join sources s on s.no = e.source_no
order by e.member_no, e.seq"
);

/// The entries of these members after the first so many of each, each member's in order.
pub async fn entries_since(db: &mut Tx, currency: Currency, known: &[(i64, i64)]) -> Result<ByMember, StoreError> {
    let rows: Vec<OwnedEntry> = match db.either() {
        Either::Sqlite(conn) => SINCE_SQLITE.fetch(conn, known).await?,
        Either::Postgres(conn) => {
            let (members, known): (Vec<i64>, Vec<i64>) = known.iter().copied().unzip();
            sqlx::query_as(SINCE_POSTGRES).bind(members).bind(known).fetch_all(conn).await?
        }
    };
    by_member(rows, currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn what_is_new_is_looked_up() {
        check_scans_nothing(SINCE_SQLITE.0, &[]).await;
        check_scans_nothing(OWNERS, &[]).await;
    }
}
