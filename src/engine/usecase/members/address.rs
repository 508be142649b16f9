//! Whose an e-mail address is. Where a member or the staff changes it, or somebody registers with one, it waits until the link
//! that is sent there is followed; till then letters and links for a new password go to the address so far, which is told.
//! What the payment system says is trusted.

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;

use crate::auth::{self, MemberSession, Token};
use crate::store::access::credentials;
use crate::store::access::one_time_codes::{self, Purpose};
use crate::store::access::sessions::Owner;
use crate::store::mail::outbox::For;
use crate::store::members::member::{self, By, Member};
use crate::store::members::unconfirmed;
use crate::store::{Db, StoreError, Tx, micros};
use crate::usecase::ledger::Ledger;
use crate::usecase::mail::{MailKind, tell_address, write_code};
use crate::usecase::{AccountError, AppError};

/// The address that a member has still to confirm.
pub async fn waiting(db: &Db, member_no: i64) -> Result<Option<String>, AppError> {
    Ok(unconfirmed::find(&mut db.reader().await?, member_no).await?)
}

/// Somebody came with an address that nobody has proven to be theirs.
pub(in crate::usecase) async fn came_with(tx: &mut Tx, member_no: i64, email: &str, now: Timestamp) -> Result<(), StoreError> {
    unconfirmed::set(tx, member_no, email, now).await
}

/// Wishes for another address, or for none if it is empty. The caller holds the member, and writes their details afterwards.
/// Whether anything changed.
pub(super) async fn change(tx: &mut Tx, ledger: &Ledger, member: &mut Member, wanted: &str) -> Result<bool, AppError> {
    let before = unconfirmed::find(tx, member.no).await?;
    if wanted.is_empty() {
        let had = member.email.take();
        drop_waiting(tx, member.no).await?;
        if let Some(had) = &had {
            tell_address(tx, ledger, member.no, had, None).await?;
        }
        return Ok(had.is_some() || before.is_some());
    }
    if member.email.as_deref() == Some(wanted) {
        drop_waiting(tx, member.no).await?;
        return Ok(before.is_some());
    }
    if before.as_deref() == Some(wanted) {
        return Ok(false);
    }
    drop_waiting(tx, member.no).await?;
    let now = ledger.clock.now();
    unconfirmed::set(tx, member.no, wanted, now).await?;
    if ledger.sends_mail() {
        auth::count_link(tx, member.no, wanted, now).await?;
        write_link(tx, ledger, member.no).await?;
        if let Some(so_far) = &member.email {
            tell_address(tx, ledger, member.no, so_far, Some(wanted)).await?;
        }
    }
    Ok(true)
}

/// The payment system says what the address is: one that waited for its owner is confirmed if it is the same.
pub(super) async fn trusted(tx: &mut Tx, member: &Member) -> Result<(), AppError> {
    let waits = unconfirmed::find(tx, member.no).await?;
    if waits.is_some() && waits == member.email {
        drop_waiting(tx, member.no).await?;
        confirm_sign_in(tx, member).await?;
    }
    Ok(())
}

/// What one account waits for goes over to the one that goes on, if that has no address at all.
pub(super) async fn merged(tx: &mut Tx, gone: i64, stays: &Member, now: Timestamp) -> Result<(), AppError> {
    let Some(email) = unconfirmed::find(tx, gone).await? else { return Ok(()) };
    unconfirmed::forget(tx, gone).await?;
    if stays.email.is_none() && unconfirmed::find(tx, stays.no).await?.is_none() {
        unconfirmed::set(tx, stays.no, &email, now).await?;
    }
    Ok(())
}

async fn drop_waiting(tx: &mut Tx, member_no: i64) -> Result<(), StoreError> {
    one_time_codes::retire(tx, Purpose::ConfirmEmail, Owner::Member(member_no)).await?;
    unconfirmed::forget(tx, member_no).await.map(drop)
}

async fn write_link(tx: &mut Tx, ledger: &Ledger, member_no: i64) -> Result<(), StoreError> {
    write_code(tx, ledger, MailKind::ConfirmEmail, For { member_no: Some(member_no), staff: None }).await
}

