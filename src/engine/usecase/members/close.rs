//! Closing an account: what can be cancelled is, what is left is removed, and nobody gets in any more. All at once or nothing.

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::posting::Posting;
use laurel_domain::member::Status;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::rules::rule_set::{Rulebook, Timeline};
use serde_json::json;

use crate::auth::{Actor, Address, Auth, Authority, MemberSession, Permission};
use crate::store::access::sessions::{self, Owner};
use crate::store::access::{credentials, one_time_codes};
use crate::store::audit::{self, Action};
use crate::store::benefits::claims;
use crate::store::ledger::{adjustments, entries};
use crate::store::members::member::{self, By, Member};
use crate::store::rewards::redemptions::{self, RedeemedFor, Redemption};
use crate::store::{StoreError, Tx};
use crate::usecase::access::passwords::{self, Confirmed};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::posting::{self, LockedMember};
use crate::usecase::members::erase::erase_in;
use crate::usecase::notifications;
use crate::usecase::rewards::redeem::{Advance, advance_in};

/// What closing an account would do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Redemptions that would be cancelled.
    pub cancels: Vec<Redemption>,
    /// Redemptions that have to arrive first: with any of them, nothing is closed.
    pub waits: Vec<Redemption>,
    /// Vouchers whose codes are good still: theirs, but shown nowhere any more.
    pub vouchers: usize,
    /// Claims of benefits that would be withdrawn.
    pub claims: usize,
    /// What would be removed after that, below zero for debt that would be let go.
    pub removes: Points,
}

/// What closing a member's account would do now, without doing anything. Who may ask is the caller's to say.
///
/// # Errors
/// `NotFound`, `member_closed`.
pub async fn preview(ledger: &Ledger, member_no: i64) -> Result<Preview, AppError> {
    let rulebook = ledger.rulebook().await?;
    ledger
        .db
        .snapshot((ledger.clone(), rulebook, member_no), |tx, (ledger, rulebook, no)| {
            Box::pin(async move {
                let member = member::find(tx, By::No(*no)).await?.ok_or(AppError::NotFound)?;
                let open = Open::of(tx, ledger, &member).await?;
                let removes = open.removes(tx, ledger, rulebook, &member.account).await?;
                let claims = claims::open(tx, member.no, ledger.clock.now(), MOST_CLAIMS).await?.len();
                Ok(Preview { cancels: open.cancels, waits: open.waits, vouchers: open.vouchers, claims, removes })
            })
        })
        .await
}

/// More than any member's quotas allow.
const MOST_CLAIMS: i64 = 10_000;

/// A member's redemptions that are not over.
struct Open {
    cancels: Vec<Redemption>,
    waits: Vec<Redemption>,
    vouchers: usize,
}

impl Open {
    async fn of(db: &mut Tx, ledger: &Ledger, member: &Member) -> Result<Open, AppError> {
        if member.status == Status::Closed {
            return Err(Refusal::MemberClosed.into());
        }
        let now = ledger.clock.now();
        let all = redemptions::of_range(db, ledger.programme.currency, member.no, member.no).await?;
        let all: Vec<Redemption> = all.into_iter().map(|redemption| redemption.as_of(now)).collect();
        let vouchers = all.iter().filter(|one| one.state == RedemptionState::Issued).count();
        let (waits, rest): (Vec<Redemption>, Vec<Redemption>) = all.into_iter().partition(|one| one.state.is_under_way());
        let mut cancels: Vec<Redemption> = rest.into_iter().filter(|one| one.state.can_be_cancelled(one.kind())).collect();
        // rewards are locked in one order by everybody
        cancels.sort_unstable_by_key(|one| match &one.redeemed_for {
            RedeemedFor::Cash(_) => (None, one.id),
            RedeemedFor::Reward(bought) => (Some(bought.reward), one.id),
        });
        Ok(Open { cancels, waits, vouchers })
    }

    /// What is left once they are cancelled and everything is posted that is due by now.
    async fn removes(&self, db: &mut Tx, ledger: &Ledger, rulebook: &Rulebook, account: &Account) -> Result<Points, AppError> {
        let (mut account, timeline) = (account.clone(), rulebook.of(account.member));
        let now = ledger.clock.now();
        let seqs: Vec<i64> = self.cancels.iter().map(|one| one.seq).collect();
        let taken = entries::with_seqs(db, ledger.programme.currency, self.member_no(), &seqs).await?;
        for one in &self.cancels {
            let taken = taken.iter().find(|entry| entry.seq == one.seq).ok_or(StoreError::Corrupt("a redemption"))?;
            account.restore(on(&timeline, &account, now), one.id, &taken.moves)?;
        }
        let closed = account.close(on(&timeline, &account, now))?;
        Ok(closed.entry().points.checked_neg().ok_or(Refusal::PointsOutOfRange)?)
    }

    fn member_no(&self) -> i64 {
        self.cancels.first().map_or(0, |one| one.member_no)
    }
}

fn on<'a>(timeline: &'a Timeline, account: &Account, now: Timestamp) -> Posting<'a> {
    Posting::new(timeline, now, account.instant_of_history(now))
}

