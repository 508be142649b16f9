//! Link codes: how the payment system claims a portal registration. An e-mail address or phone number never does that.

use jiff::Timestamp;

use crate::auth::{LinkCode, MemberSession};
use crate::store::access::one_time_codes::{self, Purpose};
use crate::store::access::sessions::Owner;
use crate::store::members::member;
use crate::store::{Db, Tx, micros};
use crate::usecase::access::activate::VALID_FOR;
use crate::usecase::{AccountError, AppError};

/// A code for the member to read out, `ABCD-EFGH-JKLM`, and when it ends. Shown once; earlier ones stop working.
///
/// # Errors
/// `Conflict` (`already_linked`) if the payment system knows the member.
pub async fn new_code(db: &Db, session: &MemberSession, now: Timestamp) -> Result<(String, Timestamp), AppError> {
    let (shown, hash) = LinkCode::random();
    let expires_at = now.saturating_add(VALID_FOR).unwrap_or(now);
    db.write((session.no, hash, expires_at), |tx, (no, hash, expires_at)| {
        Box::pin(async move {
            // behind the lock: of two codes at once the later one takes the earlier one away
            let member = member::lock(tx, *no).await?.ok_or(AppError::NotFound)?;
            if member.external_id.is_some() {
                return Err(AppError::Conflict { code: "already_linked" });
            }
            Ok(one_time_codes::insert(tx, *hash, Purpose::Link, Some(Owner::Member(*no)), micros(*expires_at)).await?)
        })
    })
    .await?;
    Ok((shown, expires_at))
}

/// Uses a code up, within the transaction that gives its member an external id. The member's number.
///
/// # Errors
/// `CodeNotValid`.
pub async fn take_code(tx: &mut Tx, typed: &str, now: Timestamp) -> Result<i64, AppError> {
    let hash = LinkCode::hash_of(typed).ok_or(AccountError::CodeNotValid)?;
    let found = one_time_codes::find(tx, hash, Purpose::Link, micros(now)).await?;
    let no = found.and_then(|code| code.member).ok_or(AccountError::CodeNotValid)?;
    // everybody locks the member before their codes; whether the code is good is decided behind the lock
    let member = member::lock(tx, no).await?.ok_or(AccountError::CodeNotValid)?;
    one_time_codes::take(tx, hash, Purpose::Link, micros(now)).await?.ok_or(AccountError::CodeNotValid)?;
    Ok(member.no)
}

/// Whose code this was, if it was used.
pub async fn taken_by(tx: &mut Tx, typed: &str) -> Result<Option<i64>, AppError> {
    let Some(hash) = LinkCode::hash_of(typed) else { return Ok(None) };
    Ok(one_time_codes::taken_by(tx, hash, Purpose::Link).await?)
}

/// Whether this code was used to give this member their external id.
pub async fn was_taken_by(tx: &mut Tx, typed: &str, member: i64) -> Result<bool, AppError> {
    let Some(hash) = LinkCode::hash_of(typed) else { return Ok(false) };
    Ok(one_time_codes::taken_by(tx, hash, Purpose::Link).await? == Some(member))
}
