//! A rule set as the flat fields of a form, there and back: what the console's editor sends, what a list of changes compares.
//!
//! Names are paths, the same that faults carry: `alpha`, `scenes.lending`, `tiers.1.from`, `tiers.1.benefits.0.text.zh`.
//! What there need not be (a benefit's `percent` and quota, a cap, an expiry, a validity) is empty where there is none.

use std::collections::{BTreeMap, BTreeSet};

use crate::benefits::benefit::{Benefit, BenefitKind, Period, Quota};
use crate::ledger::event::Scene;
use crate::numbers::factor::Factor;
use crate::numbers::money::Currency;
use crate::numbers::rounding::{Mode, Precision, Rounding};
use crate::refusal::{Fault, FieldFault, NumberError};
use crate::rules::form_terms;
use crate::rules::rule_set::{RuleSet, Scenes, Shortfall};
use crate::rules::tier::{Basis, Ladder, Tier};
use crate::text::{Both, Key};

/// Field names and their texts.
pub type Fields = BTreeMap<String, String>;

impl Shortfall {
    pub const ALL: [Shortfall; 2] = [Shortfall::Debt, Shortfall::Forgive];

    pub const fn name(self) -> &'static str {
        match self {
            Shortfall::Debt => "debt",
            Shortfall::Forgive => "forgive",
        }
    }
}

/// Every field of a rule set, in reading order.
pub fn fields(set: &RuleSet) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = vec![
        ("alpha".into(), set.alpha.to_string()),
        ("beta".into(), set.beta.to_string()),
        ("gamma".into(), set.gamma.to_string()),
    ];
    fields.extend(Scene::ALL.map(|scene| (format!("scenes.{}", scene.name()), set.scenes.of(scene).to_string())));
    fields.push(("precision".into(), set.rounding.precision.name().into()));
    fields.push(("mode".into(), set.rounding.mode.name().into()));
    fields.extend(form_terms::earned_fields(set));
    fields.push(("rate".into(), set.rate.to_string()));
    fields.push(("shortfall".into(), set.shortfall.name().into()));
    fields.push(("basis".into(), set.ladder.basis.name().into()));
    fields.extend(form_terms::kept_fields(&set.ladder));
    for (i, tier) in set.ladder.tiers.iter().enumerate() {
        let mut push = |name: &str, value: String| fields.push((format!("tiers.{i}.{name}"), value));
        push("key", tier.key.to_string());
        push("name.zh", tier.name.zh.clone());
        push("name.en", tier.name.en.clone());
        push("from", tier.from.to_string());
        push("multiplier", tier.multiplier.to_string());
        for (j, benefit) in tier.benefits.iter().enumerate() {
            push(&format!("benefits.{j}.key"), benefit.key.to_string());
            push(&format!("benefits.{j}.kind"), benefit.kind.name().into());
            push(&format!("benefits.{j}.text.zh"), benefit.text.zh.clone());
            push(&format!("benefits.{j}.text.en"), benefit.text.en.clone());
            push(&format!("benefits.{j}.percent"), benefit.percent.map(|percent| percent.to_string()).unwrap_or_default());
            push(&format!("benefits.{j}.quota.count"), benefit.quota.map(|quota| quota.count.to_string()).unwrap_or_default());
            push(&format!("benefits.{j}.quota.period"), benefit.quota.map_or("", |quota| quota.period.name()).into());
        }
    }
    fields
}

pub(crate) struct Reader<'a> {
    fields: &'a Fields,
    faults: Vec<FieldFault>,
}

