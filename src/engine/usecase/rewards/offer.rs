//! What a member could redeem, and what stands in the way.

use laurel_domain::member::Status;
use laurel_domain::numbers::money::Money;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::{Fault, FieldFault, Refusal};
use laurel_domain::rewards::cash::{CashTerms, cost_of, quote};
use laurel_domain::rules::tier::Basis;

use crate::auth::{Actor, MemberSession};
use crate::store::members::member::{self, By};
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::members::view::account_at;
use crate::usecase::request_key::RequestKey;
use crate::usecase::rewards::redeem::Wish;

#[derive(Clone, Debug)]
pub struct Offer {
    pub terms: CashTerms,
    pub available: Points,
    /// Redeeming lowers a tier that goes by the points held.
    pub basis: Basis,
    pub obstacle: Option<Obstacle>,
}

/// Why nothing can be redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    Suspended,
    Closed,
    Debt(Points),
    /// The least that pays anything, and what it pays.
    TooFew(Points, Money),
}

/// # Errors
/// `NotFound` if the member is gone.
pub async fn offer(ledger: &Ledger, member_no: i64) -> Result<Offer, AppError> {
    let found = member::find(&mut ledger.db.reader().await?, By::No(member_no)).await?;
    let member = found.ok_or(AppError::NotFound)?;
    let rulebook = ledger.rulebook().await?;
    let (now, timeline) = (ledger.clock.now(), rulebook.of(member.id()));
    let rules = timeline.at(now);
    let (terms, account) = (rules.cash_terms(), account_at(&rulebook, now, &member));
    let least = Money::from_minor(1, terms.currency).map_err(|_| Refusal::PointsOutOfRange)?;
    let least = (cost_of(&terms, least).ok_or(Refusal::PointsOutOfRange)?, least);
    let obstacle = match member.status {
        Status::Suspended => Some(Obstacle::Suspended),
        Status::Closed => Some(Obstacle::Closed),
        Status::Active if account.debt.is_positive() => Some(Obstacle::Debt(account.debt)),
        Status::Active if quote(&terms, account.available).is_err() => Some(Obstacle::TooFew(least.0, least.1)),
        Status::Active => None,
    };
    Ok(Offer { terms, available: account.available, basis: rules.set.ladder.basis, obstacle })
}

/// A key comes out of a form that Laurel made; what is longer comes from elsewhere.
const LONGEST_KEY: usize = 64;

/// What a member sent, as a wish.
///
/// # Errors
/// `Invalid` with every field at fault: `points`, `rules_version`, `key`.
pub fn wish(session: &MemberSession, points: &str, rules_version: &str, key: &str) -> Result<Wish, Refusal> {
    let mut faults = Vec::new();
    let points = match points.trim() {
        "" => Err(Fault::Missing),
        text => text.parse::<Points>().map_err(Fault::from),
    };
    let points = points.unwrap_or_else(|fault| {
        faults.push(FieldFault::new("points", fault));
        Points::ZERO
    });
    let quoted = rules_version.parse().ok();
    if quoted.is_none() {
        faults.push(FieldFault::new("rules_version", Fault::Missing));
    }
    match key.len() {
        0 => faults.push(FieldFault::new("key", Fault::Missing)),
        1..=LONGEST_KEY => (),
        _ => faults.push(FieldFault::new("key", Fault::TooLong { most: LONGEST_KEY })),
    }
    match faults.is_empty() {
        true => {
            let actor = Actor::Member(session.member.uuid());
            Ok(Wish { member_no: session.no, points, quoted, key: RequestKey::of_form(key), actor })
        }
        false => Err(Refusal::Invalid { faults }),
    }
}
