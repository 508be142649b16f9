//! The rules in force.

use laurel_domain::numbers::money::Currency;
use laurel_domain::rules::rule_set::RuleSet;
use serde::Serialize;

use super::call::{Answer, Call};
use super::problem::Stop;

#[derive(Serialize)]
struct InForce<'a> {
    version: u32,
    /// The first version is in force since ever.
    in_force_from: Option<String>,
    currency: Currency,
    rules: &'a RuleSet,
}

pub async fn in_force(call: Call) -> Result<Answer, Stop> {
    let rulebook = call.ledger().rulebook().await?;
    let rules = rulebook.general().at(call.now());
    Answer::ok(&InForce {
        version: rules.version,
        in_force_from: (rules.version > 1).then(|| rules.from.to_string()),
        currency: rules.currency,
        rules: &rules.set,
    })
}
