//! Registering in the portal: a member whom the payment system does not know yet.

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;

use crate::auth::{self, Auth, Password, SignInName};
use crate::random;
use crate::store::access::credentials::{self, NewCredentials};
use crate::store::access::sessions::Owner;
use crate::store::members::member::{self, By, NewMember};
use crate::store::{Db, Tx, micros};
use crate::usecase::access::sign_in::{Entry, MemberSignedIn, Visitor};
use crate::usecase::members::{address, merge};
use crate::usecase::{AccountError, AppError, Faults, input};

const REFERRAL_CODE_ALPHABET: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const REFERRAL_CODE_LENGTH: usize = 8;

/// What a person fills in.
#[derive(Clone)]
pub struct Registration {
    pub name: String,
    /// An e-mail address or a phone number.
    pub sign_in_name: String,
    pub password: String,
    /// Of whoever invited them.
    pub referral_code: Option<String>,
    pub locale: String,
}

/// Makes a member and signs them in. A referral code only records who invited; points for it come with the first payment.
///
/// # Errors
/// `Invalid` (name, locale), `NotASignInName`, `SignInNameTaken`, `Password`, `UnknownReferralCode`; `RateLimited`.
pub async fn register(
    db: &Db,
    auth: &Auth,
    registration: &Registration,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<MemberSignedIn, AppError> {
    let mut faults = Faults::default();
    let name = faults.note(input::name(&registration.name));
    let sign_in_name = faults.note(SignInName::parse(&registration.sign_in_name));
    let known: Vec<&str> = sign_in_name.iter().map(SignInName::as_str).collect();
    let password = faults.note(Password::new(&registration.password, &known));
    let locale = faults.note(input::locale(&registration.locale));
    let (Some(name), Some(sign_in_name), Some(password), Some(locale)) = (name, sign_in_name, password, locale) else {
        return Err(faults.into_error());
    };
    auth::try_registration(db, visitor.address, now).await?;
    let newcomer = Newcomer {
        member: NewMember {
            id: MemberId::new(random::deciding_id(now, sign_in_name.as_str())),
            external_id: None,
            name: Some(name),
            // until its owner confirms it, it is no address that anything is sent to
            email: None,
            phone: sign_in_name.phone().map(str::to_owned),
            locale: Some(locale),
            registered_at: now,
            referral_code: Some(new_referral_code()),
            invited_by: None,
        },
        invited_with: input::given(registration.referral_code.as_deref()).map(as_stored),
        sign_in_name,
        password_hash: auth.passwords.hash(password).await?,
        entry: Entry::new(visitor, now),
    };
    db.write(newcomer, |tx, newcomer| Box::pin(newcomer.enter(tx))).await
}

struct Newcomer {
    member: NewMember,
    invited_with: Option<String>,
    sign_in_name: SignInName,
    password_hash: String,
    entry: Entry,
}

impl Newcomer {
    async fn enter(&self, tx: &mut Tx) -> Result<MemberSignedIn, AppError> {
        let now = micros(self.entry.now);
        let mut member = self.member.clone();
        if let Some(code) = &self.invited_with {
            // the code of an account that was merged leads to the one that goes on
            let inviter = match member::find(tx, By::ReferralCode(code)).await? {
                Some(inviter) => Some(merge::follow(tx, inviter).await?),
                None => None,
            };
            let inviter = inviter.filter(|inviter| inviter.status != Status::Closed);
            member.invited_by = Some(inviter.ok_or(AccountError::UnknownReferralCode)?.no);
        }
        let id = member.id;
        let inserted = member::insert(tx, &[member]).await?;
        let no = inserted
            .first()
            .map(|(no, _)| *no)
            .ok_or_else(|| AppError::internal(anyhow::anyhow!("a member without a number")))?;
        let (sign_in_name, password_hash) = (self.sign_in_name.as_str(), self.password_hash.as_str());
        let new = NewCredentials { member: no, sign_in_name, password_hash, email_confirmed: false };
        if !credentials::insert(tx, new, now).await? {
            return Err(AccountError::SignInNameTaken.into());
        }
        if let Some(email) = self.sign_in_name.email() {
            address::came_with(tx, no, email, self.entry.now).await?;
        }
        member::set_last_sign_in(tx, no, self.entry.now).await?;
        self.entry.open(tx, Owner::Member(no)).await?;
        Ok(MemberSignedIn { token: self.entry.token.clone(), member: id })
    }
}

/// Eight characters of which none looks like another.
pub fn new_referral_code() -> String {
    random::text(REFERRAL_CODE_LENGTH, REFERRAL_CODE_ALPHABET)
}

/// As it is stored, however it was typed.
fn as_stored(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).take(64).collect()
}
