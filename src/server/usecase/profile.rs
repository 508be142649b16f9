//! What members and staff may change about themselves.

use laurel_domain::ids::StaffId;

use super::{AppError, input};
use crate::server::auth::MemberSession;
use crate::server::store::members::{self, By, Member};
use crate::server::store::sessions::{DeviceRow, Owner};
use crate::server::store::{Db, credentials, staff};

/// What the profile shows.
#[derive(Clone, Debug)]
pub struct Profile {
    pub member: Member,
    pub sign_in_name: Option<String>,
    pub devices: Vec<DeviceRow>,
}

/// # Errors
/// `NotFound` if the member is gone.
pub async fn profile(db: &Db, session: &MemberSession) -> Result<Profile, AppError> {
    let reader = &mut db.reader().await?;
    let member = members::find(reader, By::No(session.no)).await?.ok_or(AppError::NotFound)?;
    let sign_in_name = credentials::find_of(reader, session.no).await?.map(|found| found.sign_in_name);
    let devices = super::sign_out::devices(db, Owner::Member(session.no)).await?;
    Ok(Profile { member, sign_in_name, devices })
}

/// Gives a member another name.
///
/// # Errors
/// `Invalid` (name), `NotFound`.
pub async fn rename(db: &Db, no: i64, typed: &str) -> Result<(), AppError> {
    let name = input::name(typed)?;
    change(db, no, move |member| member.name = Some(name.clone())).await
}

/// The language that Laurel speaks to a member, wherever they sign in.
///
/// # Errors
/// `Invalid` (locale), `NotFound`.
pub async fn set_locale(db: &Db, no: i64, locale: &str) -> Result<(), AppError> {
    let locale = input::locale(locale)?;
    change(db, no, move |member| member.locale = Some(locale.clone())).await
}

/// The language that Laurel speaks to somebody of the staff.
///
/// # Errors
/// `Invalid` (locale).
pub async fn set_staff_locale(db: &Db, who: StaffId, locale: &str) -> Result<(), AppError> {
    let locale = input::locale(locale)?;
    db.write((who, locale), |tx, (who, locale)| Box::pin(async move { Ok(staff::set_locale(tx, who.uuid(), locale).await?) }))
        .await
}

async fn change(db: &Db, no: i64, change: impl Fn(&mut Member) + Send + Sync + 'static) -> Result<(), AppError> {
    db.write((no, change), |tx, (no, change)| {
        Box::pin(async move {
            let mut member = members::lock(tx, *no).await?.ok_or(AppError::NotFound)?;
            change(&mut member);
            Ok(members::update_details(tx, &member).await?)
        })
    })
    .await
}
