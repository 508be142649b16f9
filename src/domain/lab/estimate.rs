//! What some members say of all: the largest accounts are looked at with certainty, of the others some that are drawn.
//!
//! Few members hold most of the points, so a sample of all would tell a small error whenever it has missed them. Those with the most
//! are therefore all in it, and stand for themselves; the others are scaled up by ratio (Cochran, Sampling Techniques, ch. 5 and 6):
//! counts by how many members there are (tier by tier where they are by the tier they are in), points by what all have earned (issued less clawed back: payments that were refunded leave
//! nothing that a draft could change), which is known exactly, and so is every sum under the rules in force. Only what a draft
//! changes is estimated, and its error is that of the residuals from the ratio.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::lab::apportion::apportion;
use crate::lab::flows::{Earnings, Flows, Pair};
use crate::lab::gathered::Gathered;
use crate::lab::outcome::{Held, Outcome};
use crate::lab::products::Products;
use crate::lab::segments::Cell;
use crate::lab::spread::Spread;
use crate::lab::sum::Sum;

/// How far from a ratio of the sums that of the members may be, either way, before it is taken for chance and not used.
const FAR: f64 = 5.0;

/// What is known of everybody under the rules in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    pub members: u64,
    pub pending: Sum,
    pub debt: Sum,
    /// How many are in which tier; empty where that is not known.
    pub tiers: Vec<u64>,
    pub flows: Flows,
    /// By the numbers of months.
    pub months: BTreeMap<i32, Flows>,
}

/// How many of all each drawn member stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// Where members are counted.
    pub members: f64,
    /// Where points are added up.
    pub points: f64,
    /// Where they are points issued, before any are clawed back.
    pub issued: f64,
}

/// How many members there are, and what they have been issued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub members: u64,
    pub issued: Sum,
    pub clawed_back: Sum,
}

impl Size {
    pub fn of(members: u64, flows: &Flows) -> Size {
        Size { members, issued: flows.issued, clawed_back: flows.clawed_back }
    }

    pub fn earned(&self) -> Sum {
        self.issued - self.clawed_back
    }
}

impl Weights {
    pub fn of(all: Size, certain: Size, drawn: Size) -> Weights {
        let rest = all.members.saturating_sub(certain.members).max(drawn.members);
        let members = rest as f64 / drawn.members.max(1) as f64;
        let issued = ratio(all.issued - certain.issued, drawn.issued, members);
        Weights { members, points: ratio(all.earned() - certain.earned(), drawn.earned(), members), issued }
    }

    pub fn count(self, drawn: u64) -> u64 {
        (drawn as f64 * self.members).round() as u64
    }

    pub fn sum(self, drawn: Sum) -> Sum {
        times(drawn, self.points)
    }

    /// What was issued by its own weight, and what of it was clawed back so that what is left is by that of points.
    pub fn earnings(self, drawn: &Earnings) -> Earnings {
        let issued = times(drawn.issued, self.issued);
        Earnings { issued, clawed_back: issued - self.sum(drawn.issued - drawn.clawed_back) }
    }
}

/// By how much a sum of the drawn is to be multiplied, so that it is what is known of the rest.
fn ratio(rest: Sum, drawn: Sum, usual: f64) -> f64 {
    let ratio = rest.hundredths() as f64 / drawn.hundredths() as f64;
    if ratio.is_finite() && (usual / FAR..=usual * FAR).contains(&ratio) { ratio } else { usual }
}

fn times(sum: Sum, weight: f64) -> Sum {
    Sum((sum.hundredths() as f64 * weight).round() as i128)
}

/// How far what is told may be from the truth, in 19 of 20 samples; half the interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Margins {
    /// Members who are looked at with certainty, and those who are drawn of the others.
    pub certain: u64,
    pub drawn: u64,
    /// All but the certain.
    pub rest: u64,
    /// Of how the points outstanding change.
    pub outstanding: Sum,
    /// The drawn from tier to tier.
    pub tiers: Vec<Vec<u64>>,
}

impl Margins {
    /// Of a count of all members who are like `counted` of the drawn: the interval of Agresti and Coull, less for what of the
    /// rest is drawn.
    pub fn of_count(&self, counted: u64) -> u64 {
        let (n, whole) = (self.drawn as f64, self.rest as f64);
        let seen = (1.0 - n / whole.max(1.0)).max(0.0);
        let (share, n) = ((counted as f64 + 2.0) / (n + 4.0), n + 4.0);
        (2.0 * whole * (seen * share * (1.0 - share) / n).sqrt()).round() as u64
    }
}

