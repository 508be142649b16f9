//! Verifying while others write: in parts, several at once, each on a snapshot of its own, so that no snapshot is held for long.

use std::time::{Duration, Instant};

use futures::future::try_join_all;
use tokio::sync::Mutex;

use super::{ENTRIES, MEMBERS, Part, Verdict, part, whole};
use crate::store::StoreError;
use crate::store::ledger::proof;
use crate::usecase::ledger::Ledger;

/// Parts that are checked at once.
const AT_ONCE: usize = 2;
/// How often it is told how far it has come.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// How far the parts have been given out, and what was found in those that are done.
struct Progress {
    after: i64,
    found: Verdict,
    told: Instant,
}

/// Nothing if members differ from each other, or the whole from its parts: whether they do, only one snapshot can tell.
pub(super) async fn verify(ledger: &Ledger) -> Result<Option<Verdict>, StoreError> {
    let progress = Mutex::new(Progress { after: i64::MIN, found: Verdict::default(), told: Instant::now() });
    try_join_all((0..AT_ONCE).map(|_| check_parts(ledger, &progress))).await?;
    let Progress { after, found, .. } = progress.into_inner();
    let differ = found.differences.len();
    let input = (ledger.clone(), after, found);
    let verdict = ledger.db.snapshot(input, |tx, (ledger, after, found)| {
        Box::pin(async move {
            let (rulebook, mut verdict) = (ledger.rulebook_of(tx).await?, found.clone());
            whole(tx, &rulebook, *after, &mut verdict).await?;
            Ok::<_, StoreError>(verdict)
        })
    });
    Ok(Some(verdict.await?).filter(|verdict| verdict.differences.len() == differ))
}

/// One part after the other, as long as there are any.
async fn check_parts(ledger: &Ledger, progress: &Mutex<Progress>) -> Result<(), StoreError> {
    while let Some(next) = next(ledger, progress).await? {
        let found = ledger.db.snapshot((ledger.clone(), next), |tx, (ledger, next)| {
            Box::pin(async move {
                let (rulebook, mut found) = (ledger.rulebook_of(tx).await?, Verdict::default());
                part(tx, &rulebook, ledger.programme.currency, *next, &mut found).await?;
                Ok::<_, StoreError>(found)
            })
        });
        let found = found.await?;
        let mut progress = progress.lock().await;
        progress.found.add(found);
        if progress.told.elapsed() >= TOLD_EVERY {
            let (members, entries) = (progress.found.members, progress.found.entries);
            tracing::info!(members, entries, "verifying");
            progress.told = Instant::now();
        }
    }
    Ok(())
}

async fn next(ledger: &Ledger, progress: &Mutex<Progress>) -> Result<Option<Part>, StoreError> {
    let mut progress = progress.lock().await;
    let after = progress.after;
    let range = proof::part_after(&mut ledger.db.reader().await?, after, MEMBERS, ENTRIES).await?;
    Ok(range.map(|(first, last)| {
        progress.after = last;
        Part { after, first, last }
    }))
}
