//! Pictures: taken from an upload, made anew, shown, taken away.

mod make;

use jiff::SignedDuration;
use laurel_domain::ids::{PictureId, RewardId};
use laurel_domain::pictures::PictureKind;
use laurel_domain::refusal::Refusal;
use serde_json::json;

use crate::auth::{Authority, Permission};
use crate::store::audit::{self, Action};
use crate::store::pictures;
use crate::store::rewards::catalogue;
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
pub use make::Made;
pub(in crate::usecase) use make::made;

/// How long a picture stays that nothing shows any more: pages that were opened before still ask for it.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A size of a picture, as it is sent to browsers. None if there is no such picture, or it has no such size.
pub async fn size(ledger: &Ledger, id: PictureId, width: u32) -> Result<Option<(PictureKind, Vec<u8>)>, AppError> {
    Ok(pictures::size(&mut ledger.db.reader().await?, id, width).await?)
}

/// What there is in a size, for who has it already.
pub async fn kind(ledger: &Ledger, id: PictureId, width: u32) -> Result<Option<PictureKind>, AppError> {
    Ok(pictures::kind(&mut ledger.db.reader().await?, id, width).await?)
}

/// Gives a reward the picture of an uploaded file.
///
/// # Errors
/// `Forbidden`, `NotFound`; `invalid` (`picture`: none, too large, not a picture, of too many pixels or too few); `Unavailable`
/// while others are being made.
pub async fn set_of_reward(ledger: &Ledger, by: Authority, id: RewardId, file: Vec<u8>) -> Result<PictureId, AppError> {
    require(by, Permission::ManageRewards)?;
    let made = made(file, PictureKind::Reward).await?;
    let picture = made.id;
    change_of_reward(ledger, by, id, Some(made)).await?;
    Ok(picture)
}

/// Takes a reward's picture away; a drawing of its kind stands there again.
///
/// # Errors
/// `Forbidden`, `NotFound`.
pub async fn remove_of_reward(ledger: &Ledger, by: Authority, id: RewardId) -> Result<(), AppError> {
    require(by, Permission::ManageRewards)?;
    change_of_reward(ledger, by, id, None).await
}

async fn change_of_reward(ledger: &Ledger, by: Authority, id: RewardId, to: Option<Made>) -> Result<(), AppError> {
    let input = (ledger.clone(), by.actor(), id, to);
    ledger
        .db
        .write(input, |tx, (ledger, actor, id, to)| {
            Box::pin(async move {
                let reward = catalogue::lock(tx, *id).await?.ok_or(AppError::NotFound)?;
                let now = ledger.clock.now();
                if let Some(made) = to {
                    pictures::put(tx, made.id, PictureKind::Reward, &made.sizes, now).await?;
                }
                let picture = to.as_ref().map(|made| made.id);
                if picture == reward.picture {
                    return Ok(());
                }
                pictures::set_of_reward(tx, *id, picture).await?;
                let told = |picture: Option<PictureId>| Some(json!({"picture": picture.is_some()}));
                let (before, after) = (told(reward.picture), told(picture));
                let subject = format!("reward:{id}");
                let action = Action { actor: *actor, name: "reward.picture", subject: &subject, before, after };
                Ok(audit::append(tx, &action, now).await?)
            })
        })
        .await
}

/// A fault of the file, as a refusal of its field.
fn refused(fault: laurel_domain::refusal::Fault) -> AppError {
    Refusal::field("picture", fault).into()
}
