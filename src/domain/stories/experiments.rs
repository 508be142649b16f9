//! Two rule sets side by side: each group has the ledger that its own rules alone would make.

use super::any_history::{any_rules, play, step};
use super::*;
use crate::ids::ExperimentId;
use crate::lab::outcome::differs;
use crate::rules::experiment::Split;
use crate::rules::rule_set::Rulebook;

fn split(variant: u16) -> Split {
    Split { experiment: ExperimentId::new(uuid::Uuid::from_u128(1)), variant, control: Split::WHOLE - variant }
}

/// The second version is published so that tiers are kept for so many hours.
fn keeping(versions: &Timeline, hours: Option<i64>) -> Timeline {
    let mut all: Vec<Rules> = versions.own().cloned().collect();
    all[1].keeps_until = hours.map(|hours| all[1].from.plus(hours * 3_600_000_000));
    Timeline::new(all, versions.calendar().clone()).unwrap()
}

/// The same versions, of which the second holds for so many hundredths of a percent of all members.
fn book(versions: &Timeline, variant: u16) -> Rulebook {
    let mut all: Vec<Rules> = versions.own().cloned().collect();
    all[1].only_for = Some(split(variant));
    Rulebook::new(all, versions.calendar().clone()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn each_group_has_the_ledger_that_its_own_rules_alone_would_make(
        steps in prop::collection::vec(step(), 1..60), usual in any_rules(), variant in any_rules(),
        kept_hours in prop::option::of(1..20_000_i64),
    ) {
        let (from, until) = (at("2027-06-30"), at("2027-11-30"));
        let versions = timeline(vec![(Timestamp::MIN, usual.clone()), (from, variant), (until, usual)]);
        let versions = keeping(&versions, kept_hours);
        let told = |timeline: Timeline| {
            let mut story = Story::under(timeline);
            play(&mut story, &steps, true);
            story.settle();
            story.check_ledger();
            story
        };
        let member = Story::under(versions.clone()).account.member;
        let (inside, alone) = (told(book(&versions, Split::WHOLE).of(member).into_owned()), told(versions.clone()));
        prop_assert_eq!(&inside.entries, &alone.entries);
        prop_assert_eq!(&inside.changes, &alone.changes);
        prop_assert_eq!(&inside.account, &alone.account);

        let general: Vec<Rules> = versions.own().filter(|rules| rules.version != 2).cloned().collect();
        let outside = told(book(&versions, 0).of(member).into_owned());
        let alone = told(Timeline::new(general, versions.calendar().clone()).unwrap());
        prop_assert!(!differs(&outside.account, &alone.account), "{:?}\n{:?}", outside.account, alone.account);
        let lines = |story: &Story| story.entries.iter().map(|entry| (entry.to_line(), entry.rules)).collect::<Vec<_>>();
        prop_assert_eq!(lines(&outside), lines(&alone));
    }
}

#[test]
fn everybody_has_been_rated_by_the_same_version_whichever_group_they_are_in() {
    let strict = rules(|set| set.ladder.tiers[1].from = "200".parse().unwrap());
    let versions =
        timeline(vec![(Timestamp::MIN, rules(|_| ())), (at("2027-06-30"), strict), (at("2027-11-30"), rules(|_| ()))]);
    for (variant, tiers) in [(Split::WHOLE, [2, 1, 2]), (0, [2, 2, 2])] {
        let book = book(&versions, variant);
        let mut story = Story::under(book.of(Story::under(versions.clone()).account.member).into_owned());
        story.pay_at(at("2027-01-01"), "150");
        let mut seen = Vec::new();
        for (then, version) in [("2027-02-01", 1), ("2027-07-01", 2), ("2027-12-01", 3)] {
            story.now = at(then);
            story.settle();
            seen.push(story.account.tier.get());
            assert_eq!(story.account.rated_by, version);
            assert_eq!(book.rating_at(at(then)), version);
        }
        assert_eq!(seen, tiers);
    }
}
