//! A list of changes as people read it: by the names of tiers and benefits rather than by keys.

use laurel_domain::ledger::event::Scene;
use laurel_domain::rules::changes::Change;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::terms::EarnKind;

use super::Rules;
use crate::i18n::Lang;

/// What changed, from what, to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeInWords {
    pub what: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Rules {
    /// A field's name by its path, as faults carry it: `tiers.2.from` is the third tier's threshold.
    pub fn label(&self, field: &str) -> String {
        let parts: Vec<&str> = field.split('.').collect();
        match parts.as_slice() {
            ["tiers", at, rest @ ..] => {
                let count = |at: &str| at.parse::<usize>().map_or_else(|_| String::new(), |at| (at + 1).to_string());
                let number = count(at);
                let of = match rest {
                    ["benefits", at, ..] => format!(" · {} {}", self.benefit, count(at)),
                    _ => String::new(),
                };
                let part = match rest {
                    ["benefits"] => self.benefits,
                    ["name", "zh"] => self.name_zh,
                    ["name", "en"] => self.name_en,
                    ["from"] => self.from,
                    ["multiplier"] => self.multiplier,
                    ["benefits", _, "text", "zh"] => self.text_zh,
                    ["benefits", _, "text", "en"] => self.text_en,
                    ["benefits", _, "kind"] => self.kind,
                    ["benefits", _, "percent"] => self.percent,
                    ["benefits", _, "quota", "count"] => self.quota_count,
                    ["benefits", _, "quota", "period"] => self.quota_period,
                    _ => "",
                };
                format!("{} {number}{of} · {part}", self.tier)
            }
            _ => self.plain_label(&parts).unwrap_or_else(|| field.to_owned()),
        }
    }

    fn plain_label(&self, parts: &[&str]) -> Option<String> {
        let kind = |name: &str| EarnKind::ALL.into_iter().find(|kind| kind.name() == name).map(|kind| self.earned_by(kind));
        let label = match parts {
            ["scenes", scene] => return Scene::named(scene).map(|scene| (self.scene_multiplier)(self.scene(scene))),
            ["holding", earned] => return Some((self.holding)(kind(earned)?)),
            ["caps", earned, "day"] => return Some((self.cap_day)(kind(earned)?)),
            ["caps", earned, "month"] => return Some((self.cap_month)(kind(earned)?)),
            ["alpha"] => self.alpha,
            ["beta"] => self.beta,
            ["gamma"] => self.gamma,
            ["precision"] => self.precision,
            ["mode"] => self.mode,
            ["expiry", "kind"] => self.expiry,
            ["expiry", "months"] => self.expiry_months,
            ["expiry", "month"] => self.expiry_month,
            ["expiry", "day"] => self.expiry_day,
            ["expiry", "years"] => self.expiry_years,
            ["referral_least"] => self.referral_least,
            ["take_back_referral"] => self.take_back_referral,
            ["rate"] => self.rate,
            ["shortfall"] => self.shortfall,
            ["basis"] => self.basis,
            ["window", "kind"] => self.window,
            ["window", "months"] => self.window_months,
            ["validity", "months"] => self.validity_months,
            ["validity", "grace_days"] => self.grace_days,
            ["tiers"] => self.tier,
            _ => return None,
        };
        Some(label.to_owned())
    }
}

impl Lang {
    /// `sets`: where keys are looked up, the one after the change first.
    pub fn changes(self, changes: &[Change], sets: &[&RuleSet]) -> Vec<ChangeInWords> {
        changes.iter().filter_map(|change| self.change(change, sets)).collect()
    }

    /// `None` for what another line says already: the parts of a tier or benefit that is new or gone.
    fn change(self, change: &Change, sets: &[&RuleSet]) -> Option<ChangeInWords> {
        let words = self.rules();
        let parts: Vec<&str> = change.field.split('.').collect();
        let plain = |what: String, field: &str| Some(self.plain(change, what, field));
        let is_whole = change.before.is_none() || change.after.is_none();
        match parts.as_slice() {
            ["tiers", key, "benefits", benefit, rest @ ..] => self.change_of_benefit(change, [key, benefit], rest, sets),
            ["tiers", key, "from"] if change.before.is_none() => {
                let after = change.after.as_deref().map(|from| (words.new_tier)(from));
                Some(ChangeInWords { what: self.tier_name(key, sets), before: None, after })
            }
            ["tiers", key, "from"] if change.after.is_none() => Some(ChangeInWords {
                what: self.tier_name(key, sets),
                before: change.before.clone(),
                after: Some(words.removed.to_owned()),
            }),
            ["tiers", _, ..] if is_whole => None,
            ["tiers", key, rest @ ..] => {
                let part = match rest {
                    ["name", "zh"] => words.name_zh,
                    ["name", "en"] => words.name_en,
                    ["from"] => words.from,
                    _ => words.multiplier,
                };
                plain(format!("{} · {part}", self.tier_name(key, sets)), "")
            }
            _ => plain(words.label(&change.field), &change.field),
        }
    }

    /// What was there and what is, the values of `field` by their words.
    fn plain(self, change: &Change, what: String, field: &str) -> ChangeInWords {
        let words = self.rules();
        let read = |value: &Option<String>| {
            let value = value.as_ref()?;
            let word = words.choice(field, value).map_or_else(|| value.clone(), str::to_owned);
            Some(word).filter(|word| !word.is_empty())
        };
        ChangeInWords { what, before: read(&change.before), after: read(&change.after) }
    }

