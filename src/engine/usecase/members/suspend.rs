//! Suspending members, who then earn and cannot redeem, and letting them go on; each with the reason, which is noted about them.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::text::checked;
use serde_json::{Value, json};
use uuid::Uuid;

use super::notes::LONGEST;
use super::profile::locked;
use crate::auth::{Actor, Authority, Permission};
use crate::random;
use crate::store::members::member::Member;
use crate::store::members::notes::{NewNote, NoteKind};
use crate::store::members::{ids, member, notes};
use crate::store::{Db, Tx, audit};
use crate::usecase::{AppError, require};

/// How many at once.
pub const MOST: usize = 1_000;

/// [`suspend_noted`]: how many changed.
///
/// # Errors
/// The same.
pub async fn suspend(
    db: &Db,
    authority: Authority,
    who: &[MemberId],
    suspended: bool,
    reason: &str,
    now: Timestamp,
) -> Result<usize, AppError> {
    Ok(suspend_noted(db, authority, who, suspended, reason, now).await?.len())
}

/// Suspends members or lets them go on, all in one step. Those who are so already, or closed, stay as they are. The notes of why,
/// one for each who changed.
///
/// # Errors
/// `Forbidden`, `NotFound` (one of them), `Invalid` (`ids`: none, or more than 1,000; `reason`), `MemberClosed` where it is one
/// member who is closed.
pub async fn suspend_noted(
    db: &Db,
    authority: Authority,
    who: &[MemberId],
    suspended: bool,
    reason: &str,
    now: Timestamp,
) -> Result<Vec<Uuid>, AppError> {
    let reason = allowed(authority, reason)?;
    let mut who = who.to_vec();
    who.sort_unstable();
    who.dedup();
    if who.is_empty() || who.len() > MOST {
        return Err(Refusal::field("ids", Fault::Count { least: 1, most: MOST }).into());
    }
    let to = if suspended { Status::Suspended } else { Status::Active };
    db.write((authority, who, to, reason, now), |tx, (authority, who, to, reason, now)| {
        Box::pin(async move {
            let numbers: Vec<i64> = ids::of(tx, who).await?.into_iter().map(|named| named.no).collect();
            if numbers.len() < who.len() {
                return Err(AppError::NotFound);
            }
            let members = member::lock_numbers(tx, &numbers).await?;
            if let [one] = members.as_slice()
                && one.status == Status::Closed
            {
                return Err(Refusal::MemberClosed.into());
            }
            let changing: Vec<_> =
                members.iter().filter(|member| member.status != Status::Closed && member.status != *to).collect();
            set(tx, authority.actor(), &changing, *to, reason, *now).await
        })
    })
    .await
}

/// The reason, if this one may.
fn allowed(authority: Authority, reason: &str) -> Result<String, AppError> {
    require(authority, Permission::SuspendMembers)?;
    Ok(checked(reason.trim(), LONGEST).map_err(|fault| Refusal::field("reason", fault))?)
}

/// The members are held, and none of them is so yet. The notes of why.
async fn set(
    tx: &mut Tx,
    actor: Actor,
    changing: &[&Member],
    to: Status,
    reason: &str,
    now: Timestamp,
) -> Result<Vec<Uuid>, AppError> {
    let about: Vec<(Uuid, i64)> = changing.iter().map(|member| (random::id(now), member.no)).collect();
    let kind = if to == Status::Suspended { NoteKind::Suspended } else { NoteKind::Reactivated };
    member::set_statuses(tx, &about.iter().map(|(_, no)| *no).collect::<Vec<_>>(), to).await?;
    notes::insert(tx, &about, NewNote { kind, text: reason, made_at: now, made_by: actor.id() }).await?;
    let done: Vec<_> = changing
        .iter()
        .zip(&about)
        .map(|(member, (note, _))| {
            let before = json!({ "status": member.status.name() });
            let after = json!({ "status": to.name(), "note": note });
            (format!("member:{}", member.id()), Some(before), Some(after))
        })
        .collect();
    audit::append_all(tx, actor, "member.suspend", &done, now).await?;
    Ok(about.into_iter().map(|(note, _)| note).collect())
}

