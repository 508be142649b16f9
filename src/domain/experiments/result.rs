//! What is told of an experiment: each figure by group with the interval in which it lies, the difference between variant and
//! control, whether members were divided as was meant, and whether the groups were alike when it began.

use jiff::Timestamp;
use serde::Serialize;

use super::chance;
use super::sequence::{best_information, radius};
use super::tally::{GroupTally, Metric, Moments, Tally, write};
use crate::rules::experiment::{Group, Split};
use crate::rules::tier::TierRank;

/// How often anything that is told as a difference is none, over all figures and all looks together.
pub const ALPHA: f64 = 0.05;
/// With fewer members in a group nothing is told of a difference.
pub const FEWEST: u64 = 100;
/// So unlikely a division of the members is a defect, not chance.
const SHARES_OFF: f64 = 0.001;
/// How often groups that were divided by chance are told to be not alike, over all that they are compared by together.
const BALANCE_OFF: f64 = 0.05;
/// How long before its beginning figures of an experiment are compared, in days.
pub const DAYS_BEFORE: i64 = 90;

/// An estimate and between what it lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    pub estimate: f64,
    pub low: f64,
    pub high: f64,
}

/// What can be said of variant against control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A group has fewer members than anything can be told of.
    TooFew,
    Inconclusive,
    More,
    Less,
}

/// One figure a member.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    pub metric: &'static str,
    #[serde(skip)]
    pub of: Metric,
    /// Exact, by group.
    #[serde(skip)]
    pub sums: [i128; Group::ALL.len()],
    /// The mean of a member, by group; nothing for a group without members.
    pub means: [Option<Interval>; Group::ALL.len()],
    /// Variant less control.
    pub difference: Option<Interval>,
    pub verdict: Verdict,
}

