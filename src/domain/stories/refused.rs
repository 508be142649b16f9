//! A refusal changes nothing, however far a posting had come: what was due before it, its own moves, the caps, months and periods.

use super::any_history::{any_rules, play, step};
use super::history::happened;
use super::*;

/// Posts at a later time, which has to be refused, and looks whether the account is as it was.
fn refused(
    account: &mut Account,
    what: &str,
    post: impl FnOnce(&mut Account) -> Result<Posted, Refusal>,
) -> Result<(), TestCaseError> {
    let before = account.clone();
    prop_assert!(post(account).is_err(), "{} is refused", what);
    prop_assert_eq!(&*account, &before, "after {}", what);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_refusal_changes_nothing_however_far_it_had_come(
        steps in prop::collection::vec(step(), 1..40), late in prop::collection::vec(happened(), 0..6),
        first in any_rules(), second in any_rules(), hours in prop::collection::vec(0..9_000_i64, 1..4), is_late in any::<bool>(),
    ) {
        let mut story = Story::under(timeline(vec![(Timestamp::MIN, first), (at("2027-09-30"), second)]));
        play(&mut story, &steps, true);
        prop_assume!(!story.account.closed);
        if is_late {
            story.import(&late).look_back(&late);
        }
        let Story { timeline, account, changes, now, .. } = &mut story;
        let event = EventKey { source: Source::new("default").unwrap(), id: EventId::new("refused").unwrap() };
        for hours in hours {
            *now = now.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
            let occurred_at = if is_late { at("2026-03-01") } else { *now };
            let on = Posting::new(timeline, occurred_at, if is_late { occurred_at } else { *now });
            refused(account, "a reward beyond what is there", |a| a.buy(on, RedemptionId::new(id(1)), points("90000000000000")))?;
            refused(account, "an adjustment", |a| a.adjust(on, StaffId::new(id(1)), Hash::NONE, points("-90000000000000")))?;
            // sums that do not fit are noticed last
            let spent = std::mem::replace(&mut account.spent, i64::MAX);
            refused(account, "a payment", |a| a.pay(on, event.clone(), cny("7"), Scene::Other, changes))?;
            account.spent = spent;
            let earned = std::mem::replace(&mut account.earned, Points::from_hundredths(i64::MAX));
            let held = account.history.take();
            let plain = account.clone();
            // what is earned at once does not fit, what is held back does
            match account.review(on, event.clone(), Hash::NONE) {
                Ok(_) => *account = plain,
                Err(_) => prop_assert_eq!(&*account, &plain),
            }
            (account.earned, account.history) = (earned, held);
            // and whatever comes next is posted as if nothing had been tried
            let mut never_tried = account.clone();
            let next = account.pay(on, event.clone(), cny("7"), Scene::Other, changes);
            prop_assert_eq!(never_tried.pay(on, event.clone(), cny("7"), Scene::Other, changes), next.clone());
            prop_assert_eq!(&*account, &never_tried);
            changes.extend(next.into_iter().flat_map(|posted| posted.journal.tier_changes));
        }
    }
}
