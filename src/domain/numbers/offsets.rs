//! How far a time zone is from UTC, from when to when: what days and months need where the clock is not changed nearby. Whatever is
//! not found here is found by the zone itself.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const DAY: i64 = 86_400;
/// Before 1 January 2100.
const UNTIL: i64 = 4_102_444_800;

/// Offsets by when they begin, both in seconds, from 1970 on.
#[derive(Debug)]
pub(crate) struct Offsets(Vec<(i64, i64)>);

impl Offsets {
    pub fn of(zone: &TimeZone) -> Offsets {
        let first = zone.to_offset(Timestamp::UNIX_EPOCH).seconds();
        let changes =
            zone.following(Timestamp::UNIX_EPOCH).map(|change| (change.timestamp().as_second(), change.offset().seconds()));
        let all = [(0, first)].into_iter().chain(changes.take_while(|(at, _)| *at < UNTIL));
        Offsets(all.map(|(at, offset)| (at, i64::from(offset))).collect())
    }

    /// Which offset holds then.
    #[inline]
    fn place(&self, seconds: i64) -> Option<usize> {
        let last = self.0.len() - 1;
        match seconds {
            0..UNTIL if self.0[last].0 <= seconds => Some(last),
            0..UNTIL => Some(self.0.partition_point(|(from, _)| *from <= seconds) - 1),
            _ => None,
        }
    }

    /// The number of a moment's day.
    #[inline]
    pub fn day(&self, at: Timestamp) -> Option<i32> {
        // a fraction before 1970 is second 0, too
        let seconds = if at < Timestamp::UNIX_EPOCH { -1 } else { at.as_second() };
        let offset = self.0[self.place(seconds)?].1;
        i32::try_from((seconds + offset).div_euclid(DAY)).ok()
    }

    /// When that day begins, if no clock is changed within a day of it.
    #[inline]
    pub fn start_of(&self, day: i32) -> Option<Timestamp> {
        let local = i64::from(day) * DAY;
        let (before, after) = (self.place(local - 2 * DAY)?, self.place(local + 2 * DAY)?);
        let start = (before == after).then(|| local - self.0[before].1)?;
        Timestamp::from_second(start).ok()
    }

    /// The same time of day on the day that `to` makes of a moment's, if no clock is changed within a day of it.
    #[inline]
    pub fn moved(&self, at: Timestamp, to: impl FnOnce(i32) -> Option<i32>) -> Option<Timestamp> {
        if at < Timestamp::UNIX_EPOCH {
            return None;
        }
        let local = at.as_second() + self.0[self.place(at.as_second())?].1;
        let day = to(i32::try_from(local.div_euclid(DAY)).ok()?)?;
        let local = i64::from(day) * DAY + local.rem_euclid(DAY);
        let (before, after) = (self.place(local - 2 * DAY)?, self.place(local + 2 * DAY)?);
        let seconds = (before == after).then(|| local - self.0[before].1)?;
        Timestamp::new(seconds, at.subsec_nanosecond()).ok()
    }
}
