//! Reading everything there is, member by member, for whoever checks it.

use std::collections::HashMap;

use laurel_domain::ledger::Entry;
use laurel_domain::money::Currency;
use sqlx::FromRow;

use super::entries::{EntryRow, columns};
use super::members::{Member, MemberRow};
use super::{StoreError, Tx, on};

const MEMBERS: &str = concat!("select ", super::members::columns!(), " from members m where m.no > $1 order by m.no limit $2");

/// The next members by number.
pub async fn members_after(db: &mut Tx, after: i64, most: i64) -> Result<Vec<Member>, StoreError> {
    let rows: Vec<MemberRow> = on!(db, conn => sqlx::query_as(MEMBERS).bind(after).bind(most).fetch_all(conn).await?);
    rows.into_iter().map(Member::try_from).collect()
}

#[derive(FromRow)]
struct OwnedEntry {
    member_no: i64,
    #[sqlx(flatten)]
    entry: EntryRow,
}

const ENTRIES: &str = concat!(
    "select e.member_no, ",
    columns!(),
    " from entries e join members m on m.no = e.member_no left join sources s on s.no = e.source
where e.member_no >= $1 and e.member_no <= $2 order by e.member_no, e.seq"
);

/// All entries of the members with these numbers, each member's in order.
pub async fn entries(db: &mut Tx, currency: Currency, first: i64, last: i64) -> Result<HashMap<i64, Vec<Entry>>, StoreError> {
    let rows: Vec<OwnedEntry> = on!(db, conn => sqlx::query_as(ENTRIES).bind(first).bind(last).fetch_all(conn).await?);
    let mut entries: HashMap<i64, Vec<Entry>> = HashMap::new();
    for row in rows {
        entries.entry(row.member_no).or_default().push(row.entry.read(currency)?);
    }
    Ok(entries)
}

const REFUNDED: &str = "select member_no, payment, refunded from refunded_payments where member_no >= $1 and member_no <= $2";

/// What the table of refunds says, by member and payment.
pub async fn refunded(db: &mut Tx, first: i64, last: i64) -> Result<HashMap<(i64, i64), i64>, StoreError> {
    let rows: Vec<(i64, i64, i64)> = on!(db, conn => sqlx::query_as(REFUNDED).bind(first).bind(last).fetch_all(conn).await?);
    Ok(rows.into_iter().map(|(member, payment, refunded)| ((member, payment), refunded)).collect())
}
