//! From commands to deeds: numbers become the members, payments and times that there are at the moment.

use jiff::{SignedDuration, Timestamp};

use super::calendar::{first_of, plus_days};
use super::commands::{Ago, Command, Jump, Lost, News, Way, What};
use super::deeds::{Deed, Happening, Route, Told, Trial};
use super::rewards::STATES;
use super::world::World;

/// The program reads the machine's clock, which must not be behind the game's.
const LATEST_FOR_PROGRAM: &str = "2026-10-01T00:00:00Z";

/// How many members at most are enrolled by events; the others join.
const ENROLLED_BY_EVENTS: usize = 4;

/// What a command comes to, and when it happens; `count` is how many there were before.
pub fn plan(world: &World, command: &Command, now: Timestamp, count: usize) -> Option<Deed> {
    let members: Vec<usize> = (0..world.people.len()).filter(|m| world.people[*m].is_some()).collect();
    let known = |m: usize| members[m % members.len()];
    let key = format!("k{count}");
    Some(match command {
        Command::Tell(news, way) => tell(world, news, *way, now, count),
        Command::Again(which, same) => {
            let mut event = world.told.get(which % world.told.len().max(1))?.clone();
            match &mut event.what {
                Happening::Payment { fen, .. } | Happening::Refund { fen, .. } if !same => *fen += 1,
                _ => (),
            }
            Deed::Tell { events: vec![event], route: Route::Live }
        }
        Command::Redeem(m, points) => {
            // now and then all that there is
            let available = world.people[known(*m)].as_ref().map_or(0, |person| person.accounts.ledger.available());
            let points = if *points > 60_000 { available.max(1) } else { *points };
            Deed::Redeem { member: known(*m), points, key }
        }
        Command::Buy(m, reward, quantity) => Deed::Buy { member: known(*m), reward: *reward, quantity: *quantity, key },
        Command::Advance(which, to) => advance(world, *which, *to, now)?,
        Command::Adjust(m, points) => {
            Deed::Adjust { member: known(*m), points: if *points == 0 { 1 } else { *points }, by: count % 2, key }
        }
        Command::Decide(which, approve) => {
            let adjustment = which.checked_rem(world.proposals.len())?;
            Deed::Decide { adjustment, approve: *approve, by: 1 - world.proposals[adjustment].made_by }
        }
        Command::Close(m) => Deed::Close { member: known(*m) },
        Command::Suspend(m) => {
            let suspended = world.people[known(*m)].as_ref().is_some_and(|person| !person.suspended);
            Deed::Suspend { member: known(*m), suspended }
        }
        Command::Invite(by) => {
            let member = world.people.iter().rposition(Option::is_none)?;
            Deed::Join { member, invited_by: by.map(known).filter(|inviter| world.can_invite(*inviter)) }
        }
        Command::Settle => Deed::Settle,
        Command::ReRate => Deed::ReRate,
        Command::ExpireVouchers => Deed::ExpireVouchers,
        Command::Look(m) => Deed::Look { member: known(*m) },
        Command::View(m) => Deed::View { member: known(*m) },
        Command::Publish { sheet, in_hours, lost } => {
            let at = in_hours.map(|hours| now + SignedDuration::from_hours(i64::from(hours)));
            // only another ladder takes tiers
            let re_rates = world.rates_otherwise(sheet);
            let keeps_until = match lost {
                Lost::After(hours) if re_rates => Some(at.unwrap_or(now) + SignedDuration::from_hours(i64::from(*hours))),
                _ => None,
            };
            Deed::Publish { sheet: sheet.clone(), at, demotes: matches!(lost, Lost::AtOnce), keeps_until }
        }
        Command::Try { sheet, variant, control, in_hours, hours, kept_hours } => {
            let later = |at: Timestamp, hours: u16| at + SignedDuration::from_hours(i64::from(hours));
            let at = in_hours.map(|hours| later(now, hours));
            let begins = at.unwrap_or(now);
            let kept = kept_hours.filter(|_| world.rates_otherwise(sheet)).map(|hours| later(begins, hours));
            let (sheet, until) = (sheet.clone(), later(begins, *hours));
            Deed::Try(Trial { sheet, variant: *variant, control: *control, at, until, keeps_until: kept })
        }
        Command::End(adopt, kept_hours) => {
            world.experiments.last()?;
            let kept = kept_hours.filter(|_| world.ending_rates_otherwise());
            let keeps_until = kept.map(|hours| now + SignedDuration::from_hours(i64::from(hours)));
            Deed::End { adopt: *adopt, keeps_until }
        }
        Command::Jump(_) => return None,
    })
}

