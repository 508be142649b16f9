//! What files leave behind: their content once it is not needed, refused rows after a while. Some at a time, as others write, too.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::ImportId;

use crate::store::imports::{self, faults, pieces};
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;

/// An upload that takes longer has broken off.
const LONGEST_UPLOAD: SignedDuration = SignedDuration::from_hours(6);
/// How long a file waits for somebody to start it, or to have it go on.
pub const FILE_KEPT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long refused rows are kept: they hold what people are called and how to reach them.
pub const FAULTS_KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

const PIECES_AT_ONCE: i64 = 4;
const FAULTS_AT_ONCE: i64 = 1_000;

/// Deletes what is not needed any more. Running it twice or never changes no outcome.
pub async fn tidy(ledger: &Ledger) -> Result<(), AppError> {
    let now = ledger.clock.now();
    let before = |ago: SignedDuration| now.saturating_sub(ago).unwrap_or(Timestamp::MIN);
    let (broke_off, left, old) = (before(LONGEST_UPLOAD), before(FILE_KEPT_FOR), before(FAULTS_KEPT_FOR));
    let never_started = imports::never_started(&mut ledger.db.reader().await?, broke_off, left).await?;
    for id in never_started {
        forget(ledger, id).await?;
    }
    let ended = imports::ended_with_file(&mut ledger.db.reader().await?, left).await?;
    for id in ended {
        forget_file(ledger, id).await?;
    }
    let with_old_faults = imports::with_old_faults(&mut ledger.db.reader().await?, old).await?;
    for id in with_old_faults {
        while ledger.db.write(id, |tx, id| Box::pin(faults::delete(tx, *id, FAULTS_AT_ONCE))).await? > 0 {}
    }
    Ok(())
}

/// Deletes a file, and that it was there.
pub(super) async fn forget(ledger: &Ledger, id: ImportId) -> Result<(), AppError> {
    ledger.db.write(id, |tx, id| Box::pin(imports::forsake(tx, *id))).await?;
    forget_file(ledger, id).await?;
    Ok(ledger.db.write(id, |tx, id| Box::pin(imports::delete(tx, *id))).await?)
}

/// Deletes a file.
pub(super) async fn forget_file(ledger: &Ledger, id: ImportId) -> Result<(), AppError> {
    while ledger.db.write(id, |tx, id| Box::pin(pieces::delete(tx, *id, PIECES_AT_ONCE))).await? > 0 {}
    Ok(())
}
