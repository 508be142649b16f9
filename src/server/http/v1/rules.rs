//! The rules in force, and what points can be redeemed for.

use laurel_domain::money::Currency;
use laurel_domain::rules::RuleSet;
use serde::Serialize;

use super::call::{Answer, Call};
use super::problem::Stop;
use super::redemptions::CASH;

#[derive(Serialize)]
struct InForce<'a> {
    version: u32,
    /// The first version is in force since ever.
    in_force_from: Option<String>,
    currency: Currency,
    rules: &'a RuleSet,
}

pub async fn in_force(call: Call) -> Result<Answer, Stop> {
    let timeline = call.ledger().timeline().await?;
    let rules = timeline.at(call.now());
    Answer::ok(&InForce {
        version: rules.version,
        in_force_from: (rules.version > 1).then(|| rules.from.to_string()),
        currency: rules.currency,
        rules: &rules.set,
    })
}

#[derive(Serialize)]
struct Reward {
    id: &'static str,
    kind: &'static str,
    /// How many points pay one unit of currency.
    rate: String,
    currency: Currency,
    rules_version: u32,
}

#[derive(Serialize)]
struct List {
    data: Vec<Reward>,
    next_cursor: Option<String>,
}

pub async fn rewards(call: Call) -> Result<Answer, Stop> {
    let timeline = call.ledger().timeline().await?;
    let terms = timeline.at(call.now()).cash_terms();
    let (rate, currency, rules_version) = (terms.rate.to_string(), terms.currency, terms.rules_version);
    Answer::ok(&List { data: vec![Reward { id: CASH, kind: CASH, rate, currency, rules_version }], next_cursor: None })
}
