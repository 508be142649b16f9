//! What is known of a member: changed by themselves or by the staff.

use laurel_domain::ids::MemberId;
use laurel_domain::refusal::Refusal;
use serde_json::json;

use crate::auth::{Authority, MemberSession, Permission, StaffSession};
use crate::store::access::sessions::{self, DeviceRow, Owner};
use crate::store::access::{credentials, staff};
use crate::store::audit::{self, Action};
use crate::store::members::member::{self, By, Member};
use crate::store::members::unconfirmed;
use crate::store::{Db, Tx};
use crate::usecase::access::sign_out::told;
use crate::usecase::ledger::Ledger;
use crate::usecase::members::address;
use crate::usecase::{AppError, input, require};

/// What a member sees of themselves.
#[derive(Clone, Debug)]
pub struct Profile {
    pub member: Member,
    /// None until they come in by a password of their own.
    pub sign_in_name: Option<String>,
    /// An e-mail address that they have still to confirm.
    pub unconfirmed_email: Option<String>,
    pub devices: Vec<DeviceRow>,
}

/// # Errors
/// `NotFound` if the member is gone.
pub async fn own(db: &Db, session: &MemberSession) -> Result<Profile, AppError> {
    let reader = &mut db.reader().await?;
    let member = member::find(reader, By::No(session.no)).await?.ok_or(AppError::NotFound)?;
    let sign_in_name = credentials::find_of(reader, session.no).await?.map(|found| found.sign_in_name);
    let unconfirmed_email = unconfirmed::find(reader, session.no).await?;
    let devices = told(db.last_uses(), sessions::list(reader, Owner::Member(session.no)).await?);
    Ok(Profile { member, sign_in_name, unconfirmed_email, devices })
}

/// What can be changed, as typed. What is left out stays as it is; an empty e-mail address or phone number is removed.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub locale: Option<String>,
}

/// A member changes what is known of them. Their sign-in name stays; another e-mail address waits until they confirm it.
///
/// # Errors
/// `Invalid` with every field at fault; `MemberClosed` once they were erased; `RateLimited` for too many addresses.
pub async fn edit_own(ledger: &Ledger, session: &MemberSession, edit: &Edit) -> Result<(), AppError> {
    let details = parse(edit)?;
    let work = ledger.db.write((ledger.clone(), session.no, details), |tx, (ledger, no, details)| {
        Box::pin(async move {
            let mut member = member::lock(tx, *no).await?.ok_or(AppError::NotFound)?;
            not_erased(&member)?;
            apply(tx, ledger, &mut member, details).await?;
            Ok(member::update_details(tx, &member).await?)
        })
    });
    work.await
}

/// Whether the e-mail address, or the one that waits to be confirmed, is another now.
async fn apply(tx: &mut Tx, ledger: &Ledger, member: &mut Member, details: &input::Details) -> Result<bool, AppError> {
    let others = input::Details { email: None, ..details.clone() };
    others.apply(member);
    match &details.email {
        Some(wanted) => address::change(tx, ledger, member, wanted).await,
        None => Ok(false),
    }
}

/// Somebody of the staff changes what is known of a member. The audit log tells which fields, not what they hold.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` with every field at fault.
pub async fn edit(ledger: &Ledger, authority: Authority, who: MemberId, edit: &Edit) -> Result<(), AppError> {
    require(authority, Permission::EditMembers)?;
    let details = parse(edit)?;
    let work = ledger.db.write((ledger.clone(), authority, who, details), |tx, (ledger, authority, who, details)| {
        Box::pin(async move {
            let mut member = locked(tx, *who).await?;
            not_erased(&member)?;
            let before = member.clone();
            let has_other_email = apply(tx, ledger, &mut member, details).await?;
            let changed = changed(&before, &member, has_other_email);
            if changed.is_empty() {
                return Ok(());
            }
            member::update_details(tx, &member).await?;
            let subject = format!("member:{who}");
            let after = Some(json!({ "changed": changed }));
            let action = Action { actor: authority.actor(), name: "member.edit", subject: &subject, before: None, after };
            Ok(audit::append(tx, &action, ledger.clock.now()).await?)
        })
    });
    work.await
}

/// Somebody of the staff picks the language of their console.
///
/// # Errors
/// `Invalid` (locale).
pub async fn set_staff_locale(db: &Db, session: &StaffSession, locale: &str) -> Result<(), AppError> {
    let locale = input::locale(locale)?;
    db.write((session.staff.uuid(), locale), |tx, (id, locale)| {
        Box::pin(async move { Ok(staff::set_locale(tx, *id, locale).await?) })
    })
    .await
}

fn parse(edit: &Edit) -> Result<input::Details, AppError> {
    let mut faults = Vec::new();
    let [name, email, phone, locale] = [&edit.name, &edit.email, &edit.phone, &edit.locale].map(Option::as_deref);
    let details = input::Details::parse(name, email, phone, locale, &mut faults);
    if faults.is_empty() { Ok(details) } else { Err(Refusal::Invalid { faults }.into()) }
}

/// What was erased does not come back by a form that was opened before.
fn not_erased(member: &Member) -> Result<(), Refusal> {
    if member.erased_at.is_some() { Err(Refusal::MemberClosed) } else { Ok(()) }
}

pub(super) async fn locked(tx: &mut Tx, who: MemberId) -> Result<Member, AppError> {
    let found = member::find(tx, By::Id(who)).await?.ok_or(AppError::NotFound)?;
    member::lock(tx, found.no).await?.ok_or(AppError::NotFound)
}

pub(super) fn changed(before: &Member, after: &Member, has_other_email: bool) -> Vec<&'static str> {
    let fields = [
        ("name", before.name != after.name),
        ("email", has_other_email),
        ("phone", before.phone != after.phone),
        ("locale", before.locale != after.locale),
    ];
    fields.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect()
}
