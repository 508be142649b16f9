//! The weights and multipliers of a rule set as whole millionths.
//!
//! A rule set says them in decimals; events are worked with these, whose products are exact in i128. `definition.rs` holds the
//! two equal.

use crate::ledger::event::Scene;
use crate::rules::rule_set::RuleSet;
use crate::rules::tier::TierRank;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Figures {
    pub alpha: i128,
    pub beta: i128,
    pub gamma: i128,
    scenes: [i128; Scene::ALL.len()],
    multipliers: Vec<i128>,
}

impl Figures {
    pub fn of(set: &RuleSet) -> Figures {
        Figures {
            alpha: set.alpha.millionths(),
            beta: set.beta.millionths(),
            gamma: set.gamma.millionths(),
            scenes: Scene::ALL.map(|scene| set.scenes.of(scene).millionths()),
            multipliers: set.ladder.tiers.iter().map(|tier| tier.multiplier.millionths()).collect(),
        }
    }

    pub fn tiers(&self) -> usize {
        self.multipliers.len()
    }

    pub fn scene(&self, scene: Scene) -> i128 {
        // `Scene::ALL` has them in the order of their declaration
        self.scenes[scene as usize]
    }

    /// The multiplier of the tier of that rank, or of the highest there is when the ladder has become shorter.
    pub fn multiplier(&self, rank: TierRank) -> i128 {
        self.multipliers[rank.index().min(self.multipliers.len() - 1)]
    }
}
