//! Where an account stands, without whose it is: its points, lots and tier, and how moves change them.
//!
//! Everything that posting decides it decides by this, in the same way for the ledger, `verify`, a simulation and the browser. What it
//! makes goes to a [`Sink`](crate::ledger::sink::Sink); only the ledger's makes entries of it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;
use jiff::civil::Date;
use smallvec::SmallVec;

use crate::ledger::entry::{Moves, Place};
use crate::ledger::posting::{Counted, Draft};
use crate::numbers::points::Points;
use crate::refusal::Refusal;
use crate::rules::period::{Floor, Kept, Period};
use crate::rules::rule_set::Timeline;
use crate::rules::terms::CapKey;
use crate::rules::tier::TierRank;
use crate::rules::window::Months;

/// Where a member stands. Everything here follows from their entries; tables keep it so that nobody has to add them up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// What can be redeemed: all open lots.
    pub available: Points,
    pub pending: Points,
    /// Never below zero, and never beside open lots.
    pub debt: Points,
    /// Earned less clawed back: the default tier basis.
    pub earned: Points,
    /// Payments less refunds, in minor units.
    pub spent: i64,
    pub tier: TierRank,
    /// The last version of the rules that rated the member; later ones rate alike.
    pub rated_by: u32,
    /// How many entries there are.
    pub seq: i64,
    /// The instant of the last entry, or of the last due work if that was later.
    pub last: Option<Timestamp>,
    pub closed: bool,
    /// The open lots that expire, by their last day. What else is available never does.
    pub lots: BTreeMap<Date, Points>,
    /// The pending points, by the entry that earned them.
    pub held: BTreeMap<i64, Held>,
    /// Kept from when a version of the rules needs it.
    pub months: Option<Months>,
    /// Only under rules with a validity.
    pub period: Option<Period>,
    /// After a demotion at the end of a period, until the rules have no validity any more.
    pub floor: Option<Floor>,
    /// After rules that are stricter, as long as their publication says.
    pub kept: Option<Kept>,
    /// What lapsed out of lots and was not restored for a refund; of the days that somebody has asked for.
    pub lapsed: BTreeMap<Date, Points>,
    /// What was earned gross through capped days and months; those that somebody has asked for.
    pub capped: BTreeMap<CapKey, Points>,
    /// What was earned gross in the same days and months under rules without that cap, where a version with it came into force
    /// in the middle; of those that somebody has asked for. See [`Timeline::is_partly_capped`].
    pub uncapped: BTreeMap<CapKey, Points>,
    /// Only while entries of the first meaning are made again.
    pub early: Option<Early>,
}

/// How far a member's ledger was made when some rules still meant something else: entries up to `seq`, and what was due by
/// `last`. They stand as they were made, so whoever makes them again goes by what the rules meant then:
/// a promotion after a demotion at a period's end went by the window alone; one ended the re-checking of the last period; what was
/// activated at the very end of a period counted in both; points restored for a refund repaid debt even when the rest was
/// forgiven; a cap counted only what was earned under rules that have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Early {
    pub seq: i64,
    pub last: Timestamp,
}

/// Lots, and how much comes out of each.
pub(crate) type Drawn = SmallVec<[(Place, Points); 2]>;

/// Points in their holding period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub points: Points,
    /// When they become available.
    pub until: Timestamp,
    /// The lot they go to.
    pub day: Option<Date>,
    /// The version that earned them.
    pub rules: u32,
}

impl State {
    /// A new member's. `timeline` says what has to be kept of them.
    #[inline]
    pub fn new(timeline: &Timeline) -> State {
        State {
            available: Points::ZERO,
            pending: Points::ZERO,
            debt: Points::ZERO,
            earned: Points::ZERO,
            spent: 0,
            tier: TierRank::FIRST,
            rated_by: 1,
            seq: 0,
            last: None,
            closed: false,
            lots: BTreeMap::new(),
            held: BTreeMap::new(),
            months: timeline.is_windowed().then(Months::default),
            period: None,
            floor: None,
            kept: None,
            lapsed: BTreeMap::new(),
            capped: BTreeMap::new(),
            uncapped: BTreeMap::new(),
            early: None,
        }
    }

    /// Whether what is done now, as of `at`, was done under the first meaning of the rules.
    pub(crate) fn is_early(&self, at: Timestamp) -> bool {
        self.early.is_some_and(|early| self.seq < early.seq || (self.seq == early.seq && at <= early.last))
    }

    /// Likewise of the next entry.
    pub(crate) fn is_next_early(&self) -> bool {
        self.early.is_some_and(|early| self.seq < early.seq)
    }

    /// Available + pending − debt.
    #[inline]
    pub fn balance(&self) -> Option<Points> {
        self.available.checked_add(self.pending)?.checked_sub(self.debt)
    }

    /// What the lot of that day holds; `None` is the one that never expires.
    pub fn lot(&self, day: Option<Date>) -> Points {
        match day {
            Some(day) => self.lots.get(&day).copied().unwrap_or(Points::ZERO),
            // the lots are parts of what is available, so this neither wraps nor falls below zero
            None => Points::from_hundredths(
                self.lots.values().fold(self.available.hundredths(), |rest, lot| rest - lot.hundredths()),
            ),
        }
    }

    /// The instant of a posting of history: the later of when it occurred and the last instant.
    #[inline]
    pub fn instant_of_history(&self, occurred_at: Timestamp) -> Timestamp {
        match self.last {
            Some(last) if last > occurred_at => behind(last),
            _ => occurred_at,
        }
    }

