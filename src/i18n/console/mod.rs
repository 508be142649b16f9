//! The console's pages: rules, members, redemptions, audit, dashboard.

mod en;
mod zh;

use laurel_domain::member::Status;
use laurel_domain::rewards::redemption::RedemptionState;

use super::Lang;
use crate::i18n::wording::Says;

pub struct Console {
    // the rules' editor
    pub rules_about: &'static str,
    pub earning: &'static str,
    pub scene_multipliers: &'static str,
    pub rounding: &'static str,
    pub lasting: &'static str,
    pub lasting_about: &'static str,
    pub expiry_months_hint: &'static str,
    pub expiry_day_hint: &'static str,
    pub expiry_years_hint: &'static str,
    pub holding: &'static str,
    pub holding_about: &'static str,
    pub caps: &'static str,
    pub caps_about: &'static str,
    pub referral_least_hint: Says,
    pub take_back_referral_hint: &'static str,
    pub redeeming: &'static str,
    pub window_hint: &'static str,
    pub window_months_hint: &'static str,
    pub validity_hint: &'static str,
    pub grace_hint: &'static str,
    pub tiers: &'static str,
    pub unnamed_tier: &'static str,
    pub benefit: &'static str,
    pub add_benefit: &'static str,
    pub add_tier: &'static str,
    pub remove_tier: &'static str,
    pub remove_benefit: &'static str,
    pub save_draft: &'static str,
    pub preview: &'static str,
    pub publish_next: &'static str,
    pub draft: &'static str,
    pub discard: &'static str,
    pub draft_saved: &'static str,
    pub draft_discarded: &'static str,
    pub version: fn(u32) -> String,
    pub version_in_force: fn(u32) -> String,
    pub version_since: fn(u32, &str) -> String,
    pub in_force: &'static str,
    pub stale: &'static str,
    pub stale_about: &'static str,
    pub publish_title: &'static str,
    pub becomes: fn(u32) -> String,
    pub publish_about: &'static str,
    pub re_rates: &'static str,
    pub publish_now: &'static str,
    pub scheduled: fn(u32, &str) -> String,
    pub publish_at: &'static str,
    pub publish_at_hint: &'static str,
    pub demotes: &'static str,
    /// How many members are still to be re-rated.
    pub re_rating: fn(&str) -> String,
    pub reload: &'static str,
    pub is_scheduled: fn(u32, &str) -> String,
    pub is_scheduled_about: &'static str,
    pub cannot_publish_yet: fn(u32, &str) -> String,
    pub in_force_from: fn(&str) -> String,
    pub scheduled_chip: &'static str,
    pub published: fn(u32) -> String,
    pub nothing_to_publish: &'static str,
    pub back_to_editor: &'static str,
    pub history: &'static str,
    pub history_title: &'static str,
    pub first_version: &'static str,
    pub by_laurel: &'static str,

    // members
    pub search_members: &'static str,
    pub name: &'static str,
    pub nameless: &'static str,
    pub external_id: &'static str,
    pub contact: &'static str,
    pub email: &'static str,
    pub phone: &'static str,
    pub tier: &'static str,
    pub available_column: &'static str,
    pub status_label: &'static str,
    pub statuses: [&'static str; 3],
    pub member_since: &'static str,
    pub nobody_found: &'static str,
    /// Of a filter's name and value: the list without it.
    pub without: fn(&str, &str) -> String,
    pub clear_filter: &'static str,
    pub no_members: &'static str,
    pub no_members_about: &'static str,
    pub to_first_page: &'static str,
    pub next_page: &'static str,
    pub details: &'static str,
    pub sign_in_name: &'static str,
    pub last_sign_in: &'static str,
    pub referral_code: &'static str,
    pub available: &'static str,
    pub pending: &'static str,
    pub debt: &'static str,
    pub earned: &'static str,
    pub lots: &'static str,
    pub lot_day: &'static str,
    pub never_expires: &'static str,
    pub available_from: &'static str,
    pub tier_until: &'static str,
    pub ledger: &'static str,
    pub no_entries: &'static str,
    pub when: &'static str,
    pub what: &'static str,
    pub points_column: &'static str,
    pub tier_history: &'static str,
    pub by_entry: fn(i64) -> String,
    pub by_month: &'static str,
    pub by_period: &'static str,
    pub by_rules: fn(u32) -> String,
    pub actions: &'static str,
    pub send_activation: &'static str,
    pub send_activation_about: &'static str,
    pub send_reset: &'static str,
    pub send_reset_about: &'static str,
    pub invitation: fn(&str) -> String,
    pub suspend: &'static str,
    pub suspend_about: &'static str,
    pub reactivate: &'static str,
    pub reactivate_about: &'static str,
    pub member_suspended: &'static str,
    pub member_reactivated: &'static str,

    // redemptions
    pub member: &'static str,
    pub state_label: &'static str,
    pub states: [&'static str; 13],
    pub cash_column: &'static str,
    pub requested: &'static str,
    pub number: &'static str,
    pub pick_column: &'static str,
    pub pick: fn(&str, &str) -> String,
    pub mark_paid: &'static str,
    pub mark_processing: &'static str,
    pub mark_failed: &'static str,
    pub nothing_waits: &'static str,
    pub nothing_waits_about: &'static str,
    pub no_redemptions: &'static str,

    // the audit log
    pub who: &'static str,
    pub whom: &'static str,
    pub before_after: &'static str,
    pub actors: [&'static str; 5],
    pub action_names: [&'static str; 65],
    pub audit_words: Vec<[&'static str; 2]>,
    /// What the audit log calls what something was done to, if it has no name of its own.
    pub objects: &'static [[&'static str; 2]],
    pub no_audit: &'static str,
    pub no_audit_about: &'static str,

    // the dashboard
    pub issued: &'static str,
    pub redeemed: &'static str,
    pub outstanding: &'static str,
    pub worth: fn(&str) -> String,
    pub expiring_soon: &'static str,
    pub owed: &'static str,
    pub events: fn(&str) -> String,
    pub members_by_tier: &'static str,
    pub waiting: &'static str,
    pub processing: &'static str,
    pub flow: &'static str,
    pub clawed_back: &'static str,
    pub redeemed_gross: &'static str,
    pub restored: &'static str,
    pub expired: &'static str,
    pub adjusted: &'static str,
}

impl Console {
    pub fn status(&self, status: Status) -> &'static str {
        self.statuses[status as usize]
    }

    pub fn state(&self, state: RedemptionState) -> &'static str {
        self.states[state as usize]
    }

    /// Names and values of what the audit log notes, beside those of rules.
    pub fn audit_word(&self, raw: &str) -> Option<&'static str> {
        self.audit_words.iter().find(|[known, _]| *known == raw).map(|[_, word]| *word)
    }

    pub fn object<'a>(&self, kind: &'a str) -> &'a str {
        self.objects.iter().find(|[known, _]| *known == kind).map_or(kind, |[_, word]| *word)
    }

    /// As a redemption's history names them.
    pub fn actor_named(&self, kind: &str) -> &'static str {
        let at = ["staff", "member", "key", "command_line", "system"].iter().position(|known| *known == kind);
        at.and_then(|at| self.actors.get(at)).copied().unwrap_or_default()
    }

    /// As the audit log numbers them, from 1.
    pub fn actor(&self, kind: i16) -> &'static str {
        usize::try_from(kind - 1).ok().and_then(|at| self.actors.get(at)).copied().unwrap_or_default()
    }
}

impl Lang {
    pub fn console(self) -> &'static Console {
        self.texts(|areas| &areas.console, [zh::console, en::console])
    }
}
