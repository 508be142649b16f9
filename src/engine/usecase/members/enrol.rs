//! The payment system enrols a member, tells what it knows of one, or claims a portal registration.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;
use laurel_domain::refusal::{FieldFault, Refusal};
use laurel_domain::text::{ExternalId, checked_identity};
use serde_json::json;

use crate::auth::Actor;
use crate::random;
use crate::store::audit::{self, Action};
use crate::store::members::member::{self, By, Member, NewMember};
use crate::store::{Db, FromStore, StoreError, Tx};
use crate::usecase::members::register::new_referral_code;
use crate::usecase::members::{address, link};
use crate::usecase::{AppError, input};

/// As with events: clocks differ.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// What the payment system sends. What it leaves out stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Enrolment {
    pub external_id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub locale: Option<String>,
    /// Of a new member; now if it is left out. Of a known one it never changes.
    pub registered_at: Option<Timestamp>,
    /// Shown in the portal to a member whom the payment system does not know yet.
    pub link_code: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enrolled {
    pub member: MemberId,
    /// There was no member with this external id before.
    pub created: bool,
}

/// Enrols a member or updates one. The same again changes nothing.
///
/// # Errors
/// `Invalid` with every field at fault, `InFuture`, `MemberClosed`; with a link code also `CodeNotValid`, and `Conflict`
/// (`external_id_taken`, `already_linked`).
pub async fn enrol(db: &Db, actor: Actor, enrolment: &Enrolment, now: Timestamp) -> Result<Enrolled, AppError> {
    let wanted = Wanted::parse(enrolment, actor, now)?;
    match db.write(wanted.clone(), |tx, wanted| Box::pin(wanted.run(tx))).await {
        // somebody else enrolled the same member meanwhile: now there is one to update
        Err(error) if error.store_error().is_some_and(StoreError::is_unique_violation) => {
            db.write(wanted, |tx, wanted| Box::pin(wanted.run(tx))).await
        }
        outcome => outcome,
    }
}

/// How often newcomers are given other referral codes before it is an error that theirs are taken.
pub(super) const ATTEMPTS: u32 = 4;

/// Enrols people who are all new, in one transaction: thousands at once, where [`enrol`] takes one.
///
/// # Errors
/// `Invalid` and `InFuture` of the first one at fault; a unique violation if somebody has one of the external ids already. Nobody
/// is enrolled then.
pub async fn enrol_newcomers(db: &Db, actor: Actor, newcomers: &[Enrolment], now: Timestamp) -> Result<(), AppError> {
    let wanted = newcomers.iter().map(|one| Wanted::parse(one, actor, now)).collect::<Result<Vec<Wanted>, AppError>>()?;
    wanted.iter().try_for_each(Wanted::check_new)?;
    let mut attempt = 1;
    loop {
        // with other referral codes each time: among millions two may draw the same
        let new: Vec<NewMember> = wanted.iter().map(Wanted::newcomer).collect();
        let inserted: Result<(), StoreError> =
            db.write(new, |tx, new| Box::pin(async move { member::insert(tx, new).await.map(drop) })).await;
        match inserted {
            Err(error) if error.is_unique_violation() && attempt < ATTEMPTS => attempt += 1,
            outcome => return Ok(outcome?),
        }
    }
}

#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) external_id: ExternalId,
    pub(super) details: input::Details,
    registered_at: Timestamp,
    link_code: Option<String>,
    actor: Actor,
    now: Timestamp,
}

impl Wanted {
    pub(super) fn parse(sent: &Enrolment, actor: Actor, now: Timestamp) -> Result<Self, AppError> {
        let mut faults = Vec::new();
        let external_id = ExternalId::new(&sent.external_id);
        if let Err(fault) = &external_id {
            faults.push(FieldFault::new("external_id", fault.clone()));
        }
        let details = input::Details::parse(
            sent.name.as_deref(),
            sent.email.as_deref(),
            sent.phone.as_deref(),
            sent.locale.as_deref(),
            &mut faults,
        );
        let registered_at = sent.registered_at.unwrap_or(now);
        if registered_at > now.saturating_add(TOLERANCE).unwrap_or(now) {
            return Err(Refusal::InFuture.into());
        }
        match external_id {
            Ok(external_id) if faults.is_empty() => {
                let link_code = input::given(sent.link_code.as_deref()).map(str::to_owned);
                Ok(Self { external_id, details, registered_at, link_code, actor, now })
            }
            _ => Err(Refusal::Invalid { faults }.into()),
        }
    }

    async fn run(&self, tx: &mut Tx) -> Result<Enrolled, AppError> {
        let known = member::find(tx, By::External(self.external_id.as_str())).await?;
        match (known, &self.link_code) {
            (Some(known), None) => self.update(tx, known.no).await,
            (Some(known), Some(code)) => {
                // the first answer may have been lost on its way
                if link::was_taken_by(tx, code, known.no).await? {
                    self.update(tx, known.no).await
                } else {
                    Err(AppError::Conflict { code: "external_id_taken" })
                }
            }
            (None, Some(code)) => self.claim(tx, code).await,
            (None, None) => self.insert(tx).await,
        }
    }

    async fn update(&self, tx: &mut Tx, no: i64) -> Result<Enrolled, AppError> {
        let mut member = self.open_member(tx, no).await?;
        self.details.apply(&mut member);
        member::update_details(tx, &member).await?;
        address::trusted(tx, &member).await?;
        Ok(Enrolled { member: member.id(), created: false })
    }

    /// An id that nobody has yet becomes an identity.
    pub(super) fn check_new(&self) -> Result<(), Refusal> {
        checked_identity(self.external_id.as_str()).map_err(|fault| Refusal::field("external_id", fault))
    }

    async fn claim(&self, tx: &mut Tx, code: &str) -> Result<Enrolled, AppError> {
        self.check_new()?;
        let no = link::take_code(tx, code, self.now).await?;
        let mut member = self.open_member(tx, no).await?;
        if member.external_id.is_some() {
            return Err(AppError::Conflict { code: "already_linked" });
        }
        member.external_id = Some(self.external_id.clone());
        self.details.apply(&mut member);
        member::update_details(tx, &member).await?;
        address::trusted(tx, &member).await?;
        let subject = format!("member:{}", member.id());
        let after = Some(json!({ "linked": true }));
        let action = Action { actor: self.actor, name: "member.link", subject: &subject, before: None, after };
        audit::append(tx, &action, self.now).await?;
        Ok(Enrolled { member: member.id(), created: true })
    }

    async fn insert(&self, tx: &mut Tx) -> Result<Enrolled, AppError> {
        self.check_new()?;
        let new = self.newcomer();
        let member = new.id;
        member::insert(tx, &[new]).await?;
        Ok(Enrolled { member, created: true })
    }

    pub(super) fn newcomer(&self) -> NewMember {
        NewMember {
            id: MemberId::new(random::deciding_id(self.now, self.external_id.as_str())),
            external_id: Some(self.external_id.as_str().to_owned()),
            name: self.details.name.clone(),
            email: self.details.email.clone(),
            phone: self.details.phone.clone(),
            locale: self.details.locale.clone(),
            registered_at: self.registered_at,
            referral_code: Some(new_referral_code()),
            invited_by: None,
        }
    }

    async fn open_member(&self, tx: &mut Tx, no: i64) -> Result<Member, AppError> {
        let member = member::lock(tx, no).await?.ok_or(AppError::NotFound)?;
        if member.status == Status::Closed { Err(Refusal::MemberClosed.into()) } else { Ok(member) }
    }
}
