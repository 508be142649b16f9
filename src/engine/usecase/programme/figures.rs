//! Figures by day: following what was posted, proving what is kept, and putting it into the spans of the dashboard.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use laurel_domain::numbers::calendar::{Calendar, Month, day_number};
use laurel_domain::numbers::points::Points;

pub use crate::store::figures::Origin;
use crate::store::figures::{self, Active, Activity, Figures, State};
use crate::store::totals::{self, Sum, Totals};
use crate::store::{StoreError, Tx};
use crate::usecase::ledger::Ledger;
use crate::usecase::programme::flows::{Bucket, Span};

/// What one transaction adds: it is over in milliseconds, and other writers come in between. Five times as much kept whoever redeemed
/// on SQLite waiting for 25 ms, and at times for 76.
const MEMBERS: i64 = 100;
const ENTRIES: i64 = 2_000;
/// How many times as long as it took the job rests after each: it takes no more than a fifth of what the database can do.
const REST: u32 = 4;

/// Adds what was posted since the last time, of everybody; goes on where it was stopped. Of how many members there was something.
///
/// # Errors
/// What the database said.
pub async fn follow(ledger: &Ledger) -> Result<u64, StoreError> {
    let (began, rulebook) = (ledger.clock.now(), ledger.rulebook().await?);
    let reports = ledger.db.for_reports();
    let (state, totals) = reports.snapshot((), |tx, ()| Box::pin(both(tx))).await?;
    let tiers = reports.snapshot((), |tx, ()| Box::pin(figures::since(tx, 0))).await?;
    if state.ordered_at.is_some() && is_whole(state, &tiers, &totals) {
        return Ok(0);
    }
    let (mut after, mut followed) = (i64::MIN, 0);
    loop {
        let behind = reports.snapshot(after, |tx, after| Box::pin(figures::behind(tx, *after, MEMBERS))).await?;
        let numbers = chunk(&behind);
        let Some(last) = numbers.last().copied() else { break };
        let (started, many) = (Instant::now(), numbers.len() as u64);
        let add = ledger.db.write((rulebook.clone(), numbers), |tx, (rulebook, numbers)| {
            Box::pin(figures::follow(tx, rulebook.calendar(), numbers, ENTRIES))
        });
        // somebody with more entries than go in at once is looked at again
        after = if add.await? { last - 1 } else { last };
        followed += many;
        tokio::time::sleep(started.elapsed() * REST).await;
    }
    ledger.db.write(began, |tx, began| Box::pin(figures::set_swept(tx, *began))).await?;
    Ok(followed)
}

async fn both(tx: &mut Tx) -> Result<(State, Totals), StoreError> {
    Ok((figures::state(tx).await?, totals::read(tx).await?))
}

/// The first of them who have so many entries together; one who has more is alone.
fn chunk(behind: &[(i64, i64)]) -> Vec<i64> {
    let mut sum = 0_i64;
    let fits = |(_, entries): &&(i64, i64)| {
        sum = sum.saturating_add(*entries);
        sum <= ENTRIES
    };
    let numbers: Vec<i64> = behind.iter().take_while(fits).map(|(no, _)| *no).collect();
    if numbers.is_empty() { behind.iter().take(1).map(|(no, _)| *no).collect() } else { numbers }
}

/// The order of points that is kept.
#[derive(Clone, Debug)]
pub(in crate::usecase) struct Order {
    /// How many members there are.
    pub members: i64,
    /// Now, where nothing was posted since they were looked at last; `None` while they are still being put in order.
    pub as_of: Option<Timestamp>,
    /// Those that some of them are in.
    pub tiers: Vec<i64>,
}

pub(in crate::usecase) async fn order(db: &mut Tx, now: Timestamp) -> Result<Order, StoreError> {
    let (state, totals) = both(db).await?;
    let tiers = figures::since(db, i32::MAX).await?;
    Ok(Order {
        members: totals.get(Sum::Members),
        as_of: state.ordered_at.map(|at| if is_whole(state, &tiers, &totals) { now } else { at }),
        tiers: tiers.tiers.iter().filter(|(_, members)| **members != 0).map(|((_, tier), _)| *tier).collect(),
    })
}

/// Whether everything that the totals know of is in the figures.
fn is_whole(state: State, figures: &Figures, totals: &Totals) -> bool {
    let entries: i64 = totals.sums.iter().filter(|(sum, _)| matches!(sum, Sum::Entries(_))).map(|(_, entries)| entries).sum();
    let kept = totals.sums.iter().filter_map(|(sum, members)| match sum {
        Sum::OfTier(tier) if *members != 0 => Some((*tier, *members)),
        _ => None,
    });
    let mut tiers: BTreeMap<i64, i64> = BTreeMap::new();
    for ((_, tier), members) in &figures.tiers {
        *tiers.entry(*tier).or_default() += members;
    }
    tiers.retain(|_, members| *members != 0);
    state.entries == entries && state.members == totals.get(Sum::Members) && tiers.into_iter().eq(kept)
}

