//! How fast a reward goes, and how long what is left of it lasts at that pace.

/// How many days are looked at.
pub const DAYS: i64 = 30;
/// With fewer taken, or over fewer days, nothing is said.
const LEAST_TAKEN: i64 = 5;
const LEAST_DAYS: i64 = 7;

/// How many were taken within so many days, from the first that was taken to now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    pub taken: i64,
    pub days: i64,
}

impl Pace {
    /// In about how many days nothing is left, at least one; none where too little was taken to say.
    pub fn lasts(self, left: i64) -> Option<i64> {
        if self.taken < LEAST_TAKEN || self.days < LEAST_DAYS {
            return None;
        }
        let days = i128::from(left.max(0)) * i128::from(self.days) / i128::from(self.taken);
        i64::try_from(days.max(1)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_lasts_as_long_as_the_pace_says_if_there_is_one() {
        assert_eq!(Pace { taken: 60, days: 30 }.lasts(12), Some(6));
        assert_eq!(Pace { taken: 60, days: 30 }.lasts(1), Some(1), "half a day is about one");
        assert_eq!(Pace { taken: 7, days: 7 }.lasts(1_000), Some(1_000));
        assert_eq!(Pace { taken: 4, days: 30 }.lasts(12), None, "too few");
        assert_eq!(Pace { taken: 40, days: 6 }.lasts(12), None, "not long enough");
        assert_eq!(Pace::default().lasts(12), None);
        assert_eq!(Pace { taken: 5, days: 30 }.lasts(i64::MAX), None, "more days than can be told");
    }
}
