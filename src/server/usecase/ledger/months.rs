//! Beginning to keep what members gather month by month, when the rules come to need it.

use crate::server::store::ledger::accounts::{self, Change};
use crate::server::store::ledger::proof;
use crate::server::store::members::member;
use crate::server::store::{StoreError, Tx};

use crate::server::usecase::error::AppError;
use crate::server::usecase::ledger::Ledger;

const CHUNK: i64 = 200;

/// Reads the months of everybody out of their entries, a chunk a transaction; from then on postings keep them. Whoever has
/// them is left alone, so it can stop anywhere and go on.
pub(in crate::server::usecase) async fn keep(ledger: &Ledger) -> Result<(), AppError> {
    while ledger.db.write(ledger.clone(), |tx, ledger| Box::pin(keep_in(tx, ledger))).await? > 0 {}
    Ok(())
}

/// The next chunk. How many members were read.
pub(in crate::server::usecase) async fn keep_in(tx: &mut Tx, ledger: &Ledger) -> Result<usize, AppError> {
    let timeline = ledger.timeline_in(tx).await?;
    let numbers = member::without_months(tx, CHUNK).await?;
    let locked = member::lock_numbers(tx, &numbers).await?;
    let entries = proof::entries_of(tx, ledger.programme.currency, &numbers).await?;
    let mut kept = Vec::with_capacity(locked.len());
    for member in locked {
        let own = entries.get(&member.no).map(Vec::as_slice).unwrap_or_default();
        let months =
            laurel_domain::ledger::month_totals::months(own, &timeline).ok_or(StoreError::Corrupt("a member's entries"))?;
        let mut after = member.account.clone();
        after.months = Some(months);
        kept.push((member, after));
    }
    let changes: Vec<Change<'_>> =
        kept.iter().map(|(member, after)| Change { no: member.no, before: &member.account, after }).collect();
    accounts::save(tx, &timeline, &changes).await?;
    Ok(changes.len())
}
