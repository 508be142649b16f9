//! Reading members: their points, tier, pending points and lots.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::entry::Entry;
use laurel_domain::member::Status;
use laurel_domain::numbers::calendar::Month;
use laurel_domain::numbers::points::Points;
use laurel_domain::numbers::time::{Day, Moment};
use laurel_domain::rules::rule_set::{Rulebook, Rules};
use laurel_domain::rules::tier::TierRank;
use laurel_domain::rules::window::Window;
use laurel_domain::text::Both;
use laurel_domain::view::{Keeping, NextTier, PointsView, Progress, TierView};
use serde::Serialize;

use crate::store::StoreError;
use crate::store::ledger::entries::{self, Page};
use crate::store::members::member::{self, By, Member};

use crate::usecase::ledger::Ledger;

/// A member as the API, the command line and the pages show them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MemberView {
    pub id: String,
    pub external_id: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub locale: Option<String>,
    pub registered_at: Timestamp,
    pub last_sign_in_at: Option<Timestamp>,
    pub status: Status,
    pub tier: MemberTier,
    pub points: PointsView,
    /// What is available, by when it lapses; what never does, last.
    pub lots: Vec<Lot>,
    /// What is pending, by when it becomes available.
    pub pending: Vec<Pending>,
}

/// A member's tier, and until when it is kept under rules with a validity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MemberTier {
    pub rank: TierRank,
    pub name: Both,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Points that can be redeemed through the end of a day; without one, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Lot {
    pub day: Option<Date>,
    pub points: Points,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Pending {
    pub until: Timestamp,
    pub points: Points,
}

pub async fn find(ledger: &Ledger, by: By<'_>) -> Result<Option<Member>, StoreError> {
    ledger.db.look_up(by, |db, by| Box::pin(member::find(db, *by))).await
}

/// A page of a member's ledger as it was posted, newest entry first; what is due and explained is `activity`'s.
pub async fn entries(ledger: &Ledger, member: &Member, page: Page) -> Result<Vec<Entry>, StoreError> {
    entries::page(&mut ledger.db.reader().await?, ledger.programme.currency, member.no, page).await
}

/// The member as of now: re-rating that is due is shown as done.
pub async fn view(ledger: &Ledger, member: &Member) -> Result<MemberView, StoreError> {
    let rulebook = ledger.rulebook().await?;
    Ok(view_at(&rulebook, ledger.clock.now(), member))
}

/// The account with what is due by now shown as done.
pub fn account_at(rulebook: &Rulebook, now: Timestamp, member: &Member) -> Account {
    let mut account = member.account.clone();
    // a ledger that cannot go on is for verify to tell; what is kept is the best to show
    if account.catch_up(&rulebook.of(member.id()), now).is_err() {
        account = member.account.clone();
    }
    account
}

/// [`view`] for many members, with the rules that were fetched once.
pub fn view_at(rulebook: &Rulebook, now: Timestamp, member: &Member) -> MemberView {
    let (account, timeline) = (account_at(rulebook, now, member), rulebook.of(member.id()));
    MemberView {
        id: member.id().to_string(),
        external_id: member.external_id.as_ref().map(|id| id.as_str().to_owned()),
        name: member.name.clone(),
        email: member.email.clone(),
        phone: member.phone.clone(),
        locale: member.locale.clone(),
        registered_at: member.registered_at,
        last_sign_in_at: member.last_sign_in_at,
        status: member.status,
        tier: MemberTier {
            rank: account.tier,
            name: timeline.at(now).tier(account.tier).name.clone(),
            until: account.period.map(|period| period.until).max(account.kept.map(|kept| kept.until)).map(Moment::time),
        },
        lots: lots(&account),
        pending: pending(&account),
        points: PointsView {
            balance: account.balance().unwrap_or(account.available),
            available: account.available,
            pending: account.pending,
            debt: account.debt,
            earned: account.earned,
        },
    }
}

fn lots(account: &Account) -> Vec<Lot> {
    let days = account.lots.keys().map(Some).chain([None]);
    days.map(|day| Lot { day: day.map(Day::date), points: account.lot(day) }).filter(|lot| lot.points.is_positive()).collect()
}

fn pending(account: &Account) -> Vec<Pending> {
    let mut by_time: BTreeMap<Timestamp, Points> = BTreeMap::new();
    for held in account.held.values() {
        let sum = by_time.entry(held.until.time()).or_insert(Points::ZERO);
        // parts of what is pending, which fits
        *sum = sum.checked_add(held.points).unwrap_or(account.pending);
    }
    by_time.into_iter().map(|(until, points)| Pending { until, points }).collect()
}

pub fn tier(rules: &Rules, rank: TierRank) -> TierView {
    TierView { rank, name: rules.tier(rank).name.clone() }
}

/// How far a member is from the next tier, and what keeps the present one.
pub fn progress(rulebook: &Rulebook, now: Timestamp, member: &Member) -> Progress {
    let (account, timeline) = (account_at(rulebook, now, member), rulebook.of(member.id()));
    let rules = timeline.at(now);
    let basis = rules.set.ladder.basis;
    let gathered = account.gathered(&timeline, rules, now).unwrap_or_default();
    let next = rules.next_above(account.tier);
    Progress {
        basis,
        currency: rules.currency,
        gathered,
        from: rules.thresholds()[account.tier.index().min(rules.thresholds().len() - 1)],
        next: next.map(|rank| {
            let from = rules.thresholds()[rank.index()];
            NextTier { tier: tier(rules, rank), from, missing: from.saturating_sub(gathered) }
        }),
        by: last_day(rules.set.ladder.window, timeline.calendar().month(now)),
        kept_until: account.kept.filter(|kept| kept.tier == account.tier).map(|kept| kept.until.time()),
        keeping: account.period.map(|period| Keeping {
            until: period.until.time(),
            gathered: period.gathered().map_or(0, |gain| gain.by(basis)),
            in_grace: period.in_grace(),
        }),
    }
}

/// The last day on which what counts is still what counts now.
fn last_day(window: Window, running: Month) -> Option<Date> {
    let after = match window {
        Window::Lifetime => return None,
        Window::CalendarYear => running.january().plus(12),
        Window::Months(_) => running.plus(1),
    };
    after.first_day()?.yesterday().ok()
}
