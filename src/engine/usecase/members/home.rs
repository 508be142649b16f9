//! All that a member's home shows, as of one moment and on one connection.

use std::sync::Arc;

use laurel_domain::ledger::year::{MonthSum, year};
use laurel_domain::numbers::calendar::Month;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::reward::Reward;
use laurel_domain::rules::rule_set::Rulebook;

use crate::store::ledger::changes;
use crate::store::ledger::entries::Page;
use crate::store::members::member::Member;
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::activity::{self, Activity, Looked};
use crate::usecase::ledger::due;
use crate::usecase::rewards::catalogue::{self, Offered};

/// How many entries the year is drawn of: of somebody with more, the months are shown that these cover.
const CHANGES: i64 = 600;
/// How many rewards are shown as within reach.
const FEW: usize = 3;

#[derive(Clone, Debug)]
pub struct Home {
    pub member: Member,
    pub rulebook: Arc<Rulebook>,
    pub activity: Activity,
    pub reach: Reach,
    /// Oldest first; the running month is the last.
    pub year: Vec<MonthSum>,
}

/// What can be had today, and what nearly can.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// The dearest first.
    pub rewards: Vec<Reward>,
    /// How many can be had in all.
    pub number: usize,
    /// What lacks the fewest points, and how many; only what is at least half-way there.
    pub nearest: Option<(Reward, Points)>,
}

/// The member's home after what is due has been posted, with so many of the latest entries.
///
/// # Errors
/// `NotFound`.
pub async fn home(ledger: &Ledger, member_no: i64, latest: i64) -> Result<Home, AppError> {
    let home = snapshot(ledger, member_no, latest).await?;
    if !due::is_due(&home.rulebook.of(home.member.id()), ledger.clock.now(), &home.member) {
        return Ok(home);
    }
    due::settle_one(ledger, member_no).await?;
    snapshot(ledger, member_no, latest).await
}

async fn snapshot(ledger: &Ledger, member_no: i64, latest: i64) -> Result<Home, AppError> {
    ledger
        .db
        .snapshot((ledger.clone(), member_no, latest), |tx, (ledger, member_no, latest)| {
            Box::pin(async move {
                let Looked { member, rulebook, activity } =
                    activity::look_in(tx, ledger, *member_no, Page::newest(*latest)).await?;
                let offered = catalogue::offered_to(tx, ledger, &rulebook, &member).await?;
                let reach = reach(offered, member.account.available);
                let changes = changes::latest(tx, *member_no, CHANGES).await?;
                let calendar = rulebook.calendar();
                let by_month: Vec<(Month, Points)> =
                    changes.into_iter().map(|(at, points)| (calendar.month(at), points)).collect();
                // what lies before the last one that was read is not known
                let is_cut = i64::try_from(by_month.len()).is_ok_and(|number| number == CHANGES);
                let known_from = by_month.iter().map(|(month, _)| *month).min().filter(|_| is_cut);
                let year = year(by_month, calendar.month(ledger.clock.now()), known_from).unwrap_or_default();
                Ok(Home { member, rulebook, activity, reach, year })
            })
        })
        .await
}

fn reach(offered: Vec<Offered>, available: Points) -> Reach {
    let missing = |offered: &Offered| match &offered.obstacle {
        Some(Refusal::NotEnoughPoints { wanted, .. }) => wanted.checked_sub(available),
        _ => None,
    };
    // what is not half-way there is no near miss
    let is_near =
        |one: &Offered, missing: Points| missing.hundredths().saturating_mul(2) <= one.reward.terms.price.hundredths();
    let nearest = offered.iter().filter_map(|one| Some((missing(one)?, one)));
    let nearest = nearest.filter(|(missing, one)| is_near(one, *missing)).min_by_key(|(missing, _)| *missing);
    let nearest = nearest.map(|(missing, one)| (one.reward.clone(), missing));
    let mut rewards: Vec<Reward> = offered.into_iter().filter(|one| one.obstacle.is_none()).map(|one| one.reward).collect();
    rewards.sort_by_key(|reward| std::cmp::Reverse(reward.terms.price));
    let number = rewards.len();
    rewards.truncate(FEW);
    Reach { rewards, number, nearest }
}
