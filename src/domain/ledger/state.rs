//! Where an account stands, without whose it is: its points, lots and tier, and how moves change them.
//!
//! Everything that posting decides it decides by this, in the same way for the ledger, `verify`, a simulation and the browser. What it
//! makes goes to a [`Sink`](crate::ledger::sink::Sink); only the ledger's makes entries of it.

use smallvec::SmallVec;

use crate::ledger::entry::{Moves, Place};
use crate::ledger::posting::{Counted, Draft};
use crate::ledger::undo::{Undo, Was};
use crate::numbers::points::Points;
use crate::numbers::sorted::Sorted;
use crate::numbers::time::{Day, Moment};
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
    pub last: Option<Moment>,
    pub closed: bool,
    /// The open lots that expire, by their last day. What else is available never does.
    pub lots: Sorted<Day, Points>,
    /// The pending points, by the entry that earned them.
    pub held: Sorted<i64, Held>,
    /// Kept from when a version of the rules needs it.
    pub months: Option<Months>,
    /// Only under rules with a validity.
    pub period: Option<Period>,
    /// After a demotion at the end of a period, until the rules have no validity any more.
    pub floor: Option<Floor>,
    /// After rules that are stricter, as long as their publication says.
    pub kept: Option<Kept>,
    /// What lapsed out of lots and was not restored for a refund; of the days that somebody has asked for.
    pub lapsed: Sorted<Day, Points>,
    /// What was earned gross through capped days and months; those that somebody has asked for.
    pub capped: Sorted<CapKey, Points>,
    /// What was earned gross in the same days and months under rules without that cap, where a version with it came into force
    /// in the middle; of those that somebody has asked for. See [`Timeline::is_partly_capped`].
    pub uncapped: Sorted<CapKey, Points>,
    /// Only while entries of the first meaning are made again.
    pub early: Option<Early>,
    /// Only while something is tried that may be taken back.
    pub undo: Undo,
}

/// How far a member's ledger was made when some rules still meant something else: entries up to `seq`, and what was due by
/// `last`. They stand as they were made, so whoever makes them again goes by what the rules meant then:
/// a promotion after a demotion at a period's end went by the window alone; one ended the re-checking of the last period; what was
/// activated at the very end of a period counted in both; points restored for a refund repaid debt even when the rest was
/// forgiven; a cap counted only what was earned under rules that have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Early {
    pub seq: i64,
    pub last: Moment,
}

/// Lots, and how much comes out of each.
pub(crate) type Drawn = SmallVec<[(Place, Points); 2]>;

/// Points in their holding period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub points: Points,
    /// When they become available.
    pub until: Moment,
    /// The lot they go to.
    pub day: Option<Day>,
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
            lots: Sorted::new(),
            held: Sorted::new(),
            months: timeline.is_windowed().then(Months::default),
            period: None,
            floor: None,
            kept: None,
            lapsed: Sorted::new(),
            capped: Sorted::new(),
            uncapped: Sorted::new(),
            early: None,
            undo: Undo::default(),
        }
    }

    /// As new, in the room that it has.
    pub fn clear(&mut self, timeline: &Timeline) {
        let [mut lots, mut lapsed] = [std::mem::take(&mut self.lots), std::mem::take(&mut self.lapsed)];
        let [mut capped, mut uncapped] = [std::mem::take(&mut self.capped), std::mem::take(&mut self.uncapped)];
        let (mut held, mut months) = (std::mem::take(&mut self.held), self.months.take());
        lots.clear();
        lapsed.clear();
        capped.clear();
        uncapped.clear();
        held.clear();
        months.iter_mut().for_each(Months::clear);
        let months = timeline.is_windowed().then(|| months.unwrap_or_default());
        *self = State { lots, held, lapsed, capped, uncapped, months, ..State::new(timeline) };
    }

    /// Whether what is done now, as of `at`, was done under the first meaning of the rules.
    pub(crate) fn is_early(&self, at: Moment) -> bool {
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
    pub fn lot(&self, day: Option<Day>) -> Points {
        match day {
            Some(day) => self.lots.get(&day).unwrap_or(Points::ZERO),
            // the lots are parts of what is available, so this neither wraps nor falls below zero
            None => Points::from_hundredths(
                self.lots.values().fold(self.available.hundredths(), |rest, lot| rest - lot.hundredths()),
            ),
        }
    }

    /// The instant of a posting of history: the later of when it occurred and the last instant.
    #[inline]
    pub fn instant_of_history(&self, occurred_at: impl Into<Moment>) -> Moment {
        let occurred_at = occurred_at.into();
        match self.last {
            Some(last) if last > occurred_at => last,
            _ => occurred_at,
        }
    }

    /// Where points that come in go: debt is repaid first, the rest enters a lot.
    #[inline]
    pub(crate) fn entering(&self, moves: &mut Moves, points: Points, day: Option<Day>) -> Result<(), Refusal> {
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
        self.drawn_from(self.lots.keys().map(Some).chain([None]), wanted)
    }

    /// Likewise, leaving one lot alone.
    pub(crate) fn earliest_but(&self, used: Option<Day>, wanted: Points) -> Drawn {
        let days = self.lots.keys().map(Some).chain([None]);
        self.drawn_from(days.filter(|day| *day != used), wanted)
    }

    fn drawn_from(&self, days: impl Iterator<Item = Option<Day>>, wanted: Points) -> Drawn {
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
            let was = add_to(&mut self.lapsed, day, points)?;
            self.undo.note(|| Was::Lapsed(day, was));
        }
        for (key, points) in &draft.capped {
            let was = add_to(&mut self.capped, *key, *points)?;
            self.undo.note(|| Was::Capped(*key, was));
        }
        for (key, points) in &draft.uncapped {
            let was = add_to(&mut self.uncapped, *key, *points)?;
            self.undo.note(|| Was::Uncapped(*key, was));
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
                        let was = add_to(&mut self.lots, day, m.points)?;
                        self.undo.note(|| Was::Lot(day, was));
                    }
                }
                Place::Pending { payment } => {
                    self.pending = checked(self.pending.checked_add(m.points))?;
                    let was = self.held.get(&payment);
                    let now = match (was, held) {
                        (Some(was), _) => Held { points: checked(was.points.checked_add(m.points))?, ..was },
                        (None, Some(held)) => held,
                        (None, None) => return Err(Refusal::PointsOutOfRange),
                    };
                    self.held.set(payment, Some(now).filter(|held| !held.points.is_zero()));
                    self.undo.note(|| Was::Held(payment, was));
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
            let month = timeline.calendar().month(occurred_at);
            let was = months.get(month);
            checked(months.add(month, gain))?;
            self.undo.note(|| Was::Month(month, was));
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

/// Adds to what is kept of something, and says what that was; nothing left is not kept.
fn add_to<K: Ord + Copy>(kept: &mut Sorted<K, Points>, key: K, points: Points) -> Result<Option<Points>, Refusal> {
    let was = kept.get(&key);
    let sum = checked(was.unwrap_or(Points::ZERO).checked_add(points))?;
    Ok(kept.set(key, Some(sum).filter(|sum| !sum.is_zero())))
}

#[inline]
pub(crate) fn checked<T>(sum: Option<T>) -> Result<T, Refusal> {
    // made only where it is needed: a refusal may have to be dropped
    match sum {
        Some(sum) => Ok(sum),
        None => Err(Refusal::PointsOutOfRange),
    }
}
