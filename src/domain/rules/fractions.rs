//! What a payment earns for each minor unit, by scene and tier, as fractions in lowest terms: `α × scene × tier` is the same for every
//! payment, so that most products fit 64 bits. What does not is worked in 128 by [`crate::ledger::earning`]; a test there holds
//! the two equal.

use crate::ledger::event::Scene;
use crate::numbers::factor::Factor;
use crate::numbers::money::Currency;
use crate::numbers::rounding::{Mode, Rounding};
use crate::rules::figures::Figures;
use crate::rules::tier::TierRank;

/// Steps of rounding for one minor unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fraction {
    numerator: u64,
    /// 0 where one of them does not fit.
    denominator: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fractions {
    by_tier: Vec<[Fraction; Scene::ALL.len()]>,
    mode: Mode,
    /// In hundredths of a point.
    step: u64,
}

impl Fractions {
    pub fn of(figures: &Figures, rounding: Rounding, currency: Currency) -> Fractions {
        // hundredths of a point for a minor unit are α·s·t / (10^18 · 10^exponent / 100)
        let denominator = i128::from(Factor::UNIT).pow(3) * currency.minor_per_unit() / 100 * rounding.precision.step();
        let fraction = |tier, scene| reduced(figures.alpha * figures.scene(scene) * figures.multiplier(tier), denominator);
        let tiers = (1..=figures.tiers()).filter_map(|rank| TierRank::new(rank as u16));
        Fractions {
            by_tier: tiers.map(|tier| Scene::ALL.map(|scene| fraction(tier, scene))).collect(),
            mode: rounding.mode,
            step: rounding.precision.step() as u64,
        }
    }

    /// The rounded points of a payment, in hundredths; `None` where that does not fit 64 bits on the way.
    #[inline]
    pub fn points(&self, minor: i64, scene: Scene, tier: TierRank) -> Option<i64> {
        let Fraction { numerator, denominator } = self.by_tier[tier.index().min(self.by_tier.len() - 1)][scene as usize];
        let product = u64::try_from(minor).ok()?.checked_mul(numerator)?;
        let steps = match denominator {
            0 => return None,
            1 => product,
            denominator => {
                let (whole, rest) = (product / denominator, product % denominator);
                let missing = denominator - rest;
                let up = match self.mode {
                    Mode::Floor => false,
                    Mode::HalfUp => rest >= missing,
                    Mode::HalfEven => rest > missing || (rest == missing && whole % 2 == 1),
                };
                whole + u64::from(up)
            }
        };
        i64::try_from(steps.checked_mul(self.step)?).ok()
    }
}

fn reduced(numerator: i128, denominator: i128) -> Fraction {
    let (mut a, mut b) = (numerator, denominator);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let fits = |number: i128| u64::try_from(number / a.max(1)).ok();
    match (fits(numerator), fits(denominator)) {
        (Some(numerator), Some(denominator)) => Fraction { numerator, denominator },
        _ => Fraction { numerator: 0, denominator: 0 },
    }
}
