//! What a rule set comes to, in a few worked examples: shown beside the editor while somebody types.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::ledger::earning::{self, PaymentTerms, Worth};
use crate::ledger::event::Scene;
use crate::numbers::money::{Currency, Money};
use crate::numbers::points::Points;
use crate::refusal::{FieldFault, Refusal};
use crate::rewards::cash;
use crate::rules::form::{self, Fields};
use crate::rules::lasting::Lasting;
use crate::rules::rule_set::Rules;
use crate::rules::terms::{Cap, EarnKind};
use crate::rules::tier::{Basis, TierRank, rank_of};
use crate::text::Both;

/// 139.12 of the currency, the payment of the source's own example.
const PAID: i64 = 13_912;
const REDEEMED: Points = Points::from_hundredths(25_000);

/// Worked examples under one rule set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub paid: Money,
    pub basis: Basis,
    pub rungs: Vec<Rung>,
    /// What the payment earns in each scene, tier by tier; `None` is more than can be held.
    pub payments: Vec<(Scene, Vec<Option<Earned>>)>,
    pub referral: Earned,
    pub review: Earned,
    pub redeemed: Points,
    /// What redeeming pays and takes; `None` when it pays nothing.
    pub pays: Option<(Money, Points)>,
    /// What is gathered, as the basis counts, and the tier that it gives: just below and at each threshold.
    pub edges: Vec<(i64, TierRank)>,
    pub lasting: Lasting,
}

/// What something earns, and what of it counts when it is the first of its kind in its day and month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earned {
    pub whole: Points,
    pub counted: Points,
}

impl Earned {
    pub fn is_cut(self) -> bool {
        self.whole != self.counted
    }
}

impl From<Worth> for Earned {
    fn from(worth: Worth) -> Earned {
        Earned { whole: worth.rounded, counted: worth.points }
    }
}

/// A tier on the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    pub rank: TierRank,
    pub name: Both,
    pub from: String,
    /// How wide to draw it, 1 to 12.
    pub width: u8,
}

impl Preview {
    /// Reads the fields of a form and works the examples; or names every field that is not right.
    pub fn of(fields: &Fields, currency: Currency, today: Date) -> Result<Preview, Vec<FieldFault>> {
        let set = form::whole_rule_set(fields, currency)?;
        let rules = Rules::compile(set, 1, Timestamp::UNIX_EPOCH, currency).map_err(|refusal| match refusal {
            Refusal::Invalid { faults } => faults,
            _ => Vec::new(),
        })?;
        Preview::under(&rules, today).map_err(|_| Vec::new())
    }

    /// # Errors
    /// `PointsOutOfRange` when even a referral is worth more than can be held.
    pub fn under(rules: &Rules, today: Date) -> Result<Preview, Refusal> {
        let room = |kind| most(rules.set.caps.of(kind));
        let whole = |minor: i64| Money::from_minor(minor, rules.currency).map_err(|_| Refusal::PointsOutOfRange);
        // 139.12 in hundredths; currencies with other decimals take the nearest they have
        let paid = whole(i64::try_from(i128::from(PAID) * rules.currency.minor_per_unit() / 100).unwrap_or(PAID))?;
        let ranks = (1..=rules.set.ladder.tiers.len()).filter_map(|rank| TierRank::new(u16::try_from(rank).ok()?));
        let ranks: Vec<TierRank> = ranks.collect();
        let worth =
            |scene, tier| earning::payment(rules, paid, PaymentTerms { scene, tier, cap_room: room(EarnKind::Payment) }).ok();
        let row = |scene| (scene, ranks.iter().map(|tier| worth(scene, *tier).map(Earned::from)).collect());
        let widths = widths(rules.thresholds());
        let rung = |(rank, width): (&TierRank, u8)| {
            let tier = rules.tier(*rank);
            Rung { rank: *rank, name: tier.name.clone(), from: tier.from.to_string(), width }
        };
        let thresholds = rules.thresholds();
        let edges =
            thresholds[1..].iter().flat_map(|from| [from - 1, *from]).map(|gathered| (gathered, rank_of(thresholds, gathered)));
        Ok(Preview {
            paid,
            basis: rules.set.ladder.basis,
            rungs: ranks.iter().zip(widths).map(rung).collect(),
            payments: Scene::ALL.map(row).to_vec(),
            referral: earning::referral(rules, room(EarnKind::Referral))?.into(),
            review: earning::review(rules, room(EarnKind::Review))?.into(),
            redeemed: REDEEMED,
            pays: cash::quote(&rules.cash_terms(), REDEEMED).ok().map(|quote| (quote.cash, quote.points)),
            edges: edges.collect(),
            lasting: Lasting::of(&rules.set, today),
        })
    }
}