/// Sets a member back to what they were before they were suspended or let go on, for the reason of this note.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (`reason`), `changed_meanwhile` if that is not the last that was done to them.
pub async fn undo(
    db: &Db,
    authority: Authority,
    who: MemberId,
    note: Uuid,
    reason: &str,
    now: Timestamp,
) -> Result<(), AppError> {
    let reason = allowed(authority, reason)?;
    db.write((authority, who, note, reason, now), |tx, (authority, who, note, reason, now)| {
        Box::pin(async move {
            let member = locked(tx, *who).await?;
            let last = notes::latest_status(tx, member.no).await?.filter(|last| last.id == *note);
            let (was, to) = match last.map(|last| last.kind) {
                Some(NoteKind::Suspended) => (Status::Suspended, Status::Active),
                Some(NoteKind::Reactivated) => (Status::Active, Status::Suspended),
                _ => return Err(Refusal::ChangedMeanwhile.into()),
            };
            if member.status != was {
                return Err(Refusal::ChangedMeanwhile.into());
            }
            set(tx, authority.actor(), &[&member], to, reason, *now).await.map(drop)
        })
    })
    .await
}

/// What became of those who were suspended at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone {
    /// They are active again.
    pub undone: usize,
    /// Something else was done to them since, and they stay as they are.
    pub left: usize,
}

/// Lets all go on whom the same person has suspended at that moment, but those to whom something else was done since.
///
/// # Errors
/// `Forbidden`, `NotFound` (they have suspended nobody then), `Invalid` (`reason`), `changed_meanwhile` if nobody is left.
pub async fn undo_many(
    db: &Db,
    authority: Authority,
    suspended_at: Timestamp,
    reason: &str,
    now: Timestamp,
) -> Result<Undone, AppError> {
    let reason = allowed(authority, reason)?;
    db.write((authority, suspended_at, reason, now), |tx, (authority, at, reason, now)| {
        Box::pin(async move {
            let actor = authority.actor();
            let noted = suspended_then(tx, actor, *at).await?;
            if noted.is_empty() {
                return Err(AppError::NotFound);
            }
            let who: Vec<MemberId> = noted.keys().copied().collect();
            let numbers: Vec<i64> = ids::of(tx, &who).await?.into_iter().map(|named| named.no).collect();
            let members = member::lock_numbers(tx, &numbers).await?;
            let last = notes::latest_statuses(tx, &numbers).await?;
            let is_as_left = |member: &&Member| {
                member.status == Status::Suspended
                    && last.get(&member.no) == noted.get(&member.id())
                    && last.contains_key(&member.no)
            };
            let changing: Vec<&Member> = members.iter().filter(is_as_left).collect();
            if changing.is_empty() {
                return Err(Refusal::ChangedMeanwhile.into());
            }
            set(tx, actor, &changing, Status::Active, reason, *now).await?;
            Ok(Undone { undone: changing.len(), left: noted.len() - changing.len() })
        })
    })
    .await
}

/// Whom somebody has suspended at that moment, with the note of why.
async fn suspended_then(tx: &mut Tx, actor: Actor, at: Timestamp) -> Result<HashMap<MemberId, Uuid>, AppError> {
    let Some(by) = actor.id() else { return Ok(HashMap::new()) };
    let done = audit::of_moment(tx, "member.suspend", by, at).await?;
    let noted = done.into_iter().filter_map(|(subject, after)| {
        let after: Value = serde_json::from_str(&after?).ok()?;
        if after.get("status")?.as_str()? != Status::Suspended.name() {
            return None;
        }
        Some((subject.strip_prefix("member:")?.parse().ok()?, after.get("note")?.as_str()?.parse().ok()?))
    });
    Ok(noted.collect())
}