impl Reader<'_> {
    pub(crate) fn fail(&mut self, name: &str, fault: impl Into<Fault>) {
        self.faults.push(FieldFault::new(name, fault));
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.fields.get(name).map(|text| text.trim().to_owned()).unwrap_or_default()
    }

    pub(crate) fn factor(&mut self, name: &str) -> Factor {
        let text = self.text(name);
        if text.is_empty() {
            self.fail(name, Fault::Missing);
            return Factor::ONE;
        }
        text.parse().unwrap_or_else(|error| {
            self.fail(name, Fault::Number { error });
            Factor::ONE
        })
    }

    pub(crate) fn choice<T: Copy>(&mut self, name: &str, all: &[T], named: impl Fn(T) -> &'static str) -> T {
        let text = self.text(name);
        all.iter().copied().find(|one| named(*one) == text).unwrap_or_else(|| {
            let choices = all.iter().map(|one| named(*one)).collect::<Vec<_>>().join(", ");
            self.fail(name, Fault::NotOneOf { choices });
            all[0]
        })
    }

    fn key(&mut self, name: &str, instead: &str) -> Key {
        let text = self.text(name);
        Key::new(&text).unwrap_or_else(|fault| {
            self.fail(name, fault);
            Key::new(instead).unwrap_or_else(|_| unreachable!("a literal key"))
        })
    }

    fn both(&mut self, name: &str) -> Both {
        Both { zh: self.text(&format!("{name}.zh")), en: self.text(&format!("{name}.en")) }
    }

    fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    fn tiers(&mut self) -> Vec<Tier> {
        let mut tiers = Vec::new();
        // one more than there may be, so that too many are refused rather than cut off
        for i in 0..=Ladder::MOST_TIERS {
            let at = |name: &str| format!("tiers.{i}.{name}");
            if !self.has(&at("key")) {
                break;
            }
            tiers.push(Tier {
                key: self.key(&at("key"), "tier"),
                name: self.both(&at("name")),
                from: self.factor(&at("from")),
                multiplier: self.factor(&at("multiplier")),
                benefits: self.benefits(i),
            });
        }
        tiers
    }

    fn benefits(&mut self, tier: usize) -> Vec<Benefit> {
        let mut benefits = Vec::new();
        for j in 0..=Ladder::MOST_BENEFITS {
            let at = |name: &str| format!("tiers.{tier}.benefits.{j}.{name}");
            if !self.has(&at("key")) {
                break;
            }
            benefits.push(Benefit {
                key: self.key(&at("key"), "benefit"),
                kind: self.choice(&at("kind"), &BenefitKind::ALL, BenefitKind::name),
                text: self.both(&at("text")),
                percent: if self.text(&at("percent")).is_empty() { None } else { Some(self.factor(&at("percent"))) },
                quota: self.quota(&at("quota.count"), &at("quota.period")),
            });
        }
        benefits
    }

    /// Either both or none: a number without a period is as much a mistake as a period without a number.
    fn quota(&mut self, count: &str, period: &str) -> Option<Quota> {
        if self.text(count).is_empty() && self.text(period).is_empty() {
            return None;
        }
        Some(Quota { count: self.whole(count, u32::MAX), period: self.choice(period, &Period::ALL, Period::name) })
    }

    /// A whole number, which may be as large as its type; what is too large for its meaning is for the rule set to say.
    pub(crate) fn whole(&mut self, name: &str, most: u32) -> u32 {
        let text = self.text(name);
        if text.is_empty() {
            self.fail(name, Fault::Missing);
            return 1;
        }
        let is_whole = text.bytes().all(|byte| byte.is_ascii_digit());
        let error = if is_whole { NumberError::OutOfRange } else { NumberError::TooManyDecimals { most: 0 } };
        text.parse().ok().filter(|number| is_whole && *number <= most).unwrap_or_else(|| {
            self.fail(name, error);
            1
        })
    }
}

/// Reads a rule set from its fields; every field that cannot be read is named. Whether the values go together is for
/// [`RuleSet::faults`] to say.
pub fn rule_set(fields: &Fields) -> Result<RuleSet, Vec<FieldFault>> {
    match read(fields) {
        (set, faults) if faults.is_empty() => Ok(set),
        (_, faults) => Err(faults),
    }
}

/// Reads a rule set that is valid in a currency, or names everything that is wrong at once, in reading order: fields that cannot
/// be read and values that cannot be. What only a missing value would decide is not said.
pub fn whole_rule_set(typed: &Fields, currency: Currency) -> Result<RuleSet, Vec<FieldFault>> {
    let (set, mut faults) = read(typed);
    let unread: BTreeSet<String> = faults.iter().map(|fault| fault.field.clone()).collect();
    let is_known = |fault: &FieldFault| !unread.contains(&fault.field) && !follows_from(fault, &unread);
    faults.extend(set.faults(currency).into_iter().filter(is_known));
    if faults.is_empty() {
        return Ok(set);
    }
    let order: BTreeMap<String, usize> = fields(&set).into_iter().enumerate().map(|(at, (name, _))| (name, at)).collect();
    faults.sort_by_key(|fault| order.get(&fault.field).copied().unwrap_or(usize::MAX));
    Err(faults)
}

/// Whether a fault comes of what was put in place of a field that could not be read.
fn follows_from(fault: &FieldFault, unread: &BTreeSet<String>) -> bool {
    match fault.field.split('.').collect::<Vec<_>>().as_slice() {
        ["validity", "grace_days"] => unread.contains("validity.months"),
        ["window", "kind"] => unread.contains("basis"),
        ["tiers", at, "from"] if fault.fault == Fault::NotIncreasing => {
            let before = at.parse::<usize>().ok().and_then(|at| at.checked_sub(1));
            before.is_some_and(|before| unread.contains(&format!("tiers.{before}.from")))
        }
        _ => false,
    }
}

