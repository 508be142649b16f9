//! Which rules hold when, in a simulation.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::numbers::time::Moment;
use crate::refusal::Refusal;
use crate::rules::rule_set::{RuleSet, Rulebook, Rules};

/// From when on the draft holds in place of what was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// As if there had never been other rules.
    #[default]
    Whole,
    /// From a time on; before it under the versions that were.
    Since(Timestamp),
    /// Since the version in force began.
    InForce,
}

/// `whole`, `in_force`, or the time.
impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Span::Whole => serializer.serialize_str("whole"),
            Span::Since(at) => serializer.collect_str(at),
            Span::InForce => serializer.serialize_str("in_force"),
        }
    }
}

/// The rules as they would have been, and where the draft stands among them.
#[derive(Clone, Debug)]
pub struct Supposed {
    pub rulebook: Rulebook,
    /// The number that the draft has here.
    pub version: u32,
}

impl Supposed {
    /// `demotes`: as if the draft had been published so that it demotes inside validity periods. `now` is when the version in force
    /// is.
    ///
    /// It holds for everybody, also where an experiment has two rule sets in force.
    ///
    /// Refused: [`Refusal::Invalid`] with every fault of the set.
    pub fn of(actual: &Rulebook, set: RuleSet, span: Span, demotes: bool, now: Timestamp) -> Result<Supposed, Refusal> {
        let in_force = actual.general().at(now);
        let (from, currency) = match span {
            Span::Whole => (None, in_force.currency),
            Span::Since(at) => (Some(Moment::from(at)), in_force.currency),
            // the first holds since ever, whatever time it says
            Span::InForce => (Some(in_force.from).filter(|_| in_force.version != actual.all()[0].version), in_force.currency),
        };
        let mut versions = from.map(|from| before(actual, from)).unwrap_or_default();
        // accounts begin with the first version
        let version = versions.last().map_or(1, |last| last.version + 1);
        let from = from.unwrap_or(actual.all()[0].from);
        versions.push(Rules::compile(set, version, from, currency)?.demoting(demotes && !versions.is_empty()));
        let rulebook = Rulebook::new(versions, actual.calendar().clone()).ok_or(Refusal::NothingChanged)?;
        Ok(Supposed { rulebook, version })
    }

    /// The rules in force in place of themselves, published as they were; those of an experiment for its variant group alone.
    pub fn as_it_was(actual: &Rulebook, now: Timestamp) -> Result<Supposed, Refusal> {
        let in_force = actual.general().at(now);
        let mut versions = match in_force.version == actual.all()[0].version {
            true => Vec::new(),
            false => before(actual, in_force.from),
        };
        let version = versions.last().map_or(1, |last| last.version + 1);
        for (number, rules) in (version..).zip(actual.any_at(now)) {
            let Rules { set, from, currency, demotes, keeps_until, only_for, .. } = rules.clone();
            let again = Rules::compile(set, number, from, currency)?.demoting(demotes && !versions.is_empty());
            versions.push(again.keeping(keeps_until).only_for(only_for));
        }
        let rulebook = Rulebook::new(versions, actual.calendar().clone()).ok_or(Refusal::NothingChanged)?;
        Ok(Supposed { rulebook, version })
    }

    /// The draft as a version.
    pub fn draft(&self) -> &Rules {
        self.rulebook.version(self.version).unwrap_or(self.rulebook.latest())
    }

    /// Whether an invitation might be awarded or taken back here where it was not, or the other way round.
    pub fn decides_awards_otherwise(&self, actual: &Rulebook) -> bool {
        let terms = |rules: &Rules| (rules.set.referral_least, rules.set.take_back_referral);
        actual.all().iter().any(|rules| terms(rules) != terms(self.draft()))
    }
}

/// The versions that came into force before then, and the first in any case.
fn before(actual: &Rulebook, from: Moment) -> Vec<Rules> {
    let all = actual.all().iter().enumerate();
    all.filter(|(at, rules)| *at == 0 || rules.from < from).map(|(_, rules)| rules.clone()).collect()
}
