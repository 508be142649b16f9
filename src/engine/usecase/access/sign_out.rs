//! Signing out, here or elsewhere, and the list of devices where somebody is signed in.

use uuid::Uuid;

use crate::auth::TokenHash;
use crate::store::access::sessions::{self, DeviceRow, Owner};
use crate::store::{Db, LastUses};
use crate::usecase::AppError;

/// Ends one session.
pub async fn here(db: &Db, session: TokenHash) -> Result<(), AppError> {
    db.write(session, |tx, session| Box::pin(async move { Ok(sessions::delete(tx, *session).await?) })).await
}

/// Ends all sessions of somebody; how many there were.
pub async fn everywhere(db: &Db, owner: Owner) -> Result<u64, AppError> {
    db.write(owner, |tx, owner| Box::pin(async move { Ok(sessions::delete_all(tx, *owner, None).await?) })).await
}

/// Where somebody is signed in, the latest first.
pub async fn devices(db: &Db, owner: Owner) -> Result<Vec<DeviceRow>, AppError> {
    let devices = sessions::list(&mut db.reader().await?, owner).await?;
    Ok(told(db.last_uses(), devices))
}

/// With what is not written yet of when they were used last.
pub(in crate::usecase) fn told(last_uses: &LastUses, mut devices: Vec<DeviceRow>) -> Vec<DeviceRow> {
    devices.iter_mut().for_each(|device| last_uses.tell(&mut device.session));
    devices.sort_by_key(|device| std::cmp::Reverse(device.session.last_seen_at));
    devices
}

/// Signs one of somebody's own devices out.
///
/// # Errors
/// `NotFound` if they have no such session.
pub async fn device(db: &Db, owner: Owner, session: Uuid) -> Result<(), AppError> {
    let ended = db.write((owner, session), |tx, (owner, session)| {
        Box::pin(async move { Ok::<_, AppError>(sessions::delete_one(tx, *session, *owner).await?) })
    });
    if ended.await? { Ok(()) } else { Err(AppError::NotFound) }
}
