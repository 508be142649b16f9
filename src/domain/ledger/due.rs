//! What is due for a member without anybody doing anything: new rules, the end of a holding period, the lapse of a lot, a
//! month leaving the window, the end of a validity period or of a tier that was kept. Each has a time, and is posted as of that time, in that order,
//! before anything later. So whoever posts it, and when, changes no outcome.

use std::slice::from_mut;

use smallvec::smallvec;

use crate::ledger::entry::{EntryKind, Place};
use crate::ledger::posting::{ChangedBy, Counted, Draft, TierChange};
use crate::ledger::sink::{Of, Sink};
use crate::ledger::state::{State, checked};
use crate::numbers::calendar::Month;
use crate::numbers::time::{Day, Moment};
use crate::refusal::Refusal;
use crate::rules::period::{Floor, Kept, Period};
use crate::rules::rule_set::{Rules, Timeline};
use crate::rules::tier::{Basis, TierRank};
use crate::rules::window::{Gain, Window};

/// Something due; of what is due at the same time, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Rules,
    Activation { seq: i64 },
    Lapse { day: Day },
    Month,
    KeptEnd,
    PeriodEnd,
}

/// What is due first, of what is looked at in the order of [`Due`]: of what is due at the same time the first stays.
#[derive(Default)]
struct Earliest(Option<(Moment, Due)>);

impl Earliest {
    #[inline]
    fn see(&mut self, at: Moment, due: Due) {
        if self.0.is_none_or(|(earliest, _)| at < earliest) {
            self.0 = Some((at, due));
        }
    }
}

impl State {
    /// Posts everything that is due by `until`; when something is due next, if ever.
    #[inline]
    pub(crate) fn catch_up<S: Sink>(
        &mut self,
        timeline: &Timeline,
        until: Moment,
        sink: &mut S,
    ) -> Result<Option<Moment>, Refusal> {
        // what was booked last, if that was an activation
        let mut activated = None;
        while let Some((at, due)) = self.next_due(timeline) {
            if at > until {
                return Ok(Some(at));
            }
            let instant = self.instant_of_history(at);
            match due {
                Due::Rules => self.re_rate(timeline, instant, sink)?,
                Due::Activation { seq } => {
                    let mut draft = self.activation(seq)?;
                    let before = self.seq;
                    self.book(timeline, instant, from_mut(&mut draft), sink)?;
                    activated = Some(seq).filter(|_| self.seq == before + 1);
                }
                Due::Lapse { day } => {
                    let mut draft = self.lapse(timeline, day, instant)?;
                    self.book(timeline, instant, from_mut(&mut draft), sink)?;
                    activated = None;
                }
                Due::Month => {
                    let change = self.rate(timeline, instant, ChangedBy::Month, 0)?;
                    tell(change, sink);
                }
                Due::KeptEnd => self.end_keeping(timeline, instant, sink)?,
                Due::PeriodEnd => self.end_period(timeline, instant, activated, sink)?,
            }
            self.last = Some(instant);
        }
        Ok(None)
    }

    /// When something is due next, save for new versions of the rules: those are known for everybody at once.
    pub fn due_at(&self, timeline: &Timeline) -> Option<Moment> {
        self.own_due(timeline, Earliest::default()).map(|(at, _)| at)
    }

    #[inline]
    fn next_due(&self, timeline: &Timeline) -> Option<(Moment, Due)> {
        let rules = timeline.next_rating(self.rated_by).map(|rules| (rules.from, Due::Rules));
        self.own_due(timeline, Earliest(rules))
    }

    #[inline]
    fn own_due(&self, timeline: &Timeline, before: Earliest) -> Option<(Moment, Due)> {
        let has_times = !self.held.is_empty() || !self.lots.is_empty() || self.months.is_some();
        let has_due = has_times || self.period.is_some() || self.kept.is_some();
        if has_due { self.earliest_due(timeline, before) } else { before.0 }
    }

    fn earliest_due(&self, timeline: &Timeline, mut earliest: Earliest) -> Option<(Moment, Due)> {
        let calendar = timeline.calendar();
        for (seq, held) in self.held.iter() {
            earliest.see(held.until, Due::Activation { seq });
        }
        if let Some((day, _)) = self.lots.first() {
            earliest.see(calendar.end_of(day), Due::Lapse { day });
        }
        if let Some(month) = self.next_month(timeline) {
            earliest.see(calendar.start_of_month(month), Due::Month);
        }
        if let Some(kept) = self.kept.filter(|_| !self.closed) {
            earliest.see(kept.until, Due::KeptEnd);
        }
        if let Some(period) = self.period.as_ref().filter(|_| !self.closed) {
            earliest.see(period.until, Due::PeriodEnd);
        }
        earliest.0
    }

    /// The next month whose beginning changes the tier, because of what leaves the window then.
    fn next_month(&self, timeline: &Timeline) -> Option<Month> {
        let rules = timeline.rated(self.rated_by)?;
        let ladder = &rules.set.ladder;
        let months = self.months.as_ref().filter(|_| ladder.window != Window::Lifetime && !self.closed)?;
        let running = timeline.calendar().month(self.last?);
        let changes = |gain: Gain| {
            let rank = rules.rank(self.above_floor(rules, gain));
            if ladder.validity.is_some() { rank > self.tier } else { self.or_kept(rank) != self.tier }
        };
        months.after(ladder.window, running).find(|(_, gain)| changes(*gain)).map(|(month, _)| month)
    }