/// What closing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    pub cancelled: usize,
    pub removed: Points,
}

/// What a member confirmed of their own account.
#[derive(Clone, Debug)]
pub struct OwnWish {
    pub password: String,
    /// What they were shown that closing would remove.
    pub removes: Points,
    /// Whether their personal data is to be erased, too.
    pub erase: bool,
}

/// A member closes their own account, by their password once more.
///
/// # Errors
/// `WrongPassword`, `RateLimited`; those of [`close`].
pub async fn close_own(
    ledger: &Ledger,
    auth: &Auth,
    session: &MemberSession,
    wish: &OwnWish,
    address: Address,
) -> Result<Closed, AppError> {
    let now = ledger.clock.now();
    let confirmed = passwords::confirm_members(&ledger.db, auth, session, &wish.password, address, now).await?;
    let actor = Actor::Member(session.member.uuid());
    let closing = Closing { actor, shown: Some(wish.removes), erase: wish.erase, confirmed: Some(confirmed) };
    run(ledger, session.no, closing).await
}

/// Closes a member's account. `shown` is what somebody was shown that it would remove.
///
/// # Errors
/// `Forbidden`, `NotFound`, `member_closed`; `waits_for_redemptions` while something is being paid or is on its way;
/// `closing_changed` if it would remove other than what was shown.
pub async fn close(ledger: &Ledger, by: Authority, who: MemberId, shown: Option<Points>) -> Result<Closed, AppError> {
    require(by, Permission::CloseMembers)?;
    let found = member::find(&mut ledger.db.reader().await?, By::Id(who)).await?.ok_or(AppError::NotFound)?;
    run(ledger, found.no, Closing { actor: by.actor(), shown, erase: false, confirmed: None }).await
}

#[derive(Clone)]
struct Closing {
    actor: Actor,
    shown: Option<Points>,
    erase: bool,
    /// By which password, if the member does it themselves.
    confirmed: Option<Confirmed>,
}

async fn run(ledger: &Ledger, member_no: i64, closing: Closing) -> Result<Closed, AppError> {
    ledger
        .db
        .write((ledger.clone(), member_no, closing), |tx, (ledger, no, closing)| Box::pin(close_in(tx, ledger, *no, closing)))
        .await
}

async fn close_in(tx: &mut Tx, ledger: &Ledger, no: i64, closing: &Closing) -> Result<Closed, AppError> {
    let rulebook = ledger.rulebook_in(tx).await?;
    let member = member::lock(tx, no).await?.ok_or(AppError::NotFound)?;
    if let Some(confirmed) = &closing.confirmed {
        passwords::still_confirmed(tx, no, confirmed).await?;
    }
    let open = Open::of(tx, ledger, &member).await?;
    if !open.waits.is_empty() {
        return Err(Refusal::WaitsForRedemptions { count: open.waits.len().try_into().unwrap_or(u32::MAX) }.into());
    }
    let (now, actor) = (ledger.clock.now(), closing.actor);
    for one in &open.cancels {
        let steps = vec![RedemptionState::Cancelled];
        advance_in(tx, ledger, &Advance { id: one.id, steps, tracking: None, note: None, actor, of_member: Some(no) }).await?;
    }
    claims::withdraw_all(tx, no, now, actor).await?;
    adjustments::withdraw_all(tx, no, now).await?;
    // as cancelling left it
    let mut locked = LockedMember::of(member::lock(tx, no).await?.ok_or(AppError::NotFound)?);
    let timeline = rulebook.of(member.id());
    let account = &mut locked.member.account;
    let posted = account.close(on(&timeline, account, now))?;
    let removed = posted.entry().points.checked_neg().ok_or(Refusal::PointsOutOfRange)?;
    if let Some(shown) = closing.shown.filter(|shown| *shown != removed) {
        return Err(Refusal::ClosingChanged { shown, left: removed }.into());
    }
    locked.note(posted.journal);
    posting::write(tx, ledger, &rulebook, &[locked]).await?;
    member::set_status(tx, no, Status::Closed).await?;
    shut_out(tx, no).await?;
    let closed = Closed { cancelled: open.cancels.len(), removed };
    let subject = format!("member:{}", member.id());
    let before = Some(json!({ "status": member.status.name() }));
    let after =
        json!({ "status": Status::Closed.name(), "cancelled": closed.cancelled.to_string(), "removed": removed.to_string() });
    let action = Action { actor, name: "member.close", subject: &subject, before, after: Some(after) };
    audit::append(tx, &action, now).await?;
    if closing.erase {
        erase_in(tx, ledger, no, actor).await?;
    }
    Ok(closed)
}

/// Out of the portal, on every device, and no way back in.
async fn shut_out(tx: &mut Tx, no: i64) -> Result<(), StoreError> {
    sessions::delete_all(tx, Owner::Member(no), None).await?;
    one_time_codes::retire_all(tx, Owner::Member(no)).await?;
    notifications::forget(tx, no).await?;
    credentials::delete(tx, no).await
}
