//! Histories made again: under the rules that made them they come out the same, under others as if those had been in force.

use super::any_history::{Step, any_rules, play, step};
use super::*;
use crate::lab::columns::Block;
use crate::lab::outcome::{Outcome, Side, Standing, Tallied, differs};
use crate::lab::replay::{Beside, Notes, Replay};
use crate::lab::scope::{Span, Supposed};
use crate::lab::sum::Sum;

/// A story's history made again under other rules, and what is due by the story's clock.
fn again(story: &Story, timeline: &Timeline) -> (Account, Vec<Entry>, Side) {
    let beside = Beside { late: Some(&story.late), early: story.account.early };
    let until = story.account.last.map_or(story.now.into(), |last| last.max(story.now.into()));
    let member = story.account.member;
    let (mut account, mut entries) = (Account::unchained(member, timeline), Vec::new());
    let mut notes = Notes::default();
    let mut replay = Replay::new(&mut account, &mut notes, timeline, beside);
    for entry in &story.entries {
        entries.extend(replay.made_again(entry, None).unwrap().journal.entries);
    }
    entries.extend(replay.made_at_last(until).unwrap().journal.entries);
    // and once more, only added up
    let (mut added, mut sums) = (Account::unchained(member, timeline), Tallied::default());
    let mut replay = Replay::new(&mut added, &mut notes, timeline, beside);
    for entry in &story.entries {
        replay.again(entry, None, &mut sums.taking(timeline.calendar())).unwrap();
    }
    replay.finish(until, &mut sums.taking(timeline.calendar())).unwrap();
    let side = Side::new(added, sums);
    assert_eq!(side.account, account);
    (account, entries, side)
}

impl Story {
    /// Simulating the rules that made it makes the very same ledger.
    pub(super) fn check_lab(&self) {
        let mut settled = self.account.clone();
        let due = settled.catch_up(&self.timeline, self.now).unwrap();
        let (account, entries, _) = again(self, &self.timeline);
        let mut made = [self.entries.clone(), due.entries].concat();
        made.iter_mut().for_each(|entry| entry.hash = Hash::NONE);
        assert_eq!(entries, made);
        let bare = |account: &Account| {
            let mut state = account.state.clone();
            state.early = None;
            state
        };
        assert_eq!(bare(&account), bare(&settled));
        self.check_columns(&self.timeline, &account);
    }

    /// The history out of sixteen bytes an event makes the same of the member.
    fn check_columns(&self, timeline: &Timeline, expected: &Account) {
        let takes_over = self.entries.iter().any(|entry| matches!(entry.cause, Cause::MergedFrom { .. }));
        if !self.late.is_empty() || self.account.early.is_some() || takes_over {
            return;
        }
        let mut block = Block::default();
        // what was there before leaves no trace
        assert!(block.put(1, self.account.member, &self.entries[..self.entries.len() / 2]));
        assert!(block.put(2, self.account.member, &self.entries) && block.put(1, self.account.member, &self.entries));
        for slot in block.slots() {
            let mut account = Account::unchained(slot.member, timeline);
            block.again(slot, timeline, self.now, (&mut account, &mut Notes::default()), &mut ()).unwrap();
            assert!(!differs(&account, expected), "{account:?}\n{expected:?}");
        }
    }
}

