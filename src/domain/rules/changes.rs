//! What differs between two rule sets, for the editor, the audit log and the command line.

use std::collections::BTreeMap;

use super::form::fields;
use super::rule_set::RuleSet;

/// A field that differs: from what, to what. `None` where one side has no such field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What differs between two rule sets, field by field. Tiers and benefits are the same when their keys are, so that a tier
/// put in between does not show as a change of all above it; nor does a field that may be empty and is.
pub fn changes(before: &RuleSet, after: &RuleSet) -> Vec<Change> {
    let (old, new) = (by_key(before), by_key(after));
    let [were, are] = [&old, &new].map(|fields| fields.iter().map(|(name, value)| (name, value)).collect::<BTreeMap<_, _>>());
    let mut changes = Vec::new();
    for (field, value) in &new {
        let was = were.get(field).map(|value| (*value).clone());
        if was.as_deref().unwrap_or_default() != value {
            changes.push(Change { field: field.clone(), before: was, after: Some(value.clone()) });
        }
    }
    for (field, value) in &old {
        if !value.is_empty() && !are.contains_key(field) {
            changes.push(Change { field: field.clone(), before: Some(value.clone()), after: None });
        }
    }
    changes
}

/// The fields with keys in place of positions.
fn by_key(set: &RuleSet) -> Vec<(String, String)> {
    let keyed = |name: String| -> Option<String> {
        let parts: Vec<&str> = name.split('.').collect();
        if parts[0] != "tiers" {
            return Some(name);
        }
        let tier = &set.ladder.tiers[parts[1].parse::<usize>().ok()?];
        match parts.as_slice() {
            [_, _, "key"] | [_, _, "benefits", _, "key"] => None,
            [_, _, "benefits", j, rest @ ..] => {
                let benefit = &tier.benefits[j.parse::<usize>().ok()?];
                Some(format!("tiers.{}.benefits.{}.{}", tier.key, benefit.key, rest.join(".")))
            }
            [_, _, rest @ ..] => Some(format!("tiers.{}.{}", tier.key, rest.join("."))),
            _ => None,
        }
    };
    fields(set).into_iter().filter_map(|(name, value)| Some((keyed(name)?, value))).collect()
}
