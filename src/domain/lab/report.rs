//! The outcome of a simulation as people read it: tiers by name, points, what they come to in money, months, ranges.

use jiff::Timestamp;
use serde::Serialize;

use crate::lab::estimate::Margins;
use crate::lab::flows::{Earnings, Flows, Pair};
use crate::lab::ladder::{LadderSide, ladder};
use crate::lab::movers::Mover;
use crate::lab::outcome::{Held, Outcome, Shortfalls, Told};
use crate::lab::scope::{Span, Supposed};
use crate::lab::segments::{self, Segments};
use crate::lab::spread::Spread;
use crate::lab::sum::{Amount, Sum};
use crate::ledger::event::Scene;
use crate::numbers::calendar::Month;
use crate::numbers::money::Currency;
use crate::numbers::points::Points;
use crate::rules::rule_set::{Rulebook, Rules, Timeline};
use crate::rules::terms::EarnKind;
use crate::rules::tier::TierRank;
use crate::text::{Both, Key};

/// What was simulated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scope {
    pub span: Span,
    /// Everything posted by then, and what was due.
    #[serde(serialize_with = "as_text")]
    pub as_of: Timestamp,
    /// The version in force then, which the draft takes the place of.
    pub in_force: u32,
    pub currency: Currency,
    /// Members by whom it is estimated; `None` is everybody.
    pub sample: Option<Sample>,
    /// Whether the draft decides otherwise which invitations are awarded: those that were stay, for the draft's β.
    pub keeps_awards: bool,
}

fn as_text<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// Some of the members: so many buckets from the first on, of all buckets that members are put into as they come, one after the
/// other. So the same members are in it each time, and several samples can be all members together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Sample {
    pub first: u32,
    pub buckets: u32,
    pub of: u32,
}

/// A simulation's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    #[serde(flatten)]
    pub scope: Scope,
    pub members: u64,
    pub entries: u64,
    /// Members whose points, lots or tier differ.
    pub differing: u64,
    pub gaining: u64,
    pub losing: u64,
    pub tiers: Tiers,
    pub points: Pair<Balance>,
    pub months: Vec<MonthRow>,
    pub scenes: Vec<SceneRow>,
    pub kinds: Vec<KindRow>,
    pub spread: Vec<SpreadRow>,
    /// Members by what tiers go by, with the thresholds; nothing of a run that was kept before this was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ladder: Option<Pair<LadderSide>>,
    pub segments: Segments,
    pub gain_most: Vec<Mover>,
    pub lose_most: Vec<Mover>,
    pub short: Shortfalls,
    pub left_out: Told,
    /// Members whose ledger differs from what its own rules make of it.
    pub strange: Told,
    /// The standard error of the difference in outstanding points, of a sample; in points of all members.
    pub error: Option<Sum>,
    /// Of an estimate that was scaled up to all members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
}

