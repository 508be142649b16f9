//! A portal registration and a member whom the payment system knows turn out to be one person: the registration ends and the
//! member goes on with all that both had.
//!
//! Only a registration that the payment system does not know can end so. It has no payments, and no event names it, so whatever
//! comes later (a refund of a payment above all) finds the member that it always named. What is on its way has to arrive first,
//! because a cancelled redemption gives its points back to the account that they came from.

use jiff::Timestamp;
use laurel_domain::ids::{MemberId, RedemptionId};
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::entry::{Entry, Moves};
use laurel_domain::ledger::merging::Brought;
use laurel_domain::ledger::posting::Posting;
use laurel_domain::ledger::sink::Journal;
use laurel_domain::member::Status;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rules::rule_set::{Rulebook, Timeline};
use laurel_domain::text::{ExternalId, Reason};
use serde_json::json;

use crate::auth::{Actor, Authority, Permission};
use crate::store::access::sessions::{self, Owner};
use crate::store::access::{credentials, one_time_codes};
use crate::store::audit::{self, Action};
use crate::store::benefits::claims;
use crate::store::ledger::{adjustments, proof};
use crate::store::members::member::{self, By, Member};
use crate::store::members::merging::{self, Pointer};
use crate::store::rewards::redemptions::{self, Redemption};
use crate::store::{StoreError, Tx};
use crate::usecase::error::{AccountError, AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::posting::{self, LockedMember};
use crate::usecase::members::enrol::Enrolment;
use crate::usecase::members::{address, link};
use crate::usecase::notifications;

/// What a merge would come to, without doing anything.
#[derive(Clone, Debug)]
pub struct Preview {
    pub ended: Member,
    pub survivor: Member,
    /// The survivor's account as it is, and as it would be.
    pub before: Account,
    pub after: Account,
}

/// Shows what merging a registration into the member with this external id would come to.
///
/// # Errors
/// `Forbidden`, `NotFound` (the registration), `unknown_member` (`into`); those of [`merge`].
pub async fn preview(ledger: &Ledger, by: Authority, ended: MemberId, into: &str) -> Result<Preview, AppError> {
    require(by, Permission::CloseMembers)?;
    let rulebook = ledger.rulebook().await?;
    ledger
        .db
        .snapshot((ledger.clone(), rulebook, ended, into.to_owned()), |tx, (ledger, rulebook, ended, into)| {
            Box::pin(async move {
                let ended = member::find(tx, By::Id(*ended)).await?.ok_or(AppError::NotFound)?;
                let survivor = member::find(tx, By::External(into.trim())).await?.ok_or(Refusal::UnknownMember)?;
                may_merge(tx, ledger, &ended, &survivor).await?;
                let (mut gone, mut after) = (ended.account.clone(), survivor.account.clone());
                let now = ledger.clock.now();
                after.catch_up(&rulebook.of(after.member), after.instant_of_history(now))?;
                let before = after.clone();
                let entries = entries_of(tx, ledger, ended.no).await?;
                join(rulebook, now, entries, &mut gone, &mut after)?;
                Ok(Preview { ended, survivor, before, after })
            })
        })
        .await
}

/// Merges a registration into the member with this external id, for the staff.
///
/// # Errors
/// `Forbidden`, `NotFound`, `unknown_member`, `invalid` (`reason`); `cannot_merge` unless the payment system knows just the one
/// that goes on; `member_closed`, `member_suspended`; `waits_for_redemptions` while something is open.
pub async fn merge(ledger: &Ledger, by: Authority, ended: MemberId, into: &str, why: &str) -> Result<MemberId, AppError> {
    require(by, Permission::CloseMembers)?;
    let reason = Reason::new(why.trim()).map_err(|fault| Refusal::field("reason", fault))?;
    let input = (ledger.clone(), by.actor(), ended, into.trim().to_owned(), reason);
    ledger
        .db
        .write(input, |tx, (ledger, actor, ended, into, reason)| {
            Box::pin(async move {
                let ended = member::find(tx, By::Id(*ended)).await?.ok_or(AppError::NotFound)?;
                let survivor = member::find(tx, By::External(into)).await?.ok_or(Refusal::UnknownMember)?;
                merge_in(tx, ledger, ended.no, survivor.no, Some(reason.as_str()), *actor).await
            })
        })
        .await
}

/// The payment system claims a registration for a member that it knows already. The same again changes nothing.
///
/// # Errors
/// `code_not_valid`, `unknown_member`; those of [`merge`].
pub async fn claim(ledger: &Ledger, actor: Actor, sent: &Enrolment) -> Result<MemberId, AppError> {
    let external_id = ExternalId::new(&sent.external_id).map_err(|fault| Refusal::field("external_id", fault))?;
    let code = sent.link_code.clone().ok_or(Refusal::field("link_code", Fault::Missing))?;
    ledger
        .db
        .write((ledger.clone(), actor, external_id, code), |tx, (ledger, actor, external_id, code)| {
            Box::pin(async move {
                let survivor = member::find(tx, By::External(external_id.as_str())).await?.ok_or(Refusal::UnknownMember)?;
                // the first answer may have been lost on its way
                if let Some(used) = link::taken_by(tx, code).await?
                    && merging::pointer(tx, used).await?.is_some_and(|pointer| pointer.into == survivor.no)
                {
                    return Ok(survivor.id());
                }
                let ended = link::take_code(tx, code, ledger.clock.now()).await?;
                merge_in(tx, ledger, ended, survivor.no, None, *actor).await
            })
        })
        .await
}

async fn merge_in(
    tx: &mut Tx,
    ledger: &Ledger,
    ended: i64,
    survivor: i64,
    reason: Option<&str>,
    actor: Actor,
) -> Result<MemberId, AppError> {
    let rulebook = ledger.rulebook_in(tx).await?;
    // behind both locks, taken in the order of their numbers
    let mut both = member::lock_numbers(tx, &[ended, survivor]).await?.into_iter();
    let (Some(first), Some(second)) = (both.next(), both.next()) else { return Err(Refusal::CannotMerge.into()) };
    let (mut gone, mut stays) = if first.no == ended { (first, second) } else { (second, first) };
    may_merge(tx, ledger, &gone, &stays).await?;
    let now = ledger.clock.now();
    claims::withdraw_all(tx, gone.no, now, actor).await?;
    adjustments::withdraw_all(tx, gone.no, now).await?;
    let entries = entries_of(tx, ledger, gone.no).await?;
    let (mut ended_member, mut locked) = (LockedMember::of(gone.clone()), LockedMember::of(stays.clone()));
    let (left, came) = join(&rulebook, now, entries, &mut ended_member.member.account, &mut locked.member.account)?;
    let carried = left.entries.last().and_then(|entry| entry.points.checked_neg()).ok_or(Refusal::PointsOutOfRange)?;
    ended_member.note(left);
    locked.note(came);
    posting::write(tx, ledger, &rulebook, &[ended_member, locked]).await?;
    notifications::forget(tx, gone.no).await?;
    move_in(tx, &mut gone, &mut stays, now).await?;
    merging::end(tx, gone.no, Pointer { into: stays.no, at: now }, reason).await?;
    let subject = format!("member:{}", stays.id());
    let after = json!({ "merged": gone.id().to_string(), "points": carried.to_string() });
    let action = Action { actor, name: "member.merge", subject: &subject, before: None, after: Some(after) };
    audit::append(tx, &action, now).await?;
    Ok(stays.id())
}

/// Who can end in whom, and whether nothing of theirs is open.
async fn may_merge(tx: &mut Tx, ledger: &Ledger, ended: &Member, survivor: &Member) -> Result<(), AppError> {
    if [ended, survivor].iter().any(|member| member.status == Status::Closed) {
        return Err(Refusal::MemberClosed.into());
    }
    if ended.no == survivor.no || ended.external_id.is_some() || survivor.external_id.is_none() {
        return Err(Refusal::CannotMerge.into());
    }
    // nobody gets out of a suspension by another account
    if ended.status == Status::Suspended {
        return Err(Refusal::MemberSuspended.into());
    }
    let all = redemptions::of_range(tx, ledger.programme.currency, ended.no, ended.no).await?;
    let is_open = |one: &Redemption| one.state.is_under_way() || one.state.can_be_cancelled(one.kind());
    match all.iter().filter(|one| is_open(one)).count() {
        0 => Ok(()),
        count => Err(Refusal::WaitsForRedemptions { count: count.try_into().unwrap_or(u32::MAX) }.into()),
    }
}

async fn entries_of(tx: &mut Tx, ledger: &Ledger, no: i64) -> Result<Vec<Entry>, StoreError> {
    Ok(proof::entries_of(tx, ledger.programme.currency, &[no]).await?.remove(&no).unwrap_or_default())
}

/// Posts what is due to both, then ends the one and lets the other take over what it brings.
fn join(
    rulebook: &Rulebook,
    now: Timestamp,
    mut entries: Vec<Entry>,
    ended: &mut Account,
    survivor: &mut Account,
) -> Result<(Journal, Journal), Refusal> {
    // each by the rules of their own group
    let (theirs, its) = (rulebook.of(ended.member), rulebook.of(survivor.member));
    let mut left = ended.catch_up(&theirs, ended.instant_of_history(now))?;
    let mut came = survivor.catch_up(&its, survivor.instant_of_history(now))?;
    let (ended_head, survivor_head) = (ended.head, survivor.head);
    let posted = ended.merge_into(on(&theirs, ended, now), survivor.member, survivor_head)?;
    add(&mut left, posted.journal);
    entries.extend(left.entries.iter().cloned());
    let brought = Brought::of(&entries, &theirs).ok_or(Refusal::CannotMerge)?;
    let posted = survivor.merge_from(on(&its, survivor, now), ended.member, ended_head, brought)?;
    add(&mut came, posted.journal);
    Ok((left, came))
}

fn on<'a>(timeline: &'a Timeline, account: &Account, now: Timestamp) -> Posting<'a> {
    Posting::new(timeline, now, account.instant_of_history(now))
}