    fn activation(&self, seq: i64) -> Result<Draft, Refusal> {
        let held = checked(self.held.get(&seq))?;
        let mut draft = Draft::new(EntryKind::Activate, held.rules, Of::Activation { payment: seq }, held.until);
        draft.moves.push(Place::Pending { payment: seq }, checked(held.points.checked_neg())?);
        self.entering(&mut draft.moves, held.points, held.day)?;
        draft.counted = smallvec![Counted { seq, at: held.until, occurred_at: held.until, gain: Gain::points(held.points) }];
        Ok(draft)
    }

    fn lapse(&self, timeline: &Timeline, day: Day, instant: Moment) -> Result<Draft, Refusal> {
        let points = self.lot(Some(day));
        let ended = timeline.calendar().end_of(day);
        let mut draft = Draft::new(EntryKind::Expire, timeline.at(instant).version, Of::Lapse { day }, ended);
        draft.moves.push(Place::Lot { day: Some(day) }, checked(points.checked_neg())?);
        draft.lapsed = Some((day, points));
        Ok(draft)
    }

    /// The next lot that has ended by `instant`.
    pub(crate) fn lapse_by(&self, timeline: &Timeline, instant: Moment) -> Result<Option<Draft>, Refusal> {
        let day = self.lots.keys().next().filter(|day| timeline.calendar().end_of(*day) <= instant);
        day.map(|day| self.lapse(timeline, day, instant)).transpose()
    }

    /// What counts of it for a promotion: after a demotion at the end of a period, no more than was gathered since that period
    /// began. See [`crate::rules::period::Floor`].
    fn above_floor(&self, rules: &Rules, gain: Gain) -> i64 {
        let ladder = &rules.set.ladder;
        let floor = self.floor.filter(|_| ladder.validity.is_some()).map(|floor| floor.gain.by(ladder.basis));
        let gathered = gain.by(ladder.basis);
        floor.map_or(gathered, |floor| floor.min(gathered))
    }

    /// What the window holds and counts, in hundredths of a point or minor units as the basis counts.
    pub fn gathered(&self, timeline: &Timeline, rules: &Rules, at: impl Into<Moment>) -> Option<i64> {
        let ladder = &rules.set.ladder;
        let lifetime = Gain { earned: self.earned, spent: self.spent };
        let gain = match (ladder.basis, ladder.window, &self.months) {
            (Basis::PointsBalance, _, _) => return Some(self.available.checked_sub(self.debt)?.hundredths()),
            // publishing rules with a window sees to it that everybody's months are kept
            (_, Window::Lifetime, _) | (_, _, None) => lifetime,
            (_, window, Some(months)) => months.within(window, timeline.calendar().month(at))?,
        };
        Some(self.above_floor(rules, gain))
    }

    /// The tier that is reached, or the one that is kept under stricter rules if that is higher.
    fn or_kept(&self, rank: TierRank) -> TierRank {
        self.kept.map_or(rank, |kept| kept.tier.max(rank))
    }

    /// The tier that is reached.
    fn rank(&self, timeline: &Timeline, rules: &Rules, at: Moment) -> Result<TierRank, Refusal> {
        checked(self.gathered(timeline, rules, at)).map(|gathered| rules.rank_after(self.tier, gathered))
    }

    /// Gives the tier that is due after a change. Under rules with a validity it only rises: by what the window holds, which
    /// starts a new period, or by what a late event adds to the period decided last, whether or not a promotion came since.
    pub(crate) fn rate(
        &mut self,
        timeline: &Timeline,
        at: Moment,
        by: ChangedBy,
        promoter: i64,
    ) -> Result<Option<TierChange>, Refusal> {
        let rules = timeline.at(at);
        let rank = self.rank(timeline, rules, at)?;
        let Some(validity) = rules.set.ladder.validity else {
            return Ok(self.change_to(self.or_kept(rank), at, by));
        };
        let is_early = self.is_early(at);
        let basis = rules.set.ladder.basis;
        let past = self.period.and_then(|period| period.before);
        let then = past.filter(|_| basis != Basis::PointsBalance).map(|past| rules.rank(past.gain.by(basis)));
        if rank > self.tier && (is_early || then.is_none_or(|then| then <= rank)) {
            let before = past.filter(|_| !is_early);
            self.period = Some(Period { before, ..Period::begin(timeline.calendar(), validity, at, promoter) });
            return Ok(self.change_to(rank, at, by));
        }
        Ok(then.filter(|then| *then > self.tier).and_then(|then| self.change_to(then, at, by)))
    }

