//! What a payment earns for each minor unit, by scene and tier, as fractions in lowest terms: `α × scene × tier` is the same for every
//! payment, so that most products fit 64 bits. What does not is worked in 128 by [`crate::ledger::earning`]; a test there holds
//! the two equal.

use crate::ledger::event::Scene;
use crate::numbers::factor::Factor;
use crate::numbers::money::Currency;
use crate::numbers::rounding::{Mode, Rounding};
use crate::rules::figures::Figures;
use crate::rules::tier::TierRank;

/// Steps of rounding for one minor unit; hundredths of a point where nothing has to be rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fraction {
    numerator: u64,
    /// 0 where one of them does not fit.
    denominator: u64,
}

/// What does not fit.
const NONE: Fraction = Fraction { numerator: 0, denominator: 0 };
/// Places for the scenes of a tier: a power of two, so that one is found without a product.
const A_TIER: usize = Scene::ALL.len().next_power_of_two();

impl Fraction {
    /// With the step that is rounded to in it, where nothing has to be rounded.
    fn of_step(self, step: u64) -> Fraction {
        match self {
            Fraction { numerator, denominator: 1 } => {
                numerator.checked_mul(step).map_or(NONE, |numerator| Fraction { numerator, denominator: 1 })
            }
            other => other,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fractions {
    /// By tier, and within it by scene.
    all: Vec<Fraction>,
    mode: Mode,
    /// In hundredths of a point.
    step: u64,
}

impl Fractions {
    pub fn of(figures: &Figures, rounding: Rounding, currency: Currency) -> Fractions {
        // hundredths of a point for a minor unit are α·s·t / (10^18 · 10^exponent / 100)
        let denominator = i128::from(Factor::UNIT).pow(3) * currency.minor_per_unit() / 100 * rounding.precision.step();
        let step = rounding.precision.step() as u64;
        let fraction = |tier, scene: Option<&Scene>| {
            let product = |scene: &Scene| figures.alpha * figures.scene(*scene) * figures.multiplier(tier);
            scene.map_or(NONE, |scene| reduced(product(scene), denominator).of_step(step))
        };
        let tiers = (1..=figures.tiers()).filter_map(|rank| TierRank::new(rank as u16));
        let scenes = || (0..A_TIER).map(|scene| Scene::ALL.get(scene));
        Fractions {
            all: tiers
                .flat_map(|tier| scenes().map(move |scene| (tier, scene)))
                .map(|(tier, scene)| fraction(tier, scene))
                .collect(),
            mode: rounding.mode,
            step,
        }
    }

    /// The rounded points of a payment, in hundredths; `None` where that does not fit 64 bits on the way, or for a tier beyond the last.
    #[inline(always)]
    pub fn points(&self, minor: i64, scene: Scene, tier: TierRank) -> Option<i64> {
        let Fraction { numerator, denominator } = *self.all.get(tier.index() * A_TIER + scene as usize)?;
        let product = u64::try_from(minor).ok()?.checked_mul(numerator)?;
        let steps = match denominator {
            0 => return None,
            1 => return i64::try_from(product).ok(),
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
        _ => NONE,
    }
}
