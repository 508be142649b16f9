//! One-time codes that let a member into the portal: activation of an account that the payment system enrolled,
//! and a new password for one who has forgotten theirs.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;
use laurel_domain::refusal::{Fault, Refusal};
use serde_json::json;

use crate::auth::{Auth, Authority, Password, Permission, SignInName, Token, TokenHash};
use crate::store::access::credentials::{self, NewCredentials};
use crate::store::access::one_time_codes::{self, Purpose};
use crate::store::access::sessions::{self, Owner};
use crate::store::audit::{self, Action};
use crate::store::members::member::{self, By, Member};
use crate::store::{Db, Tx, micros};
use crate::usecase::access::sign_in::{Entry, MemberSignedIn, Visitor};
use crate::usecase::members::address;
use crate::usecase::members::register::new_referral_code;
use crate::usecase::{AccountError, AppError, Faults, input, require};

/// Every one-time code's life.
pub(in crate::usecase) const VALID_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A code to hand to a member; shown once.
#[derive(Clone, Debug)]
pub struct Invitation {
    pub code: Token,
    pub expires_at: Timestamp,
    /// The member is in the portal already: the code sets a new password.
    pub resets_password: bool,
}

/// Makes a one-time code for a member. Earlier ones stop working.
///
/// # Errors
/// `Forbidden`, `NotFound`, `MemberClosed`.
pub async fn invite(db: &Db, authority: Authority, member: MemberId, now: Timestamp) -> Result<Invitation, AppError> {
    require(authority, Permission::SendActivation)?;
    let code = Token::random();
    let expires_at = now.saturating_add(VALID_FOR).unwrap_or(now);
    db.write((authority.actor(), member, code, expires_at, now), |tx, (actor, member, code, expires_at, now)| {
        Box::pin(async move {
            // behind the lock: of two invitations at once the later one takes the code of the earlier one away
            let found = member::find(tx, By::Id(*member)).await?.ok_or(AppError::NotFound)?;
            let member = member::lock(tx, found.no).await?.ok_or(AppError::NotFound)?;
            if member.status == Status::Closed {
                return Err(Refusal::MemberClosed.into());
            }
            let resets_password = credentials::find_of(tx, member.no).await?.is_some();
            let purpose = if resets_password { Purpose::Reset } else { Purpose::Activate };
            one_time_codes::insert(tx, code.hash(), purpose, Some(Owner::Member(member.no)), micros(*expires_at)).await?;
            let subject = format!("member:{}", member.id());
            let after = Some(json!({ "resets_password": resets_password }));
            let action = Action { actor: *actor, name: "member.invite", subject: &subject, before: None, after };
            audit::append(tx, &action, *now).await?;
            Ok(Invitation { code: code.clone(), expires_at: *expires_at, resets_password })
        })
    })
    .await
}

/// What the page of a code shows and asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    pub name: Option<String>,
    /// What the member signs in with. None: they pick it.
    pub sign_in_name: Option<String>,
    /// What is on file to pick.
    pub suggested: Option<String>,
}

/// Looks at a code without using it.
///
/// # Errors
/// `CodeNotValid`.
pub async fn open(db: &Db, code: &str, now: Timestamp) -> Result<Opened, AppError> {
    let hash = Token::hash_of(code).ok_or(AccountError::CodeNotValid)?;
    let tx = &mut db.reader().await?;
    let mut found = one_time_codes::find(tx, hash, Purpose::Activate, micros(now)).await?;
    if found.is_none() {
        found = one_time_codes::find(tx, hash, Purpose::Reset, micros(now)).await?;
    }
    let no = found.and_then(|code| code.member).ok_or(AccountError::CodeNotValid)?;
    let member = member::find(tx, By::No(no)).await?.ok_or(AccountError::CodeNotValid)?;
    let sign_in_name = credentials::find_of(tx, no).await?.map(|found| found.sign_in_name);
    let suggested = if sign_in_name.is_none() { on_file(&member) } else { None };
    Ok(Opened { suggested: suggested.map(|name| name.to_string()), name: member.name, sign_in_name })
}

/// What a member fills in who was given a code.
#[derive(Clone)]
pub struct Activation {
    pub code: String,
    /// Left out, it is what is on file. Ignored for those who have one.
    pub sign_in_name: Option<String>,
    pub password: String,
}

