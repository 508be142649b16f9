//! Everything that there is, some at a time, for files; and such files that take a while.

pub mod kept;

use laurel_domain::ids::{RedemptionId, RewardId};
use laurel_domain::ledger::entry::Entry;
use laurel_domain::numbers::money::Currency;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::ledger::entries::{EntryRow, columns};
use crate::store::{StoreError, Tx, on};

#[derive(FromRow)]
struct OwnedEntry {
    member_no: i64,
    external_id: Option<String>,
    #[sqlx(flatten)]
    entry: EntryRow,
}

/// An entry and whose it is.
#[derive(Clone, Debug)]
pub struct EntryOf {
    pub member_no: i64,
    pub external_id: Option<String>,
    pub entry: Entry,
}

// PostgreSQL may walk members beside their entries: from here on, too
const ENTRIES: &str = concat!(
    "select e.member_no, m.external_id, ",
    columns!(),
    " from entries e join members m on m.no = e.member_no left join sources s on s.no = e.source_no
where (e.member_no, e.seq) > ($1, $2) and m.no >= $1 order by e.member_no, e.seq limit $3"
);

/// The entries after this one, member by member.
pub async fn entries(db: &mut Tx, currency: Currency, after: (i64, i64), most: i64) -> Result<Vec<EntryOf>, StoreError> {
    let rows: Vec<OwnedEntry> =
        on!(db, conn => sqlx::query_as(ENTRIES).bind(after.0).bind(after.1).bind(most).fetch_all(conn).await?);
    let read = |row: OwnedEntry| {
        let (member_no, external_id) = (row.member_no, row.external_id);
        Ok(EntryOf { member_no, external_id, entry: row.entry.read(currency)? })
    };
    rows.into_iter().map(read).collect()
}

#[derive(FromRow)]
pub(in crate::store) struct CodeRow {
    reward_id: Uuid,
    code: String,
    added_at: i64,
    redemption_id: Option<Uuid>,
    revealed_at: Option<i64>,
}

/// A code of a reward, and who has it.
#[derive(Clone, Debug)]
pub struct CodeOf {
    pub reward: RewardId,
    pub code: String,
    pub added_at: i64,
    pub redemption: Option<RedemptionId>,
    pub revealed_at: Option<i64>,
}

impl From<CodeRow> for CodeOf {
    fn from(row: CodeRow) -> CodeOf {
        CodeOf {
            reward: RewardId::new(row.reward_id),
            code: row.code,
            added_at: row.added_at,
            redemption: row.redemption_id.map(RedemptionId::new),
            revealed_at: row.revealed_at,
        }
    }
}

const CODES: &str = "select reward_id, code, added_at, redemption_id, revealed_at from reward_codes
where (reward_id, code) > ($1, $2) order by reward_id, code limit $3";

/// The codes after this one, reward by reward.
pub async fn codes(db: &mut Tx, after: (RewardId, &str), most: i64) -> Result<Vec<CodeOf>, StoreError> {
    let rows: Vec<CodeRow> =
        on!(db, conn => sqlx::query_as(CODES).bind(after.0.uuid()).bind(after.1).bind(most).fetch_all(conn).await?);
    Ok(rows.into_iter().map(CodeOf::from).collect())
}

const COUNT: [&str; 5] = [
    "select count(*) from (select 1 from members limit $1) as found",
    "select count(*) from (select 1 from entries limit $1) as found",
    "select count(*) from (select 1 from redemptions limit $1) as found",
    "select count(*) from (select 1 from reward_codes limit $1) as found",
    "select count(*) from (select 1 from audit limit $1) as found",
];

/// How many rows of a kind (members, entries, redemptions, codes, the audit log) there are; counted so far only.
pub async fn count(db: &mut Tx, kind: usize, most: i64) -> Result<i64, StoreError> {
    let sql = *COUNT.get(kind).ok_or(StoreError::Corrupt("an export"))?;
    Ok(on!(db, conn => sqlx::query_scalar(sql).bind(most).fetch_one(conn).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn whoever_reads_everything_goes_on_where_they_were() {
        for sql in [ENTRIES, CODES] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
