//! Signing in. Every answer to a failed sign-in is the same and takes as long.

use jiff::Timestamp;
use laurel_domain::ids::{MemberId, StaffId};
use laurel_domain::member::Status;

use crate::auth::{self, Actor, Address, Auth, Password, SignInName, Token, TokenHash};
use crate::random;
use crate::store::access::sessions::{self, Owner};
use crate::store::access::{credentials, staff};
use crate::store::audit::{self, Action};
use crate::store::members::member;
use crate::store::{Db, StoreError, Tx, micros};
use crate::usecase::{AccountError, AppError, input};

/// What somebody presents.
#[derive(Clone)]
pub struct SignIn {
    pub sign_in_name: String,
    pub password: String,
}

/// From where, and in which browser.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub address: Address,
    /// What the browser calls itself.
    pub device: String,
    /// The session that the browser has had so far; a new one takes its place.
    pub session: Option<TokenHash>,
}

#[derive(Clone, Debug)]
pub struct MemberSignedIn {
    pub token: Token,
    pub member: MemberId,
}

#[derive(Clone, Debug)]
pub struct StaffSignedIn {
    pub token: Token,
    pub staff: StaffId,
}

/// Signs a member in. Suspended members may come in; closed ones may not.
///
/// # Errors
/// `WrongSignIn`, `RateLimited`.
pub async fn member(
    db: &Db,
    auth: &Auth,
    sign_in: &SignIn,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<MemberSignedIn, AppError> {
    let name = count_try(db, sign_in, visitor, now).await?;
    let found = match &name {
        Some(name) => credentials::find(&mut db.reader().await?, name).await?,
        None => None,
    };
    let found = found.filter(|account| account.status != Status::Closed as i16);
    let stored = found.as_ref().map(|account| account.password_hash.clone());
    let right = auth.passwords.verify(Password::presented(&sign_in.password), stored).await?;
    let (Some(account), true) = (found, right) else { return Err(AccountError::WrongSignIn.into()) };
    db.write((account, Entry::new(visitor, now)), |tx, (account, entry)| {
        Box::pin(async move {
            // the password may have changed since it was compared, and must not before the session is there to be ended by that
            member::lock(tx, account.no).await?.ok_or(AccountError::WrongSignIn)?;
            let current = credentials::find_of(tx, account.no).await?;
            if current.is_none_or(|current| current.password_hash != account.password_hash) {
                return Err(AppError::from(AccountError::WrongSignIn));
            }
            auth::signed_in(tx, &account.sign_in_name, entry.address).await?;
            member::set_last_sign_in(tx, account.no, entry.now).await?;
            entry.open(tx, Owner::Member(account.no)).await?;
            Ok(MemberSignedIn { token: entry.token.clone(), member: MemberId::new(account.member) })
        })
    })
    .await
}

/// Signs somebody of the staff in.
///
/// # Errors
/// `WrongSignIn`, `RateLimited`.
pub async fn staff(
    db: &Db,
    auth: &Auth,
    sign_in: &SignIn,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<StaffSignedIn, AppError> {
    let name = count_try(db, sign_in, visitor, now).await?;
    let found = match &name {
        Some(name) => staff::find_by_email(&mut db.reader().await?, name).await?,
        None => None,
    };
    let found = found.filter(|account| account.disabled_at.is_none());
    let stored = found.as_ref().and_then(|account| account.password_hash.clone());
    let right = auth.passwords.verify(Password::presented(&sign_in.password), stored).await?;
    let (Some(account), true) = (found, right) else { return Err(AccountError::WrongSignIn.into()) };
    db.write((account, Entry::new(visitor, now)), |tx, (account, entry)| {
        Box::pin(async move {
            staff::hold(tx, account.id).await?;
            let current = staff::find(tx, account.id).await?;
            if current.is_none_or(|now| now.password_hash != account.password_hash || now.disabled_at.is_some()) {
                return Err(AppError::from(AccountError::WrongSignIn));
            }
            auth::signed_in(tx, &account.email, entry.address).await?;
            staff::set_last_sign_in(tx, account.id, micros(entry.now)).await?;
            entry.open(tx, Owner::Staff(account.id)).await?;
            let (actor, subject) = (Actor::Staff(account.id), format!("staff:{}", account.id));
            let action = Action { actor, name: "staff.sign_in", subject: &subject, before: None, after: None };
            audit::append(tx, &action, entry.now).await?;
            Ok(StaffSignedIn { token: entry.token.clone(), staff: StaffId::new(account.id) })
        })
    })
    .await
}

/// Counts the try. The name in the form it is stored in, if it has one.
async fn count_try(db: &Db, sign_in: &SignIn, visitor: &Visitor, now: Timestamp) -> Result<Option<String>, AppError> {
    let name = SignInName::parse(&sign_in.sign_in_name).ok();
    let counted = name.as_ref().map_or(sign_in.sign_in_name.as_str(), SignInName::as_str);
    auth::try_sign_in(db, counted, visitor.address, now).await?;
    Ok(name.map(|name| name.as_str().to_owned()))
}

/// A session about to begin.
pub(in crate::usecase) struct Entry {
    pub token: Token,
    pub now: Timestamp,
    address: Address,
    device: String,
    replaces: Option<TokenHash>,
}

impl Entry {
    pub fn new(visitor: &Visitor, now: Timestamp) -> Self {
        let device = input::device(&visitor.device);
        Self { token: Token::random(), now, address: visitor.address, device, replaces: visitor.session }
    }

    pub async fn open(&self, tx: &mut Tx, owner: Owner) -> Result<(), StoreError> {
        if let Some(before) = self.replaces {
            sessions::delete(tx, before).await?;
        }
        sessions::insert(tx, self.token.hash(), random::id(self.now), owner, &self.device, micros(self.now)).await
    }
}