/// Of n drawn members, with d what a member changes by, z what they have earned, and g how many of the points each stands for:
/// 2 g √((1 − n/N) n/(n − 1) Σ(d − r z)²), where r is Σd/Σz.
fn margin(of: &Products, change: Sum, earned: Sum, drawn: u64, weights: Weights) -> Sum {
    let (n, d, z) = (drawn as f64, change.hundredths() as f64, earned.hundredths() as f64);
    if drawn < 2 {
        return Sum::ZERO;
    }
    // nobody has earned anything: as of a mean
    let (r, mean) = if z == 0.0 { (0.0, d * d / n) } else { (d / z, 0.0) };
    let residuals = of.squares as f64 - 2.0 * r * of.with_earned as f64 + r * r * of.earned as f64 - mean;
    let seen = (1.0 - 1.0 / weights.members.max(1.0)).max(0.0);
    Sum((2.0 * weights.points * (seen * n / (n - 1.0) * residuals.max(0.0)).sqrt()).round() as i128)
}

/// What all come to, by those who are looked at with certainty and those who were drawn. Without any drawn it is the certain.
pub fn estimated(certain: Outcome, drawn: &Outcome, known: &Known) -> Outcome {
    if drawn.members + drawn.left_out.members + drawn.strange.members == 0 {
        return certain;
    }
    let size = |outcome: &Outcome| Size::of(outcome.members, &outcome.flows.baseline);
    let weights = Weights::of(Size::of(known.members, &known.flows), size(&certain), size(drawn));
    Scaling { weights, known, drawn, held: Pair::default() }.all(certain)
}

struct Scaling<'a> {
    weights: Weights,
    known: &'a Known,
    drawn: &'a Outcome,
    /// Of what those in each tier hold.
    held: Pair<f64>,
}

