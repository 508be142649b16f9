//! How many members hold how much: fixed ranges, so that counts of parts add up.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::numbers::points::Points;

/// How many members hold so many points, by [`BOUNDS`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread(pub Vec<u64>);

/// Where ranges begin, in whole points: 1, 2, 5 and so on by powers of ten. Before them are those in debt, with nothing, and with
/// less than a point.
pub const BOUNDS: [i64; 28] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
    200_000_000,
    500_000_000,
    1_000_000_000,
];

/// In debt, nothing, less than a point, and a range from each bound on.
const RANGES: usize = 3 + BOUNDS.len();

impl Default for Spread {
    fn default() -> Spread {
        Spread(vec![0; RANGES])
    }
}

impl Spread {
    pub fn add(&mut self, balance: Points) {
        self.0[range_of(balance)] += 1;
    }

    /// From where to before where each range goes; `None` is without bound.
    pub fn ranges() -> impl Iterator<Item = (Option<Points>, Option<Points>)> {
        let bounds = [Points::ZERO, Points::from_hundredths(1)].into_iter();
        let bounds: Vec<Points> = bounds.chain(BOUNDS.map(|points| Points::from_hundredths(points * 100))).collect();
        let froms = [None].into_iter().chain(bounds.clone().into_iter().map(Some));
        froms.zip(bounds.into_iter().map(Some).chain([None]))
    }
}

fn range_of(balance: Points) -> usize {
    match balance.hundredths() {
        ..0 => 0,
        0 => 1,
        hundredths => 2 + BOUNDS.partition_point(|bound| bound * 100 <= hundredths),
    }
}

impl AddAssign for Spread {
    fn add_assign(&mut self, other: Spread) {
        for (sum, count) in self.0.iter_mut().zip(other.0) {
            *sum += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_in_the_range_that_holds_them() {
        for balance in ["-3", "0", "0.01", "0.99", "1", "1.99", "2", "139.12", "999999999.99", "1000000000", "90000000000"] {
            let balance: Points = balance.parse().unwrap();
            let mut spread = Spread::default();
            spread.add(balance);
            let holds = |(from, to): (Option<Points>, Option<Points>)| {
                from.is_none_or(|from| from <= balance) && to.is_none_or(|to| balance < to)
            };
            let counts: Vec<bool> = spread.0.iter().map(|count| *count == 1).collect();
            assert_eq!(counts, Spread::ranges().map(holds).collect::<Vec<_>>(), "{balance}");
        }
    }
}
