//! How far a time zone is from UTC, from when to when: what days and months need where the clock is not changed nearby. Whatever is
//! not found here is found by the zone itself.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::numbers::civil;

const DAY: i64 = 86_400;
/// Before 1 January 2100.
const UNTIL: i64 = 4_102_444_800;

/// January 1970, counted through from January of year 0, and how many months there are until 2100.
const FIRST_MONTH: i32 = 1970 * 12;
const MONTHS: i32 = 130 * 12;
/// Seconds of a month in the mean: a month's place among all is at most one off from what that says.
const MEAN_MONTH: i64 = 2_629_746;

#[derive(Debug)]
pub(crate) struct Offsets {
    /// By when they begin, both in seconds, from 1970 on.
    all: Vec<(i64, i64)>,
    /// When each month begins; nothing where a clock is changed within a day of that.
    months: Vec<Option<i64>>,
}

impl Offsets {
    pub fn of(zone: &TimeZone) -> Offsets {
        let first = zone.to_offset(Timestamp::UNIX_EPOCH).seconds();
        let changes =
            zone.following(Timestamp::UNIX_EPOCH).map(|change| (change.timestamp().as_second(), change.offset().seconds()));
        let all = [(0, first)].into_iter().chain(changes.take_while(|(at, _)| *at < UNTIL));
        let all = all.map(|(at, offset)| (at, i64::from(offset))).collect();
        let mut offsets = Offsets { all, months: Vec::new() };
        let first_day = |month| civil::first_of_month(FIRST_MONTH + month);
        offsets.months = (0..=MONTHS).map(|month| Some(offsets.start_of(first_day(month))?.as_second())).collect();
        offsets
    }

    /// The month of a moment, counted through from January of year 0, when it begins and when the next does.
    #[inline]
    pub fn month_around(&self, at: Timestamp) -> Option<(i32, Timestamp, Timestamp)> {
        if at < Timestamp::UNIX_EPOCH {
            return None;
        }
        let (month, start, end) = self.month_of_second(at.as_second())?;
        let time = |seconds| Timestamp::from_second(seconds).ok();
        Some((month, time(start)?, time(end)?))
    }

    /// Likewise of a second that is not before 1970, all in seconds.
    #[inline]
    pub fn month_of_second(&self, second: i64) -> Option<(i32, i64, i64)> {
        let guess = usize::try_from(second / MEAN_MONTH).ok()?;
        let begins = |place: usize| self.months.get(place).copied().flatten();
        let is_earlier = begins(guess)? > second;
        let is_later = begins(guess + 1)? <= second;
        let place = (guess + usize::from(is_later)).checked_sub(usize::from(is_earlier))?;
        let (start, end) = (begins(place)?, begins(place + 1)?);
        (start..end).contains(&second).then_some((FIRST_MONTH + i32::try_from(place).ok()?, start, end))
    }

    /// When a month begins, counted through from January of year 0.
    #[inline]
    pub fn start_of_month(&self, month: i32) -> Option<Timestamp> {
        let place = usize::try_from(month.checked_sub(FIRST_MONTH)?).ok()?;
        Timestamp::from_second((*self.months.get(place)?)?).ok()
    }

    /// Which offset holds then.
    #[inline]
    fn place(&self, seconds: i64) -> Option<usize> {
        let last = self.all.len() - 1;
        match seconds {
            0..UNTIL if self.all[last].0 <= seconds => Some(last),
            0..UNTIL => Some(self.all.partition_point(|(from, _)| *from <= seconds) - 1),
            _ => None,
        }
    }

    /// The number of a moment's day.
    #[inline]
    pub fn day(&self, at: Timestamp) -> Option<i32> {
        // a fraction before 1970 is second 0, too
        let seconds = if at < Timestamp::UNIX_EPOCH { -1 } else { at.as_second() };
        let offset = self.all[self.place(seconds)?].1;
        i32::try_from((seconds + offset).div_euclid(DAY)).ok()
    }

    /// When that day begins, if no clock is changed within a day of it.
    #[inline]
    pub fn start_of(&self, day: i32) -> Option<Timestamp> {
        let local = i64::from(day) * DAY;
        let (before, after) = (self.place(local - 2 * DAY)?, self.place(local + 2 * DAY)?);
        let start = (before == after).then(|| local - self.all[before].1)?;
        Timestamp::from_second(start).ok()
    }

    /// The same time of day on the day that `to` makes of a moment's, if no clock is changed within a day of it.
    #[inline]
    pub fn moved(&self, at: Timestamp, to: impl FnOnce(i32) -> Option<i32>) -> Option<Timestamp> {
        if at < Timestamp::UNIX_EPOCH {
            return None;
        }
        let local = at.as_second() + self.all[self.place(at.as_second())?].1;
        let day = to(i32::try_from(local.div_euclid(DAY)).ok()?)?;
        let local = i64::from(day) * DAY + local.rem_euclid(DAY);
        let (before, after) = (self.place(local - 2 * DAY)?, self.place(local + 2 * DAY)?);
        let seconds = (before == after).then(|| local - self.all[before].1)?;
        Timestamp::new(seconds, at.subsec_nanosecond()).ok()
    }
}