    /// A version of the rules with another ladder, basis, window or validity came into force. Inside a validity period it
    /// demotes only if it was published so, and before the date that its publication names it demotes nobody.
    fn re_rate<S: Sink>(&mut self, timeline: &Timeline, at: Moment, sink: &mut S) -> Result<(), Refusal> {
        let Some(rules) = timeline.next_rating(self.rated_by) else { return Ok(()) };
        let before = timeline.rated(self.rated_by).unwrap_or(rules);
        self.rated_by = rules.version;
        if !timeline.is_rated_by(rules) {
            return Ok(());
        }
        let same = rules.rank_of_same(before, self.tier);
        let rank = self.rank(timeline, rules, at)?;
        let by = ChangedBy::Rules { version: rules.version };
        self.kept = self.keeping(rules, before, at, rank);
        let to = match rules.set.ladder.validity {
            None => {
                (self.period, self.floor) = (None, None);
                self.or_kept(rank)
            }
            Some(validity) => {
                let least = self.or_kept(rank);
                let kept = if self.period.is_some() && !rules.demotes { least.max(same) } else { least };
                if kept != same || self.period.is_none() {
                    let begin = || Period::begin(timeline.calendar(), validity, at, 0);
                    // a tier that is kept but not reached has no period of its own
                    self.period = (kept > TierRank::FIRST && kept <= rank).then(begin);
                } else if let Some(period) = &mut self.period {
                    // the last period was decided by another ladder
                    period.before = None;
                }
                kept
            }
        };
        tell(self.change_to(to, at, by), sink);
        Ok(())
    }

    /// What is kept once new rules are in force: what they let keep, and what earlier ones have promised for longer.
    fn keeping(&self, rules: &Rules, before: &Rules, at: Moment, rank: TierRank) -> Option<Kept> {
        let same = |tier: TierRank| rules.rank_of_same(before, tier);
        let promised = self.kept.filter(|kept| at < kept.until).map(|kept| Kept { tier: same(kept.tier), ..kept });
        let until = rules.keeps_until.filter(|until| at < *until && rank < same(self.tier));
        match (promised, until.map(|until| Kept { tier: same(self.tier), until })) {
            (Some(earlier), Some(now)) => Some(Kept { tier: now.tier.max(earlier.tier), until: now.until.max(earlier.until) }),
            (promised, now) => now.or(promised),
        }
    }

    /// A tier is not kept any more: it is what the rules give. Inside a validity period that one's end decides.
    fn end_keeping<S: Sink>(&mut self, timeline: &Timeline, at: Moment, sink: &mut S) -> Result<(), Refusal> {
        self.kept = None;
        if self.period.is_some() {
            return Ok(());
        }
        let rules = timeline.at(at);
        let rank = self.rank(timeline, rules, at)?;
        let validity = rules.set.ladder.validity.filter(|_| rank > TierRank::FIRST);
        self.period = validity.map(|validity| Period::begin(timeline.calendar(), validity, at, 0));
        tell(self.change_to(rank, at, ChangedBy::Period), sink);
        Ok(())
    }

    /// At its end a period gives the tier that was gathered in it; a shortfall may still be made up in the grace. `activated` is what
    /// was activated right before.
    fn end_period<S: Sink>(
        &mut self,
        timeline: &Timeline,
        at: Moment,
        activated: Option<i64>,
        sink: &mut S,
    ) -> Result<(), Refusal> {
        let (rules, is_early) = (timeline.at(at), self.is_early(at));
        let (Some(period), Some(validity)) = (self.period.take(), rules.set.ladder.validity) else { return Ok(()) };
        let fits = checked::<Gain>;
        let all = fits(period.gathered().and_then(|gathered| gathered.checked_add(period.later)))?;
        let gathered = if is_early { all } else { fits(period.gathered())? };
        let basis = rules.set.ladder.basis;
        let rank = match basis {
            // what is held is not gathered: it counts as it stands
            Basis::PointsBalance => self.rank(timeline, rules, at)?,
            basis => rules.rank(gathered.by(basis)),
        };
        let grace = (!period.in_grace() && validity.grace_days > 0)
            .then(|| timeline.calendar().days_after(period.end, validity.grace_days));
        // a tier that is kept for longer is not lost before; until then a shortfall can be made up
        let kept = self.kept.filter(|kept| rank < kept.tier).map(|kept| kept.until);
        if let Some(until) = grace.max(kept).filter(|_| rank < self.tier) {
            self.period = Some(checked(period.extended(until))?);
            return Ok(());
        }
        if rank < self.tier && basis != Basis::PointsBalance && !is_early {
            self.floor = Some(Floor { start: period.start, by: period.by, gain: all });
        }
        // a member of the first tier has nothing to keep
        if (self.tier, rank) != (TierRank::FIRST, TierRank::FIRST) {
            self.period = Some(checked(period.next(timeline.calendar(), validity, gathered))?);
        }
        tell(self.change_to(rank, at, ChangedBy::Period), sink);
        if !is_early && !period.later.is_none() {
            // what was activated at this very instant may raise the tier that the period left
            let change = self.rate(timeline, at, ChangedBy::Entry, activated.unwrap_or_default())?;
            tell(change, sink);
        }
        Ok(())
    }
}

fn tell<S: Sink>(change: Option<TierChange>, sink: &mut S) {
    if let Some(change) = change {
        sink.tier_changed(change);
    }
}
