//! One number of a rule set that may move.

use serde::{Deserialize, Serialize};

use crate::ledger::event::Scene;
use crate::numbers::factor::Factor;
use crate::numbers::points::Points;
use crate::rules::rule_set::RuleSet;
use crate::rules::terms::{Cap, EarnKind};
use crate::text::Key;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lever {
    Alpha,
    Beta,
    Gamma,
    Scene(Scene),
    CapDay(EarnKind),
    CapMonth(EarnKind),
    Rate,
    /// Where a tier begins. The first always begins at 0.
    From(Key),
    Multiplier(Key),
}

/// From where to where a number may go, and in which steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    pub least: Factor,
    pub most: Factor,
    pub step: Factor,
}

impl Lever {
    /// All that a rule set has, in reading order.
    pub fn all(set: &RuleSet) -> Vec<Lever> {
        let mut all = vec![Lever::Alpha, Lever::Beta, Lever::Gamma];
        all.extend(Scene::ALL.map(Lever::Scene));
        all.push(Lever::Rate);
        let tiers = &set.ladder.tiers;
        all.extend(tiers.iter().skip(1).map(|tier| Lever::From(tier.key.clone())));
        all.extend(tiers.iter().map(|tier| Lever::Multiplier(tier.key.clone())));
        all.extend(EarnKind::ALL.into_iter().flat_map(|kind| [Lever::CapDay(kind), Lever::CapMonth(kind)]));
        all
    }

    /// As lists of changes call it: `scenes.lending`, `tiers.gold.from`.
    pub fn name(&self) -> String {
        match self {
            Lever::Alpha => "alpha".to_owned(),
            Lever::Beta => "beta".to_owned(),
            Lever::Gamma => "gamma".to_owned(),
            Lever::Scene(scene) => format!("scenes.{}", scene.name()),
            Lever::CapDay(kind) => format!("caps.{}.day", kind.name()),
            Lever::CapMonth(kind) => format!("caps.{}.month", kind.name()),
            Lever::Rate => "rate".to_owned(),
            Lever::From(tier) => format!("tiers.{tier}.from"),
            Lever::Multiplier(tier) => format!("tiers.{tier}.multiplier"),
        }
    }

    /// What it is in a set; `None` for a cap that there is not.
    pub fn value(&self, set: &RuleSet) -> Option<Factor> {
        let tier = |key: &Key| set.ladder.tiers.iter().find(|tier| tier.key == *key);
        let points =
            |points: Option<Points>| points.map(|points| Factor::from_millionths(points.hundredths().saturating_mul(10_000)));
        match self {
            Lever::Alpha => Some(set.alpha),
            Lever::Beta => Some(set.beta),
            Lever::Gamma => Some(set.gamma),
            Lever::Scene(scene) => Some(set.scenes.of(*scene)),
            Lever::CapDay(kind) => points(set.caps.of(*kind).day),
            Lever::CapMonth(kind) => points(set.caps.of(*kind).month),
            Lever::Rate => Some(set.rate),
            Lever::From(key) => tier(key).map(|tier| tier.from),
            Lever::Multiplier(key) => tier(key).map(|tier| tier.multiplier),
        }
    }

    /// Moves it. Only a cap can be taken away; anything else stays as it is without a value.
    pub fn put(&self, set: &mut RuleSet, value: Option<Factor>) {
        if let Lever::CapDay(kind) | Lever::CapMonth(kind) = self {
            let points = value.and_then(|value| value.in_units(2)).map(Points::from_hundredths);
            let Cap { day, month } = set.caps.of_mut(*kind);
            *if matches!(self, Lever::CapDay(_)) { day } else { month } = points;
            return;
        }
        let place = match self {
            Lever::Alpha => Some(&mut set.alpha),
            Lever::Beta => Some(&mut set.beta),
            Lever::Gamma => Some(&mut set.gamma),
            Lever::Scene(scene) => Some(set.scenes.of_mut(*scene)),
            Lever::Rate => Some(&mut set.rate),
            Lever::From(key) => set.ladder.tiers.iter_mut().find(|tier| tier.key == *key).map(|tier| &mut tier.from),
            Lever::Multiplier(key) => {
                set.ladder.tiers.iter_mut().find(|tier| tier.key == *key).map(|tier| &mut tier.multiplier)
            }
            Lever::CapDay(_) | Lever::CapMonth(_) => None,
        };
        if let (Some(place), Some(value)) = (place, value) {
            *place = value;
        }
    }

    /// From half of what it is to twice as much, in about thirty steps of 1, 2 or 5 with zeros.
    pub fn usual(&self, set: &RuleSet) -> Range {
        let value = match (self, self.value(set)) {
            (_, Some(value)) if value > Factor::ZERO => value,
            (Lever::CapDay(_), _) => Factor::whole(100),
            (Lever::CapMonth(_), _) => Factor::whole(1_000),
            (Lever::Beta | Lever::Gamma, _) => Factor::whole(10),
            _ => Factor::ONE,
        };
        let value = i64::try_from(value.millionths()).unwrap_or(i64::MAX / 2);
        // caps and thresholds have two decimals, thresholds of some currencies none
        let least = match self {
            Lever::CapDay(_) | Lever::CapMonth(_) | Lever::From(_) => Factor::UNIT,
            _ => 10_000,
        };
        let step = round_step(value / 20).max(least);
        let down = |part: i64| part.div_euclid(step) * step;
        let lowest = down(value / 2).max(step);
        let most = down(value.saturating_mul(2)).max(lowest.saturating_add(step));
        Range {
            least: Factor::from_millionths(lowest),
            most: Factor::from_millionths(most),
            step: Factor::from_millionths(step),
        }
    }
}

/// The largest of 1, 2, 5, 10, 20 and so on that is not more.
fn round_step(most: i64) -> i64 {
    let mut step = 1;
    while step <= most / 10 {
        step *= 10;
    }
    [5, 2].into_iter().map(|times| step * times).find(|step| *step <= most).unwrap_or(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::changes::changes;

    #[test]
    fn each_lever_moves_what_it_is_named_after_and_nothing_else() {
        let before = RuleSet::default();
        let levers = Lever::all(&before);
        assert_eq!(levers.len(), 3 + 5 + 1 + 3 + 4 + 6);
        for lever in levers {
            let (mut after, to) = (before.clone(), Factor::whole(77));
            lever.put(&mut after, Some(to));
            let changed: Vec<String> = changes(&before, &after).into_iter().map(|change| change.field).collect();
            assert_eq!((changed, lever.value(&after)), (vec![lever.name()], Some(to)));
            lever.put(&mut after, lever.value(&before));
            assert_eq!(after, before);
        }
    }

    #[test]
    fn usual_ranges_lie_around_what_it_is_in_round_steps() {
        let set = RuleSet::default();
        let usual = |lever: Lever| {
            let Range { least, most, step } = lever.usual(&set);
            format!("{least}..{most}/{step}")
        };
        assert_eq!(usual(Lever::Alpha), "0.5..2/0.05");
        assert_eq!(usual(Lever::From(Key::new("gold").unwrap())), "50..200/5");
        assert_eq!(usual(Lever::From(Key::new("vip").unwrap())), "500..2000/50");
        assert_eq!(usual(Lever::CapDay(EarnKind::Payment)), "50..200/5");
        assert_eq!(usual(Lever::Rate), "50..200/5");
    }
}