/// Mostly a redemption that can go somewhere, and there; sometimes any, anywhere.
fn advance(world: &World, which: usize, to: usize, now: Timestamp) -> Option<Deed> {
    let all = 0..world.redemptions.len();
    let open: Vec<usize> = all.clone().filter(|i| !world.redemptions[*i].next(now).is_empty()).collect();
    let redemption = if to < 6 && !open.is_empty() { open[which % open.len()] } else { which.checked_rem(all.len())? };
    let next = world.redemptions[redemption].next(now);
    let to = if to < 6 && !next.is_empty() { next[to % next.len()] } else { STATES[(to * 5 + which) % STATES.len()] };
    Some(Deed::Advance { redemption, to })
}

fn tell(world: &World, news: &[News], way: Way, now: Timestamp, count: usize) -> Deed {
    let mut told = world.told.clone();
    let is_history = matches!(way, Way::Import(_) | Way::Program);
    let mut events = Vec::new();
    for (n, one) in news.iter().enumerate() {
        let at = match one.ago {
            Ago::Hours(hours) => now - SignedDuration::from_hours(i64::from(hours)),
            Ago::Midnights(days, second) => {
                let midnight = world.book.calendar.begin(plus_days(world.book.calendar.day(now), -i32::from(days)));
                midnight + SignedDuration::from_secs(i64::from(second))
            }
            Ago::Ahead(seconds) => now + SignedDuration::from_secs(i64::from(seconds)),
        };
        let at = if is_history { at.min(now) } else { at };
        // some are enrolled by what is told of them, the rest have to join first
        let is_there = one.member < ENROLLED_BY_EVENTS || world.people[one.member].is_some();
        let mut member = if is_there { one.member } else { one.member % ENROLLED_BY_EVENTS };
        let id = format!("e{count}-{n}");
        let what = match &one.what {
            What::Pay(fen, scene) => Happening::Payment { fen: *fen, scene: *scene },
            What::Refer(referee) => Happening::Referral { referee: *referee },
            What::Review(subject) => Happening::Review { subject: *subject },
            What::Refund(which, thousandths) => {
                let payments = told.iter().filter_map(|told| match told.what {
                    Happening::Payment { fen, .. } => Some((told.id.clone(), told.member, fen)),
                    _ => None,
                });
                let payments: Vec<_> = payments.collect();
                let Some((payment, payer, fen)) = payments.get(which % payments.len().max(1)).cloned() else { continue };
                // now and then somebody else's
                member = if which % 20 == 19 { one.member } else { payer };
                Happening::Refund { payment, fen: (fen * thousandths / 1_000).max(1) }
            }
        };
        let event = Told { id, member, at, what };
        told.push(event.clone());
        events.push(event);
    }
    let is_free = events.iter().all(|event| world.is_free(event));
    let route = match way {
        Way::LiveAtOnce if is_free => Route::LiveAtOnce,
        Way::Live | Way::LiveAtOnce => Route::Live,
        Way::Program if now < LATEST_FOR_PROGRAM.parse::<Timestamp>().unwrap() => Route::Program,
        Way::Program => Route::History(2),
        Way::Import(cut) => Route::History(cut),
    };
    Deed::Tell { events, route }
}

/// Where a jump goes to.
pub fn land(world: &World, jump: &Jump, now: Timestamp) -> Timestamp {
    let calendar = &world.book.calendar;
    let seconds = |at: Timestamp, seconds: i64| at + SignedDuration::from_secs(seconds);
    match jump {
        Jump::Seconds(more) => seconds(now, *more),
        Jump::MonthEnd(more) => seconds(calendar.begin_month(calendar.month(now) + 1), i64::from(*more)),
        Jump::DayEnd(more) => seconds(calendar.end(calendar.day(now)), i64::from(*more)),
        Jump::ClockChange(more) => seconds(calendar.next_change(now).unwrap_or(now), i64::from(*more)),
        Jump::LeapDay => {
            let february = calendar.month(now).div_euclid(12) * 12 + 13;
            seconds(calendar.begin(plus_days(first_of(february + 1), -1)), 12 * 3_600)
        }
        Jump::Due(member, more) => {
            let account = world.people[*member].as_ref().map(|person| &person.accounts.ledger);
            let book = world.book_of(*member);
            let due = account.and_then(|account| account.next_due(&book, seconds(now, 400 * 86_400)));
            due.filter(|due| *due > now).map_or(now, |due| seconds(due, i64::from(*more)))
        }
    }
}
