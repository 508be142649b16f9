//! What the entries add up to, written back to the members' rows.

use laurel_domain::ledger::account::Account;
use laurel_domain::rules::rule_set::{Rulebook, Timeline};
use laurel_domain::rules::tier::TierRank;
use sqlx::PgConnection;

use crate::store::database::rows::{Row, Rows, Values, column};
use crate::store::ledger::accounts::{self, Change};
use crate::store::{Either, StoreError, Tx, micros};

/// What a member's row has for jobs and lists to look for. SQLite writes an index anew whenever a statement sets its column, so these are set
/// only where they change, which is seldom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indexed {
    pub(super) rated_by: u32,
    pub(super) due_at: Option<i64>,
    pub(super) tier: TierRank,
}

impl Indexed {
    /// Of a row that nothing has been posted to.
    pub const NEW: Indexed = Indexed { rated_by: 1, due_at: None, tier: TierRank::FIRST };

    fn of(account: &Account, timeline: &Timeline) -> Indexed {
        Indexed { rated_by: account.rated_by, due_at: account.due_at(timeline).map(micros), tier: account.tier }
    }
}

/// A member's row as far as it follows from the entries.
struct Sums {
    no: i64,
    available: i64,
    pending: i64,
    debt: i64,
    earned: i64,
    spent: i64,
    tier: u16,
    seq: i64,
    head: [u8; 32],
    last_instant: Option<i64>,
    books: i16,
    rated_by: u32,
    due_at: Option<i64>,
}

impl Sums {
    fn of(change: &Change<'_>, rulebook: &Rulebook) -> Sums {
        let a = change.after;
        let indexed = Indexed::of(a, &rulebook.of(a.member));
        Sums {
            no: change.no,
            available: a.available.hundredths(),
            pending: a.pending.hundredths(),
            debt: a.debt.hundredths(),
            earned: a.earned.hundredths(),
            spent: a.spent,
            tier: a.tier.get(),
            seq: a.seq,
            head: a.head.0,
            last_instant: a.last.map(micros),
            books: accounts::books(a),
            rated_by: indexed.rated_by,
            due_at: indexed.due_at,
        }
    }
}

impl Row for Sums {
    fn bind(&self, values: &mut Values<'_, '_>) {
        values.add(self.no).add(self.available).add(self.pending).add(self.debt).add(self.earned).add(self.spent);
        values.add(self.seq).add(self.head.as_slice()).add(self.last_instant).add(self.books);
    }
}

static UPDATE_SQLITE: Rows = Rows(
    "update members set available = ?2, pending = ?3, debt = ?4, earned = ?5, spent = ?6, seq = ?7, head = ?8, last_instant = ?9,
    books = ?10 where no = ?1",
);
static INDEX_SQLITE: Rows = Rows("update members set rated_by = ?2, due_at = ?3, tier = ?4 where no = ?1");
const UPDATE_POSTGRES: &str = "update members set available = j.available, pending = j.pending, debt = j.debt,
    earned = j.earned, spent = j.spent, tier = j.tier, seq = j.seq, head = j.head,
    last_instant = j.last_instant, books = j.books, rated_by = j.rated_by, due_at = j.due_at
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::smallint[], $8::bigint[],
    $9::bytea[], $10::bigint[], $11::smallint[], $12::integer[], $13::bigint[])
    as j(no, available, pending, debt, earned, spent, tier, seq, head, last_instant, books, rated_by, due_at)
where members.no = j.no";

async fn update_postgres(conn: &mut PgConnection, rows: &[Sums]) -> Result<(), StoreError> {
    sqlx::query(UPDATE_POSTGRES)
        .bind(column(rows, |row| row.no))
        .bind(column(rows, |row| row.available))
        .bind(column(rows, |row| row.pending))
        .bind(column(rows, |row| row.debt))
        .bind(column(rows, |row| row.earned))
        .bind(column(rows, |row| row.spent))
        .bind(column(rows, |row| row.tier as i16))
        .bind(column(rows, |row| row.seq))
        .bind(column(rows, |row| row.head.as_slice()))
        .bind(column(rows, |row| row.last_instant))
        .bind(column(rows, |row| row.books))
        .bind(column(rows, |row| row.rated_by as i32))
        .bind(column(rows, |row| row.due_at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes the rows of accounts; the rest of them is `accounts::save`'s.
pub(in crate::store) async fn update(tx: &mut Tx, rulebook: &Rulebook, changes: &[Change<'_>]) -> Result<(), StoreError> {
    let rows: Vec<Sums> = changes.iter().map(|change| Sums::of(change, rulebook)).collect();
    match tx.either() {
        Either::Sqlite(conn) => {
            UPDATE_SQLITE.execute(conn, &rows).await?;
            let other = |(change, row): (&Change<'_>, &Sums)| {
                let indexed = Indexed { rated_by: row.rated_by, due_at: row.due_at, tier: change.after.tier };
                (indexed != change.indexed).then_some((row.no, row.rated_by, row.due_at, row.tier))
            };
            let others: Vec<(i64, u32, Option<i64>, u16)> = changes.iter().zip(&rows).filter_map(other).collect();
            INDEX_SQLITE.execute(conn, &others).await?;
        }
        Either::Postgres(conn) => update_postgres(conn, &rows).await?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn rows_to_change_are_looked_up() {
        for rows in [&UPDATE_SQLITE, &INDEX_SQLITE] {
            check_scans_nothing(rows.0, &[]).await;
        }
    }
}
