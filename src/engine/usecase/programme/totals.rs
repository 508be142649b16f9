//! Keeping the programme's totals: rows that transactions leave are added up, and what there was before is counted once.

use laurel_domain::numbers::calendar::Calendar;

use crate::store::ledger::event_keys;
use crate::store::members::keys as member_keys;
use crate::store::{StoreError, Tx, figures, totals};
use crate::usecase::ledger::Ledger;
use crate::usecase::programme::figures as by_day;

/// How many rows one transaction adds up: other writers come in between.
const AT_ONCE: i64 = 1_000;

/// Adds up what transactions have left since the last time. How many they were.
pub async fn fold(ledger: &Ledger) -> Result<u64, StoreError> {
    let rulebook = ledger.rulebook().await?;
    let mut folded = 0;
    loop {
        let some =
            ledger.db.write(rulebook.clone(), |tx, rulebook| Box::pin(totals::fold(tx, rulebook.calendar(), AT_ONCE))).await?;
        folded += some as u64;
        if some < usize::try_from(AT_ONCE).unwrap_or(usize::MAX) {
            return Ok(folded);
        }
    }
}

/// Whether anything is to be added up: looked for without holding writers up.
pub async fn has_unfolded(ledger: &Ledger) -> Result<bool, StoreError> {
    totals::has_unfolded(&mut ledger.db.reader().await?).await
}

/// Counts everything anew, whatever the totals were. Nobody posts meanwhile. Figures by day are followed from the beginning.
pub async fn recount(ledger: &Ledger) -> Result<(), StoreError> {
    let rulebook = ledger.rulebook().await?;
    let recount = ledger.db.write(rulebook, |tx, rulebook| {
        Box::pin(async move {
            figures::forget(tx).await?;
            totals::recount(tx, rulebook.calendar()).await
        })
    });
    recount.await
}

/// Counts what there was before totals were kept, if nobody has.
pub async fn ensure(ledger: &Ledger) -> Result<(), StoreError> {
    if totals::is_counted(&mut ledger.db.reader().await?).await? {
        return Ok(());
    }
    let rulebook = ledger.rulebook().await?;
    ledger
        .db
        .write(rulebook, |tx, rulebook| {
            Box::pin(async move {
                if !totals::is_counted(tx).await? {
                    totals::recount(tx, rulebook.calendar()).await?;
                }
                Ok(())
            })
        })
        .await
}

/// What differs between the totals and what all entries, lots and members add up to; a line for each.
pub(in crate::usecase) async fn differences(tx: &mut Tx, calendar: &Calendar) -> Result<Vec<String>, StoreError> {
    let (kept, counted) = (totals::kept(tx, calendar).await?, totals::count(tx, calendar).await?);
    let sums = kept.sums.keys().chain(counted.sums.keys().filter(|sum| !kept.sums.contains_key(sum)));
    let sums = sums.filter(|sum| kept.get(**sum) != counted.get(**sum));
    let mut lines: Vec<String> = sums
        .map(|sum| format!("the total of {sum:?} is {}, everything adds up to {}", kept.get(*sum), counted.get(*sum)))
        .collect();
    if kept.flows != counted.flows {
        lines.push("the totals by day are not what the entries of each day add up to".to_owned());
    }
    let (keys, events) = (event_keys::count(tx).await?, counted.flows.values().map(|flow| flow.events).sum::<i64>());
    if keys != events {
        lines.push(format!("there are {keys} keys of events, and {events} entries that events made"));
    }
    let (keys, named) = member_keys::counted(tx).await?;
    if keys != named {
        lines.push(format!("there are {keys} keys of members and what is theirs, and {named} ids and codes"));
    }
    lines.extend(by_day::differences(tx, calendar, &counted).await?);
    Ok(lines)
}