fn read(fields: &Fields) -> (RuleSet, Vec<FieldFault>) {
    let mut r = Reader { fields, faults: Vec::new() };
    let set = RuleSet {
        alpha: r.factor("alpha"),
        beta: r.factor("beta"),
        gamma: r.factor("gamma"),
        scenes: Scenes {
            e_payment: r.factor("scenes.e_payment"),
            bank_card: r.factor("scenes.bank_card"),
            investment: r.factor("scenes.investment"),
            lending: r.factor("scenes.lending"),
            other: r.factor("scenes.other"),
        },
        rounding: Rounding {
            precision: r.choice("precision", &Precision::ALL, Precision::name),
            mode: r.choice("mode", &Mode::ALL, Mode::name),
        },
        expiry: form_terms::expiry(&mut r),
        holding: form_terms::holding(&mut r),
        caps: form_terms::caps(&mut r),
        referral_least: r.factor("referral_least"),
        take_back_referral: r.choice("take_back_referral", &[false, true], form_terms::yes_or_no),
        rate: r.factor("rate"),
        shortfall: r.choice("shortfall", &Shortfall::ALL, Shortfall::name),
        ladder: Ladder {
            basis: r.choice("basis", &Basis::ALL, Basis::name),
            window: form_terms::window(&mut r),
            validity: form_terms::validity(&mut r),
            tiers: r.tiers(),
        },
    };
    (set, r.faults)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::changes::changes;

    fn form(set: &RuleSet) -> Fields {
        fields(set).into_iter().collect()
    }

    #[test]
    fn a_rule_set_survives_its_form() {
        let set = RuleSet::default();
        assert_eq!(rule_set(&form(&set)), Ok(set));
    }

    #[test]
    fn every_field_that_cannot_be_read_is_named() {
        let mut fields = form(&RuleSet::default());
        for (name, value) in [("alpha", "lots"), ("rate", ""), ("mode", "up"), ("tiers.1.from", "1e3")] {
            fields.insert(name.into(), value.into());
        }
        let named: Vec<String> = rule_set(&fields).unwrap_err().into_iter().map(|fault| fault.field).collect();
        assert_eq!(named, ["alpha", "mode", "rate", "tiers.1.from"]);
    }

    #[test]
    fn more_tiers_than_there_may_be_are_refused_not_cut_off() {
        let mut set = RuleSet::default();
        for i in 0..30_u8 {
            let mut tier = set.ladder.tiers[3].clone();
            tier.key = Key::new(&format!("t{i}")).unwrap();
            tier.from = Factor::whole(2000 + i64::from(i));
            set.ladder.tiers.push(tier);
        }
        let read = rule_set(&form(&set)).unwrap();
        assert!(!read.faults("CNY".parse().unwrap()).is_empty());
    }

    #[test]
    fn a_tier_put_in_between_is_one_new_tier_and_no_more() {
        let before = RuleSet::default();
        let mut after = before.clone();
        after.alpha = "1.2".parse().unwrap();
        let mut silver = after.ladder.tiers[0].clone();
        silver.key = Key::new("silver").unwrap();
        silver.from = Factor::whole(50);
        after.ladder.tiers.insert(1, silver);
        after.ladder.tiers[2].benefits.clear();
        let changed = changes(&before, &after);
        let fields: Vec<&str> = changed.iter().map(|change| change.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "alpha",
                "tiers.silver.name.zh",
                "tiers.silver.name.en",
                "tiers.silver.from",
                "tiers.silver.multiplier",
                "tiers.gold.benefits.discount-5.kind",
                "tiers.gold.benefits.discount-5.text.zh",
                "tiers.gold.benefits.discount-5.text.en",
                "tiers.gold.benefits.discount-5.percent",
            ]
        );
        assert_eq!((changed[0].before.as_deref(), changed[0].after.as_deref()), (Some("1"), Some("1.2")));
        assert_eq!(changes(&before, &before), []);
    }
    #[test]
    fn a_quota_is_a_number_and_a_period_or_neither() {
        let read = |count: &str, period: &str| {
            let mut fields = form(&RuleSet::default());
            for (name, value) in [("count", count), ("period", period)] {
                fields.insert(format!("tiers.3.benefits.2.quota.{name}"), value.into());
            }
            rule_set(&fields).map(|set| set.ladder.tiers[3].benefits[2].quota).map_err(|faults| faults[0].field.clone())
        };
        assert_eq!(read(" 3 ", "month"), Ok(Some(Quota { count: 3, period: Period::Month })));
        assert_eq!(read("", ""), Ok(None));
        for (count, period, part) in [
            ("", "month", "count"),
            ("3", "", "period"),
            ("3", "week", "period"),
            ("+3", "month", "count"),
            ("2.5", "month", "count"),
            ("99999999999", "month", "count"),
        ] {
            assert_eq!(read(count, period), Err(format!("tiers.3.benefits.2.quota.{part}")), "{count} {period}");
        }
    }

    #[test]
    fn another_quota_or_percentage_is_a_change_and_none_at_all_is_not() {
        let before = RuleSet::default();
        let mut after = before.clone();
        after.ladder.tiers[3].benefits[0].percent = None;
        after.ladder.tiers[3].benefits[2].quota = Some(Quota { count: 2, period: Period::Quarter });
        let changed: Vec<String> = changes(&before, &after).into_iter().map(|change| change.field).collect();
        assert_eq!(changed, ["tiers.vip.benefits.discount-15.percent", "tiers.vip.benefits.free-repair.quota.count"]);
        after.ladder.tiers[3].benefits.clear();
        let gone: Vec<String> = changes(&before, &after).into_iter().map(|change| change.field).collect();
        assert!(gone.iter().all(|field| field != "tiers.vip.benefits.free-repair.percent"), "{gone:?}");
    }
}
