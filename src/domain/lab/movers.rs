//! Who gains and who loses most by a draft.

use serde::{Deserialize, Serialize};

use crate::ids::MemberId;
use crate::lab::flows::Pair;
use crate::numbers::points::Points;
use crate::rules::tier::TierRank;

/// A member, and where they stand under both rule sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mover {
    pub member: MemberId,
    pub external_id: Option<String>,
    pub balance: Pair<Points>,
    pub tier: Pair<TierRank>,
}

impl Mover {
    /// What the draft changes, in hundredths of a point.
    pub fn change(&self) -> i128 {
        i128::from(self.balance.draft.hundredths()) - i128::from(self.balance.baseline.hundredths())
    }
}

/// Those who gain most and those who lose most, so many of each; of equal ones, the earlier ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movers {
    most: usize,
    pub gain: Vec<Mover>,
    pub lose: Vec<Mover>,
}

impl Movers {
    pub fn new(most: usize) -> Movers {
        Movers { most, gain: Vec::new(), lose: Vec::new() }
    }

    pub fn add(&mut self, mover: Mover) {
        match mover.change() {
            0 => (),
            1.. => insert(&mut self.gain, mover, self.most, |mover| -mover.change()),
            _ => insert(&mut self.lose, mover, self.most, Mover::change),
        }
    }

    pub fn extend(&mut self, other: Movers) {
        self.most = self.most.max(other.most);
        other.gain.into_iter().chain(other.lose).for_each(|mover| self.add(mover));
    }
}

fn insert(sorted: &mut Vec<Mover>, mover: Mover, most: usize, order: impl Fn(&Mover) -> i128) {
    let key = |mover: &Mover| (order(mover), mover.member);
    let at = sorted.partition_point(|other| key(other) < key(&mover));
    if at < most {
        sorted.insert(at, mover);
        sorted.truncate(most);
    }
}
