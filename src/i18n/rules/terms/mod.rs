//! What the parts of a rule set are called: in the console's editor, in lists of changes, and in its live preview, which
//! runs in browsers too.

mod changes;
mod en;
mod zh;

use laurel_domain::benefits::benefit::{BenefitKind, Period};
use laurel_domain::ledger::event::Scene;
use laurel_domain::numbers::rounding::{Mode, Precision};
use laurel_domain::rules::form_terms::{EXPIRIES, NO_OR_YES, WINDOWS};
use laurel_domain::rules::rule_set::Shortfall;
use laurel_domain::rules::terms::EarnKind;
use laurel_domain::rules::tier::Basis;

use crate::i18n::Lang;
use crate::i18n::wording::{Says, SaysTwo};

pub use changes::ChangeInWords;

/// Of one kind of earning, where kinds differ, and a day.
type SaysOfKind = Box<dyn Fn(Option<&str>, &str) -> String + Send + Sync>;

pub struct Rules {
    pub alpha: &'static str,
    pub beta: &'static str,
    pub gamma: &'static str,
    /// In the order of `Scene::ALL`; likewise all that follows.
    pub scenes: [&'static str; 5],
    pub precision: &'static str,
    pub precisions: [&'static str; 3],
    pub mode: &'static str,
    pub modes: [&'static str; 3],
    pub rate: &'static str,
    pub shortfall: &'static str,
    pub shortfalls: [&'static str; 2],
    pub expiry: &'static str,
    /// In the order of `form_terms::EXPIRIES`; likewise the windows.
    pub expiries: [&'static str; 3],
    pub expiry_months: &'static str,
    pub expiry_month: &'static str,
    pub expiry_day: &'static str,
    pub expiry_years: &'static str,
    /// In the order of `EarnKind::ALL`.
    pub earned_by: [&'static str; 3],
    pub holding: Says,
    pub cap_day: Says,
    pub cap_month: Says,
    pub referral_least: &'static str,
    pub take_back_referral: &'static str,
    /// In the order of `form_terms::NO_OR_YES`.
    pub take_back_referrals: [&'static str; 2],
    pub basis: &'static str,
    pub bases: [&'static str; 3],
    pub window: &'static str,
    pub windows: [&'static str; 3],
    pub window_months: &'static str,
    pub validity_months: &'static str,
    pub grace_days: &'static str,
    pub kinds: [&'static str; 5],
    pub percent: &'static str,
    pub quota_count: &'static str,
    pub quota_period: &'static str,
    pub periods: [&'static str; 3],
    pub no_quota: &'static str,
    pub name_zh: &'static str,
    pub name_en: &'static str,
    pub from: &'static str,
    pub multiplier: &'static str,
    pub kind: &'static str,
    pub text_zh: &'static str,
    pub text_en: &'static str,
    pub tier: &'static str,
    pub benefit: &'static str,
    pub benefits: &'static str,
    pub new_tier: fn(&str) -> String,
    pub removed: &'static str,
    pub scene_multiplier: fn(&str) -> String,
    pub was: fn(&str) -> String,

    pub preview: &'static str,
    pub ladder: &'static str,
    pub paying: Says,
    pub referral_earns: &'static str,
    pub review_earns: &'static str,
    /// Below what counts: what would have been earned without the cap.
    pub cut_from: fn(&str) -> String,
    pub cut_about: &'static str,
    pub lasting: &'static str,
    /// Points of a day; of one kind, where kinds differ.
    pub earned_on: SaysOfKind,
    pub at_once: &'static str,
    pub available_on: fn(&str) -> String,
    pub never_lapse: &'static str,
    pub good_through: fn(&str) -> String,
    pub counts_all: &'static str,
    pub counts_between: fn(&str, &str) -> String,
    pub tier_reached_on: fn(&str) -> String,
    pub tier_follows: &'static str,
    pub tier_kept_until: fn(&str) -> String,
    pub made_up_until: fn(&str) -> String,
    pub redeeming: Says,
    pub redeeming_pays: SaysTwo,
    pub pays_nothing: &'static str,
    pub tier_by: [&'static str; 3],
    pub too_many_points: &'static str,
    pub cannot_preview: &'static str,
    pub what_changes: &'static str,
    pub nothing_changes: &'static str,
    pub changed: fn(usize) -> String,
}

impl Rules {
    pub fn scene(&self, scene: Scene) -> &'static str {
        pick(&Scene::ALL, scene, &self.scenes)
    }

    pub fn earned_by(&self, kind: EarnKind) -> &'static str {
        pick(&EarnKind::ALL, kind, &self.earned_by)
    }

    /// What a choice is called, by the name that the form sends.
    pub fn choice(&self, field: &str, name: &str) -> Option<&'static str> {
        let of = |names: &[&'static str], words: &[&'static str]| {
            names.iter().position(|known| *known == name).and_then(|at| words.get(at).copied())
        };
        match field {
            "precision" => of(&Precision::ALL.map(Precision::name), &self.precisions),
            "mode" => of(&Mode::ALL.map(Mode::name), &self.modes),
            "shortfall" => of(&Shortfall::ALL.map(Shortfall::name), &self.shortfalls),
            "take_back_referral" => of(&NO_OR_YES, &self.take_back_referrals),
            "basis" => of(&Basis::ALL.map(Basis::name), &self.bases),
            "expiry.kind" => of(&EXPIRIES, &self.expiries),
            "window.kind" => of(&WINDOWS, &self.windows),
            "period" if name.is_empty() => Some(self.no_quota),
            "period" => of(&Period::ALL.map(Period::name), &self.periods),
            "kind" => of(&BenefitKind::ALL.map(BenefitKind::name), &self.kinds),
            _ => None,
        }
    }
}

fn pick<T: PartialEq>(all: &[T], one: T, words: &[&'static str]) -> &'static str {
    all.iter().position(|known| *known == one).and_then(|at| words.get(at).copied()).unwrap_or_default()
}

impl Lang {
    pub fn rules(self) -> &'static Rules {
        self.texts(|areas| &areas.rules, [zh::rules, en::rules])
    }
}