fn add(journal: &mut Journal, more: Journal) {
    journal.entries.extend(more.entries);
    journal.tier_changes.extend(more.tier_changes);
}

/// The way into the portal, contacts that the member lacks, and invitations.
async fn move_in(tx: &mut Tx, gone: &mut Member, stays: &mut Member, now: Timestamp) -> Result<(), AppError> {
    let (from, to) = (gone.no, stays.no);
    // a member who has been in the portal keeps their own sign-in; else the registration's leads to them, and devices stay in
    if credentials::find_of(tx, to).await?.is_none() {
        merging::move_credentials(tx, from, to).await?;
        merging::move_sessions(tx, from, to).await?;
    } else {
        credentials::delete(tx, from).await?;
        sessions::delete_all(tx, Owner::Member(from), None).await?;
    }
    one_time_codes::retire_all(tx, Owner::Member(from)).await?;
    stays.name = stays.name.take().or_else(|| gone.name.clone());
    stays.email = stays.email.take().or_else(|| gone.email.clone());
    stays.phone = stays.phone.take().or_else(|| gone.phone.clone());
    stays.locale = stays.locale.take().or_else(|| gone.locale.clone());
    member::update_details(tx, stays).await?;
    address::merged(tx, from, stays, now).await?;
    // whoever was invited by the one is invited by the other; nobody by themselves
    merging::move_invitations(tx, from, to).await?;
    if stays.invited_by.is_none() {
        merging::set_inviter(tx, to, gone.invited_by.filter(|inviter| *inviter != to)).await?;
    }
    // both referral codes go on working: one moves, or the ended member's row leads on
    if let Some(code) = gone.referral_code.as_deref().filter(|_| stays.referral_code.is_none()) {
        merging::drop_referral_code(tx, from).await?;
        member::give_referral_code(tx, to, code).await?;
    }
    Ok(())
}

