//! Adding and taking away tiers and benefits in the fields of a form, whatever else is typed there.

use crate::rules::form::Fields;

/// A change of a form's shape that plain buttons ask for. Positions count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// A new tier above the one at this position.
    AddTier {
        after: usize,
    },
    RemoveTier {
        at: usize,
    },
    AddBenefit {
        tier: usize,
    },
    RemoveBenefit {
        tier: usize,
        at: usize,
    },
}

impl Edit {
    /// Reads `add-tier.1`, `remove-tier.1`, `add-benefit.1`, `remove-benefit.1.0`.
    pub fn parse(text: &str) -> Option<Edit> {
        let mut parts = text.split('.');
        let what = parts.next()?;
        let mut position = || parts.next()?.parse::<u16>().ok().map(usize::from);
        let edit = match what {
            "add-tier" => Edit::AddTier { after: position()? },
            "remove-tier" => Edit::RemoveTier { at: position()? },
            "add-benefit" => Edit::AddBenefit { tier: position()? },
            "remove-benefit" => Edit::RemoveBenefit { tier: position()?, at: position()? },
            _ => return None,
        };
        Some(edit)
    }

    /// The fields after the edit. `key` is that of what is new; it has to be one that has never been used.
    pub fn apply(self, fields: &Fields, key: &str) -> Fields {
        let mut edited = Fields::new();
        for (name, value) in fields {
            if let Some(name) = self.renamed(name) {
                edited.insert(name, value.clone());
            }
        }
        let mut add = |name: String, value: &str| drop(edited.insert(name, value.to_owned()));
        match self {
            Edit::AddTier { after } => {
                for (name, value) in [("key", key), ("name.zh", ""), ("name.en", ""), ("from", ""), ("multiplier", "1")] {
                    add(format!("tiers.{}.{name}", after + 1), value);
                }
            }
            Edit::AddBenefit { tier } => {
                let next = (0..).find(|j| !fields.contains_key(&format!("tiers.{tier}.benefits.{j}.key"))).unwrap_or(0);
                for (name, value) in [("key", key), ("kind", "other"), ("text.zh", ""), ("text.en", "")] {
                    add(format!("tiers.{tier}.benefits.{next}.{name}"), value);
                }
            }
            Edit::RemoveTier { .. } | Edit::RemoveBenefit { .. } => (),
        }
        edited
    }

    /// The field to go on with afterwards: the first of what is new, or what stands where something was taken away.
    pub fn leads_to(self, fields: &Fields) -> String {
        let benefits =
            |tier: usize| (0..).take_while(|j| fields.contains_key(&format!("tiers.{tier}.benefits.{j}.key"))).count();
        match self {
            Edit::AddTier { after } => format!("tiers.{}.name.zh", after + 1),
            Edit::RemoveTier { at } => format!("tiers.{}.name.zh", at.saturating_sub(1)),
            Edit::AddBenefit { tier } => format!("tiers.{tier}.benefits.{}.kind", benefits(tier)),
            Edit::RemoveBenefit { tier, at } => match benefits(tier).saturating_sub(1) {
                0 => format!("tiers.{tier}.multiplier"),
                left => format!("tiers.{tier}.benefits.{}.kind", at.min(left - 1)),
            },
        }
    }

    /// What a field is called afterwards; `None` if it goes.
    fn renamed(self, name: &str) -> Option<String> {
        let prefix = match self {
            Edit::AddTier { .. } | Edit::RemoveTier { .. } => "tiers.".to_owned(),
            Edit::RemoveBenefit { tier, .. } => format!("tiers.{tier}.benefits."),
            Edit::AddBenefit { .. } => return Some(name.to_owned()),
        };
        let position = name.strip_prefix(&prefix).and_then(|rest| {
            let (position, rest) = rest.split_once('.')?;
            Some((position.parse::<usize>().ok()?, rest))
        });
        let Some((position, rest)) = position else { return Some(name.to_owned()) };
        let moved = match self {
            Edit::AddTier { after } if position > after => position + 1,
            Edit::RemoveTier { at } | Edit::RemoveBenefit { at, .. } if position == at => return None,
            Edit::RemoveTier { at } | Edit::RemoveBenefit { at, .. } if position > at => position - 1,
            _ => position,
        };
        Some(format!("{prefix}{moved}.{rest}"))
    }
}

