//! Points to cash: made for a member, then paid out step by step, or given back.

use axum::http::{HeaderValue, header};
use laurel_domain::ids::RedemptionId;
use laurel_domain::money::Money;
use laurel_domain::points::Points;
use laurel_domain::redeem::CashState;
use laurel_domain::refusal::Fault;
use serde::Serialize;
use serde_json::Value;

use super::ROOT;
use super::call::{Answer, Call};
use super::json::Fields;
use super::problem::{Flaw, Place, Stop, in_body};
use crate::server::store::redemptions::{Redemption, StateSince};
use crate::server::usecase::AppError;
use crate::server::usecase::redeem::{self, Advance, Wish};

pub const CASH: &str = "cash";

#[derive(Serialize)]
struct Receipt {
    id: String,
    state: &'static str,
    reward: &'static str,
    member: Option<String>,
    points: String,
    money: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance_after: Option<String>,
    rules_version: u32,
    created_at: String,
    changed_at: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    states: Vec<Since>,
}

#[derive(Serialize)]
struct Since {
    state: &'static str,
    at: String,
}

impl Receipt {
    fn of(redemption: &Redemption, balance_after: Option<Points>, states: &[StateSince]) -> Receipt {
        Receipt {
            id: redemption.id.to_string(),
            state: redemption.state.name(),
            reward: CASH,
            member: redemption.external_id.clone(),
            points: redemption.points.to_string(),
            money: redemption.cash,
            balance_after: balance_after.map(|points| points.to_string()),
            rules_version: redemption.rules_version,
            created_at: redemption.created_at.to_string(),
            changed_at: redemption.changed_at.to_string(),
            states: states.iter().map(|since| Since { state: since.state.name(), at: since.at.to_string() }).collect(),
        }
    }

    fn to_text(&self) -> Result<String, AppError> {
        serde_json::to_string(self).map_err(AppError::internal)
    }
}

pub async fn make(call: Call) -> Result<Answer, Stop> {
    let key = call.idempotency_key()?;
    let sent = call.json()?;
    let mut fields = Fields::of(sent.clone(), "")?;
    reward(&mut fields);
    let points = points(&mut fields);
    let quoted = fields.whole("rules_version");
    fields.end()?;
    let points = points.ok_or(Stop::Malformed { at: None })?;
    let member = call.member().await?;
    // keys of the portal are apart from those of payment systems
    let key = format!("api:{}:{key}", call.key.source);
    let wish = Wish { member_no: member.no, points, quoted, key, actor: call.actor() };
    let made = call.once(&sent, wish, |tx, ledger, wish| {
        Box::pin(async move {
            let made = redeem::redeem_in(tx, ledger, wish).await?;
            Ok((201, Receipt::of(&made.redemption, Some(made.balance_after), &[]).to_text()?))
        })
    });
    let mut answer = made.await.map_err(|stop| stop.at(place))?;
    let made: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    if let Some(id) = made["id"].as_str()
        && let Ok(location) = HeaderValue::try_from(format!("{ROOT}/redemptions/{id}"))
    {
        answer.headers.push((header::LOCATION, location));
    }
    Ok(answer)
}

/// Only cash so far.
pub fn reward(fields: &mut Fields) {
    if fields.required("reward").is_some_and(|reward| reward != CASH) {
        fields.fail::<()>("reward", Flaw::Rule(Fault::NotOneOf { choices: CASH.to_owned() }));
    }
}

pub fn points(fields: &mut Fields) -> Option<Points> {
    let text = fields.required("points")?;
    match text.parse::<Points>() {
        Ok(points) if points.is_positive() => Some(points),
        Ok(_) => fields.fail("points", Flaw::Rule(Fault::NotPositive)),
        Err(error) => fields.fail("points", Flaw::Rule(error.into())),
    }
}

/// The member stands in the path.
fn place(field: &str) -> Place {
    match field {
        "member" => Place::Parameter("external_id"),
        "state" => Place::Parameter("id"),
        field => in_body(field),
    }
}

pub async fn find(call: Call) -> Result<Answer, Stop> {
    let (found, states) = redeem::find(call.ledger(), id(&call)?).await?.ok_or(Stop::NoRedemption)?;
    Answer::ok(&Receipt::of(&found.redemption, Some(found.balance_after), &states))
}

fn id(call: &Call) -> Result<RedemptionId, Stop> {
    call.parameter("id").parse().map_err(|_| Stop::NoRedemption)
}

/// Payout has begun.
pub async fn process(call: Call) -> Result<Answer, Stop> {
    advance(call, CashState::Processing).await
}

pub async fn pay(call: Call) -> Result<Answer, Stop> {
    advance(call, CashState::Paid).await
}

/// The payout came back: so do the points.
pub async fn fail(call: Call) -> Result<Answer, Stop> {
    advance(call, CashState::Failed).await
}

pub async fn cancel(call: Call) -> Result<Answer, Stop> {
    advance(call, CashState::Cancelled).await
}

async fn advance(call: Call, to: CashState) -> Result<Answer, Stop> {
    call.idempotency_key()?;
    let sent = if call.body.is_empty() { Value::Object(Default::default()) } else { call.json()? };
    Fields::of(sent.clone(), "")?.end()?;
    let advance = Advance { id: id(&call)?, steps: vec![to], actor: call.actor(), of_member: None };
    let done = call.once(&sent, advance, |tx, ledger, advance| {
        Box::pin(async move {
            let redemption = redeem::advance_in(tx, ledger, advance).await?;
            Ok((200, Receipt::of(&redemption, None, &[]).to_text()?))
        })
    });
    done.await.map_err(|stop| match stop {
        Stop::App { error: AppError::NotFound, .. } => Stop::NoRedemption,
        stop => stop.at(place),
    })
}
