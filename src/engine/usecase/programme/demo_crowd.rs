//! The crowd of a large demo: as many members and events as are asked for, over the last 18 months, posted day by day as an import
//! of history would. The same seed makes the same people and the same history; ids and referral codes are drawn anew.
//!
//! Members join at an even pace and everybody is as active as anybody, but for one in ten who does four times as much: so the
//! programme's days become busier as it grows. Nothing is kept but the last payments, for refunds: it makes ten million events in
//! the memory that ten thousand take.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ledger::event::{Activity, Event, EventKey, Scene};
use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Fault;
use laurel_domain::text::{EventId, ExternalId, Source, Subject};

use crate::auth::Actor;
use crate::store::StoreError;
use crate::store::members::member::By;
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::ingest::{self, Outcome, Terms};
use crate::usecase::members::{enrol, view};
use crate::usecase::programme::demo::{self, Chance, Days, MEMBERS};
use crate::usecase::rewards::redeem::{self, Wish};

/// How many members and events there are to be in all, and what the chance begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub members: u64,
    pub events: u64,
    pub seed: u64,
}

/// 18 months. The last day is yesterday: all of it has passed.
const DAYS: u64 = 548;
const BATCH: usize = 4_000;
/// How many payments may still be refunded.
const REFUNDABLE: usize = 4_096;
/// One in so many members redeems something, and no more than so many do.
const REDEEMS: u64 = 200;
const MOST_REDEMPTIONS: u64 = 2_000;
/// Of the day, in minutes: everybody who joins has joined before anything else happens.
const JOINING: u64 = 7 * 60;
const OPENING: u64 = 8 * 60;
const OPEN: SignedDuration = SignedDuration::from_hours(14);

/// A payment that nobody has refunded yet.
struct Paid {
    key: EventKey,
    member: u64,
    minor: i64,
}

/// The history, event by event. Members are counted from 0 and join in that order.
struct Crowd {
    size: Size,
    chance: Chance,
    source: Source,
    currency: Currency,
    /// How many events have been made.
    made: u64,
    paid: VecDeque<Paid>,
    /// Of today's newcomers the next who may have been referred.
    referred: u64,
}

/// Adds the crowd to the programme of the small demo, which has posted `posted` events.
pub(super) async fn fill(
    ledger: &Ledger,
    calendar: &Days,
    wanted: Size,
    posted: u64,
    progress: &mut impl FnMut(u64),
) -> Result<(), AppError> {
    let size = Size {
        members: wanted.members.saturating_sub(MEMBERS as u64),
        events: wanted.events.saturating_sub(posted),
        seed: wanted.seed,
    };
    if size.members == 0 {
        return Ok(());
    }
    let mut crowd = Crowd::new(size, ledger.programme.currency)?;
    for day in 0..DAYS {
        let (before, after) = (crowd.joined_by(day), crowd.joined_by(day + 1));
        join(ledger, calendar, &mut crowd, day, before..after).await?;
        let opening = calendar.at(DAYS - day, OPENING);
        let events = crowd.events_by(day + 1) - crowd.events_by(day);
        let mut waiting = Vec::with_capacity(BATCH);
        crowd.referred = before;
        for n in 0..events {
            let share = OPEN.as_micros() * i128::from(n) / i128::from(events);
            let at = opening + SignedDuration::from_micros(i64::try_from(share).unwrap_or_default());
            waiting.push(crowd.event(at, before, after)?);
            if waiting.len() == BATCH || n + 1 == events {
                post(ledger, std::mem::take(&mut waiting)).await?;
                progress(posted + crowd.made);
            }
        }
    }
    redemptions(ledger, &crowd).await
}

/// The member of the crowd, counted on from those of the small demo.
fn name(member: u64) -> String {
    demo::id(number(member))
}

fn number(member: u64) -> usize {
    MEMBERS + 1 + usize::try_from(member).unwrap_or(usize::MAX / 2)
}

async fn join(
    ledger: &Ledger,
    calendar: &Days,
    crowd: &mut Crowd,
    day: u64,
    members: std::ops::Range<u64>,
) -> Result<(), AppError> {
    let at = calendar.at(DAYS - day, JOINING);
    let people: Vec<_> = members.map(|member| demo::person(number(member), at, &mut crowd.chance)).collect();
    for some in people.chunks(BATCH) {
        enrol::enrol_newcomers(&ledger.db, Actor::System, some, ledger.clock.now()).await?;
    }
    Ok(())
}

async fn post(ledger: &Ledger, events: Vec<Event>) -> Result<(), AppError> {
    let outcomes = ingest::post(ledger, Arc::new(events), Terms { enrol: false, history: true }).await?;
    match outcomes.into_iter().find_map(|outcome| if let Outcome::Refused(refusal) = outcome { Some(refusal) } else { None }) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(()),
    }
}

