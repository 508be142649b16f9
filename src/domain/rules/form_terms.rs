//! The fields of a form that say how long points and tiers last, and how many there can be. What is left over from another
//! kind (months, where the kind is `never`) is neither read nor refused: a form without scripts cannot take it away.

use crate::numbers::points::Points;
use crate::refusal::Fault;
use crate::rules::form::Reader;
use crate::rules::period::Validity;
use crate::rules::rule_set::RuleSet;
use crate::rules::terms::{Cap, EarnKind, Expiry, Kinds};
use crate::rules::tier::Ladder;
use crate::rules::window::Window;

pub const EXPIRIES: [&str; 3] = ["never", "months", "yearly"];
pub const WINDOWS: [&str; 3] = ["lifetime", "calendar_year", "months"];
pub const NO_OR_YES: [&str; 2] = ["no", "yes"];

pub const fn yes_or_no(is_so: bool) -> &'static str {
    NO_OR_YES[is_so as usize]
}

/// What becomes of earned points.
pub(crate) fn earned_fields(set: &RuleSet) -> Vec<(String, String)> {
    let (kind, [months, month, day, years]) = match set.expiry {
        Expiry::Never => ("never", Default::default()),
        Expiry::Months(months) => ("months", [months.to_string(), String::new(), String::new(), String::new()]),
        Expiry::Yearly { month, day, years } => {
            ("yearly", [String::new(), month.to_string(), day.to_string(), years.to_string()])
        }
    };
    let mut fields = vec![
        ("expiry.kind".into(), kind.into()),
        ("expiry.months".into(), months),
        ("expiry.month".into(), month),
        ("expiry.day".into(), day),
        ("expiry.years".into(), years),
    ];
    fields.extend(EarnKind::ALL.map(|kind| (format!("holding.{}", kind.name()), set.holding.of(kind).to_string())));
    for kind in EarnKind::ALL {
        let Cap { day, month } = set.caps.of(kind);
        let most = |cap: Option<Points>| cap.map(|points| points.decimal().normalize().to_string()).unwrap_or_default();
        fields.push((format!("caps.{}.day", kind.name()), most(day)));
        fields.push((format!("caps.{}.month", kind.name()), most(month)));
    }
    fields.push(("referral_least".into(), set.referral_least.to_string()));
    fields.push(("take_back_referral".into(), yes_or_no(set.take_back_referral).into()));
    fields
}

/// What counts for a tier, and how long it is kept.
pub(crate) fn kept_fields(ladder: &Ladder) -> [(String, String); 4] {
    let (kind, months) = match ladder.window {
        Window::Lifetime => ("lifetime", String::new()),
        Window::CalendarYear => ("calendar_year", String::new()),
        Window::Months(months) => ("months", months.to_string()),
    };
    let valid = |number: fn(Validity) -> u16| ladder.validity.map(|validity| number(validity).to_string()).unwrap_or_default();
    [
        ("window.kind".into(), kind.into()),
        ("window.months".into(), months),
        ("validity.months".into(), valid(|validity| validity.months)),
        ("validity.grace_days".into(), valid(|validity| validity.grace_days)),
    ]
}

pub(crate) fn expiry(r: &mut Reader) -> Expiry {
    match r.choice("expiry.kind", &EXPIRIES, |kind| kind) {
        "months" => Expiry::Months(short(r, "expiry.months")),
        "yearly" => {
            Expiry::Yearly { month: tiny(r, "expiry.month"), day: tiny(r, "expiry.day"), years: short(r, "expiry.years") }
        }
        _ => Expiry::Never,
    }
}

pub(crate) fn holding(r: &mut Reader) -> Kinds<u16> {
    by_kind(|kind| short(r, &format!("holding.{kind}")))
}

pub(crate) fn caps(r: &mut Reader) -> Kinds<Cap> {
    by_kind(|kind| Cap { day: most(r, &format!("caps.{kind}.day")), month: most(r, &format!("caps.{kind}.month")) })
}

pub(crate) fn window(r: &mut Reader) -> Window {
    match r.choice("window.kind", &WINDOWS, |kind| kind) {
        "months" => Window::Months(short(r, "window.months")),
        "calendar_year" => Window::CalendarYear,
        _ => Window::Lifetime,
    }
}

