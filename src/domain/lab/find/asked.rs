//! What is wanted, read from flat fields: the names are the same in the form, in files and on the command line.
//!
//! `goal.outstanding`, `goal.issued`, `goal.cost`, `goal.lowered`, `goal.least.gold` and `goal.most.gold` have numbers;
//! `move.alpha` lets α move, `move.alpha.least`, `.most` and `.step` say how far. What is empty is not wanted, or as usual.

use std::collections::BTreeSet;

use crate::lab::find::goal::Goal;
use crate::lab::find::lever::{Lever, Range};
use crate::numbers::factor::Factor;
use crate::numbers::money::{Currency, Money};
use crate::numbers::points::Points;
use crate::refusal::{Fault, FieldFault, NumberError};
use crate::rules::form::Fields;
use crate::rules::rule_set::RuleSet;

/// A lever has at most so many steps.
pub const MOST_STEPS: i64 = 1_000;
/// What says that a lever may move.
pub const YES: &str = "yes";

/// Goals, and what may move to reach them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub goals: Vec<Goal>,
    pub moving: Vec<(Lever, Range)>,
}

impl Asked {
    /// Reads what is wanted of rules that start as `start`; every field that is not right is named.
    pub fn read(fields: &Fields, start: &RuleSet, currency: Currency) -> Result<Asked, Vec<FieldFault>> {
        let mut reader = Reader { fields, start, currency, known: BTreeSet::new(), faults: Vec::new() };
        let goals = reader.goals();
        let moving = reader.moving();
        reader.check_whole(&goals, &moving);
        if reader.faults.is_empty() { Ok(Asked { goals, moving }) } else { Err(reader.faults) }
    }
}

/// The fields that say how far a lever may go, as they are first.
pub fn usual(start: &RuleSet) -> Vec<(String, String)> {
    let of = |lever: &Lever| {
        let (name, Range { least, most, step }) = (lever.name(), lever.usual(start));
        [("least", least), ("most", most), ("step", step)]
            .map(|(part, value)| (format!("move.{name}.{part}"), value.to_string()))
    };
    Lever::all(start).iter().flat_map(of).collect()
}

struct Reader<'a> {
    fields: &'a Fields,
    start: &'a RuleSet,
    currency: Currency,
    known: BTreeSet<String>,
    faults: Vec<FieldFault>,
}

