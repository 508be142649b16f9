//! Changing one's own password.

use jiff::Timestamp;

use crate::auth::{self, Address, Auth, MemberSession, Password, StaffSession, TokenHash};
use crate::store::access::sessions::{self, Owner};
use crate::store::access::{credentials, one_time_codes, staff};
use crate::store::members::member;
use crate::store::{Db, Tx, micros};
use crate::usecase::{AccountError, AppError, Faults};

/// Both as typed.
#[derive(Clone)]
pub struct Change {
    pub current_password: String,
    pub password: String,
}

/// Changes a member's password and ends their other sessions.
///
/// # Errors
/// `WrongPassword`, `Password`, `RateLimited`.
pub async fn change_members(
    db: &Db,
    auth: &Auth,
    session: &MemberSession,
    change: &Change,
    address: Address,
    now: Timestamp,
) -> Result<(), AppError> {
    let account = credentials::find_of(&mut db.reader().await?, session.no).await?.ok_or(AppError::NotFound)?;
    let before = account.password_hash;
    let after = new_hash(db, auth, &account.sign_in_name, Some(before.clone()), change, address, now).await?;
    db.write((session.no, session.token_hash, before, after, now), |tx, (no, session, before, after, now)| {
        Box::pin(async move {
            // whoever changes a password holds its owner, and so does who comes in by it
            member::lock(tx, *no).await?.ok_or(AppError::NotFound)?;
            let current = credentials::find_of(tx, *no).await?;
            if current.is_none_or(|current| current.password_hash != *before) {
                return Err(AppError::from(AccountError::WrongPassword));
            }
            credentials::set_password(tx, *no, after, micros(*now)).await?;
            leave_only(tx, Owner::Member(*no), *session).await
        })
    })
    .await
}

/// Changes the password of somebody of the staff and ends their other sessions.
///
/// # Errors
/// `WrongPassword`, `Password`, `RateLimited`.
pub async fn change_staffs(
    db: &Db,
    auth: &Auth,
    session: &StaffSession,
    change: &Change,
    address: Address,
    now: Timestamp,
) -> Result<(), AppError> {
    let id = session.staff.uuid();
    let account = staff::find(&mut db.reader().await?, id).await?.ok_or(AppError::NotFound)?;
    let before = account.password_hash;
    let after = new_hash(db, auth, &account.email, before.clone(), change, address, now).await?;
    db.write((id, session.token_hash, before, after), |tx, (id, session, before, after)| {
        Box::pin(async move {
            staff::hold(tx, *id).await?;
            let current = staff::find(tx, *id).await?;
            if current.is_none_or(|current| current.password_hash != *before) {
                return Err(AppError::from(AccountError::WrongPassword));
            }
            staff::set_password(tx, *id, after).await?;
            leave_only(tx, Owner::Staff(*id), *session).await
        })
    })
    .await
}

async fn new_hash(
    db: &Db,
    auth: &Auth,
    name: &str,
    stored: Option<String>,
    change: &Change,
    address: Address,
    now: Timestamp,
) -> Result<String, AppError> {
    let mut faults = Faults::default();
    let password = faults.note(Password::new(&change.password, &[name]));
    let confirmed = match confirm(db, auth, name, stored, &change.current_password, address, now).await {
        Err(error) if !matches!(error, AppError::Account(_)) => return Err(error),
        outcome => faults.note(outcome),
    };
    let (Some(password), Some(_)) = (password, confirmed) else { return Err(faults.into_error()) };
    Ok(auth.passwords.hash(password).await?)
}

/// A signed-in member says their password again, before something that cannot be undone. What comes back is for
/// [`still_confirmed`].
///
/// # Errors
/// `WrongPassword`, `RateLimited`.
pub(in crate::usecase) async fn confirm_members(
    db: &Db,
    auth: &Auth,
    session: &MemberSession,
    typed: &str,
    address: Address,
    now: Timestamp,
) -> Result<Confirmed, AppError> {
    let account = credentials::find_of(&mut db.reader().await?, session.no).await?.ok_or(AppError::NotFound)?;
    confirm(db, auth, &account.sign_in_name, Some(account.password_hash.clone()), typed, address, now).await?;
    Ok(Confirmed { password_hash: account.password_hash })
}

/// By which password something was confirmed.
#[derive(Clone)]
pub(in crate::usecase) struct Confirmed {
    password_hash: String,
}

/// That the password is the same still: asked behind the lock of the member, as it may have been changed meanwhile.
///
/// # Errors
/// `WrongPassword`.
pub(in crate::usecase) async fn still_confirmed(tx: &mut Tx, no: i64, by: &Confirmed) -> Result<(), AppError> {
    match credentials::find_of(tx, no).await? {
        Some(current) if current.password_hash == by.password_hash => Ok(()),
        _ => Err(AccountError::WrongPassword.into()),
    }
}

async fn confirm(
    db: &Db,
    auth: &Auth,
    name: &str,
    stored: Option<String>,
    typed: &str,
    address: Address,
    now: Timestamp,
) -> Result<(), AppError> {
    auth::try_sign_in(db, name, address, now).await?;
    if !auth.passwords.verify(Password::presented(typed), stored).await? {
        return Err(AccountError::WrongPassword.into());
    }
    db.write((name.to_owned(), address), |tx, (name, address)| Box::pin(auth::signed_in(tx, name, *address))).await?;
    Ok(())
}

async fn leave_only(tx: &mut Tx, owner: Owner, session: TokenHash) -> Result<(), AppError> {
    one_time_codes::retire_all(tx, owner).await?;
    sessions::delete_all(tx, owner, Some(session)).await?;
    Ok(())
}