    /// A benefit that is new or gone is told by its text in the language of the page.
    fn change_of_benefit(
        self,
        change: &Change,
        [key, benefit]: [&str; 2],
        part: &[&str],
        sets: &[&RuleSet],
    ) -> Option<ChangeInWords> {
        let words = self.rules();
        let tier = self.tier_name(key, sets);
        let is_whole = change.before.is_none() || change.after.is_none();
        let (what, field) = match part {
            ["text", lang] if is_whole => {
                let (before, after) = (change.before.clone(), change.after.clone());
                return (*lang == self.code()).then_some(ChangeInWords { what: tier, before, after });
            }
            _ if is_whole => return None,
            ["kind" | "percent"] | ["quota", _] => {
                let (part, choice) = match part {
                    ["kind"] => (words.kind, "kind"),
                    ["percent"] => (words.percent, ""),
                    ["quota", "count"] => (words.quota_count, ""),
                    _ => (words.quota_period, "period"),
                };
                (format!("{tier} · {} · {part}", self.benefit_name(key, benefit, sets)), choice)
            }
            ["text", "zh"] => (format!("{tier} · {}", words.text_zh), ""),
            _ => (format!("{tier} · {}", words.text_en), ""),
        };
        Some(self.plain(change, what, field))
    }

    fn tier_name(self, key: &str, sets: &[&RuleSet]) -> String {
        let tier = sets.iter().flat_map(|set| &set.ladder.tiers).find(|tier| tier.key.as_str() == key);
        tier.map_or_else(|| key.to_owned(), |tier| self.of(&tier.name).to_owned())
    }

    fn benefit_name(self, tier: &str, key: &str, sets: &[&RuleSet]) -> String {
        let tiers = sets.iter().flat_map(|set| &set.ladder.tiers).filter(|known| known.key.as_str() == tier);
        let benefit = tiers.flat_map(|tier| &tier.benefits).find(|benefit| benefit.key.as_str() == key);
        benefit.map_or_else(|| key.to_owned(), |benefit| self.of(&benefit.text).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use laurel_domain::rules::changes::changes;
    use laurel_domain::rules::form;
    use laurel_domain::text::{Both, Key};

    use super::*;

    #[test]
    fn a_quota_that_is_new_or_gone_is_told_by_the_benefit_it_is_of() {
        let before = RuleSet::default();
        let mut after = before.clone();
        after.ladder.tiers[3].benefits[0].percent = Some("20".parse().unwrap());
        after.ladder.tiers[3].benefits[2].quota = None;
        let changes = changes(&before, &after);
        let lines: Vec<String> = Lang::EN
            .changes(&changes, &[&after, &before])
            .into_iter()
            .map(|change| {
                format!("{}: {} → {}", change.what, change.before.unwrap_or_default(), change.after.unwrap_or_default())
            })
            .collect();
        assert_eq!(
            lines,
            [
                "VIP · 15% off everything · Percent off: 15 → 20",
                "VIP · Free repair · Uses per period: 1 → ",
                "VIP · Free repair · Period: Quarter → Unlimited",
            ]
        );
    }

    #[test]
    fn how_long_points_and_tiers_last_is_told_by_names() {
        let before = RuleSet::default();
        let mut after = before.clone();
        after.expiry = laurel_domain::rules::terms::Expiry::Months(12);
        after.holding.payment = 14;
        after.caps.referral.day = None;
        after.ladder.window = laurel_domain::rules::window::Window::CalendarYear;
        let lines = |lang: Lang| -> Vec<String> {
            let changes = lang.changes(&changes(&before, &after), &[&after, &before]);
            changes.into_iter().map(|change| format!("{}: {:?} → {:?}", change.what, change.before, change.after)).collect()
        };
        assert_eq!(
            lines(Lang::EN),
            [
                r#"Points expire: Some("Never") → Some("A number of months after earning")"#,
                r#"Points expire after (months): None → Some("12")"#,
                r#"Payments: holding period (days): Some("0") → Some("14")"#,
                r#"Referrals: most points per day: Some("100") → None"#,
                r#"Qualifying period: Some("Lifetime") → Some("Calendar year")"#,
            ]
        );
        assert_eq!(lines(Lang::ZH)[2], r#"支付积分待生效天数: Some("0") → Some("14")"#);
        for (name, _) in form::fields(&before) {
            assert!(name.starts_with("tiers.") || Lang::EN.rules().label(&name) != name, "{name} has no name");
        }
    }

    #[test]
    fn a_list_of_changes_reads_like_one() {
        let before = RuleSet::default();
        let mut after = before.clone();
        after.alpha = "1.2".parse().unwrap();
        after.scenes.lending = "0.5".parse().unwrap();
        after.shortfall = laurel_domain::rules::rule_set::Shortfall::Forgive;
        let mut silver = after.ladder.tiers[0].clone();
        silver.key = Key::new("silver").unwrap();
        silver.name = Both::new("银牌会员", "Silver");
        silver.from = "50".parse().unwrap();
        after.ladder.tiers.insert(1, silver);
        after.ladder.tiers[2].benefits.clear();
        let changes = changes(&before, &after);
        let lines = |lang: Lang| {
            let line = |change: ChangeInWords| {
                format!("{}: {} → {}", change.what, change.before.unwrap_or_default(), change.after.unwrap_or_default())
            };
            lang.changes(&changes, &[&after, &before]).into_iter().map(line).collect::<Vec<_>>()
        };
        assert_eq!(
            lines(Lang::EN),
            [
                "α · points per unit paid: 1 → 1.2",
                "Multiplier, Lending: 1 → 0.5",
                "When a refund takes back spent points: Record a debt → Forgive the shortfall",
                "Silver:  → new, from 50",
                "Gold: 5% off everything → ",
            ]
        );
        assert_eq!(lines(Lang::ZH)[3..], ["银牌会员:  → 新增，从 50 起", "金牌会员: 全场 95 折 → "]);
    }
}