/// What groups are compared by as they were when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    Figure(Metric),
    Held,
    /// The share of those in a tier of the rules in force then.
    Tier(TierRank),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Balance {
    pub of: Trait,
    pub variant: f64,
    pub control: f64,
    /// In standard deviations.
    pub difference: f64,
    pub is_off: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Results {
    #[serde(serialize_with = "write")]
    pub from: Timestamp,
    #[serde(serialize_with = "write")]
    pub until: Timestamp,
    pub members: [u64; Group::ALL.len()],
    /// How likely such a division of the members is by chance.
    pub shares_by_chance: f64,
    pub are_shares_off: bool,
    pub figures: Vec<Figure>,
    #[serde(skip)]
    pub balance: Vec<Balance>,
}

impl Results {
    /// `planned`: until when the experiment was meant to go on.
    pub fn of(tally: &Tally, split: &Split, planned: Timestamp) -> Results {
        let shares: Vec<(u64, f64)> = Group::ALL
            .iter()
            .map(|group| (tally.of(*group).members, f64::from(split.share(*group)) / f64::from(Split::WHOLE)))
            .collect();
        let shares_by_chance = chance::shares_by_chance(&shares);
        let days = planned.duration_since(tally.from).as_secs_f64() / 86_400.0;
        Results {
            from: tally.from,
            until: tally.until,
            members: Group::ALL.map(|group| tally.of(group).members),
            shares_by_chance,
            are_shares_off: shares_by_chance < SHARES_OFF,
            figures: Metric::ALL.iter().map(|metric| figure(tally, *metric, days)).collect(),
            balance: balance(tally),
        }
    }
}

fn figure(tally: &Tally, metric: Metric, days: f64) -> Figure {
    // whoever is there or not is so in any length of time; all else adds up
    let before = tally.variance_before(metric);
    let planned = if metric == Metric::Active { before } else { before * days / DAYS_BEFORE as f64 };
    // all figures together are to be told as often wrongly as one
    let alpha = ALPHA / Metric::ALL.len() as f64;
    let of = |group: Group| (tally.of(group).during[metric as usize], tally.of(group));
    let interval = |estimate: f64, variance: f64, (members, known): (f64, f64)| {
        let reached = variance * members * members / (planned * known);
        let information = if reached.is_finite() && reached > 0.0 { best_information(alpha) * reached } else { 1.0 };
        let off = radius(variance, information, alpha);
        Interval { estimate, low: estimate - off, high: estimate + off }
    };
    let mean = |group: Group| {
        let (moments, GroupTally { members, known, .. }) = of(group);
        let variance = moments.variance(*members) / *members as f64;
        let interval = interval(moments.mean(*members), variance, (*members as f64, *known as f64));
        (*members > 0).then_some(interval)
    };
    let ((variant, v), (control, c)) = (of(Group::Variant), of(Group::Control));
    let variance = variant.variance(v.members) / v.members as f64 + control.variance(c.members) / c.members as f64;
    let together = |one: u64, other: u64| one as f64 * other as f64 / (one + other) as f64;
    let estimate = variant.mean(v.members) - control.mean(c.members);
    let are_enough = v.members >= FEWEST && c.members >= FEWEST;
    let difference = (v.members > 1 && c.members > 1)
        .then(|| interval(estimate, variance, (together(v.members, c.members), together(v.known, c.known))));
    let verdict = match difference {
        Some(_) | None if !are_enough => Verdict::TooFew,
        Some(difference) if difference.low > 0.0 => Verdict::More,
        Some(difference) if difference.high < 0.0 => Verdict::Less,
        _ => Verdict::Inconclusive,
    };
    let sums = Group::ALL.map(|group| of(group).0.sum);
    Figure { metric: metric.name(), of: metric, sums, means: Group::ALL.map(mean), difference, verdict }
}

fn balance(tally: &Tally) -> Vec<Balance> {
    let (v, c) = (tally.of(Group::Variant), tally.of(Group::Control));
    let (n, m) = (v.known as f64, c.known as f64);
    let of = |of: Trait, variant: (f64, f64), control: (f64, f64)| {
        // of all members together, as it is if chance alone has divided them
        let spread = ((n * variant.1 + m * control.1) / (n + m)).sqrt();
        let difference = if spread > 0.0 { (variant.0 - control.0) / spread } else { 0.0 };
        Balance { of, variant: variant.0, control: control.0, difference, is_off: false }
    };
    let seen = |moments: &Moments, group: &GroupTally| (moments.mean(group.known), moments.variance(group.known));
    let figures = [Metric::Payments, Metric::Paid].map(|metric| {
        let at = metric as usize;
        of(Trait::Figure(metric), seen(&v.before[at], v), seen(&c.before[at], c))
    });
    let held = of(Trait::Held, seen(&v.held, v), seen(&c.held, c));
    let share = |group: &GroupTally, at: usize| {
        let share = if group.known == 0 { 0.0 } else { group.tiers[at] as f64 / group.known as f64 };
        (share, share * (1.0 - share))
    };
    let tiers = (0..v.tiers.len().min(c.tiers.len())).filter(|at| v.tiers[*at] + c.tiers[*at] > 0);
    let tiers = tiers.filter_map(|at| {
        let rank = TierRank::new(u16::try_from(at + 1).ok()?)?;
        Some(of(Trait::Tier(rank), share(v, at), share(c, at)))
    });
    let mut all: Vec<Balance> = figures.into_iter().chain([held]).chain(tiers).collect();
    mark_off(&mut all, n * m / (n + m));
    all
}

/// Marks what differs by more than groups of this size do by chance: each difference in its standard errors, against the share
/// that is left to each of so many (Bonferroni). `size`: of two groups of n and m members, nm / (n + m).
fn mark_off(all: &mut [Balance], size: f64) {
    let allowed = BALANCE_OFF / all.len().max(1) as f64;
    for one in all {
        let by_chance = chance::chi_square_at_least(one.difference * one.difference * size, 1);
        one.is_off = by_chance < allowed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::tally::{Before, Observed};
    use crate::ids::ExperimentId;

    fn split() -> Split {
        Split { experiment: ExperimentId::new(uuid::Uuid::from_u128(1)), variant: 5_000, control: 5_000 }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// So many members a group; the variant's pay `more` beyond what the control's do.
    fn results(members: u64, more: i64) -> Results {
        let mut tally = Tally::new(at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"));
        for n in 0..members {
            for group in [Group::Variant, Group::Control] {
                let usual = 1_000 + (n % 10) as i64 * 100;
                let paid = usual + if group == Group::Variant { more } else { 0 };
                let before = Before { figures: [1, 3, usual, usual, 0], held: usual, tier: TierRank::FIRST };
                tally.add(group, &Observed { during: [1, 2, paid, paid, 0], before: Some(before) });
            }
        }
        Results::of(&tally, &split(), at("2026-04-01T00:00:00Z"))
    }

    #[test]
    fn a_difference_is_told_with_between_what_it_lies_and_none_is_not() {
        let [alike, more, less] = [0, 300, -300].map(|more| results(500, more));
        let paid = |results: &Results| results.figures[Metric::Paid as usize].clone();
        assert_eq!(paid(&alike).verdict, Verdict::Inconclusive);
        assert_eq!((paid(&more).verdict, paid(&less).verdict), (Verdict::More, Verdict::Less));
        let difference = paid(&more).difference.unwrap();
        assert!(difference.low < 300.0 && 300.0 < difference.high && (difference.estimate - 300.0).abs() < 1e-9);
        assert_eq!(paid(&more).sums[0] - paid(&more).sums[1], 150_000, "sums are exact");
        assert!(!more.are_shares_off);
        assert!(more.balance.iter().all(|balance| !balance.is_off));
    }

    #[test]
    fn nothing_is_told_of_few_members_or_of_none() {
        assert_eq!(results(99, 10_000).figures[2].verdict, Verdict::TooFew);
        let none = results(0, 0);
        assert!(none.figures.iter().all(|figure| figure.verdict == Verdict::TooFew && figure.difference.is_none()));
        assert_eq!(none.figures[0].means, [None; 3]);
    }

    #[test]
    fn groups_that_were_not_alike_and_shares_that_are_not_as_meant_are_marked() {
        let mut tally = Tally::new(at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"));
        for n in 0..1_000_i64 {
            let group = if n % 10 < 6 { Group::Variant } else { Group::Control };
            let held = if group == Group::Variant { 2_000 } else { 1_000 } + n % 7 * 100;
            let tier = TierRank::new(if group == Group::Variant && n % 2 == 0 { 2 } else { 1 }).unwrap();
            tally.add(group, &Observed { during: [0; 5], before: Some(Before { figures: [0; 5], held, tier }) });
        }
        let results = Results::of(&tally, &split(), at("2026-03-01T00:00:00Z"));
        assert!(results.are_shares_off && results.shares_by_chance < 1e-6);
        let off: Vec<Trait> = results.balance.iter().filter(|balance| balance.is_off).map(|balance| balance.of).collect();
        assert_eq!(off, [Trait::Held, Trait::Tier(TierRank::FIRST), Trait::Tier(TierRank::new(2).unwrap())]);
    }

    /// The results of groups of so many members drawn by chance, the variant's holding `more` standard deviations more.
    fn drawn(dice: &mut u64, size: u64, more: f64) -> Vec<Balance> {
        let mut share = || {
            *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((*dice >> 33) as f64 + 0.5) / f64::from(1_u32 << 31)
        };
        let mut tally = Tally::new(at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"));
        for _ in 0..size {
            for group in [Group::Variant, Group::Control] {
                // payments and amounts of which most are small and a few large; a uniform figure has a deviation of √(1/12)
                let paid = (1_000.0 / share().powf(0.4)) as i64;
                let off = if group == Group::Variant { more * (1.0_f64 / 12.0).sqrt() } else { 0.0 };
                let held = ((share() + off) * 10_000.0) as i64;
                let tier = TierRank::new(1 + (share() * share() * 4.0) as u16).unwrap();
                let before = Before { figures: [1, (share() * 9.0) as i64, paid, paid, 0], held, tier };
                tally.add(group, &Observed { during: [0; 5], before: Some(before) });
            }
        }
        balance(&tally)
    }

    #[test]
    fn groups_divided_by_chance_are_told_to_be_not_alike_in_one_of_twenty_experiments_whatever_their_size() {
        let dice = &mut 20_261_128;
        for size in [30, 60, 500] {
            let (mut off, mut beyond_a_tenth) = (0, 0);
            for _ in 0..600 {
                let rows = drawn(dice, size, 0.0);
                off += u32::from(rows.iter().any(|row| row.is_off));
                beyond_a_tenth += u32::from(rows.iter().any(|row| row.difference.abs() > 0.1));
            }
            assert!(off <= 42, "of two groups of {size} members: {off} of 600");
            assert!(size > 60 || beyond_a_tenth > 500, "a tenth of a deviation is nothing in {size}: {beyond_a_tenth}");
        }
    }

    #[test]
    fn a_difference_that_chance_does_not_make_is_marked_also_where_it_is_small() {
        let dice = &mut 7;
        let is_off = |rows: &[Balance]| rows.iter().any(|row| row.of == Trait::Held && row.is_off);
        let seen = |dice: &mut u64, size, more| (0..100).filter(|_| is_off(&drawn(dice, size, more))).count();
        assert!(seen(dice, 60, 1.0) > 95, "a deviation between groups of 60");
        assert!(seen(dice, 3_000, 0.15) > 95, "a seventh of one between groups of 3,000");
        assert!(seen(dice, 60, 0.15) < 20, "which groups of 60 do not show");
    }

    #[test]
    fn what_is_kept_as_json_comes_back_the_same() {
        let mut tally = Tally::new(at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"));
        tally.add(Group::Holdout, &Observed { during: [1, i64::MAX, i64::MAX, -5, 0], before: None });
        tally.add(Group::Holdout, &Observed { during: [1, i64::MAX, i64::MAX, -5, 0], before: None });
        let text = serde_json::to_string(&tally).unwrap();
        assert_eq!(serde_json::from_str::<Tally>(&text).unwrap(), tally);
    }
}
