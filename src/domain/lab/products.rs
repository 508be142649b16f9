//! What the error of an estimate follows from.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::lab::sum::Sum;

/// Sums of products over members, in hundredths: of what a member's balance changes by, and of what the member has earned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Products {
    pub squares: i128,
    pub with_earned: i128,
    pub earned: i128,
}

impl Products {
    pub fn of(change: Sum, earned: Sum) -> Products {
        let (change, earned) = (change.hundredths(), earned.hundredths());
        Products {
            squares: change.saturating_mul(change),
            with_earned: change.saturating_mul(earned),
            earned: earned.saturating_mul(earned),
        }
    }
}

impl AddAssign for Products {
    fn add_assign(&mut self, other: Products) {
        self.squares = self.squares.saturating_add(other.squares);
        self.with_earned = self.with_earned.saturating_add(other.with_earned);
        self.earned = self.earned.saturating_add(other.earned);
    }
}
