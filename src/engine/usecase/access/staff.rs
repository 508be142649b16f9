//! Accounts of the staff: made, changed, invited anew.

use jiff::Timestamp;
use laurel_domain::ids::StaffId;
use laurel_domain::refusal::{Fault, Refusal};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::{Actor, Auth, Authority, Password, Permission, Role, SignInName, StaffSession, Token};
use crate::random;
use crate::store::access::one_time_codes::{self, Purpose};
use crate::store::access::sessions::{self, Owner};
use crate::store::access::staff::{self, NewStaff, StaffRow};
use crate::store::audit::{self, Action};
use crate::store::{Db, Tx, micros};
use crate::usecase::access::activate::VALID_FOR;
use crate::usecase::{AccountError, AppError, Faults, input, require};

/// What is asked for, as typed.
#[derive(Clone)]
pub struct Wanted {
    pub email: String,
    pub name: String,
    pub role: Role,
    pub locale: String,
    /// None: the account gets a code by which its owner sets one.
    pub password: Option<String>,
}

/// An account that was made, and the code that opens it, if it has no password yet.
#[derive(Clone, Debug)]
pub struct Created {
    pub staff: StaffId,
    pub code: Option<Token>,
}

/// Makes an account.
///
/// # Errors
/// `Forbidden`, `EmailTaken`, `Password`, `Invalid` (email, name, locale).
pub async fn create(db: &Db, auth: &Auth, authority: Authority, wanted: &Wanted, now: Timestamp) -> Result<Created, AppError> {
    require(authority, Permission::ManageStaff)?;
    let account = Account::new(auth, wanted, now).await?;
    let code = account.password_hash.is_none().then(Token::random);
    db.write((authority.actor(), account, code), |tx, (actor, account, code)| {
        Box::pin(async move {
            account.insert(tx, *actor).await?;
            if let Some(code) = code {
                insert_code(tx, account.id, code, account.now).await?;
            }
            Ok(Created { staff: StaffId::new(account.id), code: code.clone() })
        })
    })
    .await
}

/// A new code for somebody who has lost theirs or forgotten their password.
///
/// # Errors
/// `Forbidden`, `NotFound`.
pub async fn invite(db: &Db, authority: Authority, who: StaffId, now: Timestamp) -> Result<Token, AppError> {
    require(authority, Permission::ManageStaff)?;
    db.write((authority.actor(), who.uuid(), Token::random(), now), |tx, (actor, id, code, now)| {
        Box::pin(async move {
            staff::hold(tx, *id).await?;
            staff::find(tx, *id).await?.filter(|account| account.disabled_at.is_none()).ok_or(AppError::NotFound)?;
            insert_code(tx, *id, code, *now).await?;
            record(tx, *actor, "staff.invite", *id, [None, None], *now).await?;
            Ok(code.clone())
        })
    })
    .await
}

/// What can be changed about an account.
#[derive(Clone, Debug)]
pub struct Change {
    pub name: String,
    pub role: Role,
    pub enabled: bool,
}

/// Changes an account. Disabling one, or giving it another role, ends its sessions.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (name), `LastAdmin` if nobody could administer Laurel any more.
pub async fn change(db: &Db, authority: Authority, who: StaffId, change: &Change, now: Timestamp) -> Result<(), AppError> {
    require(authority, Permission::ManageStaff)?;
    let change = Change { name: input::name(&change.name)?, ..change.clone() };
    db.write((authority.actor(), who.uuid(), change, now), |tx, (actor, id, change, now)| {
        Box::pin(async move {
            staff::lock(tx).await?;
            let before = staff::find(tx, *id).await?.ok_or(AppError::NotFound)?;
            let disabled_at = if change.enabled { None } else { before.disabled_at.or(Some(micros(*now))) };
            staff::change(tx, *id, &change.name, change.role.number(), disabled_at).await?;
            if staff::count_enabled(tx, Role::Admin.number()).await? == 0 {
                return Err(AppError::from(AccountError::LastAdmin));
            }
            if !change.enabled || before.role != change.role.number() {
                sessions::delete_all(tx, Owner::Staff(*id), None).await?;
                one_time_codes::retire_all(tx, Owner::Staff(*id)).await?;
            }
            let after = described(change.role.number(), change.enabled);
            let before = described(before.role, before.disabled_at.is_none());
            record(tx, *actor, "staff.change", *id, [Some(before), Some(after)], *now).await
        })
    })
    .await
}

