//! Adjustments by the staff: which are posted at once, and what becomes of those that a second person has to look at.

use crate::numbers::points::Points;
use crate::refusal::Refusal;

/// `proposed → posted | rejected | withdrawn`; one within the limit is posted at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdjustmentState {
    // tables hold these by number: new ones come last
    Proposed,
    Posted,
    Rejected,
    /// By whoever proposed it, or because the account was closed.
    Withdrawn,
}

impl AdjustmentState {
    pub const ALL: [AdjustmentState; 4] =
        [AdjustmentState::Proposed, AdjustmentState::Posted, AdjustmentState::Rejected, AdjustmentState::Withdrawn];

    pub const fn name(self) -> &'static str {
        match self {
            AdjustmentState::Proposed => "proposed",
            AdjustmentState::Posted => "posted",
            AdjustmentState::Rejected => "rejected",
            AdjustmentState::Withdrawn => "withdrawn",
        }
    }

    pub fn named(name: &str) -> Option<AdjustmentState> {
        AdjustmentState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether somebody can still decide it. Refused: [`Refusal::AlreadyDecided`].
    pub fn open(self) -> Result<(), Refusal> {
        match self {
            AdjustmentState::Proposed => Ok(()),
            state => Err(Refusal::AlreadyDecided { state }),
        }
    }
}

/// What one person may decide by themselves: so many points given and as many taken, within a rolling number of hours.
///
/// It holds twice: for what one person of the staff does to anybody, so that many small gifts to many accounts are one large
/// one; and for what is done to one member by anybody, so that several people of the staff, or one with several accounts, do not
/// add up. What a second person approved counts for nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub points: Points,
    pub hours: u32,
}

/// What was given and taken within the limit's time without a second person. Neither is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alone {
    pub given: Points,
    pub taken: Points,
}

impl Limit {
    /// A year.
    pub const LONGEST_HOURS: u32 = 8_760;

    /// How many points one can still give, and take, after what was done by the person and to the member.
    pub fn left(self, by_person: Alone, to_member: Alone) -> Alone {
        let left = |by: Points, to: Points| {
            let most = by.max(to).hundredths();
            Points::from_hundredths(self.points.hundredths().saturating_sub(most).max(0))
        };
        Alone { given: left(by_person.given, to_member.given), taken: left(by_person.taken, to_member.taken) }
    }

    /// Whether this allows anything that the other does not.
    pub fn is_looser_than(self, other: Limit) -> bool {
        self.points > other.points || self.hours < other.hours
    }
}

impl Alone {
    /// Whether so many points, given or taken, are more than what is left.
    pub fn is_exceeded_by(self, points: Points) -> bool {
        let left = if points.is_negative() { self.taken } else { self.given };
        points.hundredths().unsigned_abs() > left.hundredths().unsigned_abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Points {
        text.parse().unwrap()
    }

    fn alone(given: &str, taken: &str) -> Alone {
        Alone { given: points(given), taken: points(taken) }
    }

    const NOTHING: Alone = Alone { given: Points::ZERO, taken: Points::ZERO };

    #[test]
    fn a_second_person_is_needed_beyond_the_limit_in_either_direction() {
        let limit = Limit { points: points("1000"), hours: 24 };
        let beyond = |text: &str| limit.left(NOTHING, NOTHING).is_exceeded_by(points(text));
        assert_eq!(["1000", "-1000", "1000.01", "-1000.01"].map(beyond), [false, false, true, true]);
        assert!(limit.left(NOTHING, NOTHING).is_exceeded_by(Points::from_hundredths(i64::MIN)));
    }

    #[test]
    fn what_was_given_leaves_less_to_give_and_as_much_to_take() {
        let limit = Limit { points: points("1000"), hours: 24 };
        assert_eq!(limit.left(alone("600", "0"), alone("0", "10")), alone("400", "990"));
        assert_eq!(limit.left(alone("100", "0"), alone("700", "1000")), alone("300", "0"));
        assert_eq!(limit.left(alone("1500", "0"), NOTHING), alone("0", "1000"), "the limit was higher then");
    }

    #[test]
    fn more_points_or_a_shorter_time_are_looser() {
        let limit = |points: i64, hours| Limit { points: Points::from_hundredths(points), hours };
        let now = limit(100, 24);
        let looser = [limit(101, 24), limit(100, 23), limit(50, 1), limit(101, 48)];
        let stricter = [limit(100, 24), limit(99, 24), limit(100, 25), limit(0, 8_760)];
        assert!(looser.iter().all(|to| to.is_looser_than(now)) && !stricter.iter().any(|to| to.is_looser_than(now)));
    }

    #[test]
    fn what_has_been_decided_stays_decided() {
        let codes = AdjustmentState::ALL.map(|state| state.open().map_or_else(|refusal| refusal.code(), |()| "open"));
        assert_eq!(codes, ["open", "already_decided", "already_decided", "already_decided"]);
        for (number, state) in AdjustmentState::ALL.into_iter().enumerate() {
            assert_eq!((AdjustmentState::named(state.name()), state as usize), (Some(state), number));
        }
    }
}
