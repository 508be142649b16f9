//! How long a tier is valid: the period that a promotion starts, in which nobody is demoted, and what decides at its end.

use serde::{Deserialize, Serialize};

use crate::numbers::calendar::Calendar;
use crate::numbers::time::Moment;
use crate::refusal::{Fault, FieldFault};
use crate::rules::tier::TierRank;
use crate::rules::window::Gain;

/// A tier is kept for so many months; at their end it is what was gathered in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    pub months: u16,
    /// How many days more a shortfall can be made up in.
    #[serde(default)]
    pub grace_days: u16,
}

impl Validity {
    pub const MOST_MONTHS: u16 = 120;

    pub fn faults(self) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        if self.months == 0 {
            faults.push(FieldFault::new("validity.months", Fault::NotPositive));
        }
        if self.months > Validity::MOST_MONTHS {
            faults.push(FieldFault::new("validity.months", Fault::TooLarge { most: Validity::MOST_MONTHS.to_string() }));
        }
        // the grace ends before the next period does
        let most = self.months.saturating_mul(28).saturating_sub(1).min(365);
        if self.grace_days > most {
            faults.push(FieldFault::new("validity.grace_days", Fault::TooLarge { most: most.to_string() }));
        }
        faults
    }
}

/// A member's running period, and the one before it, which late events can still re-check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub start: Moment,
    pub end: Moment,
    /// When it is decided: its end, or the end of the grace that has begun.
    pub until: Moment,
    /// The entry that earned the points which promoted: it does not count. 0 if no entry did.
    pub by: i64,
    /// Gathered from `start` until before `end`.
    pub gain: Gain,
    /// Gathered in the grace, which counts for both periods.
    pub grace: Gain,
    /// Gathered at `until` itself: an activation of that very instant, which is posted before the period is decided. Periods
    /// are half-open, so it counts in the next one only. Nothing once the period is decided.
    pub later: Gain,
    pub before: Option<Past>,
}

/// After a demotion at the end of a period: what was gathered since that period began, the event that had promoted to it
/// excluded. Until another demotion, promotions go by it as well as by the window: a tier that was lost has to be earned again,
/// however much a long window still shows. So neither a cent, a lapse nor the passing of a month undoes the demotion, nor does
/// the end of a period in which the lower tier was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    pub start: Moment,
    /// The entry that does not count, as [`Period::by`].
    pub by: i64,
    pub gain: Gain,
}

impl Floor {
    /// As [`Period::count`].
    pub fn count(&mut self, seq: i64, at: Moment, gain: Gain) -> Option<()> {
        if counts(self.start, self.by, seq, at) {
            self.gain = self.gain.checked_add(gain)?;
        }
        Some(())
    }
}

/// A tier that stricter rules would have taken, and that their publication lets the member keep until a date. What is gathered
/// meanwhile counts as ever; at the date the tier is what the rules give, unless a validity period still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    pub tier: TierRank,
    /// From here on it is not kept any more.
    pub until: Moment,
}

/// A period that has been decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    pub start: Moment,
    /// The end of what counted, grace included if it was needed.
    pub end: Moment,
    pub by: i64,
    pub gain: Gain,
}

impl Period {
    /// The period of a promotion at `start`.
    pub fn begin(calendar: &Calendar, validity: Validity, start: Moment, by: i64) -> Period {
        let end = calendar.months_after(start, validity.months);
        Period { start, end, until: end, by, gain: Gain::NONE, grace: Gain::NONE, later: Gain::NONE, before: None }
    }

    /// Counts what the entry `seq` earned, or a refund of it takes back, at the time when it counts. `None` if it does not fit.
    pub fn count(&mut self, seq: i64, at: Moment, gain: Gain) -> Option<()> {
        if counts(self.start, self.by, seq, at) {
            let held = match at {
                at if at < self.end => &mut self.gain,
                at if at < self.until => &mut self.grace,
                _ => &mut self.later,
            };
            *held = held.checked_add(gain)?;
        }
        if let Some(past) = self.before.as_mut().filter(|past| at < past.end && counts(past.start, past.by, seq, at)) {
            past.gain = past.gain.checked_add(gain)?;
        }
        Some(())
    }

    /// Everything that decides at the end.
    pub fn gathered(&self) -> Option<Gain> {
        self.gain.checked_add(self.grace)
    }

    pub fn in_grace(&self) -> bool {
        self.until > self.end
    }

    /// The grace begins: a shortfall can still be made up until then. `None` if sums do not fit.
    pub fn extended(self, until: Moment) -> Option<Period> {
        Some(Period { until, grace: self.grace.checked_add(self.later)?, later: Gain::NONE, ..self })
    }

    /// The next period runs from this one's end, and what the grace brought counts in it too. `decided_by` is what decided.
    /// `None` if sums do not fit.
    pub fn next(&self, calendar: &Calendar, validity: Validity, decided_by: Gain) -> Option<Period> {
        let before = Past { start: self.start, end: self.until, by: self.by, gain: decided_by };
        let next = Period::begin(calendar, validity, self.end, 0);
        Some(Period { gain: self.grace.checked_add(self.later)?, before: Some(before), ..next })
    }
}

/// Whether something belongs to a period by its beginning. What was posted before the promotion at the very same instant
/// does not, and neither does what promoted.
fn counts(start: Moment, by: i64, seq: i64, at: Moment) -> bool {
    seq != by && (at > start || (at == start && seq > by))
}
