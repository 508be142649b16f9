//! Somebody of the staff names a list as it is filtered and sorted, to come back to it.

use jiff::Timestamp;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::text::checked;
use uuid::Uuid;

use crate::auth::StaffSession;
use crate::random;
use crate::store::access::saved_views::{self, SavedView};
use crate::store::access::staff;
use crate::store::{Db, StoreError};
use crate::usecase::AppError;

/// Lists that can be named, by their path below `/admin`.
const LISTS: [&str; 2] = ["members", "redemptions"];
/// How many of a list each may keep.
const MOST: usize = 20;
const LONGEST_NAME: usize = 40;
const LONGEST_QUERY: usize = 500;

pub async fn of(db: &Db, session: &StaffSession, list: &str) -> Result<Vec<SavedView>, StoreError> {
    saved_views::of_staff(&mut db.reader().await?, session.staff.uuid(), list).await
}

/// Under a name that they have already it takes the place of what that was.
///
/// # Errors
/// `NotFound` (a list that there is not), `Invalid` (`name`; `query`: too long; `name`: 20 are kept already).
pub async fn save(
    db: &Db,
    session: &StaffSession,
    list: &str,
    name: &str,
    query: &str,
    now: Timestamp,
) -> Result<(), AppError> {
    keep(db, session, (list, name, query), true, now).await
}

/// One that was removed is there again.
///
/// # Errors
/// As for saving it, and `changed_meanwhile` if they have one of this name by now.
pub async fn put_back(
    db: &Db,
    session: &StaffSession,
    list: &str,
    name: &str,
    query: &str,
    now: Timestamp,
) -> Result<(), AppError> {
    keep(db, session, (list, name, query), false, now).await
}

async fn keep(
    db: &Db,
    session: &StaffSession,
    (list, name, query): (&str, &str, &str),
    replaces: bool,
    now: Timestamp,
) -> Result<(), AppError> {
    let list = LISTS.into_iter().find(|known| *known == list).ok_or(AppError::NotFound)?;
    let name = checked(name.trim(), LONGEST_NAME).map_err(|fault| Refusal::field("name", fault))?;
    let query = checked(query.trim(), LONGEST_QUERY).map_err(|fault| Refusal::field("query", fault))?;
    let view = SavedView { id: random::id(now), name, query };
    db.write((session.staff.uuid(), list, view, replaces), |tx, (staff, list, view, replaces)| {
        Box::pin(async move {
            // one after the other for each of the staff: the bound is theirs
            staff::hold(tx, *staff).await?;
            let kept = saved_views::of_staff(tx, *staff, list).await?;
            if !replaces && kept.iter().any(|kept| kept.name == view.name) {
                return Err(Refusal::ChangedMeanwhile.into());
            }
            if kept.len() >= MOST && kept.iter().all(|kept| kept.name != view.name) {
                return Err(Refusal::field("name", Fault::Count { least: 0, most: MOST }).into());
            }
            Ok(saved_views::save(tx, *staff, list, view).await?)
        })
    })
    .await
}

/// The list that it was of, and what it was.
///
/// # Errors
/// `NotFound`, also for somebody else's.
pub async fn remove(db: &Db, session: &StaffSession, id: Uuid) -> Result<(String, SavedView), AppError> {
    db.write((session.staff.uuid(), id), |tx, (staff, id)| {
        Box::pin(async move { saved_views::delete(tx, *staff, *id).await?.ok_or(AppError::NotFound) })
    })
    .await
}
