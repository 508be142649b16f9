//! Giving and taking points by the staff, for a reason that they answer for. What is beyond the programme's limit waits for a
//! second person; what counts towards it is summed behind a lock on whoever adjusts and one on the member.
//!
//! An entry keeps the digest of the reason; its text and salt lie beside it, so that erasing them leaves the chain whole.
//! Whoever holds the member decides: every state is read again behind the lock.

use laurel_domain::ids::{AdjustmentId, MemberId, StaffId};
use laurel_domain::ledger::adjustment::{AdjustmentState, Alone, Limit};
use laurel_domain::ledger::entry::Hash;
use laurel_domain::ledger::posting::Posting;
use laurel_domain::ledger::statement::record::SaltedText;
use laurel_domain::member::Status;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::{Fault, FieldFault, Refusal};
use laurel_domain::rules::rule_set::Rulebook;
use laurel_domain::text::Reason;
use serde_json::json;

use crate::auth::{Actor, Authority, Permission};
use crate::random;
use crate::store::access::staff;
use crate::store::approval::Approval;
use crate::store::audit::{self, Action};
use crate::store::keyset::{Slice, Window};
use crate::store::ledger::adjust_limits::{self, LimitChange};
use crate::store::ledger::adjustments::{self, Adjustment, DecidedAt};
use crate::store::members::member::{self, By};
use crate::store::{StoreError, Tx};
use crate::usecase::approval::{Decision, staff_of};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::posting::{self, LockedMember};
use crate::usecase::ledger::reversals::{self, Reversal};
use crate::usecase::ledger::{Ledger, adjust_limit};
use crate::usecase::members::search::Counted;
use crate::usecase::members::view::account_at;
use crate::usecase::notifications::{self, News};

/// A key comes out of a form that Laurel made; what is longer comes from elsewhere.
const LONGEST_KEY: usize = 64;

/// How many a list shows.
pub const MOST: i64 = 200;

/// What somebody of the staff wants to give (above zero) or take (below).
#[derive(Clone, Debug)]
pub struct Wish {
    pub member: MemberId,
    pub points: Points,
    pub reason: Reason,
    /// The same key of the same person is the same adjustment.
    pub key: String,
    /// The entry that it takes back, if that is what it is for.
    pub reverses: Option<Reversal>,
}

/// What was typed, as a wish.
///
/// # Errors
/// `Invalid` with every field at fault: `points`, `reason`, `key`.
pub fn wish(member: MemberId, points: &str, reason: &str, key: &str) -> Result<Wish, Refusal> {
    let mut faults = Vec::new();
    let points = points_of(points).unwrap_or_else(|fault| {
        faults.push(FieldFault::new("points", fault));
        Points::ZERO
    });
    let reason = Reason::new(reason.trim());
    if let Err(fault) = &reason {
        faults.push(FieldFault::new("reason", fault.clone()));
    }
    match key.len() {
        0 => faults.push(FieldFault::new("key", Fault::Missing)),
        1..=LONGEST_KEY => (),
        _ => faults.push(FieldFault::new("key", Fault::TooLong { most: LONGEST_KEY })),
    }
    match reason {
        Ok(reason) if faults.is_empty() => Ok(Wish { member, points, reason, key: key.to_owned(), reverses: None }),
        _ => Err(Refusal::Invalid { faults }),
    }
}

/// Points with a sign, as people type them: `+50`, `-12.5`, also with the minus of print.
fn points_of(typed: &str) -> Result<Points, Fault> {
    let text = typed.trim().replace('−', "-");
    let points = match text.strip_prefix('+').unwrap_or(&text) {
        "" => return Err(Fault::Missing),
        text => text.parse::<Points>()?,
    };
    if points.is_zero() { Err(Fault::NotZero) } else { Ok(points) }
}

/// What an adjustment would come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Signed.
    pub points: Points,
    pub available: Points,
    pub debt: Points,
    /// What can be redeemed afterwards.
    pub after: Points,
    /// What is owed afterwards.
    pub debt_after: Points,
    /// Whether a second person has to approve it.
    pub needs_a_second: bool,
}