/// Some take cash for a third of what they have.
async fn redemptions(ledger: &Ledger, crowd: &Crowd) -> Result<(), AppError> {
    for n in 0..(crowd.size.members / REDEEMS).min(MOST_REDEMPTIONS) {
        let Some(member) = view::find(ledger, By::External(&name(n * REDEEMS))).await? else { continue };
        let third = member.account.available.hundredths() / 3 / 1_000 * 1_000;
        if third < 1_000 {
            continue;
        }
        let (points, actor) = (Points::from_hundredths(third), Actor::Member(member.id().uuid()));
        redeem::redeem(ledger, Wish { member_no: member.no, points, quoted: None, key: "demo".into(), actor }).await?;
    }
    Ok(())
}

impl Crowd {
    fn new(size: Size, currency: Currency) -> Result<Crowd, StoreError> {
        // zero stays zero for ever, and small numbers take some steps until all their bits count
        let mut chance = Chance(size.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..16 {
            chance.below(2);
        }
        let source = Source::new("demo-crowd").map_err(literal)?;
        Ok(Crowd { size, chance, source, currency, made: 0, paid: VecDeque::new(), referred: 0 })
    }

    /// How many have joined before that day begins; somebody does on the first.
    fn joined_by(&self, day: u64) -> u64 {
        if day == 0 { 0 } else { (self.size.members * day / DAYS).max(1) }
    }

    /// How many events there have been before that day: as many each day as there are members, in proportion.
    fn events_by(&self, day: u64) -> u64 {
        let share = u128::from(self.size.events) * u128::from(day * day) / u128::from(DAYS * DAYS);
        u64::try_from(share).unwrap_or(self.size.events)
    }

    /// Who does it, of those who have joined.
    fn somebody(&mut self, joined: u64) -> u64 {
        let drawn = self.chance.below(joined);
        // three in ten things are done by one member in ten
        if self.chance.below(10) < 3 { drawn / 10 * 10 } else { drawn }
    }

    /// The next event. `before` have joined until yesterday, `after` until today.
    fn event(&mut self, at: Timestamp, before: u64, after: u64) -> Result<Event, StoreError> {
        let (member, activity) = match self.chance.below(100) {
            0..3 => self.refund(),
            3..7 => self.review(after)?,
            7..10 => self.referral(before, after)?,
            _ => None,
        }
        .map_or_else(|| self.payment(after), Ok)?;
        let key = EventKey { source: self.source.clone(), id: EventId::new(&format!("c{}", self.made)).map_err(literal)? };
        if let Activity::Payment { amount, .. } = &activity {
            if self.paid.len() == REFUNDABLE {
                self.paid.pop_front();
            }
            self.paid.push_back(Paid { key: key.clone(), member, minor: amount.minor() });
        }
        self.made += 1;
        Ok(Event { key, member: ExternalId::new(&name(member)).map_err(literal)?, occurred_at: at, activity })
    }

    fn payment(&mut self, joined: u64) -> Result<(u64, Activity), StoreError> {
        let member = self.somebody(joined);
        let hundredths = match self.chance.below(20) {
            0 => 20_000 + self.chance.below(200_000),
            1..5 => 5_000 + self.chance.below(20_000),
            _ => 150 + self.chance.below(6_000),
        };
        let amount = Money::from_minor(i64::try_from(hundredths).unwrap_or(1), self.currency);
        let scene = match self.chance.below(8) {
            0..3 => Scene::EPayment,
            3..5 => Scene::BankCard,
            5 => Scene::Investment,
            6 => Scene::Lending,
            _ => Scene::Other,
        };
        Ok((member, Activity::Payment { amount: amount.map_err(|_| StoreError::Corrupt("an amount"))?, scene }))
    }

    /// Of one of the last payments, all of it or half.
    fn refund(&mut self) -> Option<(u64, Activity)> {
        let drawn = self.chance.below(REFUNDABLE as u64);
        let paid = self.paid.remove(usize::try_from(drawn).ok()?)?;
        let minor = if self.chance.below(2) == 0 { paid.minor } else { (paid.minor / 2).max(1) };
        let amount = Money::from_minor(minor, self.currency).ok()?;
        Some((paid.member, Activity::Refund { payment: paid.key, amount }))
    }

    fn review(&mut self, joined: u64) -> Result<Option<(u64, Activity)>, StoreError> {
        let subject = Subject::new(&format!("order-{}", self.made)).map_err(literal)?;
        Ok(Some((self.somebody(joined), Activity::Review { subject })))
    }

    /// Of one of today's newcomers, by somebody who was there before.
    fn referral(&mut self, before: u64, after: u64) -> Result<Option<(u64, Activity)>, StoreError> {
        if before == 0 || self.referred == after {
            return Ok(None);
        }
        let referee = ExternalId::new(&name(self.referred)).map_err(literal)?;
        self.referred += 1;
        Ok(Some((self.somebody(before), Activity::Referral { referee })))
    }
}

/// What is written here is never too long, nor of other characters.
fn literal(_: Fault) -> StoreError {
    StoreError::Corrupt("a literal")
}
