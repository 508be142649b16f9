//! What an event is worth: `points = α × payment amount + β × referrals + γ × reviews`, one term each, rounded once.

use crate::ledger::event::Scene;
use crate::numbers::factor::Factor;
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::refusal::Refusal;
use crate::rules::rule_set::Rules;
use crate::rules::tier::TierRank;

/// An exact product and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worth {
    /// Exact points, as `numerator / denominator`.
    numerator: i128,
    denominator: i128,
    /// The product rounded by the rule set.
    pub rounded: Points,
    /// What is earned: the rounded product, cut to the cap's room if there is a cap.
    pub points: Points,
}

impl Worth {
    /// The product before rounding, as a decimal without needless zeros: both denominators are powers of ten.
    pub fn exact(&self) -> String {
        in_decimals(self.numerator, self.denominator)
    }

    /// What rounding did to it, signed, likewise: `-0.0012` when so much was dropped, `0` when nothing.
    pub fn rounding(&self) -> String {
        let kept = i128::from(self.rounded.hundredths()) * (self.denominator / 100);
        in_decimals(kept - self.numerator, self.denominator)
    }
}

/// A fraction over a power of ten as a decimal without needless zeros. It has up to 38 digits, so it is no `Decimal`.
fn in_decimals(numerator: i128, denominator: i128) -> String {
    let sign = if numerator < 0 { "-" } else { "" };
    let (whole, rest) = ((numerator / denominator).unsigned_abs(), (numerator % denominator).unsigned_abs());
    match rest {
        0 => format!("{sign}{whole}"),
        rest => {
            let decimals = format!("{rest:0>places$}", places = denominator.ilog10() as usize);
            format!("{sign}{whole}.{}", decimals.trim_end_matches('0'))
        }
    }
}

/// The terms that fix what a payment earns, as its entry records them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentTerms {
    pub scene: Scene,
    /// The tier whose multiplier applies.
    pub tier: TierRank,
    /// How many points a cap left room for; `None` when no cap applies.
    pub cap_room: Option<Points>,
}

/// `α × amount × scene multiplier × tier multiplier`, rounded once; `amount` is not negative.
///
/// Within the limits (amount 10^12 minor units, α 10^10, multipliers 10^8 millionths each) the product is at most 10^38 and
/// fits i128. Refused: [`Refusal::PointsOutOfRange`] when the points do not fit.
pub fn payment(rules: &Rules, amount: Money, terms: PaymentTerms) -> Result<Worth, Refusal> {
    let numerator = i128::from(amount.minor())
        * rules.figures.alpha
        * rules.figures.scene(terms.scene)
        * rules.figures.multiplier(terms.tier);
    let denominator = amount.currency().minor_per_unit() * i128::from(Factor::UNIT).pow(3);
    worth(rules, numerator, denominator, terms.cap_room)
}

/// Likewise, the points alone.
#[inline(always)]
pub(crate) fn points(rules: &Rules, amount: Money, terms: PaymentTerms) -> Result<Points, Refusal> {
    match rules.fractions.points(amount.minor(), terms.scene, terms.tier) {
        Some(hundredths) if amount.currency() == rules.currency => {
            let rounded = Points::from_hundredths(hundredths);
            Ok(terms.cap_room.map_or(rounded, |room| room.available_for(rounded)))
        }
        _ => points_in_128(rules, amount, terms),
    }
}

/// Apart, so that the usual way is short.
#[cold]
#[inline(never)]
fn points_in_128(rules: &Rules, amount: Money, terms: PaymentTerms) -> Result<Points, Refusal> {
    payment(rules, amount, terms).map(|worth| worth.points)
}

/// β.
pub fn referral(rules: &Rules, cap_room: Option<Points>) -> Result<Worth, Refusal> {
    worth(rules, rules.figures.beta, i128::from(Factor::UNIT), cap_room)
}

/// γ.
pub fn review(rules: &Rules, cap_room: Option<Points>) -> Result<Worth, Refusal> {
    worth(rules, rules.figures.gamma, i128::from(Factor::UNIT), cap_room)
}

fn worth(rules: &Rules, numerator: i128, denominator: i128, cap_room: Option<Points>) -> Result<Worth, Refusal> {
    let hundredths = rules.set.rounding.round(numerator, denominator / 100);
    let rounded = i64::try_from(hundredths).map(Points::from_hundredths).map_err(|_| Refusal::PointsOutOfRange)?;
    let points = cap_room.map_or(rounded, |room| room.available_for(rounded));
    Ok(Worth { numerator, denominator, rounded, points })
}