/// Sends the link to whoever has just come with an address. The address it goes to, if there is one and e-mails are sent.
pub async fn send_first_link(ledger: &Ledger, who: MemberId) -> Result<Option<String>, AppError> {
    let Some(found) = member::find(&mut ledger.db.reader().await?, By::Id(who)).await? else { return Ok(None) };
    send(ledger, found.no).await
}

/// The member wants the link once more.
///
/// # Errors
/// `RateLimited`.
pub async fn send_link_again(ledger: &Ledger, session: &MemberSession) -> Result<Option<String>, AppError> {
    send(ledger, session.no).await
}

async fn send(ledger: &Ledger, member_no: i64) -> Result<Option<String>, AppError> {
    if !ledger.sends_mail() {
        return Ok(None);
    }
    ledger
        .db
        .write((ledger.clone(), member_no), |tx, (ledger, no)| {
            Box::pin(async move {
                member::lock(tx, *no).await?.ok_or(AppError::NotFound)?;
                let Some(email) = unconfirmed::find(tx, *no).await? else { return Ok(None) };
                auth::count_link(tx, *no, &email, ledger.clock.now()).await?;
                write_link(tx, ledger, *no).await?;
                Ok(Some(email))
            })
        })
        .await
}

/// The address that a link confirms, without following it.
///
/// # Errors
/// `CodeNotValid`; `AddressConfirmed` if the link has been followed.
pub async fn open(db: &Db, code: &str, now: Timestamp) -> Result<String, AppError> {
    let hash = Token::hash_of(code).ok_or(AccountError::CodeNotValid)?;
    let tx = &mut db.reader().await?;
    let found = one_time_codes::find(tx, hash, Purpose::ConfirmEmail, micros(now)).await?;
    let Some(no) = found.and_then(|code| code.member) else { return Err(why_not(tx, hash).await?.into()) };
    unconfirmed::find(tx, no).await?.ok_or_else(|| AccountError::CodeNotValid.into())
}

/// Whoever has the link reads what is sent to the address: from now on it is the member's. The address.
///
/// # Errors
/// `CodeNotValid`, also when the member has wished for another address since; `AddressConfirmed` if the link has been followed.
pub async fn confirm(db: &Db, code: &str, now: Timestamp) -> Result<String, AppError> {
    let hash = Token::hash_of(code).ok_or(AccountError::CodeNotValid)?;
    db.write((hash, now), |tx, (hash, now)| {
        Box::pin(async move {
            let now = micros(*now);
            let found = one_time_codes::find(tx, *hash, Purpose::ConfirmEmail, now).await?;
            let Some(no) = found.and_then(|code| code.member) else { return Err(why_not(tx, *hash).await?.into()) };
            // whoever changes the address holds the member and takes the codes away: what is decided is decided behind the lock
            let member = member::lock(tx, no).await?.filter(|member| member.status != Status::Closed);
            let mut member = member.ok_or(AccountError::CodeNotValid)?;
            if one_time_codes::take(tx, *hash, Purpose::ConfirmEmail, now).await?.is_none() {
                return Err(why_not(tx, *hash).await?.into());
            }
            let email = unconfirmed::find(tx, no).await?.ok_or(AccountError::CodeNotValid)?;
            member.email = Some(email.clone());
            member::update_details(tx, &member).await?;
            drop_waiting(tx, no).await?;
            confirm_sign_in(tx, &member).await?;
            Ok(email)
        })
    })
    .await
}

/// Why a link leads nowhere: it was followed before, or is none.
async fn why_not(tx: &mut Tx, hash: [u8; 32]) -> Result<AccountError, StoreError> {
    let was_followed = one_time_codes::taken_by(tx, hash, Purpose::ConfirmEmail).await?.is_some();
    Ok(if was_followed { AccountError::AddressConfirmed } else { AccountError::CodeNotValid })
}

async fn confirm_sign_in(tx: &mut Tx, member: &Member) -> Result<(), StoreError> {
    match &member.email {
        Some(email) => credentials::confirm_email(tx, member.no, email).await,
        None => Ok(()),
    }
}
