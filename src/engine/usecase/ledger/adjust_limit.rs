//! The limit of what one person may adjust by themselves. Making it stricter takes effect at once; raising it or shortening its
//! time waits for a second administrator.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::{LimitChangeId, StaffId};
use laurel_domain::ledger::adjustment::{Alone, Limit};
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::{Fault, FieldFault, Refusal};
use laurel_domain::text::Reason;
use serde_json::{Value, json};

use crate::auth::{Actor, Authority, Permission};
use crate::random;
use crate::store::approval::Approval;
use crate::store::audit::{self, Action};
use crate::store::ledger::adjust_limits::{self, LimitChange};
use crate::store::ledger::adjustments;
use crate::store::{StoreError, Tx};
use crate::usecase::approval::{Decision, staff_of};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

/// The highest limit that can be set: more points than any member will ever hold.
const HIGHEST: Points = Points::from_hundredths(10_000_000_000_000);

/// The limit in force.
pub async fn limit(ledger: &Ledger) -> Result<Limit, AppError> {
    Ok(adjust_limits::find(&mut ledger.db.reader().await?).await?)
}

/// How many points somebody of the staff can still give to and take from a member by themselves.
pub(super) async fn left(
    tx: &mut Tx,
    limit: Limit,
    staff: StaffId,
    member_no: i64,
    now: Timestamp,
) -> Result<Alone, StoreError> {
    let since = now.saturating_sub(SignedDuration::from_hours(i64::from(limit.hours))).unwrap_or(now);
    let by = adjustments::alone_by(tx, staff, since).await?;
    let to = adjustments::alone_to(tx, member_no, since).await?;
    Ok(limit.left(by, to))
}

/// Another limit, and why: a reason is needed only for one that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub to: Limit,
    pub reason: String,
}

/// What was typed, as a wish.
///
/// # Errors
/// `Invalid` with every field at fault: `limit`, `hours`.
pub fn wish(points: &str, hours: &str, reason: &str) -> Result<Wish, Refusal> {
    let mut faults = Vec::new();
    let points = points_of(points).unwrap_or_else(|fault| {
        faults.push(FieldFault::new("limit", fault));
        Points::ZERO
    });
    let hours = hours_of(hours).unwrap_or_else(|fault| {
        faults.push(FieldFault::new("hours", fault));
        0
    });
    match faults.is_empty() {
        true => Ok(Wish { to: Limit { points, hours }, reason: reason.trim().to_owned() }),
        false => Err(Refusal::Invalid { faults }),
    }
}

fn points_of(typed: &str) -> Result<Points, Fault> {
    match typed.trim() {
        "" => Err(Fault::Missing),
        text => match text.parse::<Points>()? {
            points if points.is_negative() => Err(Fault::Negative),
            points if points > HIGHEST => Err(Fault::TooLarge { most: HIGHEST.to_string() }),
            points => Ok(points),
        },
    }
}

fn hours_of(typed: &str) -> Result<u32, Fault> {
    let most = Limit::LONGEST_HOURS;
    match typed.trim() {
        "" => Err(Fault::Missing),
        text => match text.parse::<u32>() {
            Ok(0) => Err(Fault::NotPositive),
            Ok(hours) if hours > most => Err(Fault::TooLarge { most: most.to_string() }),
            Ok(hours) => Ok(hours),
            Err(_) => Err(laurel_domain::refusal::NumberError::NotANumber.into()),
        },
    }
}

/// What became of a wish for another limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in force, or was already.
    Set,
    /// A second person has to approve it.
    Proposed,
}

/// Sets the limit; 0 sends everything to a second person. One that allows anything that the limit in force does not is
/// proposed only.
///
/// # Errors
/// `Forbidden` (also to loosen it in nobody's name), `limit_change_waits` while another looser one waits, `invalid` (`reason`).
pub async fn set(ledger: &Ledger, by: Authority, wish: Wish) -> Result<Outcome, AppError> {
    require(by, Permission::ManageSettings)?;
    ledger.db.write((ledger.clone(), by, wish), |tx, (ledger, by, wish)| Box::pin(set_in(tx, ledger, *by, wish))).await
}

async fn set_in(tx: &mut Tx, ledger: &Ledger, by: Authority, wish: &Wish) -> Result<Outcome, AppError> {
    let before = adjust_limits::lock(tx).await?;
    let now = ledger.clock.now();
    if before == wish.to {
        return Ok(Outcome::Set);
    }
    if !wish.to.is_looser_than(before) {
        adjust_limits::set(tx, wish.to).await?;
        note(tx, by.actor(), "settings.change", Some(before), wish.to, now).await?;
        return Ok(Outcome::Set);
    }
    let made_by = staff_of(by)?;
    let reason = Reason::new(&wish.reason).map_err(|fault| Refusal::field("reason", fault))?;
    if let Some(waiting) = adjust_limits::waiting(tx).await? {
        // the same form sent twice
        return match (waiting.approval.made_by, waiting.to) == (made_by, wish.to) {
            true => Ok(Outcome::Proposed),
            false => Err(Refusal::LimitChangeWaits.into()),
        };
    }
    let change = LimitChange {
        id: LimitChangeId::new(random::id(now)),
        to: wish.to,
        reason: reason.as_str().to_owned(),
        approval: Approval::proposed(made_by, now),
    };
    adjust_limits::insert(tx, &change).await?;
    note(tx, by.actor(), "settings.propose", Some(before), wish.to, now).await?;
    Ok(Outcome::Proposed)
}

/// Decides a wish for a looser limit. Approving puts it in force. What the same person has decided the same way before is
/// answered alike.
///
/// # Errors
/// `Forbidden`, `NotFound`; `own_proposal` for who would approve or reject what they proposed; `already_decided`.
pub async fn decide(ledger: &Ledger, by: Authority, id: LimitChangeId, decision: Decision) -> Result<(), AppError> {
    require(by, Permission::ManageSettings)?;
    let staff = staff_of(by)?;
    ledger
        .db
        .write((ledger.clone(), staff, id, decision), |tx, (ledger, staff, id, decision)| {
            Box::pin(decide_in(tx, ledger, *staff, *id, decision))
        })
        .await
}

async fn decide_in(
    tx: &mut Tx,
    ledger: &Ledger,
    staff: StaffId,
    id: LimitChangeId,
    decision: &Decision,
) -> Result<(), AppError> {
    let before = adjust_limits::lock(tx).await?;
    let mut change = adjust_limits::change(tx, id).await?.ok_or(AppError::NotFound)?;
    let now = ledger.clock.now();
    let Some(decided) = decision.decide(&change.approval, staff, now)? else { return Ok(()) };
    change.approval = decided;
    let name = match decision {
        Decision::Approve => "settings.approve",
        Decision::Reject(_) => "settings.reject",
        Decision::Withdraw => "settings.withdraw",
    };
    if *decision == Decision::Approve {
        adjust_limits::set(tx, change.to).await?;
    }
    adjust_limits::decide(tx, &change).await?;
    let before = (*decision == Decision::Approve).then_some(before);
    Ok(note(tx, Actor::Staff(staff.uuid()), name, before, change.to, now).await?)
}

async fn note(
    tx: &mut Tx,
    actor: Actor,
    name: &'static str,
    before: Option<Limit>,
    to: Limit,
    now: Timestamp,
) -> Result<(), StoreError> {
    let told = |limit: Limit| -> Value { json!({ "adjust_limit": limit.points.to_string(), "adjust_hours": limit.hours }) };
    let (before, after) = (before.map(told), Some(told(to)));
    audit::append(tx, &Action { actor, name, subject: "programme", before, after }, now).await
}
