//! How far a time zone is from UTC, from when to when. Made once for a zone; whatever days and months need is found in it without
//! the zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::numbers::civil;
use crate::numbers::time::{Day, Moment};

const DAY: i64 = 86_400;
/// The Gregorian calendar and the days of the week repeat after 400 years, so the rules of a zone do.
const CYCLE: i64 = 146_097 * DAY;
/// From 1 January 2100 on zones go by their rules alone: one cycle of that stands for all later ones.
const REGULAR: i64 = 4_102_444_800;
const UNTIL: i64 = REGULAR + CYCLE;

/// January 1970, counted through from January of year 0, and for how many months from then on it is known when they begin.
const FIRST_MONTH: i32 = 1970 * 12;
const MONTHS: i32 = 130 * 12;
/// Microseconds of a month in the mean: a month's place among all is at most one off from what that says.
const MEAN_MONTH: i64 = 2_629_746_000_000;

#[derive(Debug)]
pub(crate) struct Offsets {
    /// By when they begin, both in seconds; the first is since ever.
    all: Vec<(i64, i64)>,
    /// When each month begins.
    months: Vec<Moment>,
}

impl Offsets {
    pub fn of(zone: &TimeZone) -> Offsets {
        let first = zone.to_offset(Timestamp::MIN).seconds();
        let changes = zone.following(Timestamp::MIN).map(|change| (change.timestamp().as_second(), change.offset().seconds()));
        let all = [(i64::MIN, first)].into_iter().chain(changes.take_while(|(at, _)| *at < UNTIL));
        let mut offsets = Offsets { all: all.map(|(at, offset)| (at, i64::from(offset))).collect(), months: Vec::new() };
        // a change that changes nothing from UTC (a zone's name, its summer time) is none
        offsets.all.dedup_by_key(|(_, offset)| *offset);
        offsets.months = (0..=MONTHS).map(|month| offsets.start_of(civil::first_of_month(FIRST_MONTH + month))).collect();
        offsets
    }

    /// The month of a moment, counted through from January of year 0, when it begins and when the next does.
    #[inline]
    pub fn month_around(&self, at: Moment) -> (i32, Moment, Moment) {
        self.known_month(at).unwrap_or_else(|| {
            let month = civil::month_of(self.day(at));
            (month, self.start_of_month(month), self.start_of_month(month.saturating_add(1)))
        })
    }

    #[inline]
    fn known_month(&self, at: Moment) -> Option<(i32, Moment, Moment)> {
        let guess = usize::try_from(at.micros() / MEAN_MONTH).ok()?;
        let is_earlier = *self.months.get(guess)? > at;
        let is_later = *self.months.get(guess + 1)? <= at;
        let place = (guess + usize::from(is_later)).checked_sub(usize::from(is_earlier))?;
        let (start, end) = (*self.months.get(place)?, *self.months.get(place + 1)?);
        (start <= at && at < end).then_some((FIRST_MONTH + place as i32, start, end))
    }

    /// When a month begins, counted through from January of year 0.
    #[inline]
    pub fn start_of_month(&self, month: i32) -> Moment {
        let place = month.checked_sub(FIRST_MONTH).and_then(|place| usize::try_from(place).ok());
        match place.and_then(|place| self.months.get(place)) {
            Some(start) => *start,
            None if month >= civil::END.0 => Moment::MAX,
            None => self.start_of(civil::first_of_month(month)),
        }
    }

    /// Which offset holds in a second before [`UNTIL`].
    #[inline]
    fn place(&self, second: i64) -> usize {
        let last = self.all.len() - 1;
        match self.all[last].0 <= second {
            true => last,
            false => self.all.partition_point(|(from, _)| *from <= second) - 1,
        }
    }

    /// The same second in the cycle that is known, and how many seconds before that is.
    #[inline]
    fn in_cycle(second: i64) -> (i64, i64) {
        match second < UNTIL {
            true => (second, 0),
            false => {
                let before = (second - REGULAR) / CYCLE * CYCLE;
                (second - before, before)
            }
        }
    }

    #[inline]
    fn offset(&self, second: i64) -> i64 {
        self.all[self.place(Offsets::in_cycle(second).0)].1
    }

    /// The number of a moment's day.
    #[inline]
    pub fn day(&self, at: Moment) -> i32 {
        let second = at.second().0;
        (second + self.offset(second)).div_euclid(DAY) as i32
    }

    /// When clocks show that second: the first of two; where clocks leave it out, as much later as they are put forward.
    #[inline]
    fn shown(&self, local: i64) -> i64 {
        // no zone is more than a day and some hours from UTC
        let (known, before) = Offsets::in_cycle(local - 2 * DAY);
        let (local, mut at) = (known + 2 * DAY, self.place(known));
        while let Some((from, next)) = self.all.get(at + 1) {
            let is_before = local - self.all[at].1 < *from;
            if is_before || local - next < *from {
                break;
            }
            at += 1;
        }
        local - self.all[at].1 + before
    }

    /// When that day begins; beyond the calendar, its end.
    #[inline]
    pub fn start_of(&self, day: i32) -> Moment {
        if day > Day::MAX.number() { Moment::MAX } else { Moment::from_second(self.shown(i64::from(day) * DAY)) }
    }

    /// The same time of day on the day that `to` makes of a moment's.
    #[inline]
    pub fn moved(&self, at: Moment, to: impl FnOnce(i32) -> i32) -> Moment {
        let (second, micros) = at.second();
        let local = second + self.offset(second);
        let day = local.div_euclid(DAY) as i32;
        match to(day) {
            same if same == day => at,
            later if later > Day::MAX.number() => Moment::MAX,
            other => Moment::from_second(self.shown(i64::from(other) * DAY + local.rem_euclid(DAY))).plus(micros),
        }
    }
}
