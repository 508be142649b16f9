//! The staff moves redemptions on: one or several in one transaction, all or none.

use laurel_domain::ids::RedemptionId;
use laurel_domain::numbers::money::Money;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::text::checked;

use crate::auth::{Authority, Permission};
use crate::store::StoreError;
use crate::store::members::member;
use crate::store::rewards::redemptions::{self, RedeemedFor, Redemption};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::rewards::redeem::{Advance, advance_in};

/// How many at once.
pub const MOST: usize = 200;

const LONGEST_TRACKING: usize = 200;
pub(super) const LONGEST_NOTE: usize = 200;

/// Where redemptions are to go, and what is noted about it.
#[derive(Clone, Debug)]
pub struct Marking {
    pub to: RedemptionState,
    /// Where to look for what is shipped.
    pub tracking: Option<String>,
    /// A payment's reference; or why the points are given back, which has to be said.
    pub note: Option<String>,
}

impl From<RedemptionState> for Marking {
    fn from(to: RedemptionState) -> Marking {
        Marking { to, tracking: None, note: None }
    }
}

/// What some redemptions are together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    pub count: usize,
    pub points: Points,
    /// What the payouts among them come to.
    pub cash: Money,
}

/// # Errors
/// Sums that no programme reaches.
pub fn sum(ledger: &Ledger, found: &[Redemption]) -> Result<Sum, AppError> {
    let (mut points, mut minor) = (Points::ZERO, 0_i64);
    for redemption in found {
        points = points.checked_add(redemption.points).ok_or(Refusal::PointsOutOfRange)?;
        if let RedeemedFor::Cash(cash) = &redemption.redeemed_for {
            minor = minor.checked_add(cash.minor()).ok_or(Refusal::PointsOutOfRange)?;
        }
    }
    let cash = Money::from_minor(minor, ledger.programme.currency).map_err(|_| StoreError::Corrupt("a sum of cash"))?;
    Ok(Sum { count: found.len(), points, cash })
}

/// The redemptions with these ids as they are now, in the order of their ids; ids that nothing has are left out.
///
/// # Errors
/// `Forbidden`, `invalid` (`ids`: more than 200).
pub async fn selected(ledger: &Ledger, by: Authority, ids: &[RedemptionId]) -> Result<Vec<Redemption>, AppError> {
    require(by, Permission::ManageRedemptions)?;
    let ids = distinct(ids)?;
    let now = ledger.clock.now();
    let found = redemptions::with_ids(&mut ledger.db.reader().await?, ledger.programme.currency, &ids).await?;
    let mut found: Vec<Redemption> = found.into_iter().map(|redemption| redemption.as_of(now)).collect();
    found.sort_unstable_by_key(|redemption| redemption.id);
    Ok(found)
}

/// Whether the staff can move a redemption to a state from where it is.
pub fn can_go(redemption: &Redemption, to: RedemptionState) -> bool {
    let mut state = redemption.state;
    steps(redemption, to).into_iter().all(|next| {
        let is_next = state.next(redemption.kind()).contains(&next);
        state = next;
        is_next
    })
}

pub(super) fn distinct(ids: &[RedemptionId]) -> Result<Vec<RedemptionId>, Refusal> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    match ids.len() {
        too_many if too_many > MOST => Err(Refusal::field("ids", Fault::Count { least: 1, most: MOST })),
        _ => Ok(ids),
    }
}

/// Moves redemptions on: a payout that is marked as paid or failed before it began has begun in the same step, and a gift that
/// is delivered has been shipped. All of them, or none if one cannot go there. Their sum.
///
/// # Errors
/// `Forbidden` (also to reveal or expire, which is not for the staff, and to return, which asks for more), `NotFound`,
/// `no_such_transition`, `invalid` (`ids`: none, or more than 200; `tracking`; `note`, which says why points are given back).
pub async fn advance(
    ledger: &Ledger,
    by: Authority,
    ids: &[RedemptionId],
    marking: impl Into<Marking>,
) -> Result<Sum, AppError> {
    require(by, Permission::ManageRedemptions)?;
    let marking = checked_marking(marking.into())?;
    let ids = distinct(ids)?;
    if ids.is_empty() {
        return Err(Refusal::field("ids", Fault::Missing).into());
    }
    ledger
        .db
        .write((ledger.clone(), by, ids, marking), |tx, (ledger, by, ids, marking)| {
            Box::pin(async move {
                let mut found = redemptions::with_ids(tx, ledger.programme.currency, ids).await?;
                if found.len() < ids.len() {
                    return Err(AppError::NotFound);
                }
                // everybody locks rules, members, rewards in this order, and each of them in one order
                ledger.rulebook_in(tx).await?;
                let members: Vec<i64> = found.iter().map(|redemption| redemption.member_no).collect();
                member::lock_numbers(tx, &members).await?;
                found.sort_unstable_by_key(|redemption| match &redemption.redeemed_for {
                    RedeemedFor::Cash(_) => (None, redemption.id),
                    RedeemedFor::Reward(bought) => (Some(bought.reward), redemption.id),
                });
                for redemption in &found {
                    let id = redemption.id;
                    let now = redemptions::find(tx, ledger.programme.currency, id).await?.ok_or(AppError::NotFound)?;
                    let Marking { to, tracking, note } = marking.clone();
                    let advance = Advance { id, steps: steps(&now, to), tracking, note, actor: by.actor(), of_member: None };
                    advance_in(tx, ledger, &advance).await?;
                }
                sum(ledger, &found)
            })
        })
        .await
}

fn checked_marking(marking: Marking) -> Result<Marking, AppError> {
    if matches!(marking.to, RedemptionState::Issued | RedemptionState::Expired | RedemptionState::Returned) {
        return Err(AppError::Forbidden);
    }
    let tracking = marking.tracking.as_deref().map(tracking_text).transpose();
    let note = match marking.note.as_deref().map(str::trim).filter(|note| !note.is_empty()) {
        Some(note) => checked(note, LONGEST_NOTE).map(Some),
        None if marking.to.restores() => Err(Fault::Missing),
        None => Ok(None),
    };
    Ok(Marking {
        to: marking.to,
        tracking: tracking.map_err(|fault| Refusal::field("tracking", fault))?,
        note: note.map_err(|fault| Refusal::field("note", fault))?,
    })
}

/// Where to look for a parcel, as it was typed.
pub fn tracking_text(typed: &str) -> Result<String, Fault> {
    checked(typed.trim(), LONGEST_TRACKING)
}

fn steps(redemption: &Redemption, to: RedemptionState) -> Vec<RedemptionState> {
    use RedemptionState::{Delivered, Failed, Ordered, Paid, Processing, Reserved, Shipped};
    match (redemption.kind(), redemption.state, to) {
        (RedemptionKind::Cash, Reserved, Paid | Failed) => vec![Processing, to],
        (RedemptionKind::Gift, Ordered, Delivered) => vec![Shipped, to],
        _ => vec![to],
    }
}
