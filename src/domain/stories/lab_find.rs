//! Rules found for goals over a history that is small enough to work out by hand: four members pay 100, 200, 300 and 400 once.

use super::*;
use crate::lab::find::asked::{Asked, YES};
use crate::lab::find::space::Space;
use crate::lab::find::tally::{SameTiers, Tally};
use crate::lab::find::{Found, Proposal, find};
use crate::lab::outcome::{Outcome, Side, Standing, Tallied};
use crate::lab::replay::{Beside, Notes, Replay};
use crate::lab::scope::{Span, Supposed};
use crate::rules::changes::changes;

fn history() -> Vec<Story> {
    let paying = |amount: &str| {
        let mut story = Story::new(|_| ());
        story.pay(amount);
        story
    };
    ["100", "200", "300", "400"].map(paying).into()
}

fn side(story: &Story, timeline: &Timeline) -> Side {
    let (mut account, mut made) = (Account::unchained(story.account.member, timeline), Tallied::default());
    let mut notes = Notes::default();
    let mut replay = Replay::new(&mut account, &mut notes, timeline, Beside::default());
    for entry in &story.entries {
        replay.again(entry, None, &mut made.taking(timeline.calendar())).unwrap();
    }
    replay.finish(story.now, &mut made.taking(timeline.calendar())).unwrap();
    Side::new(account, made)
}

fn supposed(story: &Story, set: &RuleSet) -> (Timeline, SameTiers) {
    let timeline =
        Supposed::of(&story.timeline.as_book(), set.clone(), Span::Whole, false, story.now).unwrap().rulebook.general().clone();
    let same = SameTiers::of(story.timeline.latest(), timeline.latest());
    (timeline, same)
}

/// Every `one_in`th member, straight from their histories.
fn sampled(stories: &[Story], set: &RuleSet, one_in: usize) -> Tally {
    let (timeline, same) = supposed(&stories[0], set);
    let mut tally = Tally::new();
    for story in stories.iter().step_by(one_in) {
        let mut one = Tally::new();
        one.add_member(story.account.tier, &side(story, &timeline), &same);
        tally.add(one);
    }
    tally
}

/// Everybody, by way of what a simulation adds up.
fn exact(stories: &[Story], set: &RuleSet) -> Tally {
    let (timeline, same) = supposed(&stories[0], set);
    let mut outcome = Outcome::new(0);
    for story in stories {
        outcome.add_member(
            &Standing { external_id: None, as_of: story.now },
            &side(story, &story.timeline),
            &side(story, &timeline),
            1,
        );
    }
    Tally::of(&outcome, &same)
}

struct Asking {
    asked: Asked,
    found: Found,
}

fn asking(fields: &[(&str, &str)], one_in: usize) -> Asking {
    let stories = history();
    let (start, currency) = (RuleSet::default(), "CNY".parse().unwrap());
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let asked = Asked::read(&fields, &start, currency).unwrap();
    let space = Space::new(start, currency, &asked.moving);
    let (mut sample, mut whole) =
        (|set: &RuleSet| Some(sampled(&stories, set, one_in)), |set: &RuleSet| Some(exact(&stories, set)));
    let found = find(&space, &asked.goals, None, &mut sample, &mut whole).unwrap();
    Asking { asked, found }
}

impl Asking {
    /// What a proposal moves.
    fn moves(&self, proposal: &Proposal) -> Vec<String> {
        let changed = changes(&RuleSet::default(), &proposal.set);
        changed.into_iter().map(|change| format!("{} {}", change.field, change.after.unwrap_or_default())).collect()
    }

    /// All that is proposed, each of which reaches every goal.
    fn proposed(&self) -> Vec<Vec<String>> {
        assert!(self.found.proposals.iter().all(|proposal| proposal.reaches(&self.asked.goals)));
        assert!(self.found.nearest.is_none());
        self.found.proposals.iter().map(|proposal| self.moves(proposal)).collect()
    }
}

fn proposed(fields: &[(&str, &str)]) -> Vec<Vec<String>> {
    asking(fields, 1).proposed()
}

#[test]
fn less_points_are_outstanding_with_a_weight_just_small_enough() {
    // 1000 points are outstanding; 0.8 of them are 800
    assert_eq!(proposed(&[("goal.outstanding", "800"), ("move.alpha", YES)]), [["alpha 0.8"]]);
    assert_eq!(proposed(&[("goal.outstanding", "799.99"), ("move.alpha", YES)]), [["alpha 0.75"]]);
    assert_eq!(proposed(&[("goal.issued", "900"), ("move.alpha", YES), ("move.beta", YES)]), [["alpha 0.9"]]);
}

