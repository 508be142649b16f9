//! What is known of a member: changed by themselves or by the staff.

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::refusal::Refusal;
use serde_json::json;

use crate::auth::{Authority, MemberSession, Permission, StaffSession};
use crate::store::access::sessions::{self, DeviceRow, Owner};
use crate::store::access::{credentials, staff};
use crate::store::audit::{self, Action};
use crate::store::members::member::{self, By, Member};
use crate::store::{Db, Tx};
use crate::usecase::access::sign_out::told;
use crate::usecase::{AppError, input, require};

/// What a member sees of themselves.
#[derive(Clone, Debug)]
pub struct Profile {
    pub member: Member,
    /// None until they come in by a password of their own.
    pub sign_in_name: Option<String>,
    pub devices: Vec<DeviceRow>,
}

/// # Errors
/// `NotFound` if the member is gone.
pub async fn own(db: &Db, session: &MemberSession) -> Result<Profile, AppError> {
    let reader = &mut db.reader().await?;
    let member = member::find(reader, By::No(session.no)).await?.ok_or(AppError::NotFound)?;
    let sign_in_name = credentials::find_of(reader, session.no).await?.map(|found| found.sign_in_name);
    let devices = told(db.last_uses(), sessions::list(reader, Owner::Member(session.no)).await?);
    Ok(Profile { member, sign_in_name, devices })
}

/// What can be changed, as typed. What is left out stays as it is; an empty e-mail address or phone number is removed.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub locale: Option<String>,
}

/// A member changes what is known of them. Their sign-in name stays.
///
/// # Errors
/// `Invalid` with every field at fault; `MemberClosed` once they were erased.
pub async fn edit_own(db: &Db, session: &MemberSession, edit: &Edit) -> Result<(), AppError> {
    let details = parse(edit)?;
    db.write((session.no, details), |tx, (no, details)| {
        Box::pin(async move {
            let mut member = member::lock(tx, *no).await?.ok_or(AppError::NotFound)?;
            not_erased(&member)?;
            details.apply(&mut member);
            Ok(member::update_details(tx, &member).await?)
        })
    })
    .await
}

/// Somebody of the staff changes what is known of a member. The audit log tells which fields, not what they hold.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` with every field at fault.
pub async fn edit(db: &Db, authority: Authority, who: MemberId, edit: &Edit, now: Timestamp) -> Result<(), AppError> {
    require(authority, Permission::EditMembers)?;
    let details = parse(edit)?;
    db.write((authority, who, details, now), |tx, (authority, who, details, now)| {
        Box::pin(async move {
            let mut member = locked(tx, *who).await?;
            not_erased(&member)?;
            let before = member.clone();
            details.apply(&mut member);
            let changed = changed(&before, &member);
            if changed.is_empty() {
                return Ok(());
            }
            member::update_details(tx, &member).await?;
            let subject = format!("member:{who}");
            let after = Some(json!({ "changed": changed }));
            let action = Action { actor: authority.actor(), name: "member.edit", subject: &subject, before: None, after };
            Ok(audit::append(tx, &action, *now).await?)
        })
    })
    .await
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

fn changed(before: &Member, after: &Member) -> Vec<&'static str> {
    let fields = [
        ("name", before.name != after.name),
        ("email", before.email != after.email),
        ("phone", before.phone != after.phone),
        ("locale", before.locale != after.locale),
    ];
    fields.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect()
}
