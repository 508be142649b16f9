//! The short way of payments and refunds does what drafting and booking do.

use super::any_history::{any_rules, play, step};
use super::*;
use crate::ledger::plain::the_long_way;

/// Rules under which the short way may be taken.
fn plain_rules() -> impl Strategy<Value = RuleSet> {
    any_rules().prop_map(|mut set| {
        set.expiry = Expiry::Never;
        (set.holding.payment, set.caps.payment) = (0, Cap::default());
        (set.ladder.window, set.ladder.validity) = (Window::Lifetime, None);
        set
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_short_way_makes_the_same_entries_and_the_same_account(
        steps in prop::collection::vec(step(), 1..80), first in plain_rules(), second in plain_rules(), others in any_rules(),
        is_mixed in any::<bool>(),
    ) {
        let third = if is_mixed { others } else { first.clone() };
        let versions = || vec![
            (Timestamp::MIN, first.clone()), (at("2027-03-31"), second.clone()), (at("2028-03-31"), third.clone()),
        ];
        let played = || {
            let mut story = Story::under(timeline(versions()));
            play(&mut story, &steps, true);
            story
        };
        let (short, long) = (played(), the_long_way(played));
        prop_assert_eq!(&short.entries, &long.entries);
        prop_assert_eq!(&short.account, &long.account);
        prop_assert_eq!(&short.changes, &long.changes);
    }
}

#[test]
fn the_short_way_is_taken_under_default_rules() {
    let mut story = Story::new(|_| ());
    story.pay("100");
    let on = Posting::new(&story.timeline, story.now, story.now);
    assert!(story.account.plainly(on).is_some());
    assert!(the_long_way(|| story.account.plainly(on).is_none()));
}