/// What an adjustment by so many points would come to now, without doing anything.
///
/// # Errors
/// `Forbidden`, `NotFound`, `member_closed`, `not_enough_points`, `invalid` (`points`).
pub async fn preview(ledger: &Ledger, by: Authority, member: MemberId, points: &str) -> Result<Preview, AppError> {
    require(by, Permission::AdjustPoints)?;
    let staff = staff_of(by)?;
    let points = points_of(points).map_err(|fault| Refusal::field("points", fault))?;
    let rulebook = ledger.rulebook().await?;
    let reader = &mut ledger.db.reader().await?;
    let member = member::find(reader, By::Id(member)).await?.ok_or(AppError::NotFound)?;
    if member.status == Status::Closed {
        return Err(Refusal::MemberClosed.into());
    }
    let now = ledger.clock.now();
    let limit = adjust_limits::find(reader).await?;
    let left = adjust_limit::left(reader, limit, staff, member.no, now).await?;
    let before = account_at(&rulebook, now, &member);
    let mut after = before.clone();
    let timeline = rulebook.of(member.id());
    let on = Posting::new(&timeline, now, after.instant_of_history(now));
    after.adjust(on, StaffId::new(random::id(now)), Hash::NONE, points)?;
    Ok(Preview {
        points,
        available: before.available,
        debt: before.debt,
        after: after.available,
        debt_after: after.debt,
        needs_a_second: left.is_exceeded_by(points),
    })
}

/// What somebody of the staff can still do to a member without a second person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub limit: Limit,
    pub left: Alone,
}

/// How much room the limit leaves now.
///
/// # Errors
/// `Forbidden`.
pub async fn room(ledger: &Ledger, by: Authority, member_no: i64) -> Result<Room, AppError> {
    require(by, Permission::AdjustPoints)?;
    let staff = staff_of(by)?;
    let reader = &mut ledger.db.reader().await?;
    let limit = adjust_limits::find(reader).await?;
    let left = adjust_limit::left(reader, limit, staff, member_no, ledger.clock.now()).await?;
    Ok(Room { limit, left })
}

/// Gives or takes points at once, or proposes it to a second person if it is beyond what the programme's limit still leaves. The same wish under
/// the same key again gets the first answer, as it stands by now.
///
/// # Errors
/// `Forbidden` (also for whoever is nobody of the staff), `NotFound`; `not_enough_points`, `member_closed`;
/// `idempotency_conflict` if the key was used for another wish; of an entry that is taken back,
/// `not_found`, `invalid` (`points`) and `already_reversed`.
pub async fn adjust(ledger: &Ledger, by: Authority, wish: Wish) -> Result<Adjustment, AppError> {
    require(by, Permission::AdjustPoints)?;
    let staff = staff_of(by)?;
    ledger
        .db
        .write((ledger.clone(), staff, wish), |tx, (ledger, staff, wish)| Box::pin(adjust_in(tx, ledger, *staff, wish)))
        .await
}

async fn adjust_in(tx: &mut Tx, ledger: &Ledger, staff: StaffId, wish: &Wish) -> Result<Adjustment, AppError> {
    let rulebook = ledger.rulebook_in(tx).await?;
    staff::hold(tx, staff.uuid()).await?;
    let found = member::find(tx, By::Id(wish.member)).await?.ok_or(AppError::NotFound)?;
    let mut locked = LockedMember::of(member::lock(tx, found.no).await?.ok_or(AppError::NotFound)?);
    if let Some(earlier) = adjustments::find_by_key(tx, staff, &wish.key).await? {
        return again(earlier, wish);
    }
    if locked.member.status == Status::Closed {
        return Err(Refusal::MemberClosed.into());
    }
    if let Some(reversal) = wish.reverses {
        reversals::check(tx, ledger.programme.currency, locked.member.no, wish.points, reversal).await?;
    }
    let now = ledger.clock.now();
    let mut adjustment = Adjustment {
        id: AdjustmentId::new(random::id(now)),
        member_no: locked.member.no,
        member: locked.member.id(),
        external_id: locked.member.external_id.as_ref().map(|id| id.as_str().to_owned()),
        member_name: locked.member.name.clone(),
        points: wish.points,
        reason: Some(SaltedText { salt: random::bytes(), text: wish.reason.as_str().to_owned() }),
        approval: Approval::proposed(staff, now),
        seq: None,
        reverses: wish.reverses.map(|reversal| reversal.seq),
    };
    // also what waits has to be possible today
    post_at(&rulebook, ledger, &mut locked, &mut adjustment)?;
    let limit = adjust_limits::find(tx).await?;
    let left = adjust_limit::left(tx, limit, staff, adjustment.member_no, now).await?;
    let name = match left.is_exceeded_by(wish.points) {
        true => {
            (adjustment.approval, adjustment.seq) = (Approval::proposed(staff, now), None);
            "adjustment.propose"
        }
        false => {
            posting::write(tx, ledger, &rulebook, &[locked]).await?;
            tell(tx, ledger, &adjustment).await?;
            "adjustment.post"
        }
    };
    let inserted = adjustments::insert(tx, &adjustment, &wish.key).await;
    match inserted {
        // for another member, at this very moment
        Err(error) if error.is_unique_violation() => return Err(AppError::Conflict { code: "idempotency_conflict" }),
        inserted => inserted?,
    }
    note(tx, ledger, staff, name, &adjustment).await?;
    Ok(adjustment)
}