/// What leaves nobody with a choice: under any rules the same things happen.
fn certain() -> impl Strategy<Value = Vec<Step>> {
    let certain = |step: &Step| !matches!(step, Step::Redeem(_) | Step::Restore(_) | Step::Adjust(_));
    prop::collection::vec(step().prop_filter("happens under any rules", certain), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_draft_makes_of_a_history_what_it_would_have_made_in_force(
        steps in certain(), was in any_rules(), draft in any_rules(), then in any_rules(), since in any::<bool>(),
    ) {
        let actual = timeline(vec![(Timestamp::MIN, was), (at("2027-09-30"), then)]);
        let span = if since { Span::Since(at("2027-06-30")) } else { Span::Whole };
        let supposed = Supposed::of(&actual.as_book(), draft, span, false, at("2030-01-01")).unwrap();
        let mut story = Story::under(actual);
        play(&mut story, &steps, true);
        let mut under = Story::under(supposed.rulebook.general().clone());
        play(&mut under, &steps, false);
        under.settle();
        let (account, entries, _) = again(&story, supposed.rulebook.general());
        prop_assert!(!differs(&account, &under.account), "{account:?}\n{:?}", under.account);
        story.check_columns(supposed.rulebook.general(), &account);
        let told = |entries: &[Entry]| -> Vec<String> { entries.iter().map(Entry::to_line).collect() };
        prop_assert_eq!(told(&entries), told(&under.entries));
    }

    #[test]
    fn what_was_redeemed_stays_as_it_happened_and_what_was_not_there_is_owed(
        steps in prop::collection::vec(step(), 1..60), was in any_rules(), draft in any_rules(),
    ) {
        let mut story = Story::under(timeline(vec![(Timestamp::MIN, was)]));
        play(&mut story, &steps, true);
        let supposed = Supposed::of(&story.timeline.as_book(), draft, Span::Whole, false, story.now).unwrap();
        let (account, entries, side) = again(&story, supposed.rulebook.general());
        let taken = |entries: &[Entry]| -> Vec<(EntryKind, Points)> {
            let is_taken = |entry: &&Entry| matches!(entry.cause, Cause::Redemption { .. } | Cause::Staff { .. });
            entries.iter().filter(is_taken).map(|entry| (entry.kind, entry.points)).collect()
        };
        prop_assert_eq!(taken(&entries), taken(&story.entries));
        let sum = entries.iter().fold(Points::ZERO, |sum, entry| sum.checked_add(entry.points).unwrap());
        prop_assert_eq!(account.balance(), Some(sum));
        prop_assert!(account.is_sound());
        // by itself, and the sums of parts
        let (_, _, baseline) = again(&story, &story.timeline);
        let mut one = Outcome::new(3);
        one.add_member(&Standing { external_id: None, as_of: story.now }, &baseline, &side, 1);
        prop_assert_eq!(one.flows.draft.outstanding(), Sum::from(sum));
        prop_assert_eq!(one.held.draft.available + one.held.draft.pending - one.held.draft.debt, Sum::from(sum));
        let (mut parts, mut whole) = (one.clone(), Outcome::new(3));
        parts.add(one);
        for _ in 0..2 {
            whole.add_member(&Standing { external_id: None, as_of: story.now }, &baseline, &side, 1);
        }
        prop_assert_eq!(parts, whole);
    }
}

#[test]
fn a_redemption_that_the_draft_does_not_pay_for_is_told_and_owed() {
    let mut story = Story::new(|_| ());
    story.pay("100").redeem("80").unwrap();
    story.pay("50");
    let half = rules(|set| set.alpha = "0.5".parse().unwrap());
    let supposed = Supposed::of(&story.timeline.as_book(), half, Span::Whole, false, story.now).unwrap();
    let (account, entries, side) = again(&story, supposed.rulebook.general());
    assert_eq!(entries[1].to_line(), "redeem -80.00 lot:never -50.00,debt -30.00");
    assert_eq!((account.available, account.debt), (Points::ZERO, points("5")));
    let mut outcome = Outcome::new(1);
    let (_, _, baseline) = again(&story, &story.timeline);
    outcome.add_member(&Standing { external_id: None, as_of: story.now }, &baseline, &side, 3);
    assert_eq!((outcome.short.members, outcome.short.redemptions, outcome.short.points), (1, 1, points("30").into()));
    // given back, what was owed and repaid since is there again
    story.restore(1);
    let (account, entries, _) = again(&story, supposed.rulebook.general());
    assert_eq!(entries[3].to_line(), "restore 80.00 debt 5.00,lot:never 45.00,lot:never 30.00");
    assert_eq!((account.available, account.debt), (points("75"), Points::ZERO));
}
