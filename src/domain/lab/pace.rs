//! How fast history is made again: known before anything is, by what the rules have in them.

use crate::rules::rule_set::{Rulebook, Rules};
use crate::rules::terms::{Cap, EarnKind, Expiry};
use crate::rules::window::Window;

/// What an event takes one core, in seconds, with what comes of it added up: about twice what docs/scale.md tells of a core with
/// nothing else to do.
const SHORT: f64 = 0.3e-6;
/// The long way, and what each kind of rule has it post or look up beside.
const LONG: f64 = 0.8e-6;
const EXPIRY: f64 = 1.2e-6;
const HOLDING: f64 = 1.6e-6;
const CAPS: f64 = 0.4e-6;
const WINDOW: f64 = 1.2e-6;
const VALIDITY: f64 = 0.8e-6;

/// About what an event takes one core to make again under these rules. The version that takes longest counts: nobody knows beforehand
/// how many events are of which.
pub fn seconds_an_event(rulebook: &Rulebook) -> f64 {
    // one version that is not plain has every event take the long way, whichever it is of
    match rulebook.general().is_plain() {
        true => SHORT,
        false => rulebook.all().iter().map(long).fold(LONG, f64::max),
    }
}

fn long(rules: &Rules) -> f64 {
    let set = &rules.set;
    let is_held = EarnKind::ALL.into_iter().any(|kind| set.holding.of(kind) > 0);
    let is_capped = EarnKind::ALL.into_iter().any(|kind| set.caps.of(kind) != Cap::default());
    let costs = [
        (set.expiry != Expiry::Never, EXPIRY),
        (is_held, HOLDING),
        (is_capped, CAPS),
        (set.ladder.window != Window::Lifetime, WINDOW),
        (set.ladder.validity.is_some(), VALIDITY),
    ];
    costs.into_iter().filter(|(is_there, _)| *is_there).fold(LONG, |sum, (_, cost)| sum + cost)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::numbers::calendar::Calendar;
    use crate::rules::rule_set::RuleSet;

    fn pace(changes: &[fn(&mut RuleSet)]) -> f64 {
        let versions = (1..).zip(changes).map(|(version, change)| {
            let mut set = RuleSet::default();
            change(&mut set);
            let from = Timestamp::from_second(i64::from(version)).unwrap();
            Rules::compile(set, version, from, "CNY".parse().unwrap()).unwrap()
        });
        seconds_an_event(&Rulebook::new(versions.collect(), Calendar::new(TimeZone::UTC)).unwrap())
    }

    #[test]
    fn rules_that_post_more_take_longer_and_the_slowest_version_decides() {
        let plain: fn(&mut RuleSet) = |set| set.gamma = "7".parse().unwrap();
        let expires: fn(&mut RuleSet) = |set| set.expiry = Expiry::Months(12);
        let all: fn(&mut RuleSet) = |set| {
            set.expiry = Expiry::Months(12);
            set.holding.payment = 14;
            set.ladder.window = Window::Months(3);
        };
        assert!(pace(&[plain]) < pace(&[expires]) && pace(&[expires]) < pace(&[all]));
        assert_eq!(pace(&[plain, plain]), pace(&[plain]));
        assert_eq!(pace(&[plain, all, expires]), pace(&[all]));
    }
}