fn again(earlier: Adjustment, wish: &Wish) -> Result<Adjustment, AppError> {
    let same_reason = earlier.reason.as_ref().is_none_or(|reason| reason.text == wish.reason.as_str());
    let reverses = wish.reverses.map(|reversal| reversal.seq);
    match (earlier.member, earlier.points, earlier.reverses) == (wish.member, wish.points, reverses) && same_reason {
        true => Ok(earlier),
        false => Err(AppError::Conflict { code: "idempotency_conflict" }),
    }
}

/// Posts it to the locked member, to be written. The proposer answers for it in the chain, whoever approves.
fn post_at(
    rulebook: &Rulebook,
    ledger: &Ledger,
    locked: &mut LockedMember,
    adjustment: &mut Adjustment,
) -> Result<(), AppError> {
    let now = ledger.clock.now();
    let reason = adjustment.reason.as_ref().ok_or(StoreError::Corrupt("an adjustment's reason"))?;
    let digest = Hash::of_text(&reason.salt, &reason.text);
    let timeline = rulebook.of(locked.member.id());
    let account = &mut locked.member.account;
    let on = Posting::new(&timeline, now, account.instant_of_history(now));
    let posted = account.adjust(on, adjustment.approval.made_by, digest, adjustment.points)?;
    (adjustment.approval.state, adjustment.approval.decided_at) = (AdjustmentState::Posted, Some(now));
    adjustment.seq = Some(posted.entry().seq);
    locked.note(posted.journal);
    Ok(())
}

/// Tells the member of points that were given or taken.
async fn tell(tx: &mut Tx, ledger: &Ledger, posted: &Adjustment) -> Result<(), StoreError> {
    let seq = posted.seq.ok_or(StoreError::Corrupt("an adjustment"))?;
    let news = News::Adjustment { seq, points: posted.points };
    notifications::tell(tx, ledger, &[(posted.member_no, ledger.clock.now(), news)]).await
}

/// Decides a proposal. Approving posts it, as of now. What the same person has decided the same way before is answered alike.
///
/// # Errors
/// `Forbidden`, `NotFound`; `own_proposal` for who would approve or reject what they proposed; `already_decided`;
/// approving: `not_enough_points`, `member_closed`.
pub async fn decide(ledger: &Ledger, by: Authority, id: AdjustmentId, decision: Decision) -> Result<Adjustment, AppError> {
    require(by, if decision == Decision::Withdraw { Permission::AdjustPoints } else { Permission::ApproveAdjustments })?;
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
    id: AdjustmentId,
    decision: &Decision,
) -> Result<Adjustment, AppError> {
    let rulebook = ledger.rulebook_in(tx).await?;
    let found = adjustments::find(tx, id).await?.ok_or(AppError::NotFound)?;
    let mut locked = LockedMember::of(member::lock(tx, found.member_no).await?.ok_or(AppError::NotFound)?);
    let mut proposal = adjustments::find(tx, id).await?.ok_or(AppError::NotFound)?;
    let now = ledger.clock.now();
    let Some(decided) = decision.decide(&proposal.approval, staff, now)? else { return Ok(proposal) };
    let name = match decision {
        Decision::Approve => "adjustment.approve",
        Decision::Reject(_) => "adjustment.reject",
        Decision::Withdraw => "adjustment.withdraw",
    };
    if *decision == Decision::Approve {
        if locked.member.status == Status::Closed {
            return Err(Refusal::MemberClosed.into());
        }
        post_at(&rulebook, ledger, &mut locked, &mut proposal)?;
        posting::write(tx, ledger, &rulebook, &[locked]).await?;
        tell(tx, ledger, &proposal).await?;
    }
    proposal.approval = decided;
    adjustments::decide(tx, &proposal).await?;
    note(tx, ledger, staff, name, &proposal).await?;
    Ok(proposal)
}