/// Gives back what a redemption took: to its member, or to whoever goes on with an account that was merged, with entries at both.
/// `locked` is its member; what is posted to another is written here.
///
/// # Errors
/// Those of posting.
pub(in crate::usecase) async fn restore(
    tx: &mut Tx,
    ledger: &Ledger,
    locked: &mut LockedMember,
    redemption: RedemptionId,
    taken: &Moves,
) -> Result<(), AppError> {
    let rulebook = ledger.rulebook_in(tx).await?;
    let now = ledger.clock.now();
    let own = rulebook.of(locked.member.id());
    let survivor = match merging::pointer(tx, locked.member.no).await? {
        Some(pointer) => member::lock(tx, pointer.into).await?.filter(|survivor| survivor.status != Status::Closed),
        None => None,
    };
    let account = &mut locked.member.account;
    let Some(survivor) = survivor else {
        let posted = account.restore(on(&own, account, now), redemption, taken)?;
        locked.note(posted.journal);
        return Ok(());
    };
    let its = rulebook.of(survivor.id());
    let mut other = LockedMember::of(survivor);
    let came = &mut other.member.account;
    let mut journal = came.catch_up(&its, came.instant_of_history(now))?;
    let posted = account.restore_over(on(&own, account, now), redemption, taken, came.member, came.head)?;
    let given = &posted.journal.entries;
    let previous = given.iter().rev().nth(1).ok_or(StoreError::Corrupt("a merged account"))?.hash;
    let mut entries = entries_of(tx, ledger, locked.member.no).await?;
    entries.extend(given.iter().cloned());
    let brought = Brought::of(&entries, &own).ok_or(StoreError::Corrupt("a merged account"))?;
    let taken_over = came.merge_from(on(&its, came, now), locked.member.id(), previous, brought)?;
    add(&mut journal, taken_over.journal);
    locked.note(posted.journal);
    other.note(journal);
    Ok(posting::write(tx, ledger, &rulebook, &[other]).await?)
}

/// The member that somebody's account went over to, or themselves.
pub async fn follow(tx: &mut Tx, member: Member) -> Result<Member, AppError> {
    match merging::pointer(tx, member.no).await? {
        Some(pointer) => Ok(member::find(tx, By::No(pointer.into)).await?.ok_or(AccountError::UnknownReferralCode)?),
        None => Ok(member),
    }
}

/// Whom a member's account went over to, for their page.
pub async fn merged_into(ledger: &Ledger, member_no: i64) -> Result<Option<(Member, Timestamp)>, AppError> {
    let reader = &mut ledger.db.reader().await?;
    match merging::pointer(reader, member_no).await? {
        Some(pointer) => Ok(member::find(reader, By::No(pointer.into)).await?.map(|member| (member, pointer.at))),
        None => Ok(None),
    }
}

/// Whether what belongs to one member is another's to see: their own, or of an account that was merged into theirs.
pub async fn is_of(ledger: &Ledger, owner: i64, member_no: i64) -> Result<bool, AppError> {
    if owner == member_no {
        return Ok(true);
    }
    let pointer = merging::pointer(&mut ledger.db.reader().await?, owner).await?;
    Ok(pointer.is_some_and(|pointer| pointer.into == member_no))
}
