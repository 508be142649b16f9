//! The plain sheet as the rule set that Laurel publishes. The only place of the model that speaks of the domain's types.

use laurel_domain::numbers::factor::Factor;
use laurel_domain::numbers::points::Points;
use laurel_domain::numbers::rounding::{self, Precision, Rounding};
use laurel_domain::rules::period;
use laurel_domain::rules::rule_set::{RuleSet, Scenes, Shortfall};
use laurel_domain::rules::terms::{self, Cap, Kinds};
use laurel_domain::rules::tier::{self, Ladder};
use laurel_domain::rules::window;
use laurel_domain::text::{Both, Key};

use super::sheet::{Basis, Expiry, Mode, Sheet, Window};

pub fn rule_set(sheet: &Sheet) -> RuleSet {
    let factor = Factor::from_millionths;
    let [e_payment, bank_card, investment, lending, other] = sheet.scenes.map(factor);
    let [payment, referral, review] = sheet.holding;
    let points = |hundredths: Option<i64>| hundredths.map(Points::from_hundredths);
    let caps = sheet.caps.map(|(day, month)| Cap { day: points(day), month: points(month) });
    RuleSet {
        alpha: factor(sheet.alpha),
        beta: factor(sheet.beta),
        gamma: factor(sheet.gamma),
        scenes: Scenes { e_payment, bank_card, investment, lending, other },
        rounding: rounding(sheet),
        ladder: ladder(sheet),
        rate: factor(sheet.rate),
        shortfall: if sheet.forgive { Shortfall::Forgive } else { Shortfall::Debt },
        expiry: match sheet.expiry {
            Expiry::Never => terms::Expiry::Never,
            Expiry::Months(months) => terms::Expiry::Months(months),
            Expiry::Yearly(month, day, years) => terms::Expiry::Yearly { month, day, years },
        },
        holding: Kinds { payment, referral, review },
        caps: Kinds { payment: caps[0], referral: caps[1], review: caps[2] },
        referral_least: factor(sheet.least * 10_000),
        take_back_referral: sheet.takes_back,
    }
}

fn rounding(sheet: &Sheet) -> Rounding {
    let precision = match sheet.step {
        1 => Precision::Hundredth,
        10 => Precision::Tenth,
        _ => Precision::Whole,
    };
    let mode = match sheet.mode {
        Mode::HalfEven => rounding::Mode::HalfEven,
        Mode::HalfUp => rounding::Mode::HalfUp,
        Mode::Floor => rounding::Mode::Floor,
    };
    Rounding { precision, mode }
}

fn ladder(sheet: &Sheet) -> Ladder {
    let tiers = sheet.tiers.iter().map(|tier| tier::Tier {
        key: Key::new(tier.key).unwrap(),
        name: Both::new("级", tier.key),
        from: Factor::whole(tier.from),
        multiplier: Factor::from_millionths(tier.multiplier),
        benefits: Vec::new(),
    });
    Ladder {
        basis: match sheet.basis {
            Basis::Earned => tier::Basis::PointsEarned,
            Basis::Balance => tier::Basis::PointsBalance,
            Basis::Spent => tier::Basis::AmountSpent,
        },
        window: match sheet.window {
            Window::Lifetime => window::Window::Lifetime,
            Window::Year => window::Window::CalendarYear,
            Window::Months(months) => window::Window::Months(months),
        },
        validity: sheet.validity.map(|v| period::Validity { months: v.months, grace_days: v.grace }),
        tiers: tiers.collect(),
    }
}
