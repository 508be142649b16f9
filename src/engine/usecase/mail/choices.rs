//! Which e-mails a member wants: chosen in the profile, or by the link in an e-mail, which needs no sign-in.

use laurel_domain::ids::MemberId;
use sha2::{Digest, Sha256};

use crate::auth::MemberSession;
use crate::store::ledger::proof;
use crate::store::mail::choices;
use crate::store::members::member::{self, By};
use crate::store::{Db, Tx};
use crate::usecase::error::{AccountError, AppError};
use crate::usecase::ledger::Ledger;
use crate::usecase::notifications::Kind;

pub(super) const fn bit(kind: Kind) -> i32 {
    1 << kind as i32
}

/// Which kinds the member wants.
pub async fn wanted(db: &Db, member_no: i64) -> Result<Vec<Kind>, AppError> {
    let unwanted = choices::unwanted(&mut db.reader().await?, member_no).await?;
    Ok(Kind::ALL.into_iter().filter(|kind| unwanted & bit(*kind) == 0).collect())
}

/// The member wants these kinds and no others.
pub async fn choose(db: &Db, session: &MemberSession, wanted: &[Kind]) -> Result<(), AppError> {
    let unwanted = Kind::ALL.into_iter().filter(|kind| !wanted.contains(kind)).map(bit).sum::<i32>();
    db.write((session.no, unwanted), |tx, (no, unwanted)| {
        Box::pin(async move {
            member::lock(tx, *no).await?.ok_or(AppError::NotFound)?;
            Ok(choices::set(tx, *no, *unwanted).await?)
        })
    })
    .await
}

/// What proves that a link for doing without a kind came from here. The salt never leaves the database; what is hashed has one
/// length, so that nothing can be added to it.
pub(super) fn token(salt: [u8; 16], member: MemberId, kind: Kind) -> String {
    let hash = Sha256::new()
        .chain_update("laurel unsubscribe\0")
        .chain_update(salt)
        .chain_update(member.uuid().as_bytes())
        .chain_update([kind as u8]);
    hex::encode(&hash.finalize()[..16])
}

/// Whether a link is one of ours.
///
/// # Errors
/// `CodeNotValid`.
pub async fn check(ledger: &Ledger, who: MemberId, kind: Kind, presented: &str) -> Result<(), AppError> {
    check_in(&mut ledger.db.reader().await?, who, kind, presented).await
}

async fn check_in(tx: &mut Tx, who: MemberId, kind: Kind, presented: &str) -> Result<(), AppError> {
    let right = token(proof::identity_salt(tx).await?, who, kind);
    // as long for a wrong letter at the beginning as for one at the end
    let differing = right.bytes().zip(presented.bytes()).fold(0, |all, (one, other)| all | (one ^ other));
    if right.len() == presented.len() && differing == 0 { Ok(()) } else { Err(AccountError::CodeNotValid.into()) }
}

/// Whoever holds the link does without that kind from now on. Twice is as good as once.
///
/// # Errors
/// `CodeNotValid`.
pub async fn unsubscribe(ledger: &Ledger, who: MemberId, kind: Kind, presented: &str) -> Result<(), AppError> {
    ledger
        .db
        .write((who, kind, presented.to_owned()), |tx, (who, kind, presented)| {
            Box::pin(async move {
                check_in(tx, *who, *kind, presented).await?;
                let Some(found) = member::find(tx, By::Id(*who)).await? else { return Ok(()) };
                member::lock(tx, found.no).await?;
                let unwanted = choices::unwanted(tx, found.no).await?;
                Ok(choices::set(tx, found.no, unwanted | bit(*kind)).await?)
            })
        })
        .await
}
