//! What the staff notes about a member: who, when, and a text that stays as it was written. Whoever wrote it may take it away again.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::MemberId;
use laurel_domain::refusal::Refusal;
use laurel_domain::text::checked;
use serde_json::json;
use uuid::Uuid;

use super::profile::locked;
use crate::auth::{Authority, Permission};
use crate::random;
use crate::store::audit::{self, Action};
use crate::store::members::notes::{self, NewNote, Note, NoteKind};
use crate::store::{Db, StoreError};
use crate::usecase::{AppError, require};

pub(super) const LONGEST: usize = 500;

/// How long a note that was taken away can be put back.
pub const KEPT_REMOVED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// How many of a member's are shown.
pub const MOST: i64 = 50;

/// The newest first.
pub async fn of_member(db: &Db, member_no: i64) -> Result<Vec<Note>, StoreError> {
    notes::of_member(&mut db.reader().await?, member_no, MOST).await
}

/// Whether somebody may take a note away: their own, and no reason that something was done for.
pub fn may_remove(by: Authority, note: &Note) -> bool {
    note.kind == NoteKind::Note && note.made_by == by.actor().id()
}

/// Line breaks become spaces. The audit log tells that there is a note, not what it says.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (`text`), `MemberClosed` once they were erased.
pub async fn add(db: &Db, by: Authority, who: MemberId, text: &str, now: Timestamp) -> Result<(), AppError> {
    require(by, Permission::EditMembers)?;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = checked(&text, LONGEST).map_err(|fault| Refusal::field("text", fault))?;
    db.write((by, who, text, now), |tx, (by, who, text, now)| {
        Box::pin(async move {
            let member = locked(tx, *who).await?;
            if member.erased_at.is_some() {
                return Err(Refusal::MemberClosed.into());
            }
            let id = random::id(*now);
            let note = NewNote { kind: NoteKind::Note, text, made_at: *now, made_by: by.actor().id() };
            notes::insert(tx, &[(id, member.no)], note).await?;
            let subject = format!("member:{who}");
            let after = Some(json!({ "note": id }));
            let action = Action { actor: by.actor(), name: "member.note", subject: &subject, before: None, after };
            Ok(audit::append(tx, &action, *now).await?)
        })
    })
    .await
}

/// Puts a note back that its author took away, as it was.
///
/// # Errors
/// `Forbidden` (also for somebody else's), `NotFound` once it is gone for good, or is there.
pub async fn put_back(db: &Db, by: Authority, who: MemberId, id: Uuid, now: Timestamp) -> Result<(), AppError> {
    require(by, Permission::EditMembers)?;
    db.write((by, who, id, now), |tx, (by, who, id, now)| {
        Box::pin(async move {
            let member = locked(tx, *who).await?;
            let note = notes::find(tx, member.no, *id, true).await?.ok_or(AppError::NotFound)?;
            if !may_remove(*by, &note) {
                return Err(AppError::Forbidden);
            }
            notes::set_removed(tx, member.no, *id, None).await?;
            let subject = format!("member:{who}");
            let after = Some(json!({ "note": id }));
            let action = Action { actor: by.actor(), name: "member.note", subject: &subject, before: None, after };
            Ok(audit::append(tx, &action, *now).await?)
        })
    })
    .await
}

/// Takes a note away; for [`KEPT_REMOVED_FOR`] it can be put back.
///
/// # Errors
/// `Forbidden` (also for somebody else's, and for a reason), `NotFound`.
pub async fn remove(db: &Db, by: Authority, who: MemberId, id: Uuid, now: Timestamp) -> Result<(), AppError> {
    require(by, Permission::EditMembers)?;
    db.write((by, who, id, now), |tx, (by, who, id, now)| {
        Box::pin(async move {
            let member = locked(tx, *who).await?;
            let note = notes::find(tx, member.no, *id, false).await?.ok_or(AppError::NotFound)?;
            if !may_remove(*by, &note) {
                return Err(AppError::Forbidden);
            }
            notes::set_removed(tx, member.no, *id, Some(*now)).await?;
            let subject = format!("member:{who}");
            let before = Some(json!({ "note": id }));
            let action = Action { actor: by.actor(), name: "member.unnote", subject: &subject, before, after: None };
            Ok(audit::append(tx, &action, *now).await?)
        })
    })
    .await
}