/// What a day that is the first of its month has room for.
fn most(cap: Cap) -> Option<Points> {
    [cap.day, cap.month].into_iter().flatten().min()
}

/// Wider ranges are drawn wider, by the square root so that narrow ones can still be read; the last has no end.
fn widths(thresholds: &[i64]) -> Vec<u8> {
    let roots: Vec<u64> = thresholds.windows(2).map(|pair| u64::try_from(pair[1] - pair[0]).unwrap_or(1).isqrt()).collect();
    let most = roots.iter().copied().max().unwrap_or(1).max(1);
    let width = |root: &u64| u8::try_from((12 * root).div_ceil(most).clamp(4, 12)).unwrap_or(12);
    let mut widths: Vec<u8> = roots.iter().map(width).collect();
    widths.push(9);
    widths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::rule_set::RuleSet;

    const TODAY: Date = jiff::civil::date(2026, 11, 25);

    fn fields(change: &[(&str, &str)]) -> Fields {
        let mut fields: Fields = form::fields(&RuleSet::default()).into_iter().collect();
        fields.extend(change.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        fields
    }

    #[test]
    fn the_examples_are_worked_by_what_is_typed() {
        let typed = fields(&[("alpha", "1.2"), ("tiers.1.multiplier", "1.05"), ("scenes.lending", "0"), ("rate", "33.333333")]);
        let preview = Preview::of(&typed, "CNY".parse().unwrap(), TODAY).unwrap();
        let row =
            |at: usize| preview.payments[at].1.iter().map(|points| points.unwrap().counted.to_string()).collect::<Vec<_>>();
        assert_eq!(preview.paid.amount(), "139.12");
        assert_eq!(row(0), ["166.94", "175.29", "166.94", "166.94"]);
        assert_eq!(row(3), ["0.00"; 4]);
        assert_eq!((preview.referral.counted.to_string(), preview.review.counted.to_string()), ("10.00".into(), "5.00".into()));
        let (cash, points) = preview.pays.unwrap();
        assert_eq!((cash.amount(), points.to_string()), ("7.50".into(), "250.00".into()));
        let edges: Vec<(i64, u16)> = preview.edges.iter().map(|(gathered, rank)| (*gathered, rank.get())).collect();
        assert_eq!(edges, [(9999, 1), (10000, 2), (49999, 2), (50000, 3), (99999, 3), (100_000, 4)]);
        assert_eq!(preview.rungs.iter().map(|rung| rung.width).collect::<Vec<_>>(), [6, 11, 12, 9]);
    }

    #[test]
    fn a_cap_cuts_what_counts_and_what_was_earned_is_still_told() {
        let typed =
            fields(&[("alpha", "3"), ("caps.payment.day", "50"), ("caps.payment.month", "400"), ("caps.review.month", "2")]);
        let preview = Preview::of(&typed, "CNY".parse().unwrap(), TODAY).unwrap();
        let told = |earned: Earned| format!("{} of {}", earned.counted, earned.whole);
        assert_eq!(told(preview.payments[0].1[0].unwrap()), "50.00 of 417.36");
        assert_eq!(told(preview.review), "2.00 of 5.00");
        assert!(preview.review.is_cut() && !preview.referral.is_cut());
    }

    #[test]
    fn fields_that_are_not_right_are_named_all_at_once() {
        let typed =
            fields(&[("alpha", "x"), ("beta", "-1"), ("tiers.1.from", ""), ("expiry.kind", "months"), ("expiry.months", "0")]);
        let faults = Preview::of(&typed, "CNY".parse().unwrap(), TODAY).unwrap_err();
        let named: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(named, ["alpha", "beta", "expiry.months", "tiers.1.from"]);
    }

    #[test]
    fn fields_that_are_not_right_are_named() {
        let faults =
            Preview::of(&fields(&[("alpha", "-1"), ("tiers.2.from", "50")]), "CNY".parse().unwrap(), TODAY).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["alpha", "tiers.2.from"]);
    }

    #[test]
    fn it_works_in_a_currency_without_decimals() {
        assert_eq!(Preview::of(&fields(&[]), "JPY".parse().unwrap(), TODAY).unwrap().paid.amount(), "139");
    }
}
