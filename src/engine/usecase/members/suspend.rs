//! Suspending members, who then earn and cannot redeem, and letting them go on; each with the reason, which is noted about them.

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::text::checked;
use serde_json::json;
use uuid::Uuid;

use super::notes::LONGEST;
use crate::auth::{Authority, Permission};
use crate::random;
use crate::store::members::notes::{NewNote, NoteKind};
use crate::store::members::{ids, member, notes};
use crate::store::{Db, audit};
use crate::usecase::{AppError, require};

/// How many at once.
pub const MOST: usize = 1_000;

/// Suspends members or lets them go on, all in one step. Those who are so already, or closed, stay as they are. How many changed.
///
/// # Errors
/// `Forbidden`, `NotFound` (one of them), `Invalid` (`ids`: none, or more than 1,000; `reason`), `MemberClosed` where it is one
/// member who is closed.
pub async fn suspend(
    db: &Db,
    authority: Authority,
    who: &[MemberId],
    suspended: bool,
    reason: &str,
    now: Timestamp,
) -> Result<usize, AppError> {
    require(authority, Permission::SuspendMembers)?;
    let mut who = who.to_vec();
    who.sort_unstable();
    who.dedup();
    if who.is_empty() || who.len() > MOST {
        return Err(Refusal::field("ids", Fault::Count { least: 1, most: MOST }).into());
    }
    let reason = checked(reason.trim(), LONGEST).map_err(|fault| Refusal::field("reason", fault))?;
    let to = if suspended { Status::Suspended } else { Status::Active };
    db.write((authority, who, to, reason, now), |tx, (authority, who, to, reason, now)| {
        Box::pin(async move {
            let numbers: Vec<i64> = ids::of(tx, who).await?.into_iter().map(|(no, _, _)| no).collect();
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
            let about: Vec<(Uuid, i64)> = changing.iter().map(|member| (random::id(*now), member.no)).collect();
            let kind = if *to == Status::Suspended { NoteKind::Suspended } else { NoteKind::Reactivated };
            let made_by = authority.actor().id();
            member::set_statuses(tx, &about.iter().map(|(_, no)| *no).collect::<Vec<_>>(), *to).await?;
            notes::insert(tx, &about, NewNote { kind, text: reason, made_at: *now, made_by }).await?;
            let done: Vec<_> = changing
                .iter()
                .zip(&about)
                .map(|(member, (note, _))| {
                    let before = json!({ "status": member.status.name() });
                    let after = json!({ "status": to.name(), "note": note });
                    (format!("member:{}", member.id()), Some(before), Some(after))
                })
                .collect();
            audit::append_all(tx, authority.actor(), "member.suspend", &done, *now).await?;
            Ok(done.len())
        })
    })
    .await
}