/// What a refund takes back: `earned(amount − refunded before) − earned(amount − refunded before − this)`.
///
/// The differences of any split add up to what the payment earned. Refused: [`Refusal::RefundBeyondPayment`].
#[inline]
pub fn taken_back(rules: &Rules, paid: Money, terms: PaymentTerms, before: Money, refund: Money) -> Result<Points, Refusal> {
    let money = |minor| Money::from_minor(minor, paid.currency()).map_err(|_| Refusal::PointsOutOfRange);
    let kept = money(paid.minor() - before.minor())?;
    if refund.minor() > kept.minor() {
        return Err(Refusal::RefundBeyondPayment { left: kept });
    }
    let then = points(rules, kept, terms)?;
    let now = points(rules, money(kept.minor() - refund.minor())?, terms)?;
    then.checked_sub(now).ok_or(Refusal::PointsOutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::rounding::{Mode, Precision, Rounding};
    use crate::rules::rule_set::RuleSet;
    use jiff::Timestamp;
    use num_bigint::BigInt;
    use proptest::prelude::*;

    fn cny(amount: &str) -> Money {
        Money::parse(amount, "CNY".parse().unwrap()).unwrap()
    }

    fn compiled(change: impl FnOnce(&mut RuleSet)) -> Rules {
        let mut set = RuleSet::default();
        change(&mut set);
        Rules::compile(set, 1, Timestamp::UNIX_EPOCH, "CNY".parse().unwrap()).unwrap()
    }

    const PLAIN: PaymentTerms = PaymentTerms { scene: Scene::Other, tier: TierRank::FIRST, cap_room: None };

    fn earned(rules: &Rules, amount: &str) -> String {
        payment(rules, cny(amount), PLAIN).unwrap().points.to_string()
    }

    #[test]
    fn by_default_a_unit_paid_earns_a_point() {
        assert_eq!(earned(&compiled(|_| ()), "139.12"), "139.12");
    }

    #[test]
    fn half_even_rounds_a_half_to_the_even_hundredth() {
        let half = compiled(|set| set.alpha = "0.5".parse().unwrap());
        assert_eq!(earned(&half, "0.05"), "0.02");
        assert_eq!(earned(&half, "0.07"), "0.04");
    }

    #[test]
    fn refunds_in_parts_take_back_what_rounding_gave_and_no_more() {
        let rules = compiled(|set| {
            set.alpha = "0.015".parse().unwrap();
            set.rounding = Rounding { precision: Precision::Whole, mode: Mode::Floor };
        });
        let mut before = 0;
        let taken: Vec<String> = ["30", "40", "30"]
            .iter()
            .map(|refund| {
                let so_far = Money::from_minor(before, cny("1").currency()).unwrap();
                before += cny(refund).minor();
                taken_back(&rules, cny("100"), PLAIN, so_far, cny(refund)).unwrap().to_string()
            })
            .collect();
        assert_eq!(earned(&rules, "100"), "1.00");
        assert_eq!(taken, ["0.00", "1.00", "0.00"]);
    }

    #[test]
    fn a_refund_beyond_what_is_left_of_the_payment_is_refused() {
        let rules = compiled(|_| ());
        assert_eq!(
            taken_back(&rules, cny("100"), PLAIN, cny("90"), cny("10.01")),
            Err(Refusal::RefundBeyondPayment { left: cny("10") })
        );
    }

    #[test]
    fn the_exact_product_is_told_to_the_last_digit() {
        let rules = compiled(|set| {
            set.alpha = "1.2".parse().unwrap();
            set.ladder.tiers[1].multiplier = "1.05".parse().unwrap();
        });
        let gold = PaymentTerms { tier: TierRank::new(2).unwrap(), ..PLAIN };
        let worth = payment(&rules, cny("139.12"), gold).unwrap();
        assert_eq!((worth.exact().as_str(), worth.points.to_string().as_str()), ("175.2912", "175.29"));
        assert_eq!(worth.rounding(), "-0.0012");
        assert_eq!(payment(&rules, cny("10"), PLAIN).unwrap().rounding(), "0");
    }

    #[test]
    fn points_that_do_not_fit_are_refused_rather_than_wrapped() {
        let rules = compiled(|set| {
            set.alpha = Factor::MOST_WEIGHT;
            set.scenes.other = Factor::MOST_MULTIPLIER;
            set.ladder.tiers[0].multiplier = Factor::MOST_MULTIPLIER;
        });
        assert_eq!(payment(&rules, cny("10000000000"), PLAIN), Err(Refusal::PointsOutOfRange));
    }

    /// The definition, in numbers without limit: round(α·x·s·t ÷ 10^18 ÷ 10^exp × 100 ÷ step) × step.
    fn by_definition(factors: [i64; 3], minor: i64, exponent: u32, rounding: Rounding) -> BigInt {
        let product = factors.iter().fold(BigInt::from(minor), |product, factor| product * BigInt::from(*factor)) * 100;
        let divisor = BigInt::from(10).pow(18 + exponent) * BigInt::from(rounding.precision.step());
        let (whole, twice) = (&product / &divisor, (&product % &divisor) * 2);
        let odd = &whole % 2 == BigInt::from(1);
        let up = match rounding.mode {
            Mode::Floor => false,
            Mode::HalfUp => twice >= divisor,
            Mode::HalfEven => twice > divisor || (twice == divisor && odd),
        };
        (whole + BigInt::from(i32::from(up))) * BigInt::from(rounding.precision.step())
    }

    fn rounding() -> impl Strategy<Value = Rounding> {
        (0..3_usize, 0..3_usize).prop_map(|(p, m)| Rounding { precision: Precision::ALL[p], mode: Mode::ALL[m] })
    }

    fn factor(most: Factor) -> impl Strategy<Value = i64> {
        let most = most.millionths() as i64;
        prop_oneof![0..=most, 0..=5_000_000_i64.min(most), Just(most), Just(1_000_000), Just(500_000)]
    }

    fn minor() -> impl Strategy<Value = i64> {
        prop_oneof![0..=Money::MOST_MINOR, 0..100_000_i64, Just(Money::MOST_MINOR)]
    }

    proptest! {
        #[test]
        fn whole_number_rules_give_what_the_definition_gives_in_big_integers(
            alpha in factor(Factor::MOST_WEIGHT), scene in factor(Factor::MOST_MULTIPLIER),
            tier in factor(Factor::MOST_MULTIPLIER), minor in minor(), rounding in rounding(), currency in 0..3_usize,
        ) {
            let currency = ["CNY", "JPY", "KWD"][currency].parse().unwrap();
            let mut set = RuleSet { alpha: Factor::from_millionths(alpha), rounding, ..RuleSet::default() };
            set.scenes.lending = Factor::from_millionths(scene);
            set.ladder.tiers[2].multiplier = Factor::from_millionths(tier);
            let rules = Rules::compile(set, 1, Timestamp::UNIX_EPOCH, currency).unwrap();
            let terms = PaymentTerms { scene: Scene::Lending, tier: TierRank::new(3).unwrap(), cap_room: None };
            let expected = by_definition([alpha, scene, tier], minor, currency.exponent(), rounding);
            let quick = points(&rules, Money::from_minor(minor, currency).unwrap(), terms);
            prop_assert_eq!(quick, payment(&rules, Money::from_minor(minor, currency).unwrap(), terms).map(|worth| worth.points));
            match payment(&rules, Money::from_minor(minor, currency).unwrap(), terms) {
                Ok(worth) => prop_assert_eq!(BigInt::from(worth.points.hundredths()), expected),
                Err(refusal) => {
                    prop_assert_eq!(refusal, Refusal::PointsOutOfRange);
                    prop_assert!(expected > BigInt::from(i64::MAX));
                }
            }
        }

        #[test]
        fn refunds_take_back_the_same_whatever_their_split(
            alpha in factor(Factor::whole(10)), rounding in rounding(), parts in prop::collection::vec(1..50_000_i64, 1..8),
            rest in 0..50_000_i64, cap in prop::option::of(0..10_000_i64),
        ) {
            let rules = compiled(|set| { set.alpha = Factor::from_millionths(alpha); set.rounding = rounding; });
            let currency = rules.currency;
            let money = |minor| Money::from_minor(minor, currency).unwrap();
            let terms = PaymentTerms { cap_room: cap.map(Points::from_hundredths), ..PLAIN };
            let refunded: i64 = parts.iter().sum();
            let paid = money(refunded + rest);
            let mut before = 0;
            let mut taken = 0;
            for part in parts {
                taken += taken_back(&rules, paid, terms, money(before), money(part)).unwrap().hundredths();
                before += part;
            }
            let at_once = taken_back(&rules, paid, terms, money(0), money(refunded)).unwrap();
            prop_assert_eq!(taken, at_once.hundredths());
            if rest == 0 {
                prop_assert_eq!(at_once, payment(&rules, paid, terms).unwrap().points);
            }
        }
    }
}
