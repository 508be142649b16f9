//! How many members have gathered how much of what tiers go by: fixed ranges, eight to a doubling, so that counts of parts add up
//! and ladders of any thresholds can be drawn on them.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// Ranges to a doubling.
pub const IN_A_DOUBLING: usize = 8;
/// Powers of 2 by eighths, of which 2^32 is one.
const STEPS: [u64; IN_A_DOUBLING] =
    [4_294_967_296, 4_683_695_048, 5_107_605_667, 5_569_883_475, 6_074_001_000, 6_623_745_059, 7_223_245_206, 7_877_004_752];

/// Members by range: the first is of those with nothing or less, [`Gathered::from`] says where each other begins. In hundredths of
/// a point or minor units, as [`crate::rules::window::Gain::by`] counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathered(pub Vec<u64>);

impl Gathered {
    pub fn add(&mut self, figure: i64) {
        let range = Gathered::range_of(figure);
        if self.0.len() <= range {
            self.0.resize(range + 1, 0);
        }
        self.0[range] += 1;
    }

    pub fn range_of(figure: i64) -> usize {
        let Some(octave) = u64::try_from(figure).ok().and_then(u64::checked_ilog2) else { return 0 };
        let mantissa = (u128::from(figure.unsigned_abs()) << 32) >> octave;
        let step = STEPS.partition_point(|from| u128::from(*from) <= mantissa);
        octave as usize * IN_A_DOUBLING + step
    }

    /// The least figure that is in this range or a later one; the first has none.
    pub fn from(range: usize) -> Option<i64> {
        let before = range.checked_sub(1)?;
        let from = (u128::from(STEPS[before % IN_A_DOUBLING]) << (before / IN_A_DOUBLING)).div_ceil(1 << 32);
        Some(i64::try_from(from).unwrap_or(i64::MAX))
    }
}

impl AddAssign for Gathered {
    fn add_assign(&mut self, other: Gathered) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(other.0).for_each(|(sum, more)| *sum += more);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_eighths_of_a_doubling_and_the_first_is_of_nothing_or_less() {
        assert_eq!([-5, 0, 1, 2, 4].map(Gathered::range_of), [0, 0, 1, 9, 17]);
        assert_eq!((Gathered::from(0), Gathered::from(1), Gathered::from(9)), (None, Some(1), Some(2)));
        // 2^(106/8) and the next, in hundredths of a point
        let hundred = Gathered::range_of(10_000);
        assert_eq!((Gathered::from(hundred), Gathered::from(hundred + 1)), (Some(9_742), Some(10_624)));
    }

    proptest! {
        #[test]
        fn every_figure_is_in_the_range_that_begins_at_or_before_it_and_before_the_next(figure in 1..i64::MAX, bits in 0..62_u32) {
            let figure = (figure >> bits).max(1);
            let range = Gathered::range_of(figure);
            prop_assert!(Gathered::from(range).unwrap() <= figure);
            prop_assert!(Gathered::from(range + 1).is_none_or(|next| figure < next || next == i64::MAX));
            let mut one = Gathered::default();
            one.add(figure);
            prop_assert_eq!(one.0.len(), range + 1);
            prop_assert_eq!(one.0[range], 1);
        }
    }

    #[test]
    fn counts_of_parts_add_up_however_far_each_goes() {
        let of = |figures: &[i64]| {
            let mut sum = Gathered::default();
            figures.iter().for_each(|figure| sum.add(*figure));
            sum
        };
        for (one, other) in [(&[1, 500][..], &[70_000][..]), (&[70_000], &[1, 500]), (&[], &[3]), (&[3], &[])] {
            let mut sum = of(one);
            sum += of(other);
            assert_eq!(sum, of(&[one, other].concat()));
        }
    }
}
