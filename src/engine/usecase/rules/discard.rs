//! Throwing the draft of the rules away, and putting one back that was thrown away.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::changes;
use uuid::Uuid;

use super::{name, note, save_in};
use crate::auth::{Authority, Permission};
use crate::store::programme;
use crate::store::rules::discarded::{self, Discarded};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

/// For how many days a draft can be put back.
pub const KEPT_DAYS: i64 = 30;
/// How many are offered.
const MOST: i64 = 10;

fn since(now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * KEPT_DAYS)).unwrap_or(Timestamp::MIN)
}

/// Throws the draft away; for a month it can be put back, by the id that is told.
///
/// # Errors
/// `Forbidden`; `stale_draft` as for saving.
pub async fn discard_draft(ledger: &Ledger, by: Authority, revision: i64) -> Result<Uuid, AppError> {
    require(by, Permission::ManageRules)?;
    ledger
        .db
        .write((ledger.clone(), by, revision), |tx, (ledger, by, revision)| {
            Box::pin(async move {
                programme::lock_rules(tx).await?;
                let draft = programme::draft(tx).await?.filter(|draft| draft.revision == *revision);
                let draft = draft.ok_or(Refusal::StaleDraft)?;
                let now = ledger.clock.now();
                programme::drop_draft(tx).await?;
                discarded::forget(tx, since(now)).await?;
                let id = discarded::insert(tx, &draft, &name(by.actor()), now).await?;
                let rulebook = ledger.rulebook_in(tx).await?;
                let back = changes::changes(&draft.set, &rulebook.latest().set);
                note(tx, by.actor(), "rules.discard", &back, "draft", now).await?;
                Ok(id)
            })
        })
        .await
}

/// The drafts that can be put back, the one thrown away last first.
///
/// # Errors
/// `Forbidden`.
pub async fn discarded(ledger: &Ledger, by: Authority) -> Result<Vec<Discarded>, AppError> {
    require(by, Permission::ManageRules)?;
    Ok(discarded::latest(&mut ledger.db.reader().await?, since(ledger.clock.now()), MOST).await?)
}

/// Makes a draft of one that was thrown away, where there is no other. Its revision.
///
/// # Errors
/// `Forbidden`; `NotFound` if it is not kept any more; `stale_draft` if there is a draft; `nothing_changed` if the rules say the
/// same by now; `invalid` if what it says is not allowed any more.
pub async fn put_back(ledger: &Ledger, by: Authority, id: Uuid) -> Result<i64, AppError> {
    require(by, Permission::ManageRules)?;
    ledger
        .db
        .write((ledger.clone(), by, id), |tx, (ledger, by, id)| {
            Box::pin(async move {
                programme::lock_rules(tx).await?;
                let kept = discarded::take(tx, *id, since(ledger.clock.now())).await?.ok_or(AppError::NotFound)?;
                let rulebook = ledger.rulebook_in(tx).await?;
                let faults = kept.set.faults(ledger.programme.currency);
                if !faults.is_empty() {
                    return Err(Refusal::Invalid { faults }.into());
                }
                if rulebook.latest().set == kept.set {
                    return Err(Refusal::NothingChanged.into());
                }
                // without a draft there is no revision: another one stands in the way
                save_in(tx, ledger, &rulebook, by.actor(), (&kept.set, 0), "rules.put_back").await
            })
        })
        .await
}
