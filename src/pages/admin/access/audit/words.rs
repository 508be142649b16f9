//! What the log says, in words: what was done, to what, and what it was before and after.

use std::collections::BTreeSet;

use jiff::Timestamp;
use laurel_domain::member::Status;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::rewards::reward::Period;
use laurel_domain::rules::changes::Change;
use laurel_domain::rules::rule_set::{RuleSet, Rulebook};
use serde_json::Value;

use crate::i18n::Lang;
use crate::i18n::rules::terms::ChangeInWords;
use crate::pages::admin::role_name;
use crate::server::web::{RequestContext, describe_redemption};
use laurel_engine::auth::Role;
use laurel_engine::store::audit::AuditRow;
use laurel_engine::usecase::audit::{self, Objects, object_of};

/// What the log has of rules beside what they say.
const BESIDE_RULES: [&str; 11] = [
    "experiment",
    "variant",
    "control",
    "from",
    "until",
    "version",
    "keeps_until",
    "demotes",
    "notice.zh",
    "notice.en",
    "note",
];

pub fn action_name(lang: Lang, action: &str) -> &str {
    let at = audit::ACTIONS.iter().position(|known| *known == action);
    at.and_then(|at| lang.console().action_names.get(at)).copied().unwrap_or(action)
}

/// What something is called that was acted on, its kind aside where it has a name.
pub fn object_name(context: &RequestContext, objects: &Objects, subject: &str) -> String {
    let t = context.lang.console();
    let (kind, id) = object_of(subject);
    let name = match kind {
        "redemption" => {
            objects.redemption(subject).map(|redemption| describe_redemption(context.lang, &redemption.redeemed_for))
        }
        _ => objects.name(subject).map(|name| context.lang.of(name).to_owned()),
    };
    let version = id.strip_prefix("version:").unwrap_or(id).parse::<u32>();
    match (kind, name, version) {
        ("payout", Some(number), _) => format!("{} {number}", t.object(kind)),
        (_, Some(name), _) => name,
        ("rules", None, Ok(version)) => (t.version)(version),
        ("rules", None, Err(_)) => t.draft.to_owned(),
        _ => [t.object(kind), short_id(id).as_str()].join(" ").trim_end().to_owned(),
    }
}

/// The page of what was acted on, if it has one.
pub fn object_path(row: &AuditRow) -> Option<String> {
    let (kind, id) = object_of(&row.subject);
    match kind {
        "member" => Some(format!("/admin/members/{id}")),
        "redemption" => Some(format!("/admin/redemptions/{id}")),
        "reward" => Some(format!("/admin/rewards/{id}")),
        "payout" => Some(format!("/admin/redemptions/batches/{id}")),
        "staff" => Some(format!("/admin/staff/{id}")),
        "experiment" => Some(format!("/admin/experiments/{id}")),
        "key" => Some("/admin/keys".to_owned()),
        "rules" => Some("/admin/rules/history".to_owned()),
        "programme" => Some("/admin/settings".to_owned()),
        // at the command line there is no page of it
        "import" if row.actor_name.is_some() => Some(format!("/admin/imports/{id}")),
        "import" | "export" => Some(format!("/admin/audit?subject={kind}%3A{id}")),
        _ => None,
    }
}

/// Ids begin with their time: those of one day differ in the end.
fn short_id(id: &str) -> String {
    if id.is_empty() { String::new() } else { crate::pages::admin::rewards::redemptions::short(id) }
}

/// Field by field: what it was, what it became.
pub fn difference(context: &RequestContext, rulebook: &Rulebook, objects: &Objects, row: &AuditRow) -> Vec<ChangeInWords> {
    let read = |text: &Option<String>| match text.as_deref().and_then(|text| serde_json::from_str(text).ok()) {
        Some(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (before, after) = (read(&row.before), read(&row.after));
    let side = |value: Option<&Value>| match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Array(items)) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")),
        Some(other) => Some(other.to_string()),
    };
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changes: Vec<Change> = names
        .into_iter()
        // an adjustment is told by its points and its member, and what a note says is not for the log
        .filter(|name| !["adjustment", "note"].contains(&name.as_str()))
        .map(|name| Change { field: name.clone(), before: side(before.get(name)), after: side(after.get(name)) })
        .filter(|change| change.before != change.after)
        .collect();
    let of_rules = row.action.starts_with("rules.");
    let (rules, others): (Vec<Change>, Vec<Change>) =
        changes.into_iter().partition(|change| of_rules && !BESIDE_RULES.contains(&change.field.as_str()));
    let sets: Vec<&RuleSet> = rulebook.all().iter().rev().map(|rules| &rules.set).collect();
    let mut changes = context.lang.changes(&rules, &sets);
    changes.extend(others.into_iter().map(|change| in_words(context, change)));
    changes.extend(noted(context, objects, row, after.get("state")));
    changes
}

/// The payment's reference, or the reason, that was noted with a redemption's state.
fn noted(context: &RequestContext, objects: &Objects, row: &AuditRow, state: Option<&Value>) -> Option<ChangeInWords> {
    let state = RedemptionState::named(state?.as_str()?)?;
    let note = objects.note(&row.subject, state)?;
    let t = context.lang.console();
    let what = t.audit_word(if state.restores() { "reason" } else { "reference" }).unwrap_or_default();
    Some(ChangeInWords { what: what.to_owned(), before: None, after: Some(note.to_owned()) })
}

fn in_words(context: &RequestContext, change: Change) -> ChangeInWords {
    let (lang, t) = (context.lang, context.lang.console());
    let value = |raw: String| match change.field.as_str() {
        "role" => raw.parse::<Role>().map_or(raw, |role| role_name(lang, role.number()).to_owned()),
        "scopes" => raw
            .split([',', ' '])
            .filter(|scope| !scope.is_empty())
            .map(|scope| lang.team().scope(scope).unwrap_or(scope))
            .collect::<Vec<_>>()
            .join(", "),
        "kind" => lang.imports().named(&raw).map_or(raw, str::to_owned),
        "changed" => raw.split(", ").map(|field| t.audit_word(field).unwrap_or(field)).collect::<Vec<_>>().join(", "),
        "limit" => limit_in_words(lang, &raw).unwrap_or(raw),
        "from" | "until" | "keeps_until" => raw.parse::<Timestamp>().map_or(raw, |at| context.moment(at)),
        // what people have written stays as they wrote it
        "experiment" | "note" | "notice.zh" | "notice.en" | "name" | "reason" => raw,
        _ => {
            let state = Status::named(&raw).map(|status| t.status(status));
            let state = state.or_else(|| RedemptionState::named(&raw).map(|state| t.state(state)));
            state.or_else(|| t.audit_word(&raw)).map_or(raw, str::to_owned)
        }
    };
    let what = t.audit_word(&change.field).map_or_else(|| change.field.clone(), str::to_owned);
    ChangeInWords { what, before: change.before.map(value), after: change.after.map(value) }
}

/// `2/month`: how many each member can have, in which time.
fn limit_in_words(lang: Lang, raw: &str) -> Option<String> {
    let (most, period) = raw.split_once('/')?;
    Some((lang.rewards().limit)(most.parse().ok()?, Period::named(period)?))
}
