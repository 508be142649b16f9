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

/// Whether so many points, given or taken, are more than one person may decide.
pub fn needs_a_second(points: Points, limit: Points) -> bool {
    points.hundredths().unsigned_abs() > limit.hundredths().unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_person_is_needed_beyond_the_limit_in_either_direction() {
        let points = |text: &str| text.parse::<Points>().unwrap();
        let beyond = |text: &str| needs_a_second(points(text), points("1000"));
        assert_eq!(["1000", "-1000", "1000.01", "-1000.01"].map(beyond), [false, false, true, true]);
        assert!(needs_a_second(Points::from_hundredths(i64::MIN), points("1000")));
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
