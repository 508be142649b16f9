//! Which rules hold when, in a simulation.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::refusal::Refusal;
use crate::rules::rule_set::{RuleSet, Rules, Timeline};

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
    pub timeline: Timeline,
    /// The number that the draft has here.
    pub version: u32,
}

impl Supposed {
    /// `demotes`: as if the draft had been published so that it demotes inside validity periods. `now` is when the version in force
    /// is.
    ///
    /// Refused: [`Refusal::Invalid`] with every fault of the set.
    pub fn of(actual: &Timeline, set: RuleSet, span: Span, demotes: bool, now: Timestamp) -> Result<Supposed, Refusal> {
        let in_force = actual.at(now);
        let (from, currency) = match span {
            Span::Whole => (None, in_force.currency),
            Span::Since(at) => (Some(at), in_force.currency),
            // the first holds since ever, whatever time it says
            Span::InForce => (Some(in_force.from).filter(|_| in_force.version != actual.all()[0].version), in_force.currency),
        };
        let mut versions: Vec<Rules> = match from {
            None => Vec::new(),
            Some(from) => {
                let before = |(i, rules): &(usize, &Rules)| *i == 0 || rules.from < from;
                actual.all().iter().enumerate().filter(before).map(|(_, rules)| rules.clone()).collect()
            }
        };
        // accounts begin with the first version
        let version = versions.last().map_or(1, |last| last.version + 1);
        let from = from.unwrap_or(actual.all()[0].from);
        versions.push(Rules::compile(set, version, from, currency)?.demoting(demotes && !versions.is_empty()));
        let timeline = Timeline::new(versions, actual.calendar().clone()).ok_or(Refusal::NothingChanged)?;
        Ok(Supposed { timeline, version })
    }

    /// The rules in force in place of themselves, published as they were.
    pub fn as_it_was(actual: &Timeline, now: Timestamp) -> Result<Supposed, Refusal> {
        let Rules { set, demotes, keeps_until, .. } = actual.at(now).clone();
        let Supposed { timeline, version } = Supposed::of(actual, set, Span::InForce, demotes, now)?;
        let versions = timeline.all().iter().cloned();
        let keeping = |rules: Rules| if rules.version == version { rules.keeping(keeps_until) } else { rules };
        let versions = versions.map(keeping).collect();
        let timeline = Timeline::new(versions, actual.calendar().clone()).ok_or(Refusal::NothingChanged)?;
        Ok(Supposed { timeline, version })
    }

    /// Whether an invitation might be awarded or taken back here where it was not, or the other way round.
    pub fn decides_awards_otherwise(&self, actual: &Timeline) -> bool {
        let terms = |rules: &Rules| (rules.set.referral_least, rules.set.take_back_referral);
        actual.all().iter().any(|rules| terms(rules) != terms(self.timeline.latest()))
    }
}