/// Uses a code up: sets the password, ends all sessions of the member, and signs them in.
///
/// # Errors
/// `CodeNotValid`, `Password`, `NotASignInName`, `SignInNameTaken`, `Invalid` (no sign-in name, and none on file).
/// None of these uses the code up.
pub async fn activate(
    db: &Db,
    auth: &Auth,
    activation: &Activation,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<MemberSignedIn, AppError> {
    let code = Token::hash_of(&activation.code).ok_or(AccountError::CodeNotValid)?;
    let opened = open(db, &activation.code, now).await?;
    let mut faults = Faults::default();
    let picked = match (&opened.sign_in_name, input::given(activation.sign_in_name.as_deref())) {
        (None, Some(typed)) => faults.note(SignInName::parse(typed)).map(Some),
        _ => Some(None),
    };
    let name = picked.as_ref().and_then(Option::as_ref).map(SignInName::as_str);
    let known = [opened.sign_in_name.as_deref(), opened.suggested.as_deref(), name];
    let known: Vec<&str> = known.into_iter().flatten().collect();
    let password = faults.note(Password::new(&activation.password, &known));
    let (Some(picked), Some(password)) = (picked, password) else { return Err(faults.into_error()) };
    let password_hash = auth.passwords.hash(password).await?;
    let opening = Opening { code, picked, password_hash, entry: Entry::new(visitor, now) };
    db.write(opening, |tx, opening| Box::pin(opening.run(tx))).await
}

struct Opening {
    code: TokenHash,
    picked: Option<SignInName>,
    password_hash: String,
    entry: Entry,
}

impl Opening {
    async fn run(&self, tx: &mut Tx) -> Result<MemberSignedIn, AppError> {
        let now = micros(self.entry.now);
        let mut found = one_time_codes::find(tx, self.code, Purpose::Activate, now).await?;
        if found.is_none() {
            found = one_time_codes::find(tx, self.code, Purpose::Reset, now).await?;
        }
        let no = found.and_then(|code| code.member).ok_or(AccountError::CodeNotValid)?;
        // everybody locks the member before their codes; whether the code is good is decided behind the lock
        let member = member::lock(tx, no).await?.filter(|member| member.status != Status::Closed);
        let member = member.ok_or(AccountError::CodeNotValid)?;
        let mut used = one_time_codes::take(tx, self.code, Purpose::Activate, now).await?;
        if used.is_none() {
            used = one_time_codes::take(tx, self.code, Purpose::Reset, now).await?;
        }
        used.ok_or(AccountError::CodeNotValid)?;
        let id = member.id();
        if !credentials::set_password(tx, no, &self.password_hash, now).await? {
            self.give_sign_in_name(tx, member).await?;
        }
        one_time_codes::retire_all(tx, Owner::Member(no)).await?;
        sessions::delete_all(tx, Owner::Member(no), None).await?;
        member::give_referral_code(tx, no, &new_referral_code()).await?;
        member::set_last_sign_in(tx, no, self.entry.now).await?;
        self.entry.open(tx, Owner::Member(no)).await?;
        Ok(MemberSignedIn { token: self.entry.token.clone(), member: id })
    }

    async fn give_sign_in_name(&self, tx: &mut Tx, mut member: Member) -> Result<(), AppError> {
        let name = self.picked.clone().or_else(|| on_file(&member));
        let name = name.ok_or_else(|| Refusal::field("sign_in_name", Fault::Missing))?;
        let new = NewCredentials {
            member: member.no,
            sign_in_name: name.as_str(),
            password_hash: &self.password_hash,
            // the one on file is trusted; another that was typed is not until its owner confirms it
            email_confirmed: member.email.is_some() && name.email() == member.email.as_deref(),
        };
        if !credentials::insert(tx, new, micros(self.entry.now)).await? {
            return Err(AccountError::SignInNameTaken.into());
        }
        if let Some(email) = name.email().filter(|_| member.email.is_none()) {
            address::came_with(tx, member.no, email, self.entry.now).await?;
        }
        member.phone = member.phone.or_else(|| name.phone().map(str::to_owned));
        Ok(member::update_details(tx, &member).await?)
    }
}

/// What the payment system told about the member, if one can sign in with it.
fn on_file(member: &Member) -> Option<SignInName> {
    [&member.email, &member.phone].into_iter().flatten().find_map(|text| SignInName::parse(text).ok())
}