/// What a field is among the fields of another rule set, where its tier or benefit may stand at another place; `None` if it is
/// not there.
pub fn counterpart<'a>(fields: &Fields, other: &'a Fields, name: &str) -> Option<&'a str> {
    let parts: Vec<&str> = name.split('.').collect();
    let place = match parts.as_slice() {
        ["tiers", i, "benefits", j, rest @ ..] => {
            let tier = tier_at(fields, other, i)?;
            let key = fields.get(&format!("tiers.{i}.benefits.{j}.key"))?;
            let benefit = position(other, &format!("tiers.{tier}.benefits"), key)?;
            format!("tiers.{tier}.benefits.{benefit}.{}", rest.join("."))
        }
        ["tiers", i, rest @ ..] => format!("tiers.{}.{}", tier_at(fields, other, i)?, rest.join(".")),
        _ => name.to_owned(),
    };
    other.get(&place).map(String::as_str)
}

fn tier_at(fields: &Fields, other: &Fields, at: &str) -> Option<usize> {
    position(other, "tiers", fields.get(&format!("tiers.{at}.key"))?)
}

/// Where the tier or benefit with this key stands.
fn position(fields: &Fields, prefix: &str, key: &str) -> Option<usize> {
    (0..).map_while(|at| fields.get(&format!("{prefix}.{at}.key"))).position(|known| known == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::form;
    use crate::rules::rule_set::RuleSet;

    fn keys(fields: &Fields) -> Vec<String> {
        let tiers = form::rule_set(fields).map(|set| set.ladder.tiers).unwrap_or_default();
        let benefits = |tier: &crate::rules::tier::Tier| {
            tier.benefits.iter().map(|benefit| format!("/{}", benefit.key)).collect::<String>()
        };
        tiers.iter().map(|tier| format!("{}{}", tier.key, benefits(tier))).collect()
    }

    fn after(edit: &str) -> Fields {
        let fields = form::fields(&RuleSet::default()).into_iter().collect();
        Edit::parse(edit).unwrap().apply(&fields, "new")
    }

    #[test]
    fn tiers_and_benefits_come_and_go_and_the_rest_stays() {
        let [standard, gold, diamond, vip] = ["standard", "gold/discount-5", "diamond/discount-10/birthday-gift", "vip"];
        let vip_benefits = keys(&after("remove-tier.9"))[3].strip_prefix(vip).unwrap().to_owned();
        let vip = format!("{vip}{vip_benefits}");
        assert_eq!(keys(&after("remove-tier.1")), [standard, diamond, &vip]);
        assert_eq!(keys(&after("remove-benefit.2.0")), [standard, gold, "diamond/birthday-gift", &vip]);
        assert_eq!(keys(&after("add-benefit.1")), [standard, "gold/discount-5/new", diamond, &vip]);
        let mut added = after("add-tier.0");
        added.insert("tiers.1.from".to_owned(), "50".to_owned());
        assert_eq!(keys(&added), [standard, "new", gold, diamond, &vip]);
        assert_eq!(added["tiers.2.from"], "100");
    }

    #[test]
    fn a_field_finds_its_counterpart_wherever_its_tier_stands_now() {
        let added = after("add-tier.0");
        let before = form::fields(&RuleSet::default()).into_iter().collect();
        let was = |name: &str| counterpart(&added, &before, name);
        assert_eq!(was("tiers.2.from"), Some("100"));
        assert_eq!(was("tiers.3.benefits.1.text.en"), Some("A birthday gift"));
        assert_eq!(was("tiers.1.from"), None);
        assert_eq!(was("alpha"), Some("1"));
    }

    #[test]
    fn after_an_edit_the_new_row_is_gone_on_with_or_what_is_beside_the_old_one() {
        let fields = form::fields(&RuleSet::default()).into_iter().collect();
        for (edit, field) in [
            ("add-tier.1", "tiers.2.name.zh"),
            ("remove-tier.0", "tiers.0.name.zh"),
            ("add-benefit.3", "tiers.3.benefits.3.kind"),
            ("remove-benefit.3.2", "tiers.3.benefits.1.kind"),
            ("remove-benefit.1.0", "tiers.1.multiplier"),
        ] {
            assert_eq!(Edit::parse(edit).unwrap().leads_to(&fields), field, "{edit}");
        }
    }

    #[test]
    fn what_is_no_edit_is_none() {
        for text in ["", "save", "add-tier", "add-tier.x", "remove-benefit.1", "remove-tier.99999999999"] {
            assert_eq!(Edit::parse(text), None, "{text}");
        }
    }
}
