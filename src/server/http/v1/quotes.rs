//! What would an event earn, what would points pay. Changes nothing.

use laurel_domain::numbers::money::Money;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::text::ExternalId;
use serde::Serialize;
use serde_json::Value;

use super::call::{Answer, Call};
use super::events::raw;
use super::json::Fields;
use super::problem::{Flaw, Place, Stop, Wrong, in_body};
use super::redemptions::{CASH, known_reward, points, quantity, reward};
use laurel_engine::auth::Scope;
use laurel_engine::store::members::member::{By, Member};
use laurel_engine::usecase::ledger::quote;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::catalogue;

/// Stands for what an event needs and a quote does not.
const ANY: &str = "any";

#[derive(Serialize)]
struct Earns {
    points: String,
    /// Before rounding.
    exact: String,
    /// Whose multiplier applies.
    tier: u16,
    rules_version: u32,
}

#[derive(Serialize)]
struct Pays {
    reward: &'static str,
    points: String,
    money: Money,
    rules_version: u32,
}

#[derive(Serialize)]
struct Costs {
    reward: String,
    quantity: u32,
    points: String,
}

pub async fn make(call: Call) -> Result<Answer, Stop> {
    let mut fields = Fields::of(call.json()?, "")?;
    let (event, redemption) = (fields.take("event"), fields.take("redemption"));
    fields.end()?;
    match (event, redemption) {
        (Some(event), None) => earning(call, event).await.map_err(|stop| stop.at(in_event)),
        (None, Some(redemption)) => redeeming(call, redemption).await.map_err(|stop| stop.at(in_redemption)),
        (Some(_), Some(_)) => Err(Wrong::at("/redemption", Flaw::Rule(Fault::NotExpected)).into()),
        (None, None) => Err(Wrong::at("/event", Flaw::Rule(Fault::Missing)).into()),
    }
}

async fn earning(call: Call, sent: Value) -> Result<Answer, Stop> {
    let mut fields = Fields::of(sent, "/event")?;
    let mut raw = raw(&mut fields);
    let named = raw.member.clone();
    if raw.kind.as_deref() == Some("refund") {
        fields.fail::<()>("kind", Flaw::Rule(Fault::NotOneOf { choices: "payment, referral, review".to_owned() }));
    }
    let stands_for = |field: &mut Option<String>| *field = Some(field.take().unwrap_or_else(|| ANY.to_owned()));
    stands_for(&mut raw.id);
    stands_for(&mut raw.member);
    match raw.kind.as_deref() {
        Some("referral") => stands_for(&mut raw.referee),
        Some("review") => stands_for(&mut raw.subject),
        _ => {}
    }
    raw.occurred_at.get_or_insert_with(|| call.now().to_string());
    let event = raw.parse(&call.source()?).map_err(|faults| fields.add(faults)).ok();
    fields.end()?;
    let Some(event) = event else { return Err(Stop::Malformed { at: None }) };
    let known = match &named {
        Some(_) => member_named(&call, &event.member).await?,
        None => None,
    };
    // the first event of somebody new may enrol them
    if named.is_some() && known.is_none() && !call.ledger().settings().enrol_on_event {
        return Err(Refusal::UnknownMember.into());
    }
    let earning = quote::earning(call.ledger(), &event, known.as_ref()).await?;
    Answer::ok(&Earns {
        points: earning.worth.points.to_string(),
        exact: earning.worth.exact(),
        tier: earning.tier.get(),
        rules_version: earning.rules_version,
    })
}

async fn redeeming(call: Call, sent: Value) -> Result<Answer, Stop> {
    let mut fields = Fields::of(sent, "/redemption")?;
    let named = fields.parsed("member", ExternalId::new);
    if let Some(reward) = reward(&mut fields) {
        let quantity = quantity(&mut fields);
        fields.end()?;
        let reward = known_reward(&reward)?;
        let member = redeemer(&call, named).await?;
        let (reward, points) = catalogue::quote(call.ledger(), reward, quantity, member.as_ref()).await?;
        return Answer::ok(&Costs { reward: reward.id.to_string(), quantity, points: points.to_string() });
    }
    let points = points(&mut fields);
    fields.end()?;
    let points = points.ok_or(Stop::Malformed { at: None })?;
    let member = redeemer(&call, named).await?;
    let quote = quote::cash(call.ledger(), points, member.as_ref()).await?;
    Answer::ok(&Pays { reward: CASH, points: quote.points.to_string(), money: quote.cash, rules_version: quote.rules_version })
}

async fn redeemer(call: &Call, named: Option<ExternalId>) -> Result<Option<Member>, Stop> {
    match named {
        Some(id) => Ok(Some(member_named(call, &id).await?.ok_or(Refusal::UnknownMember)?)),
        None => Ok(None),
    }
}

/// A quote for a member tells something about them.
async fn member_named(call: &Call, id: &ExternalId) -> Result<Option<Member>, Stop> {
    if !call.key.may(Scope::MembersRead) {
        return Err(Stop::MissingScope(&[Scope::MembersRead]));
    }
    Ok(view::find(call.ledger(), By::External(id.as_str())).await?)
}

fn in_event(field: &str) -> Place {
    in_body(&format!("event.{field}"))
}

fn in_redemption(field: &str) -> Place {
    in_body(&format!("redemption.{field}"))
}