/// # Errors
/// `Forbidden`.
pub async fn list(db: &Db, authority: Authority) -> Result<Vec<StaffRow>, AppError> {
    require(authority, Permission::ManageStaff)?;
    Ok(staff::list(&mut db.reader().await?).await?)
}

/// # Errors
/// `Forbidden`, `NotFound`.
pub async fn find(db: &Db, authority: Authority, who: StaffId) -> Result<StaffRow, AppError> {
    require(authority, Permission::ManageStaff)?;
    staff::find(&mut db.reader().await?, who.uuid()).await?.ok_or(AppError::NotFound)
}

/// The account of whoever is signed in.
pub async fn own(db: &Db, session: &StaffSession) -> Result<Option<StaffRow>, AppError> {
    Ok(staff::find(&mut db.reader().await?, session.staff.uuid()).await?)
}

/// An account about to be made.
pub(in crate::usecase) struct Account {
    pub id: Uuid,
    pub now: Timestamp,
    email: String,
    name: String,
    role: Role,
    locale: String,
    password_hash: Option<String>,
}

impl Account {
    pub async fn new(auth: &Auth, wanted: &Wanted, now: Timestamp) -> Result<Self, AppError> {
        let email = SignInName::parse(&wanted.email).ok().and_then(|name| name.email().map(str::to_owned));
        let mut faults = Faults::default();
        let name = faults.note(input::name(&wanted.name));
        let email = faults.note(email.ok_or_else(|| Refusal::field("email", Fault::Characters)));
        let known: Vec<&str> = email.iter().map(String::as_str).collect();
        let password = wanted.password.as_deref().map(|typed| faults.note(Password::new(typed, &known)));
        let locale = faults.note(input::locale(&wanted.locale));
        let (Some(name), Some(email), Some(locale), None | Some(Some(_))) = (name, email, locale, &password) else {
            return Err(faults.into_error());
        };
        let password = password.flatten();
        let password_hash = match password {
            Some(password) => Some(auth.passwords.hash(password).await?),
            None => None,
        };
        Ok(Self { id: random::id(now), now, email, name, role: wanted.role, locale, password_hash })
    }

    pub async fn insert(&self, tx: &mut Tx, actor: Actor) -> Result<(), AppError> {
        let row = NewStaff {
            id: self.id,
            email: &self.email,
            name: &self.name,
            role: self.role.number(),
            locale: &self.locale,
            password_hash: self.password_hash.as_deref(),
            created_at: micros(self.now),
        };
        if !staff::insert(tx, &row).await? {
            return Err(AccountError::EmailTaken.into());
        }
        record(tx, actor, "staff.create", self.id, [None, Some(described(self.role.number(), true))], self.now).await
    }
}

async fn insert_code(tx: &mut Tx, staff: Uuid, code: &Token, now: Timestamp) -> Result<(), AppError> {
    let expires_at = micros(now.saturating_add(VALID_FOR).unwrap_or(now));
    Ok(one_time_codes::insert(tx, code.hash(), Purpose::Activate, Some(Owner::Staff(staff)), expires_at).await?)
}

fn described(role: i16, enabled: bool) -> Value {
    json!({ "role": Role::from_number(role).map(Role::as_str), "enabled": enabled })
}

pub(in crate::usecase) async fn record(
    tx: &mut Tx,
    actor: Actor,
    name: &'static str,
    id: Uuid,
    [before, after]: [Option<Value>; 2],
    now: Timestamp,
) -> Result<(), AppError> {
    let subject = format!("staff:{id}");
    Ok(audit::append(tx, &Action { actor, name, subject: &subject, before, after }, now).await?)
}
