//! Rounding a product to points, once.

use serde::{Deserialize, Serialize};

/// To what the product is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    #[default]
    Hundredth,
    Tenth,
    Whole,
}

impl Precision {
    pub const ALL: [Precision; 3] = [Precision::Hundredth, Precision::Tenth, Precision::Whole];

    /// The step in hundredths of a point.
    pub const fn step(self) -> i128 {
        match self {
            Precision::Hundredth => 1,
            Precision::Tenth => 10,
            Precision::Whole => 100,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Precision::Hundredth => "hundredth",
            Precision::Tenth => "tenth",
            Precision::Whole => "whole",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    #[default]
    HalfEven,
    HalfUp,
    Floor,
}

impl Mode {
    pub const ALL: [Mode; 3] = [Mode::HalfEven, Mode::HalfUp, Mode::Floor];

    pub const fn name(self) -> &'static str {
        match self {
            Mode::HalfEven => "half_even",
            Mode::HalfUp => "half_up",
            Mode::Floor => "floor",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rounding {
    pub precision: Precision,
    pub mode: Mode,
}

impl Rounding {
    /// Rounds `numerator / per_hundredth` hundredths of a point, neither negative, to whole steps; the answer is in hundredths.
    pub fn round(self, numerator: i128, per_hundredth: i128) -> i128 {
        let step = self.precision.step();
        let divisor = per_hundredth * step;
        let (whole, rest) = (numerator / divisor, numerator % divisor);
        // compared with what is missing rather than doubled: twice the rest may not fit
        let up = match self.mode {
            Mode::Floor => false,
            Mode::HalfUp => rest >= divisor - rest,
            Mode::HalfEven => rest > divisor - rest || (rest == divisor - rest && whole % 2 == 1),
        };
        (whole + i128::from(up)) * step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_where_the_mode_says() {
        let round = |mode, precision, n| Rounding { precision, mode }.round(n, 10);
        assert_eq!([25, 35, 24, 26].map(|n| round(Mode::HalfEven, Precision::Hundredth, n)), [2, 4, 2, 3]);
        assert_eq!([25, 35, 24, 26].map(|n| round(Mode::HalfUp, Precision::Hundredth, n)), [3, 4, 2, 3]);
        assert_eq!([25, 35, 24, 29].map(|n| round(Mode::Floor, Precision::Hundredth, n)), [2, 3, 2, 2]);
        assert_eq!([499, 500, 501, 1500].map(|n| round(Mode::HalfEven, Precision::Whole, n)), [0, 0, 100, 200]);
    }
}
