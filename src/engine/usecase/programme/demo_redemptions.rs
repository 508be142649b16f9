//! What members of the demo redeemed in the months that have passed: a few each month, paid some days later.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::redemption::RedemptionState::{Cancelled, Failed, Paid, Processing};

use crate::auth::Actor;
use crate::clock::Clock;
use crate::store::members::member::By;
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::members::view;
use crate::usecase::programme::demo::{self, MEMBERS};
use crate::usecase::request_key::RequestKey;
use crate::usecase::rewards::redeem::{self, Advance, Wish};

/// How many try each month; who has too little by then does without.
const A_MONTH: usize = 9;
const LEAST: i64 = 1_000;
const MOST: i64 = 30_000;

/// At the end of the month number `n`, as the ledger stood then. What would not have been paid by now is left to the present.
pub(super) async fn of_month(ledger: &Ledger, n: usize, end: Timestamp, now: Timestamp) -> Result<(), AppError> {
    let paid_at = end.saturating_add(SignedDuration::from_hours(60)).unwrap_or(now);
    if paid_at >= now {
        return Ok(());
    }
    let (then, later) = (ledger.at(Clock::fixed(end)), ledger.at(Clock::fixed(paid_at)));
    for turn in 0..A_MONTH {
        // never the visitor, whose history is written by hand
        let who = 2 + (n * 29 + turn * 13) % (MEMBERS - 1);
        let Some(member) = view::find(&then, By::External(&demo::id(who))).await? else { continue };
        let half = member.account.available.hundredths() / 2 / LEAST * LEAST;
        if half < LEAST || member.account.debt.is_positive() {
            continue;
        }
        let actor = Actor::Member(member.id().uuid());
        let key = RequestKey::of_form(&format!("demo-month-{n}"));
        let wish = Wish { member_no: member.no, points: Points::from_hundredths(half.min(MOST)), quoted: None, key, actor };
        let made = redeem::redeem(&then, wish).await?;
        let (steps, actor) = match turn {
            3 if n.is_multiple_of(3) => (vec![Cancelled], actor),
            5 if n % 4 == 1 => (vec![Processing, Failed], Actor::System),
            _ => (vec![Processing, Paid], Actor::System),
        };
        let advance = Advance { id: made.redemption.id, steps, tracking: None, note: None, actor, of_member: None };
        redeem::advance(&later, advance).await?;
    }
    Ok(())
}