impl Scaling<'_> {
    fn all(mut self, mut sum: Outcome) -> Outcome {
        let (w, drawn) = (self.weights, self.drawn);
        let certain = sum.clone();
        sum.margins = Some(self.margins(&certain));
        sum.flows = Pair { baseline: self.known.flows, draft: self.draft_flows(self.known.flows, certain.flows, drawn.flows) };
        self.held = Pair {
            baseline: self.of_held(sum.flows.baseline, certain.flows.baseline, drawn.flows.baseline),
            draft: self.of_held(sum.flows.draft, certain.flows.draft, drawn.flows.draft),
        };
        sum.held = self.held(&certain);
        sum.months = self.months(&certain);
        sum.entries += drawn.entries;
        sum.members = self.known.members;
        sum.tiers = self.tiers(&certain).unwrap_or_else(|| self.scaled_tiers(&certain));
        for (held, more) in sum.held_by_tier.iter_mut().zip(&drawn.held_by_tier) {
            held.baseline += times(more.baseline, self.held.baseline);
            held.draft += times(more.draft, self.held.draft);
        }
        let earned = sum.scenes.iter_mut().zip(&drawn.scenes).chain(sum.kinds.iter_mut().zip(&drawn.kinds));
        earned.for_each(|(earned, more)| *earned += more.map(|more| w.earnings(more)));
        for (spread, more) in [(&mut sum.spread.baseline, &drawn.spread.baseline), (&mut sum.spread.draft, &drawn.spread.draft)]
        {
            *spread += Spread(more.0.iter().map(|count| w.count(*count)).collect());
        }
        sum.gathered += drawn.gathered.map(|more| Gathered(apportion(&more.0, w.count(more.0.iter().sum()))));
        for (key, cell) in &drawn.segments {
            *sum.segments.entry(*key).or_default() += self.cell(cell);
        }
        let counts = [
            (&mut sum.differing, drawn.differing),
            (&mut sum.gaining, drawn.gaining),
            (&mut sum.losing, drawn.losing),
            (&mut sum.short.members, drawn.short.members),
            (&mut sum.short.redemptions, drawn.short.redemptions),
            (&mut sum.short.adjustments, drawn.short.adjustments),
            (&mut sum.left_out.members, drawn.left_out.members),
            (&mut sum.strange.members, drawn.strange.members),
        ];
        counts.into_iter().for_each(|(count, more)| *count += w.count(more));
        sum.short.points += w.sum(drawn.short.points);
        sum
    }

    /// Members from tier to tier: how many are in each tier is known, and of those who were drawn of it so many move. Nothing where
    /// of a tier that has members nobody is looked at, or more than there are, as while members are re-rated.
    fn tiers(&self, certain: &Outcome) -> Option<Vec<Vec<u64>>> {
        let known = &self.known.tiers;
        if known.iter().sum::<u64>() != self.known.members || known.len() > certain.tiers.len() {
            return None;
        }
        let rows = certain.tiers.iter().zip(&self.drawn.tiers).enumerate().map(|(tier, (certain, drawn))| {
            let members = known.get(tier).copied().unwrap_or(0);
            let rest = members.checked_sub(certain.iter().sum())?;
            let looked_at: u64 = drawn.iter().sum();
            // where all of a tier that are not certain were missed, they move as those do
            let like = if looked_at == 0 { certain } else { drawn };
            let is_told = looked_at <= rest && (rest == 0 || like.iter().sum::<u64>() > 0);
            is_told.then(|| certain.iter().zip(apportion(like, rest)).map(|(certain, more)| certain + more).collect())
        });
        rows.collect()
    }

    fn scaled_tiers(&self, certain: &Outcome) -> Vec<Vec<u64>> {
        let row = |(certain, drawn): (&Vec<u64>, &Vec<u64>)| {
            certain.iter().zip(drawn).map(|(certain, drawn)| certain + self.weights.count(*drawn)).collect()
        };
        certain.tiers.iter().zip(&self.drawn.tiers).map(row).collect()
    }

    fn margins(&self, certain: &Outcome) -> Margins {
        let (drawn, outstanding) = (self.drawn, self.drawn.flows.map(Flows::outstanding));
        let earned = Size::of(drawn.members, &drawn.flows.baseline).earned();
        let change = outstanding.draft - outstanding.baseline;
        Margins {
            certain: certain.members,
            drawn: drawn.members,
            rest: self.known.members.saturating_sub(certain.members).max(drawn.members),
            outstanding: margin(&drawn.products, change, earned, drawn.members, self.weights),
            tiers: drawn.tiers.clone(),
        }
    }

    /// What a sum of all is under the draft, from what it is under the rules in force.
    fn draft(&self, known: Sum, certain: Pair<Sum>, drawn: Pair<Sum>) -> Sum {
        known + (certain.draft - certain.baseline) + self.weights.sum(drawn.draft - drawn.baseline)
    }

    fn draft_flows(&self, known: Flows, certain: Pair<Flows>, drawn: Pair<Flows>) -> Flows {
        let of = |pick: fn(&Flows) -> Sum| self.draft(pick(&known), certain.map(pick), drawn.map(pick));
        let earned = |flows: Pair<Flows>| Earnings {
            issued: flows.draft.issued - flows.baseline.issued,
            clawed_back: flows.draft.clawed_back - flows.baseline.clawed_back,
        };
        let mut more = self.weights.earnings(&earned(drawn));
        more += earned(certain);
        Flows {
            issued: known.issued + more.issued,
            clawed_back: known.clawed_back + more.clawed_back,
            redeemed: of(|flows| flows.redeemed),
            restored: of(|flows| flows.restored),
            expired: of(|flows| flows.expired),
            adjusted: of(|flows| flows.adjusted),
        }
    }

    fn of_held(&self, all: Flows, certain: Flows, drawn: Flows) -> f64 {
        ratio(all.outstanding() - certain.outstanding(), drawn.outstanding(), self.weights.points)
    }

    fn held(&self, certain: &Outcome) -> Pair<Held> {
        let known = Held {
            available: self.known.flows.outstanding() - self.known.pending + self.known.debt,
            pending: self.known.pending,
            debt: self.known.debt,
        };
        let of = |pick: fn(&Held) -> Sum| self.draft(pick(&known), certain.held.map(pick), self.drawn.held.map(pick));
        let draft = Held { available: of(|h| h.available), pending: of(|h| h.pending), debt: of(|h| h.debt) };
        Pair { baseline: known, draft }
    }

    fn months(&self, certain: &Outcome) -> BTreeMap<i32, Pair<Flows>> {
        let (known, drawn) = (&self.known.months, &self.drawn.months);
        let mut numbers: Vec<i32> = known.keys().chain(certain.months.keys()).chain(drawn.keys()).copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let of = |months: &BTreeMap<i32, Pair<Flows>>, number: i32| months.get(&number).copied().unwrap_or_default();
        let month = |number: i32| {
            let known = known.get(&number).copied().unwrap_or_default();
            let draft = self.draft_flows(known, of(&certain.months, number), of(drawn, number));
            (number, Pair { baseline: known, draft })
        };
        numbers.into_iter().map(month).collect()
    }

    fn cell(&self, drawn: &Cell) -> Cell {
        let w = self.weights;
        Cell {
            members: w.count(drawn.members),
            payments: w.count(drawn.payments),
            paid: times(Sum(drawn.paid), w.points).hundredths(),
            issued: drawn.issued.map(|sum| times(*sum, w.issued)),
            outstanding: drawn.outstanding.map(|sum| w.sum(*sum)),
            tiers: drawn.tiers.iter().map(|(key, members)| (*key, w.count(*members))).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
