//! What an event is worth as a rule set defines it, in `Decimal`: the yardstick of the whole-number arithmetic that runs.

use jiff::Timestamp;
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::ledger::earning::{self, PaymentTerms};
use crate::ledger::event::Scene;
use crate::numbers::factor::Factor;
use crate::numbers::money::Money;
use crate::numbers::rounding::{Mode, Precision, Rounding};
use crate::refusal::Refusal;
use crate::rewards::cash;
use crate::rules::rule_set::{RuleSet, Rules};
use crate::rules::tier::TierRank;

/// The product, if it is one of 28 digits: beyond them `Decimal` rounds without a word.
fn exact(factors: &[Decimal]) -> Option<Decimal> {
    factors.iter().try_fold(Decimal::ONE, |product, factor| {
        let mantissa = product.mantissa().checked_mul(factor.mantissa())?;
        let exact = Decimal::try_from_i128_with_scale(mantissa, product.scale() + factor.scale()).ok()?;
        assert_eq!(exact, product * factor, "in 28 digits nothing is rounded");
        Some(exact)
    })
}

fn rounded(rounding: Rounding, product: Decimal) -> Decimal {
    let places = match rounding.precision {
        Precision::Hundredth => 2,
        Precision::Tenth => 1,
        Precision::Whole => 0,
    };
    let strategy = match rounding.mode {
        Mode::HalfEven => RoundingStrategy::MidpointNearestEven,
        Mode::HalfUp => RoundingStrategy::MidpointAwayFromZero,
        Mode::Floor => RoundingStrategy::ToZero,
    };
    product.round_dp_with_strategy(places, strategy)
}

fn rounding() -> impl Strategy<Value = Rounding> {
    (0..3_usize, 0..3_usize).prop_map(|(p, m)| Rounding { precision: Precision::ALL[p], mode: Mode::ALL[m] })
}

/// Any number of decimals up to six, the longest ones too.
fn factor(most: Factor) -> impl Strategy<Value = Factor> {
    let most = i64::try_from(most.millionths()).unwrap();
    prop_oneof![0..=most, (0..=most / 10_000).prop_map(|n| n * 10_000), Just(most), Just(500_000)]
        .prop_map(Factor::from_millionths)
}

proptest! {
    #[test]
    fn whole_number_rules_give_what_the_definition_gives_in_decimals(
        alpha in factor(Factor::MOST_WEIGHT), multipliers in prop::array::uniform2(factor(Factor::MOST_MULTIPLIER)),
        weights in prop::array::uniform2(factor(Factor::MOST_WEIGHT)),
        minor in prop_oneof![0..10_000_000_i64, 0..=Money::MOST_MINOR], rounding in rounding(), currency in 0..3_usize, scene in 0..5_usize,
    ) {
        let currency = ["CNY", "JPY", "KWD"][currency].parse().unwrap();
        let scene = Scene::ALL[scene];
        let mut set = RuleSet { alpha, beta: weights[0], gamma: weights[1], rounding, ..RuleSet::default() };
        let [of_scene, of_tier] = multipliers;
        match scene {
            Scene::EPayment => set.scenes.e_payment = of_scene,
            Scene::BankCard => set.scenes.bank_card = of_scene,
            Scene::Investment => set.scenes.investment = of_scene,
            Scene::Lending => set.scenes.lending = of_scene,
            Scene::Other => set.scenes.other = of_scene,
        }
        set.ladder.tiers[1].multiplier = of_tier;
        let rules = Rules::compile(set, 1, Timestamp::UNIX_EPOCH, currency).unwrap();
        let amount = Money::from_minor(minor, currency).unwrap();
        let terms = PaymentTerms { scene, tier: TierRank::new(2).unwrap(), cap_room: None };
        if let Some(product) = exact(&[alpha.decimal(), amount.decimal(), of_scene.decimal(), of_tier.decimal()]) {
            match earning::payment(&rules, amount, terms) {
                Ok(worth) => {
                    prop_assert_eq!(worth.points.decimal(), rounded(rounding, product));
                    prop_assert_eq!(worth.exact(), product.normalize().to_string());
                    let rounding_did = worth.points.decimal().checked_sub(product).filter(|_| product.scale() <= 20);
                    prop_assert!(rounding_did.is_none_or(|did| did.normalize().to_string() == worth.rounding()));
                }
                Err(refusal) => {
                    prop_assert_eq!(refusal, Refusal::PointsOutOfRange);
                    prop_assert!(rounded(rounding, product) > Decimal::new(i64::MAX, 2));
                }
            }
        }
        let [referral, review] = [earning::referral(&rules, None), earning::review(&rules, None)].map(|worth| worth.unwrap().points);
        prop_assert_eq!([referral, review].map(|points| points.decimal()), weights.map(|weight| rounded(rounding, weight.decimal())));
    }

    #[test]
    fn cash_costs_what_the_rate_says_in_decimals(
        rate in factor(Factor::MOST_RATE), minor in 0..=Money::MOST_MINOR, currency in 0..3_usize,
    ) {
        let currency = ["CNY", "JPY", "KWD"][currency].parse().unwrap();
        let Ok(rules) = Rules::compile(RuleSet { rate, ..RuleSet::default() }, 1, Timestamp::UNIX_EPOCH, currency) else {
            return Ok(()); // a rate of nothing
        };
        let cash = Money::from_minor(minor, currency).unwrap();
        if let Some(exact) = exact(&[cash.decimal(), rate.decimal()]) {
            let cost = exact.round_dp_with_strategy(2, RoundingStrategy::AwayFromZero);
            let cost = (cost <= Decimal::new(i64::MAX, 2)).then_some(cost);
            prop_assert_eq!(cash::cost_of(&rules.cash_terms(), cash).map(|points| points.decimal()), cost);
        }
    }
}