/// None without months; days of grace alone are a mistake.
pub(crate) fn validity(r: &mut Reader) -> Option<Validity> {
    let grace = r.text("validity.grace_days");
    if r.text("validity.months").is_empty() {
        if !grace.is_empty() {
            r.fail("validity.months", Fault::Missing);
        }
        return None;
    }
    let grace_days = if grace.is_empty() { 0 } else { short(r, "validity.grace_days") };
    Some(Validity { months: short(r, "validity.months"), grace_days })
}

fn by_kind<T: Default>(mut read: impl FnMut(&str) -> T) -> Kinds<T> {
    let [payment, referral, review] = EarnKind::ALL.map(|kind| read(kind.name()));
    Kinds { payment, referral, review }
}

fn most(r: &mut Reader, name: &str) -> Option<Points> {
    let text = r.text(name);
    if text.is_empty() {
        return None;
    }
    text.parse().inspect_err(|error| r.fail(name, *error)).ok()
}

fn short(r: &mut Reader, name: &str) -> u16 {
    u16::try_from(r.whole(name, u16::MAX.into())).unwrap_or(u16::MAX)
}

fn tiny(r: &mut Reader, name: &str) -> i8 {
    i8::try_from(r.whole(name, 99)).unwrap_or(i8::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::benefits::benefit::{Period, Quota};
    use crate::numbers::factor::Factor;
    use crate::numbers::rounding::{Mode, Precision, Rounding};
    use crate::rules::changes::changes;
    use crate::rules::form::{Fields, fields, rule_set};
    use crate::rules::rule_set::{Scenes, Shortfall};
    use crate::rules::tier::Basis;

    fn form(set: &RuleSet) -> Fields {
        fields(set).into_iter().collect()
    }

    fn faulty(over: &[(&str, &str)]) -> Vec<String> {
        let mut typed = form(&RuleSet::default());
        typed.extend(over.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let faults = match rule_set(&typed) {
            Ok(set) => set.faults("CNY".parse().unwrap()),
            Err(faults) => faults,
        };
        faults.into_iter().map(|fault| fault.field).collect()
    }

    fn any_expiry() -> impl Strategy<Value = Expiry> {
        let yearly = (1..=12_i8, 1..=29_i8, 1..=Expiry::MOST_YEARS);
        prop_oneof![
            Just(Expiry::Never),
            (1..=Expiry::MOST_MONTHS).prop_map(Expiry::Months),
            yearly.prop_map(|(month, day, years)| Expiry::Yearly { month, day, years }),
        ]
    }

    fn any_window() -> impl Strategy<Value = Window> {
        prop_oneof![Just(Window::Lifetime), Just(Window::CalendarYear), (1..=Window::MOST_MONTHS).prop_map(Window::Months)]
    }

    fn any_validity() -> impl Strategy<Value = Option<Validity>> {
        let validity = (1..=Validity::MOST_MONTHS, 0..=27_u16);
        prop::option::of(validity.prop_map(|(months, grace_days)| Validity { months, grace_days }))
    }

    fn kinds<T: std::fmt::Debug + Default + Clone + 'static>(
        one: impl Strategy<Value = T> + Clone,
    ) -> impl Strategy<Value = Kinds<T>> {
        (one.clone(), one.clone(), one).prop_map(|(payment, referral, review)| Kinds { payment, referral, review })
    }

    fn any_caps() -> impl Strategy<Value = Kinds<Cap>> {
        let most = prop::option::of((0..1_000_000_i64).prop_map(Points::from_hundredths));
        kinds((most.clone(), most).prop_map(|(day, month)| Cap { day, month }))
    }

    /// Weights with all their decimals, choices of all kinds, a quota and a percentage or none.
    fn any_rest() -> impl Strategy<Value = RuleSet> {
        let factor = |most: i64| (1..=most * Factor::UNIT).prop_map(Factor::from_millionths);
        let scenes = prop::array::uniform5(factor(100));
        let weights = (factor(10_000), factor(10_000), factor(10_000), factor(1_000_000));
        let choices = (0..3_usize, 0..3_usize, 0..2_usize, prop_oneof![Just(0_usize), Just(2_usize)]);
        let benefit = (prop::option::of(factor(99)), prop::option::of((1..=9_u32, 0..3_usize)), 0..5_usize);
        (weights, scenes, choices, benefit).prop_map(|(weights, scenes, choices, (percent, quota, tiers))| {
            let [e_payment, bank_card, investment, lending, other] = scenes;
            let mut set = RuleSet {
                alpha: weights.0,
                beta: weights.1,
                gamma: weights.2,
                rate: weights.3,
                scenes: Scenes { e_payment, bank_card, investment, lending, other },
                rounding: Rounding { precision: Precision::ALL[choices.0], mode: Mode::ALL[choices.1] },
                shortfall: Shortfall::ALL[choices.2],
                ..RuleSet::default()
            };
            set.ladder.basis = Basis::ALL[choices.3];
            set.ladder.tiers[3].multiplier = scenes[0];
            set.ladder.tiers[3].benefits[0].percent = percent;
            set.ladder.tiers[3].benefits[2].quota = quota.map(|(count, at)| Quota { count, period: Period::ALL[at] });
            set.ladder.tiers.truncate(tiers.max(1));
            set
        })
    }

    proptest! {
        #[test]
        fn any_valid_rule_set_survives_its_form(
            rest in any_rest(),
            expiry in any_expiry(),
            holding in kinds(0..=365_u16),
            caps in any_caps(),
            least in 0..10_000_000_i64,
            take_back_referral in any::<bool>(),
            window in any_window(),
            validity in any_validity(),
        ) {
            let referral_least = Factor::from_millionths(least * 10_000);
            let mut set = RuleSet { expiry, holding, caps, referral_least, take_back_referral, ..rest };
            set.ladder.window = window;
            set.ladder.validity = validity;
            prop_assert_eq!(set.faults("CNY".parse().unwrap()), vec![]);
            prop_assert_eq!(rule_set(&form(&set)), Ok(set.clone()));
            prop_assert_eq!(crate::rules::file::read(&crate::rules::file::write(&set), "CNY".parse().unwrap()), Ok(set));
        }
    }

    #[test]
    fn every_setting_has_a_field_that_a_change_of_it_shows() {
        let before = RuleSet::default();
        let mut after = before.clone();
        after.expiry = Expiry::Yearly { month: 12, day: 31, years: 1 };
        after.holding.payment = 14;
        after.caps.payment.month = Some("5000".parse().unwrap());
        after.caps.referral.day = None;
        after.referral_least = Factor::whole(50);
        after.take_back_referral = true;
        after.ladder.window = Window::Months(12);
        after.ladder.validity = Some(Validity { months: 12, grace_days: 0 });
        let line = |change: crate::rules::changes::Change| {
            format!("{} {}>{}", change.field, change.before.unwrap_or_default(), change.after.unwrap_or_default())
        };
        let lines: Vec<String> = changes(&before, &after).into_iter().map(line).collect();
        assert_eq!(
            lines,
            [
                "expiry.kind never>yearly",
                "expiry.month >12",
                "expiry.day >31",
                "expiry.years >1",
                "holding.payment 0>14",
                "caps.payment.month >5000",
                "caps.referral.day 100>",
                "referral_least 0>50",
                "take_back_referral no>yes",
                "window.kind lifetime>months",
                "window.months >12",
                "validity.months >12",
                "validity.grace_days >0",
            ]
        );
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        for (over, field) in [
            (vec![("expiry.kind", "months")], "expiry.months"),
            (vec![("expiry.kind", "months"), ("expiry.months", "121")], "expiry.months"),
            (vec![("expiry.kind", "months"), ("expiry.months", "1.5")], "expiry.months"),
            (vec![("expiry.kind", "yearly"), ("expiry.month", "2"), ("expiry.day", "30"), ("expiry.years", "1")], "expiry.day"),
            (vec![("expiry.kind", "sometimes")], "expiry.kind"),
            (vec![("holding.review", "366")], "holding.review"),
            (vec![("holding.review", "")], "holding.review"),
            (vec![("caps.payment.day", "-1")], "caps.payment.day"),
            (vec![("caps.review.month", "1.005")], "caps.review.month"),
            (vec![("referral_least", "1.005")], "referral_least"),
            (vec![("take_back_referral", "perhaps")], "take_back_referral"),
            (vec![("window.kind", "months")], "window.months"),
            (vec![("window.kind", "months"), ("window.months", "61")], "window.months"),
            (vec![("window.kind", "calendar_year"), ("basis", "points_balance")], "window.kind"),
            (vec![("validity.grace_days", "7")], "validity.months"),
            (vec![("validity.months", "0")], "validity.months"),
            (vec![("validity.months", "1"), ("validity.grace_days", "28")], "validity.grace_days"),
        ] {
            assert_eq!(faulty(&over), [field], "{over:?}");
        }
    }

    #[test]
    fn what_is_left_over_from_another_kind_does_no_harm() {
        assert_eq!(faulty(&[("expiry.months", "a year"), ("window.months", "x")]), [""; 0]);
    }
}