/// The audit log has no reasons: they may tell of people, and the log cannot be erased.
async fn note(
    tx: &mut Tx,
    ledger: &Ledger,
    staff: StaffId,
    name: &'static str,
    adjustment: &Adjustment,
) -> Result<(), StoreError> {
    let subject = format!("member:{}", adjustment.member);
    let mut after = json!({ "points": adjustment.points.to_string(), "adjustment": adjustment.id.to_string() });
    if let Some(seq) = adjustment.reverses {
        after["reverses"] = json!(seq);
    }
    let action = Action { actor: Actor::Staff(staff.uuid()), name, subject: &subject, before: None, after: Some(after) };
    audit::append(tx, &action, ledger.clock.now()).await
}

/// What waits and what was decided last.
#[derive(Clone, Debug)]
pub struct Proposals {
    pub limit: Limit,
    /// A wish for a looser limit that waits.
    pub limit_waiting: Option<LimitChange>,
    /// The newest first.
    pub limit_decided: Vec<LimitChange>,
    /// What has waited longest comes first.
    pub waiting: Vec<Adjustment>,
}

/// What everybody's open proposals are, and the changes of the limit that were decided last.
pub async fn proposals(ledger: &Ledger, decided: i64) -> Result<Proposals, AppError> {
    ledger
        .db
        .snapshot(decided, |tx, decided| {
            Box::pin(async move {
                Ok(Proposals {
                    limit: adjust_limits::find(tx).await?,
                    limit_waiting: adjust_limits::waiting(tx).await?,
                    limit_decided: adjust_limits::decided(tx, *decided).await?,
                    waiting: adjustments::waiting(tx, None, MOST).await?,
                })
            })
        })
        .await
}

/// Which decided proposals to list.
#[derive(Clone, Debug)]
pub struct Decided {
    pub state: Option<AdjustmentState>,
    pub page: Window<DecidedAt>,
}

/// A page of what was decided of what had been proposed, those decided last first.
pub async fn decided(ledger: &Ledger, wanted: &Decided) -> Result<Slice<Adjustment, DecidedAt>, AppError> {
    let found = adjustments::decided(&mut ledger.db.reader().await?, wanted.state, &wanted.page).await?;
    Ok(wanted.page.cut(found, DecidedAt::of))
}

/// How many were decided.
pub async fn number_decided(ledger: &Ledger, state: Option<AdjustmentState>) -> Result<Counted, AppError> {
    Ok(Counted::up_to_counted(adjustments::number_decided(&mut ledger.db.reader().await?, state).await?))
}

/// A proposal as it stands.
pub async fn proposal(ledger: &Ledger, id: AdjustmentId) -> Result<Option<Adjustment>, AppError> {
    Ok(adjustments::find(&mut ledger.db.reader().await?, id).await?)
}

/// What waits of one member.
pub async fn waiting_of(ledger: &Ledger, member_no: i64) -> Result<Vec<Adjustment>, AppError> {
    Ok(adjustments::waiting(&mut ledger.db.reader().await?, Some(member_no), MOST).await?)
}

/// How many proposals wait, a wish for another limit among them.
pub async fn number_waiting(ledger: &Ledger) -> Result<i64, AppError> {
    let reader = &mut ledger.db.reader().await?;
    let limits = adjust_limits::waiting(reader).await?.map_or(0, |_| 1);
    Ok(adjustments::number_waiting(reader).await? + limits)
}