#[test]
fn a_cost_is_reached_by_the_rate_or_by_the_weight_and_both_are_proposed() {
    // 1000 points in one month are 10.00 at 100 a yuan
    let fields = [("goal.cost", "8"), ("move.alpha", YES), ("move.rate", YES)];
    let all = proposed(&fields);
    assert!(all.contains(&vec!["alpha 0.8".to_owned()]) && all.contains(&vec!["rate 125".to_owned()]), "{all:?}");
    assert_eq!(all[0].len(), 1, "the simplest is first: {all:?}");
}

#[test]
fn a_cap_is_put_where_there_was_none() {
    // of 100, 200, 300 and 400 with at most 200 a day 700 are left
    let fields = [("goal.outstanding", "700"), ("move.caps.payment.day", YES), ("move.caps.payment.day.most", "500")];
    assert_eq!(proposed(&fields), [["caps.payment.day 200"]]);
}

#[test]
fn members_come_into_a_tier_or_stay_out_of_it() {
    let diamond = ("move.tiers.diamond.from", YES);
    // one of four is 25 %: who has 400 points
    assert_eq!(proposed(&[("goal.least.diamond", "25"), diamond]), [["tiers.diamond.from 400"]]);
    assert_eq!(proposed(&[("goal.least.diamond", "25.01"), diamond]), [["tiers.diamond.from 300"]]);
    // three of four are in gold with a threshold above 100, none of whom is above 500
    let gold = ("move.tiers.gold.from", YES);
    assert_eq!(proposed(&[("goal.most.gold", "75"), gold]), [["tiers.gold.from 105"]]);
}

#[test]
fn goals_against_each_other_are_reached_together() {
    // with 0.8 of everything, who paid 100 stays in gold from 80 on
    let fields = [("goal.outstanding", "800"), ("goal.lowered", "0"), ("move.alpha", YES), ("move.tiers.gold.from", YES)];
    assert_eq!(proposed(&fields), [["alpha 0.8", "tiers.gold.from 80"]]);
    // a quarter may fall, and with the threshold as it is one of four does
    let fields = [("goal.outstanding", "800"), ("goal.lowered", "25"), ("move.alpha", YES), ("move.tiers.gold.from", YES)];
    assert_eq!(proposed(&fields)[0], ["alpha 0.8"]);
}

#[test]
fn where_nothing_reaches_the_goals_the_nearest_is_told_with_what_it_misses() {
    let asking = asking(&[("goal.outstanding", "100"), ("move.alpha", YES), ("move.gamma", YES)], 1);
    assert_eq!(asking.found.proposals, []);
    let nearest = asking.found.nearest.as_ref().unwrap();
    assert_eq!(asking.moves(nearest), ["alpha 0.5"]);
    assert_eq!(nearest.readings[0].0 - asking.asked.goals[0].limit(), 40_000, "500 are outstanding");
}

#[test]
fn where_the_goals_are_reached_already_nothing_moves() {
    let asking = asking(&[("goal.outstanding", "1000"), ("move.alpha", YES)], 1);
    assert_eq!(asking.proposed(), [Vec::<String>::new()]);
    assert_eq!(asking.found.start, asking.found.proposals[0]);
}

#[test]
fn what_only_a_sample_reaches_is_not_proposed_and_is_looked_for_once_more() {
    // the sample has those who paid 100 and 300: with 0.8 nobody but the first falls, and a threshold of 80 keeps them
    let fields = [("goal.outstanding", "800"), ("goal.lowered", "0"), ("move.alpha", YES), ("move.tiers.gold.from", YES)];
    assert_eq!(asking(&fields, 2).proposed(), [["alpha 0.8", "tiers.gold.from 80"]]);
    // a cap at 200 cuts 100 of 400 in the sample, which stands for 200 of 1000; it is 300, and 250 are enough
    let fields = [("goal.outstanding", "850"), ("move.caps.payment.day", YES), ("move.caps.payment.day.most", "500")];
    let asking = asking(&fields, 2);
    let proposed = asking.proposed();
    assert_eq!(proposed.len(), 1, "{proposed:?}");
    assert!(asking.found.proposals[0].readings[0].0 <= 85_000);
}

#[test]
fn it_stops_when_a_simulation_is_stopped() {
    let stories = history();
    let (start, currency) = (RuleSet::default(), "CNY".parse().unwrap());
    let fields = [("goal.outstanding", "800"), ("move.alpha", YES)];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let asked = Asked::read(&fields, &start, currency).unwrap();
    let space = Space::new(start, currency, &asked.moving);
    for most in [0, 1, 3] {
        let mut left = most;
        let mut sample = |set: &RuleSet| {
            left -= 1;
            (left >= 0).then(|| sampled(&stories, set, 1))
        };
        assert_eq!(find(&space, &asked.goals, None, &mut sample, &mut |set| Some(exact(&stories, set))), None);
    }
    assert_eq!(find(&space, &asked.goals, None, &mut |set| Some(sampled(&stories, set, 1)), &mut |_| None), None);
}
