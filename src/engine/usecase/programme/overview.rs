//! The programme at a glance, for the staff: all figures as of one moment. They are read off totals, so they cost the same however
//! many members and entries there are.

use jiff::Timestamp;
use jiff::civil::Date;
use laurel_domain::numbers::calendar::day_number;
use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::reward::{Reward, Supply};
use laurel_domain::rules::rule_set::Rules;

use crate::store::access::keys;
use crate::store::rewards::catalogue;
use crate::store::totals::{self, Sum, Totals};
use crate::store::waiting;
pub use crate::store::waiting::Waiting;
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::programme::figures::{Asked, ByDay};
pub use crate::usecase::programme::flows::{Bucket, Flows, Span};
use crate::usecase::programme::flows::{between, buckets};
use crate::usecase::programme::report::{Report, of_totals};
use crate::usecase::rewards::edit;

/// How many days ahead is told what lapses.
pub const AHEAD: [u16; 3] = [30, 60, 90];
/// Fewer codes or pieces than these are running out.
pub const FEW: i64 = 20;

#[derive(Clone, Debug)]
pub struct Overview {
    pub report: Report,
    pub span: Span,
    pub buckets: Vec<Bucket>,
    pub flows: Flows,
    /// The span before, where there is one and the programme was there for all of it.
    pub before: Option<Flows>,
    pub by_day: ByDay,
    /// Points that lapse within so many days if nobody redeems them, today included.
    pub lapsing: [(u16, Points); 3],
    pub waiting: Waiting,
    /// Rewards in use that are running out, the fewest first.
    pub running_out: Vec<Reward>,
    pub steps: Steps,
    pub rules: Rules,
    pub as_of: Timestamp,
}

/// What an empty programme needs first, and whether it has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    pub has_rules: bool,
    pub has_key: bool,
    pub has_event: bool,
    pub has_reward: bool,
}

impl Steps {
    pub const fn are_done(self) -> bool {
        self.has_rules && self.has_key && self.has_event && self.has_reward
    }
}

/// A programme with this many events needs no help with its first steps, whichever it has left out.
const UNDER_WAY: i64 = 100;

impl Overview {
    pub const fn is_beginning(&self) -> bool {
        !self.steps.are_done() && self.report.events < UNDER_WAY
    }
}

/// # Errors
/// What the database said.
pub async fn overview(ledger: &Ledger, span: Span) -> Result<Overview, AppError> {
    let rulebook = ledger.rulebook().await?;
    let now = ledger.clock.now();
    let today = rulebook.calendar().day(now).date();
    let since = span.first_days(today).map_or(i32::MIN, |[_, before]| day_number(before));
    let asked = Asked::new(span, today);
    let (totals, figures, waiting, rewards, has_key) = ledger
        .db
        .for_reports()
        .snapshot((rulebook.clone(), since, today, asked), |tx, (rulebook, since, today, asked)| {
            Box::pin(async move {
                Ok::<_, AppError>((
                    totals::since(tx, rulebook.calendar(), *since).await?,
                    asked.read(tx).await?,
                    waiting::count(tx).await?,
                    catalogue::offered(tx, *today, edit::MOST).await?,
                    keys::are_there(tx).await?,
                ))
            })
        })
        .await?;
    let report = of_totals(&totals);
    let rules = rulebook.general().at(now).clone();
    let steps = Steps { has_rules: rules.version > 1, has_key, has_event: report.events > 0, has_reward: !rewards.is_empty() };
    let buckets = buckets(&totals, span, today, report.points.outstanding);
    Ok(Overview {
        by_day: asked.of(&figures, &totals, &buckets, now),
        buckets,
        flows: flows_of(&totals, span, today),
        before: before(&totals, report.events, span, today),
        lapsing: AHEAD
            .map(|days| (days, lapsing(&totals, rulebook.calendar().day(rulebook.calendar().days_after(now, days)).date()))),
        running_out: running_out(rewards),
        report,
        span,
        waiting,
        steps,
        rules,
        as_of: now,
    })
}

/// What waits for somebody, for the console's navigation.
///
/// # Errors
/// What the database said.
pub async fn waiting(ledger: &Ledger) -> Result<Waiting, AppError> {
    Ok(waiting::count(&mut ledger.db.reader().await?).await?)
}

fn flows_of(totals: &Totals, span: Span, today: Date) -> Flows {
    between(totals, span.first_days(today).map_or(Date::MIN, |[first, _]| first), today)
}

/// A year compared with the half of one that there was would have grown by whatever came of beginning. A span counts as whole if
/// something happened before it, or in its first twelfth.
fn before(totals: &Totals, events: i64, span: Span, today: Date) -> Option<Flows> {
    let [first, before] = span.first_days(today)?;
    let [start, end] = [before, first].map(|day| i64::from(day_number(day)));
    let known: i64 = totals.flows.values().map(|flow| flow.events).fold(0, i64::saturating_add);
    let begun = totals.flows.keys().next().is_some_and(|(day, _)| *day <= start + (end - start) / 12);
    if !begun && known >= events {
        return None;
    }
    let flows = between(totals, before, first.yesterday().ok()?);
    (!flows.is_nothing()).then_some(flows)
}

fn lapsing(totals: &Totals, through: Date) -> Points {
    let last = Sum::InLots(i64::from(day_number(through)));
    let points = totals.sums.range(Sum::InLots(i64::MIN)..=last).map(|(_, points)| *points);
    Points::from_hundredths(points.fold(0, i64::saturating_add))
}

fn running_out(rewards: Vec<Reward>) -> Vec<Reward> {
    let is_few = |reward: &Reward| reward.supply != Supply::Generated && reward.left.is_some_and(|left| left < FEW);
    let mut few: Vec<Reward> = rewards.into_iter().filter(is_few).collect();
    few.sort_by_key(|reward| reward.left);
    few
}