impl Reader<'_> {
    fn fail(&mut self, field: &str, fault: impl Into<Fault>) {
        self.faults.push(FieldFault::new(field, fault));
    }

    /// What stands in a field, if anything does.
    fn text(&mut self, name: &str) -> Option<String> {
        self.known.insert(name.to_owned());
        self.fields.get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn read<T>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, NumberError>) -> Option<T> {
        let text = self.text(name)?;
        read(&text).map_err(|error| self.fail(name, error)).ok()
    }

    fn goals(&mut self) -> Vec<Goal> {
        let currency = self.currency;
        let mut goals = Vec::new();
        let outstanding = self.read("goal.outstanding", |text| text.parse::<Points>());
        goals.extend(outstanding.map(|most| Goal::Outstanding { most }));
        let issued = self.read("goal.issued", |text| text.parse::<Points>());
        if issued.is_some_and(Points::is_negative) {
            self.fail("goal.issued", Fault::Negative);
        }
        goals.extend(issued.map(|most| Goal::Issued { most }));
        let cost = self.read("goal.cost", |text| Money::parse(text, currency));
        goals.extend(cost.map(|most| Goal::Cost { most }));
        for tier in self.start.ladder.tiers.iter().skip(1).map(|tier| tier.key.clone()) {
            let least = self.percent(&format!("goal.least.{tier}"));
            let most = self.percent(&format!("goal.most.{tier}"));
            if let (Some(least), Some(most)) = (least, most)
                && most < least
            {
                self.fail(&format!("goal.most.{tier}"), Fault::TooSmall { least: least.to_string() });
            }
            goals.extend(least.map(|percent| Goal::AtLeast { tier: tier.clone(), percent }));
            goals.extend(most.map(|percent| Goal::AtMost { tier: tier.clone(), percent }));
        }
        goals.extend(self.percent("goal.lowered").map(|percent| Goal::Lowered { percent }));
        goals
    }

    fn percent(&mut self, name: &str) -> Option<Factor> {
        let percent = self.read(name, |text| text.parse::<Factor>())?;
        if let Some(fault) = percent.fault(name, Factor::whole(100)) {
            self.faults.push(fault);
        }
        Some(percent)
    }

    fn moving(&mut self) -> Vec<(Lever, Range)> {
        let mut moving = Vec::new();
        for lever in Lever::all(self.start) {
            let name = format!("move.{}", lever.name());
            let is_moving = self.text(&name).is_some();
            let usual = lever.usual(self.start);
            let mut part = |part: &str, usual: Factor| {
                let name = format!("{name}.{part}");
                let is_there = self.text(&name).is_some();
                let read = if is_moving { self.read(&name, |text| text.parse::<Factor>()) } else { None };
                read.or((!is_there || !is_moving).then_some(usual))
            };
            let (least, most, step) = (part("least", usual.least), part("most", usual.most), part("step", usual.step));
            if let (true, Some(least), Some(most), Some(step)) = (is_moving, least, most, step) {
                let range = Range { least, most, step };
                self.check_range(&name, &lever, range);
                moving.push((lever, range));
            }
        }
        moving
    }

    fn check_range(&mut self, name: &str, lever: &Lever, range: Range) {
        let Range { least, most, step } = range;
        let found = self.faults.len();
        for (part, value) in [("least", least), ("most", most)] {
            if let Some(fault) = self.fault_of(lever, value) {
                self.fail(&format!("{name}.{part}"), fault);
            }
        }
        let step_at = format!("{name}.step");
        if most < least {
            self.fail(&format!("{name}.most"), Fault::TooSmall { least: least.to_string() });
        } else if step <= Factor::ZERO {
            self.fail(&step_at, Fault::NotPositive);
        } else if self.faults.len() == found {
            let (width, step) = (most.millionths() - least.millionths(), step.millionths());
            let fewest = (width + i128::from(MOST_STEPS) - 1) / i128::from(MOST_STEPS);
            let next = i64::try_from(least.millionths() + step).map(Factor::from_millionths);
            if step < fewest {
                let least = Factor::from_millionths(i64::try_from(fewest).unwrap_or(i64::MAX)).to_string();
                self.fail(&step_at, Fault::TooSmall { least });
            } else if let Some(fault) = next.ok().filter(|next| *next <= most).and_then(|next| self.fault_of(lever, next)) {
                self.fail(&step_at, fault);
            }
        }
    }

    /// What is wrong with a value of a lever by itself: whether tiers still rise depends on the others.
    fn fault_of(&self, lever: &Lever, value: Factor) -> Option<Fault> {
        if matches!(lever, Lever::CapDay(_) | Lever::CapMonth(_)) && value.in_units(2).is_none() {
            return Some(NumberError::TooManyDecimals { most: 2 }.into());
        }
        let mut set = self.start.clone();
        lever.put(&mut set, Some(value));
        let faults = set.faults(self.currency).into_iter().map(|fault| fault.fault);
        faults.into_iter().find(|fault| *fault != Fault::NotIncreasing)
    }

    fn check_whole(&mut self, goals: &[Goal], moving: &[(Lever, Range)]) {
        if goals.is_empty() && !self.faults.iter().any(|fault| fault.field.starts_with("goal.")) {
            self.fail("goal", Fault::Missing);
        }
        if moving.is_empty() && !self.faults.iter().any(|fault| fault.field.starts_with("move.")) {
            self.fail("move", Fault::Missing);
        }
        let is_about = |name: &&String| name.starts_with("goal.") || name.starts_with("move.");
        let unknown: Vec<String> =
            self.fields.keys().filter(is_about).filter(|name| !self.known.contains(*name)).cloned().collect();
        for name in unknown {
            self.fail(&name, Fault::NotExpected);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[(&str, &str)]) -> Result<Asked, Vec<(String, Fault)>> {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let told = |faults: Vec<FieldFault>| faults.into_iter().map(|fault| (fault.field, fault.fault)).collect();
        Asked::read(&fields, &RuleSet::default(), "CNY".parse().unwrap()).map_err(told)
    }

    fn at_fault(fields: &[(&str, &str)]) -> Vec<String> {
        read(fields).unwrap_err().into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn goals_and_what_may_move_are_read_and_what_is_left_out_is_as_usual() {
        let asked = read(&[
            ("goal.outstanding", "1000"),
            ("goal.cost", ""),
            ("goal.least.diamond", "15"),
            ("goal.lowered", "0"),
            ("move.alpha", YES),
            ("move.tiers.gold.from", YES),
            ("move.tiers.gold.from.most", "300"),
            // of what may not move nothing is looked at
            ("move.beta.least", "lots"),
        ]);
        let asked = asked.unwrap();
        let tier = crate::text::Key::new("diamond").unwrap();
        assert_eq!(
            asked.goals,
            [
                Goal::Outstanding { most: "1000".parse().unwrap() },
                Goal::AtLeast { tier, percent: Factor::whole(15) },
                Goal::Lowered { percent: Factor::ZERO },
            ]
        );
        let moving: Vec<String> = asked
            .moving
            .iter()
            .map(|(lever, range)| format!("{} {}..{}/{}", lever.name(), range.least, range.most, range.step))
            .collect();
        assert_eq!(moving, ["alpha 0.5..2/0.05", "tiers.gold.from 50..300/5"]);
    }

    #[test]
    fn whatever_is_wrong_is_named_by_its_field() {
        assert_eq!(at_fault(&[]), ["goal", "move"]);
        let wrong = at_fault(&[
            ("goal.outstanding", "many"),
            ("goal.issued", "-1"),
            ("goal.cost", "1.234"),
            ("goal.least.gold", "101"),
            ("goal.least.vip", "10"),
            ("goal.most.vip", "9"),
            ("goal.least.copper", "1"),
            ("move.alpha", YES),
            ("move.alpha.least", "-1"),
            ("move.beta", YES),
            ("move.beta.step", "0"),
            ("move.gamma", YES),
            ("move.gamma.least", "5"),
            ("move.gamma.most", "4"),
            ("move.rate", YES),
            ("move.rate.step", "x"),
            ("move.caps.payment.day", YES),
            ("move.caps.payment.day.least", "1.234"),
            ("move.tiers.vip.from", YES),
            ("move.tiers.vip.from.step", "0.001"),
            ("move.tiers.gold.from", YES),
            ("move.tiers.gold.from.least", "50"),
            ("move.tiers.gold.from.step", "5.001"),
            ("move.delta", YES),
        ]);
        assert_eq!(
            wrong,
            [
                "goal.outstanding",
                "goal.issued",
                "goal.cost",
                "goal.least.gold",
                "goal.most.vip",
                "move.alpha.least",
                "move.beta.step",
                "move.gamma.most",
                "move.rate.step",
                "move.tiers.gold.from.step",
                "move.tiers.vip.from.step",
                "move.caps.payment.day.least",
                "goal.least.copper",
                "move.delta",
            ]
        );
    }

    #[test]
    fn the_usual_ranges_are_right_as_they_stand() {
        let start = RuleSet::default();
        let mut fields: Fields = usual(&start).into_iter().collect();
        fields.insert("goal.outstanding".to_owned(), "5".to_owned());
        for lever in Lever::all(&start) {
            fields.insert(format!("move.{}", lever.name()), YES.to_owned());
        }
        for currency in ["CNY", "JPY", "KWD"] {
            let mut start = start.clone();
            start.ladder.basis = crate::rules::tier::Basis::AmountSpent;
            let asked = Asked::read(&fields, &start, currency.parse().unwrap()).unwrap();
            assert_eq!(asked.moving.len(), Lever::all(&start).len());
        }
    }
}