    /// Where points that come in go: debt is repaid first, the rest enters a lot.
    #[inline]
    pub(crate) fn entering(&self, moves: &mut Moves, points: Points, day: Option<Date>) -> Result<(), Refusal> {
        let repaid = self.debt.available_for(points);
        let rest = checked(points.checked_sub(repaid))?;
        moves.push(Place::Debt, repaid);
        moves.push(Place::Lot { day }, rest);
        Ok(())
    }

    /// The moves of spending that much, which is there.
    pub(crate) fn drawing(&self, points: Points) -> Result<Moves, Refusal> {
        self.earliest(points)
            .into_iter()
            .try_fold(Moves::none(), |moves, (place, points)| Ok(moves.with(place, checked(points.checked_neg())?)))
    }

    /// Out of which lots so many points come, or as many as there are: the one that expires first, first.
    pub(crate) fn earliest(&self, wanted: Points) -> Drawn {
        let days = self.lots.keys().map(|day| Some(*day)).chain([None]);
        self.drawn_from(days, wanted)
    }

    /// Likewise, leaving one lot alone.
    pub(crate) fn earliest_but(&self, used: Option<Date>, wanted: Points) -> Drawn {
        let days = self.lots.keys().map(|day| Some(*day)).chain([None]);
        self.drawn_from(days.filter(|day| *day != used), wanted)
    }

    fn drawn_from(&self, days: impl Iterator<Item = Option<Date>>, wanted: Points) -> Drawn {
        let mut left = wanted.hundredths().max(0);
        let mut drawn = Drawn::new();
        for day in days {
            if left == 0 {
                break;
            }
            let points = self.lot(day).hundredths().min(left);
            left -= points;
            if points > 0 {
                drawn.push((Place::Lot { day }, Points::from_hundredths(points)));
            }
        }
        drawn
    }

    /// What a posting does to the account, save for its place in the chain and for the tier.
    pub(crate) fn apply(&mut self, timeline: &Timeline, draft: &Draft) -> Result<(), Refusal> {
        self.seq += 1;
        self.carry_out(&draft.moves, draft.held)?;
        for counted in &draft.counted {
            self.count(timeline, counted)?;
        }
        if let Some((day, points)) = draft.lapsed {
            add_to(&mut self.lapsed, day, points)?;
        }
        for (key, points) in &draft.capped {
            add_to(&mut self.capped, *key, *points)?;
        }
        for (key, points) in &draft.uncapped {
            add_to(&mut self.uncapped, *key, *points)?;
        }
        self.closed |= draft.closes;
        Ok(())
    }

    fn carry_out(&mut self, moves: &Moves, held: Option<Held>) -> Result<(), Refusal> {
        for m in moves.iter() {
            match m.place {
                Place::Lot { day } => {
                    self.available = checked(self.available.checked_add(m.points))?;
                    if let Some(day) = day {
                        add_to(&mut self.lots, day, m.points)?;
                    }
                }
                Place::Pending { payment } => {
                    self.pending = checked(self.pending.checked_add(m.points))?;
                    match (self.held.entry(payment), held) {
                        (Entry::Occupied(mut held), _) => {
                            let points = checked(held.get().points.checked_add(m.points))?;
                            match points.is_zero() {
                                true => drop(held.remove()),
                                false => held.get_mut().points = points,
                            }
                        }
                        (Entry::Vacant(place), Some(held)) => drop(place.insert(held)),
                        (Entry::Vacant(_), None) => return Err(Refusal::PointsOutOfRange),
                    }
                }
                Place::Debt => self.debt = checked(self.debt.checked_sub(m.points))?,
            }
        }
        Ok(())
    }

    fn count(&mut self, timeline: &Timeline, counted: &Counted) -> Result<(), Refusal> {
        let Counted { seq, at, occurred_at, gain } = *counted;
        self.earned = checked(self.earned.checked_add(gain.earned))?;
        self.spent = checked(self.spent.checked_add(gain.spent))?;
        if let Some(months) = &mut self.months {
            checked(months.add(timeline.calendar().month(occurred_at), gain))?;
        }
        if let Some(period) = &mut self.period {
            checked(period.count(seq, at, gain))?;
        }
        if let Some(floor) = &mut self.floor {
            checked(floor.count(seq, at, gain))?;
        }
        Ok(())
    }
}

/// Rare: told apart so that the usual instant stays in registers, where a choice between two would be made in memory.
#[cold]
#[inline(never)]
fn behind(last: Timestamp) -> Timestamp {
    last
}

/// Adds to what is kept of something; nothing left is not kept.
fn add_to<K: Ord>(kept: &mut BTreeMap<K, Points>, key: K, points: Points) -> Result<(), Refusal> {
    match kept.entry(key) {
        Entry::Occupied(mut held) => {
            let sum = checked(held.get().checked_add(points))?;
            match sum.is_zero() {
                true => drop(held.remove()),
                false => *held.get_mut() = sum,
            }
        }
        Entry::Vacant(place) if !points.is_zero() => drop(place.insert(points)),
        Entry::Vacant(_) => (),
    }
    Ok(())
}

#[inline]
pub(crate) fn checked<T>(sum: Option<T>) -> Result<T, Refusal> {
    // made only where it is needed: a refusal may have to be dropped
    match sum {
        Some(sum) => Ok(sum),
        None => Err(Refusal::PointsOutOfRange),
    }
}
