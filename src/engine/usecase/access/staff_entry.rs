//! The first sign-in of a member of the staff: the first administrator by the link printed at the first start,
//! everybody else by the code that an administrator made.

use jiff::Timestamp;
use laurel_domain::ids::StaffId;
use uuid::Uuid;

use crate::auth::{Actor, Auth, Password, Role, Token, TokenHash};
use crate::store::access::one_time_codes::{self, Purpose};
use crate::store::access::sessions::{self, Owner};
use crate::store::access::staff;
use crate::store::{Db, Tx, micros};
use crate::usecase::access::activate::VALID_FOR;
use crate::usecase::access::sign_in::{Entry, StaffSignedIn, Visitor};
use crate::usecase::access::staff::{Account, Wanted, record};
use crate::usecase::{AccountError, AppError};

/// While there is nobody on the staff: a code with which the first administrator makes their account. Earlier ones stop working.
pub async fn first_code(db: &Db, now: Timestamp) -> Result<Option<Token>, AppError> {
    if staff::count(&mut db.reader().await?).await? > 0 {
        return Ok(None);
    }
    let code = Token::random();
    let expires_at = micros(now.saturating_add(VALID_FOR).unwrap_or(now));
    db.write((code.hash(), expires_at), |tx, (hash, expires_at)| {
        Box::pin(
            async move { Ok::<_, AppError>(one_time_codes::insert(tx, *hash, Purpose::FirstStaff, None, *expires_at).await?) },
        )
    })
    .await?;
    Ok(Some(code))
}

/// Makes the first account, an administrator's whatever `wanted.role` says, and signs them in.
///
/// # Errors
/// `CodeNotValid`, also once there is anybody on the staff; otherwise as `staff::create`.
pub async fn create_first(
    db: &Db,
    auth: &Auth,
    code: &str,
    wanted: &Wanted,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<StaffSignedIn, AppError> {
    let code = Token::hash_of(code).ok_or(AccountError::CodeNotValid)?;
    if one_time_codes::find(&mut db.reader().await?, code, Purpose::FirstStaff, micros(now)).await?.is_none() {
        return Err(AccountError::CodeNotValid.into());
    }
    // without a password nobody could come in again
    let password = Some(wanted.password.clone().unwrap_or_default());
    let account = Account::new(auth, &Wanted { role: Role::Admin, password, ..wanted.clone() }, now).await?;
    db.write((code, account, Entry::new(visitor, now)), |tx, (code, account, entry)| {
        Box::pin(async move {
            staff::lock(tx).await?;
            let used = one_time_codes::take(tx, *code, Purpose::FirstStaff, micros(account.now)).await?;
            if used.is_none() || staff::count(tx).await? > 0 {
                return Err(AppError::from(AccountError::CodeNotValid));
            }
            account.insert(tx, Actor::System).await?;
            entry.open(tx, Owner::Staff(account.id)).await?;
            Ok(StaffSignedIn { token: entry.token.clone(), staff: StaffId::new(account.id) })
        })
    })
    .await
}

/// Whose a code is, and whether they asked for it themselves.
async fn opened(tx: &mut Tx, code: TokenHash, now: Timestamp) -> Result<(Uuid, Purpose), AppError> {
    for purpose in [Purpose::Activate, Purpose::Reset] {
        if let Some(id) = one_time_codes::find(tx, code, purpose, micros(now)).await?.and_then(|code| code.staff) {
            return Ok((id, purpose));
        }
    }
    Err(AccountError::CodeNotValid.into())
}

/// Whether a code sets a new password, for the page that it opens.
///
/// # Errors
/// `CodeNotValid`.
pub async fn resets_password(db: &Db, code: &str, now: Timestamp) -> Result<bool, AppError> {
    let hash = Token::hash_of(code).ok_or(AccountError::CodeNotValid)?;
    Ok(opened(&mut db.reader().await?, hash, now).await?.1 == Purpose::Reset)
}

/// Sets the password of a new account, or of one whose owner forgot it, and signs them in.
///
/// # Errors
/// `CodeNotValid`, `Password`. Neither uses the code up.
pub async fn activate(
    db: &Db,
    auth: &Auth,
    code: &str,
    password: &str,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<StaffSignedIn, AppError> {
    let hash = Token::hash_of(code).ok_or(AccountError::CodeNotValid)?;
    let (id, purpose) = opened(&mut db.reader().await?, hash, now).await?;
    let account = staff::find(&mut db.reader().await?, id).await?.ok_or(AccountError::CodeNotValid)?;
    let password_hash = auth.passwords.hash(Password::new(password, &[&account.email])?).await?;
    db.write((hash, id, purpose, password_hash, Entry::new(visitor, now)), |tx, (hash, id, purpose, password_hash, entry)| {
        Box::pin(async move {
            staff::hold(tx, *id).await?;
            let used = one_time_codes::take(tx, *hash, *purpose, micros(entry.now)).await?;
            let account = staff::find(tx, *id).await?;
            if used.is_none() || account.is_none_or(|account| account.disabled_at.is_some()) {
                return Err(AppError::from(AccountError::CodeNotValid));
            }
            staff::set_password(tx, *id, password_hash).await?;
            one_time_codes::retire_all(tx, Owner::Staff(*id)).await?;
            sessions::delete_all(tx, Owner::Staff(*id), None).await?;
            staff::set_last_sign_in(tx, *id, micros(entry.now)).await?;
            entry.open(tx, Owner::Staff(*id)).await?;
            let action = if *purpose == Purpose::Reset { "staff.reset" } else { "staff.activate" };
            record(tx, Actor::Staff(*id), action, *id, [None, None], entry.now).await?;
            Ok(StaffSignedIn { token: entry.token.clone(), staff: StaffId::new(*id) })
        })
    })
    .await
}
