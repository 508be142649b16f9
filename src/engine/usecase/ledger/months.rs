//! Beginning to keep what members gather month by month, when the rules come to need it.

use crate::store::ledger::accounts::{self, Change};
use crate::store::ledger::proof;
use crate::store::members::{for_jobs, member};
use crate::store::{StoreError, Tx};

use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

const CHUNK: i64 = 200;

/// How far the keeping of months has come.
#[derive(Clone, Debug, Default)]
pub(in crate::usecase) struct Kept {
    /// Everybody up to this number has been looked at.
    last: i64,
    /// Those among them without any entry: their first one may come before the rules do.
    without_entries: Vec<i64>,
}

/// Reads the months of everybody out of their entries, a chunk a transaction; from then on postings keep them. Whoever has
/// them is left alone, so it can stop anywhere and go on.
pub(in crate::usecase) async fn keep(ledger: &Ledger) -> Result<Kept, AppError> {
    let mut kept = Kept::default();
    loop {
        let before = kept.last;
        kept = ledger.db.write((ledger.clone(), kept), |tx, (ledger, kept)| Box::pin(next(tx, ledger, kept.clone()))).await?;
        if kept.last == before {
            return Ok(kept);
        }
    }
}

/// The rest, while nobody posts: who has come since, and who has got their first entry since. Nobody else is looked at.
pub(in crate::usecase) async fn keep_rest(tx: &mut Tx, ledger: &Ledger, mut kept: Kept) -> Result<(), AppError> {
    for some in std::mem::take(&mut kept.without_entries).chunks(CHUNK as usize) {
        keep_of(tx, ledger, some).await?;
    }
    loop {
        let before = kept.last;
        kept = next(tx, ledger, kept).await?;
        if kept.last == before {
            return Ok(());
        }
    }
}

async fn next(tx: &mut Tx, ledger: &Ledger, mut kept: Kept) -> Result<Kept, AppError> {
    let found = for_jobs::months_after(tx, kept.last, CHUNK).await?;
    kept.last = found.last().map_or(kept.last, |member| member.no);
    kept.without_entries.extend(found.iter().filter(|member| member.seq == 0).map(|member| member.no));
    let numbers: Vec<i64> =
        found.iter().filter(|member| member.seq > 0 && !member.keeps_months).map(|member| member.no).collect();
    keep_of(tx, ledger, &numbers).await?;
    Ok(kept)
}

/// Of those among these members who have entries and no months.
async fn keep_of(tx: &mut Tx, ledger: &Ledger, numbers: &[i64]) -> Result<(), AppError> {
    if numbers.is_empty() {
        return Ok(());
    }
    let rulebook = ledger.rulebook_in(tx).await?;
    let mut locked = member::lock_numbers(tx, numbers).await?;
    locked.retain(|member| member.account.seq > 0 && member.account.months.is_none());
    let numbers: Vec<i64> = locked.iter().map(|member| member.no).collect();
    let entries = proof::entries_of(tx, ledger.programme.currency, &numbers).await?;
    let mut changed = Vec::with_capacity(locked.len());
    for member in locked {
        let own = entries.get(&member.no).map(Vec::as_slice).unwrap_or_default();
        let months = laurel_domain::ledger::month_totals::months(own, &rulebook.of(member.id()))
            .ok_or(StoreError::Corrupt("a member's entries"))?;
        let mut after = member.account.clone();
        after.months = Some(months);
        changed.push((member, after));
    }
    let changes: Vec<Change<'_>> = changed
        .iter()
        .map(|(member, after)| Change { no: member.no, before: &member.account, after, indexed: member.indexed })
        .collect();
    Ok(accounts::save(tx, &rulebook, &changes).await?)
}