/// What differs between the figures and the ledgers they were made of; a line for each. `counted`: the totals, made anew.
pub(in crate::usecase) async fn differences(
    tx: &mut Tx,
    calendar: &Calendar,
    counted: &Totals,
) -> Result<Vec<String>, StoreError> {
    let (kept, state) = (figures::kept(tx).await?, figures::state(tx).await?);
    let (made, wrong) = figures::recounted(tx, calendar).await?;
    let mut lines = Vec::new();
    for (name, is_equal) in [
        ("events by scene", kept.scenes == made.scenes),
        ("members by tier", kept.tiers == made.tiers),
        ("active members", kept.active == made.active),
    ] {
        if !is_equal {
            lines.push(format!("the figures of {name} are not what the ledgers add up to"));
        }
    }
    if (kept.entries, kept.members) != (made.entries, made.members) {
        lines.push(format!("the figures know of {} entries, {} were followed", kept.entries, made.entries));
    }
    if let Some(no) = wrong.first() {
        let many = wrong.len();
        lines.push(format!("the day of the latest activity is wrong of {many} members, of member number {no} for one"));
    }
    // where everybody has been followed, two ways of counting come to the same
    let followed =
        state.entries == counted.sums.iter().filter(|(sum, _)| matches!(sum, Sum::Entries(_))).map(|(_, n)| n).sum::<i64>();
    let events: i64 = made.scenes.values().map(|(events, _)| events).sum();
    if followed && lines.is_empty() && events != counted.get(Sum::Events) {
        lines.push(format!("the figures have {events} events, the totals {}", counted.get(Sum::Events)));
    }
    Ok(lines)
}

/// How far the figures go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// What there was before is still being followed: so many members of so many.
    Counting { done: i64, of: i64 },
    /// Everything that was posted by then is in them.
    AsOf(Timestamp),
}

/// What came of one kind of event in a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfOrigin {
    pub origin: Origin,
    pub events: i64,
    pub points: Points,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByDay {
    pub reach: Reach,
    /// Of the whole span, in the order of `Origin::ALL`; those without events are left out.
    pub origins: Vec<OfOrigin>,
    /// Points issued by each origin in each bucket, in the order of `Origin::ALL`.
    pub issued: Vec<[Points; Origin::ALL.len()]>,
    /// Members of each tier at the end of each bucket, by rank.
    pub tiers: Vec<BTreeMap<i64, i64>>,
    /// Members who did something in each bucket, once each.
    pub active: Vec<i64>,
    /// The same of the whole span, and of the one before it.
    pub active_in_span: i64,
    pub active_before: i64,
}

/// What the figures of a span are read with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    span: Span,
    today: Date,
}

impl Asked {
    pub(super) fn new(span: Span, today: Date) -> Asked {
        Asked { span, today }
    }

    fn by(self) -> Activity {
        if self.span.is_by_month() { Activity::Month } else { Activity::Day }
    }

    /// A day's number, or that of its month.
    fn place(self, day: Date) -> i32 {
        match self.by() {
            Activity::Day => day_number(day),
            Activity::Month => Month::of(day).number(),
        }
    }

    /// Where this span begins and where the one before it does; where there is none before, at the beginning of time.
    fn begins(self) -> [i32; 2] {
        match self.span.first_days(self.today) {
            Some(days) => days.map(|day| self.place(day)),
            None => [i32::MIN + 1; 2],
        }
    }

    /// In a snapshot.
    pub(super) async fn read(self, tx: &mut Tx) -> Result<Read, StoreError> {
        let first = self.span.first_days(self.today).map_or(i32::MIN + 1, |[first, _]| day_number(first));
        let [from, before] = self.begins();
        let state = figures::state(tx).await?;
        Ok((state, figures::since(tx, first).await?, figures::active(tx, self.by(), before, from).await?))
    }

    pub(super) fn of(self, (state, figures, active): &Read, totals: &Totals, buckets: &[Bucket], now: Timestamp) -> ByDay {
        let reach = match state.swept_at {
            None => Reach::Counting { done: state.members, of: totals.get(Sum::Members) },
            Some(_) if is_whole(*state, figures, totals) => Reach::AsOf(now),
            Some(at) => Reach::AsOf(at),
        };
        let from = self.begins()[0];
        let days = |bucket: &Bucket| day_number(bucket.first)..=day_number(bucket.last);
        let of_bucket = |bucket: &Bucket| {
            let places = self.place(bucket.first)..=self.place(bucket.last);
            active.iter().filter(|(at, ..)| places.contains(at)).map(|(_, members, _)| members).sum()
        };
        let distinct = |is_now: bool| active.iter().filter(|(at, ..)| (*at >= from) == is_now).map(|(.., new)| new).sum();
        ByDay {
            reach,
            origins: origins(figures, i32::MIN..=i32::MAX).into_iter().filter(|of| of.events > 0).collect(),
            issued: buckets.iter().map(|bucket| origins(figures, days(bucket)).map(|of| of.points)).collect(),
            tiers: buckets.iter().map(|bucket| tiers_by(figures, day_number(bucket.last))).collect(),
            active: buckets.iter().map(of_bucket).collect(),
            active_in_span: distinct(true),
            active_before: distinct(false),
        }
    }
}

/// What is read of them for a span.
pub(super) type Read = (State, Figures, Vec<Active>);

fn origins(figures: &Figures, days: RangeInclusive<i32>) -> [OfOrigin; Origin::ALL.len()] {
    let mut all = Origin::ALL.map(|origin| OfOrigin { origin, events: 0, points: Points::ZERO });
    let of_days = figures.scenes.range((*days.start(), Origin::ALL[0])..).take_while(|((day, _), _)| days.contains(day));
    for ((_, origin), (events, points)) in of_days {
        if let Some(of) = all.iter_mut().find(|of| of.origin == *origin) {
            of.events = of.events.saturating_add(*events);
            of.points = Points::from_hundredths(of.points.hundredths().saturating_add(*points));
        }
    }
    all
}

fn tiers_by(figures: &Figures, last: i32) -> BTreeMap<i64, i64> {
    let mut tiers = BTreeMap::new();
    for ((day, tier), members) in &figures.tiers {
        if *day <= last {
            *tiers.entry(*tier).or_default() += members;
        }
    }
    tiers
}