/// Between what an estimate lies in 19 of 20 samples: so far from what is told, either way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Within {
    /// How many members were looked at: those with the most points, and those drawn of the others, of whom there are `rest`.
    pub certain: u64,
    pub drawn: u64,
    pub rest: u64,
    pub outstanding: Sum,
    pub liability: Amount,
    pub raised: u64,
    pub lowered: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tiers {
    pub baseline: Vec<TierRow>,
    pub draft: Vec<TierRow>,
    /// Members from (row, under the rules that were) to (column, under the draft).
    pub matrix: Vec<Vec<u64>>,
    /// Members in a higher or a lower tier, where a tier is the one of the same key.
    pub raised: u64,
    pub lowered: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TierRow {
    pub key: Key,
    pub name: Both,
    pub members: u64,
    pub outstanding: Sum,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Balance {
    #[serde(flatten)]
    pub flows: Flows,
    pub outstanding: Sum,
    #[serde(flatten)]
    pub held: Held,
    /// What is outstanding, in money.
    pub liability: Amount,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MonthRow {
    /// `2026-11`.
    pub month: String,
    /// What happened in the month, and what is outstanding at its end.
    pub baseline: MonthSide,
    pub draft: MonthSide,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MonthSide {
    #[serde(flatten)]
    pub flows: Flows,
    pub outstanding: Sum,
    pub liability: Amount,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SceneRow {
    pub scene: Scene,
    pub baseline: Earnings,
    pub draft: Earnings,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct KindRow {
    /// `payment`, `referral`, `review`.
    pub kind: &'static str,
    pub baseline: Earnings,
    pub draft: Earnings,
}

/// Members who hold so many points: from `from` to before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SpreadRow {
    pub from: Option<Points>,
    pub to: Option<Points>,
    pub baseline: u64,
    pub draft: u64,
}

impl Report {
    pub fn of(outcome: &Outcome, scope: Scope, actual: &Rulebook, supposed: &Supposed) -> Report {
        let rules = Pair { baseline: actual.general().at(scope.as_of), draft: supposed.draft() };
        let error = scope.sample.map(|sample| error(outcome, sample));
        Report {
            members: outcome.members,
            entries: outcome.entries,
            differing: outcome.differing,
            gaining: outcome.gaining,
            losing: outcome.losing,
            tiers: tiers(outcome, rules),
            points: Pair {
                baseline: balance(outcome.flows.baseline, outcome.held.baseline, rules.baseline),
                draft: balance(outcome.flows.draft, outcome.held.draft, rules.draft),
            },
            months: months(outcome, actual, supposed),
            scenes: Scene::ALL.into_iter().zip(&outcome.scenes).map(scene).collect(),
            kinds: EarnKind::ALL.into_iter().zip(&outcome.kinds).map(kind).collect(),
            spread: spread(outcome),
            ladder: ladder(outcome, rules),
            segments: of_segments(outcome, rules),
            gain_most: outcome.movers.gain.clone(),
            lose_most: outcome.movers.lose.clone(),
            short: outcome.short,
            left_out: outcome.left_out.clone(),
            strange: outcome.strange.clone(),
            error,
            within: outcome.margins.as_ref().map(|margins| within(margins, rules)),
            scope,
        }
    }
}

fn scene((scene, earned): (Scene, &Pair<Earnings>)) -> SceneRow {
    SceneRow { scene, baseline: earned.baseline, draft: earned.draft }
}

fn kind((kind, earned): (EarnKind, &Pair<Earnings>)) -> KindRow {
    KindRow { kind: kind.name(), baseline: earned.baseline, draft: earned.draft }
}

fn balance(flows: Flows, held: Held, rules: &Rules) -> Balance {
    let outstanding = flows.outstanding();
    Balance { flows, outstanding, held, liability: outstanding.in_money(rules.set.rate, rules.currency) }
}

/// For each tier of the rules that were, the place of the same tier in the draft.
pub(super) fn same_tiers(rules: Pair<&Rules>) -> Vec<usize> {
    let ranks = (1..=rules.baseline.set.ladder.tiers.len()).filter_map(|rank| TierRank::new(u16::try_from(rank).ok()?));
    ranks.map(|rank| rules.draft.rank_of_same(rules.baseline, rank).index()).collect()
}

fn of_segments(outcome: &Outcome, rules: Pair<&Rules>) -> Segments {
    let tiers = rules.map(|rules| rules.set.ladder.tiers.len());
    segments::join(&outcome.segments, &same_tiers(rules), tiers, rules.baseline.currency)
}

fn tiers(outcome: &Outcome, rules: Pair<&Rules>) -> Tiers {
    let (rows, columns) = (rules.baseline.set.ladder.tiers.len(), rules.draft.set.ladder.tiers.len());
    let matrix: Vec<Vec<u64>> = outcome.tiers.iter().take(rows).map(|row| row[..columns].to_vec()).collect();
    let row = |rules: &Rules, at: usize, members: u64, outstanding: Sum| {
        let tier = &rules.set.ladder.tiers[at];
        TierRow { key: tier.key.clone(), name: tier.name.clone(), members, outstanding }
    };
    let (raised, lowered) = moved(&matrix, rules);
    let held = |at: usize| outcome.held_by_tier[at];
    let (baseline, draft) = (rules.baseline, rules.draft);
    Tiers {
        baseline: (0..rows).map(|at| row(baseline, at, matrix[at].iter().sum(), held(at).baseline)).collect(),
        draft: (0..columns).map(|at| row(draft, at, matrix.iter().map(|row| row[at]).sum(), held(at).draft)).collect(),
        matrix,
        raised,
        lowered,
    }
}

/// How many are in a higher tier, and in a lower one.
fn moved(matrix: &[Vec<u64>], rules: Pair<&Rules>) -> (u64, u64) {
    let (mut raised, mut lowered) = (0, 0);
    for (row, same) in matrix.iter().zip(same_tiers(rules)) {
        raised += row.iter().skip(same + 1).sum::<u64>();
        lowered += row.iter().take(same).sum::<u64>();
    }
    (raised, lowered)
}

fn within(margins: &Margins, rules: Pair<&Rules>) -> Within {
    let (raised, lowered) = moved(&margins.tiers, rules);
    Within {
        certain: margins.certain,
        drawn: margins.drawn,
        rest: margins.rest,
        outstanding: margins.outstanding,
        liability: margins.outstanding.in_money(rules.draft.set.rate, rules.draft.currency),
        raised: margins.of_count(raised),
        lowered: margins.of_count(lowered),
    }
}

/// Every month from the first to the last; what is outstanding at the end of each is worth what the rules of that time say.
fn months(outcome: &Outcome, actual: &Rulebook, supposed: &Supposed) -> Vec<MonthRow> {
    let Some((first, last)) = outcome.months.keys().next().copied().zip(outcome.months.keys().next_back().copied()) else {
        return Vec::new();
    };
    let mut outstanding = Pair::<Sum>::default();
    let side = |timeline: &Timeline, month: Month, flows: Flows, outstanding: Sum| {
        let end = timeline.calendar().start_of_month(month.plus(1));
        let rules = timeline.at(end.plus(-1));
        MonthSide { flows, outstanding, liability: outstanding.in_money(rules.set.rate, rules.currency) }
    };
    let row = |number: i32| {
        let (month, flows) = (Month::from_number(number), outcome.months.get(&number).copied().unwrap_or_default());
        outstanding += flows.map(Flows::outstanding);
        MonthRow {
            month: format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1),
            baseline: side(actual.general(), month, flows.baseline, outstanding.baseline),
            draft: side(supposed.rulebook.general(), month, flows.draft, outstanding.draft),
        }
    };
    (first..=last).map(row).collect()
}

/// The ranges from the first to the last that hold anybody.
fn spread(outcome: &Outcome) -> Vec<SpreadRow> {
    let Pair { baseline, draft } = &outcome.spread;
    let counts = baseline.0.iter().zip(&draft.0);
    let rows = Spread::ranges().zip(counts).map(|((from, to), (was, is))| SpreadRow { from, to, baseline: *was, draft: *is });
    let rows: Vec<SpreadRow> = rows.collect();
    let holds = |row: &SpreadRow| row.baseline + row.draft > 0;
    match (rows.iter().position(holds), rows.iter().rposition(holds)) {
        (Some(first), Some(last)) => rows[first..=last].to_vec(),
        _ => Vec::new(),
    }
}

/// Of a sample of members drawn by chance, n of N: N √((1 − n/N) s² / n), where s² is the variance of what a member's balance
/// changes by.
fn error(outcome: &Outcome, sample: Sample) -> Sum {
    let n = outcome.members as f64;
    if n < 2.0 {
        return Sum::ZERO;
    }
    let whole = n * f64::from(sample.of) / f64::from(sample.buckets.max(1));
    let sum = (outcome.flows.draft.outstanding() - outcome.flows.baseline.outstanding()).hundredths() as f64;
    let variance = ((outcome.products.squares as f64 - sum * sum / n) / (n - 1.0)).max(0.0);
    Sum((whole * ((1.0 - n / whole).max(0.0) * variance / n).sqrt()).round() as i128)
}
