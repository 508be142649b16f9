//! Redemptions: made for a member, then paid, sent, used, or given back, step by step.

use axum::http::{HeaderValue, header};
use laurel_domain::ids::{RedemptionId, RewardId};
use laurel_domain::numbers::money::Money;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::rewards::reward::Contact;
use laurel_domain::text::{Both, Reason};
use serde::Serialize;
use serde_json::Value;

use super::ROOT;
use super::call::{Answer, Call};
use super::json::Fields;
use super::problem::{Flaw, Place, Stop, Wrong, in_body};
use laurel_engine::auth::Scope;
use laurel_engine::store::members::member::Member;
use laurel_engine::store::rewards::redemptions::{RedeemedFor, Redemption, Returned, StateSince};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::request_key::RequestKey;
use laurel_engine::usecase::rewards::buy::{self, Order};
use laurel_engine::usecase::rewards::fulfil::tracking_text;
use laurel_engine::usecase::rewards::redeem::{self, Advance, Wish};
use laurel_engine::usecase::rewards::take_back::{self, TakeBack};

pub const CASH: &str = "cash";

#[derive(Serialize)]
struct Receipt {
    id: String,
    kind: &'static str,
    state: &'static str,
    reward: String,
    member: Option<String>,
    points: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    money: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Both>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance_after: Option<String>,
    rules_version: u32,
    created_at: String,
    changed_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    returned: Option<Back>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deliver_to: Option<Contact>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    states: Vec<Since>,
}

/// How a gift came back.
#[derive(Serialize)]
struct Back {
    restocked: bool,
    /// Until it is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct Since {
    state: &'static str,
    at: String,
}

impl Receipt {
    fn of(redemption: &Redemption, balance_after: Option<Points>) -> Receipt {
        let (reward, money, name, quantity) = match &redemption.redeemed_for {
            RedeemedFor::Cash(cash) => (CASH.to_owned(), Some(*cash), None, None),
            RedeemedFor::Reward(bought) => (bought.reward.to_string(), None, Some(bought.name.clone()), Some(bought.quantity)),
        };
        Receipt {
            id: redemption.id.to_string(),
            kind: redemption.kind().name(),
            state: redemption.state.name(),
            reward,
            member: redemption.external_id.clone(),
            points: redemption.points.to_string(),
            money,
            name,
            quantity,
            balance_after: balance_after.map(|points| points.to_string()),
            rules_version: redemption.rules_version,
            created_at: redemption.created_at.to_string(),
            changed_at: redemption.changed_at.to_string(),
            expires_at: redemption.expires_at.map(|at| at.to_string()),
            tracking: redemption.tracking.clone(),
            returned: redemption.returned.clone().map(|Returned { restocked, reason }| Back { restocked, reason }),
            code: None,
            deliver_to: None,
            states: Vec::new(),
        }
    }

    fn to_text(&self) -> Result<String, AppError> {
        serde_json::to_string(self).map_err(AppError::internal)
    }
}

/// What is asked for: cash for points, or so many of a reward.
enum Asked {
    Cash(Wish),
    Reward(Order),
}

pub async fn make(call: Call) -> Result<Answer, Stop> {
    let key = call.idempotency_key()?;
    let sent = call.json()?;
    let mut fields = Fields::of(sent.clone(), "")?;
    let key = RequestKey::of_api(&call.key.source, key);
    let (asked, place): (_, fn(&str) -> Place) = match reward(&mut fields) {
        Some(reward) => {
            let order = order(&call, fields, reward, key).await.map_err(|stop| stop.at(place_of_reward))?;
            (Asked::Reward(order), place_of_reward)
        }
        None => (Asked::Cash(wish(&call, fields, key).await?), place_of_cash),
    };
    let made = call.idempotent(&sent, asked, |tx, ledger, asked| {
        Box::pin(async move {
            let made = match asked {
                Asked::Cash(wish) => redeem::redeem_in(tx, ledger, wish).await?,
                Asked::Reward(order) => buy::buy_in(tx, ledger, order).await?,
            };
            Ok((201, Receipt::of(&made.redemption, Some(made.balance_after)).to_text()?))
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

async fn wish(call: &Call, mut fields: Fields, key: RequestKey) -> Result<Wish, Stop> {
    let points = points(&mut fields);
    let quoted = fields.whole("rules_version");
    fields.end()?;
    let points = points.ok_or(Stop::Malformed { at: None })?;
    let Member { no: member_no, .. } = call.member().await?;
    Ok(Wish { member_no, points, quoted, key, actor: call.actor() })
}

async fn order(call: &Call, mut fields: Fields, reward: String, key: RequestKey) -> Result<Order, Stop> {
    let quantity = quantity(&mut fields);
    let quoted = fields.parsed("points", str::parse::<Points>);
    let deliver_to = fields.take("deliver_to");
    fields.end()?;
    let contact = deliver_to.map(contact).transpose()?;
    let reward = known_reward(&reward)?;
    let Member { no: member_no, .. } = call.member().await?;
    Ok(Order { member_no, reward, quantity, quoted, contact, key, actor: call.actor() })
}

fn contact(sent: Value) -> Result<Contact, Stop> {
    let mut fields = Fields::of(sent, "/deliver_to")?;
    let [recipient, phone, address] = ["recipient", "phone", "address"].map(|name| fields.text(name).unwrap_or_default());
    let contact = Contact::parse(&recipient, &phone, &address).unwrap_or_else(|refusal| {
        if let Refusal::Invalid { faults } = refusal {
            fields.add(faults);
        }
        Contact::default()
    });
    fields.end()?;
    Ok(contact)
}

/// The reward that is meant, unless it is cash or missing.
pub fn reward(fields: &mut Fields) -> Option<String> {
    fields.required("reward").filter(|reward| reward != CASH)
}

pub fn known_reward(text: &str) -> Result<RewardId, Refusal> {
    text.parse().map_err(|_| Refusal::UnknownReward)
}

/// One unless it is said.
pub fn quantity(fields: &mut Fields) -> u32 {
    fields.whole("quantity").unwrap_or(1)
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
fn place_of_cash(field: &str) -> Place {
    match field {
        "member" => Place::Parameter("external_id"),
        "state" => Place::Parameter("id"),
        field => in_body(field),
    }
}

fn place_of_reward(field: &str) -> Place {
    match field {
        "recipient" | "phone" | "address" => in_body(&format!("deliver_to.{field}")),
        // the price is what was said in `points`; too few of them are about the reward
        "price" => in_body("points"),
        "points" => in_body("reward"),
        field => place_of_cash(field),
    }
}

pub async fn find(call: Call) -> Result<Answer, Stop> {
    let found = redeem::find(call.ledger(), id(&call)?).await?.ok_or(Stop::NoRedemption)?;
    let mut receipt = Receipt::of(&found.redeemed.redemption, Some(found.redeemed.balance_after));
    receipt.states =
        found.states.iter().map(|StateSince { state, at, .. }| Since { state: state.name(), at: at.to_string() }).collect();
    // the code is for whoever acts for the member, the address for whoever sends
    receipt.code = found.code.filter(|_| call.key.may(Scope::RedemptionsWrite));
    receipt.deliver_to = found.contact.filter(|_| call.key.may(Scope::RedemptionsFulfil));
    Answer::ok(&receipt)
}

#[derive(Serialize)]
struct WithCode {
    data: Vec<Receipt>,
}

/// The vouchers that a code was revealed for, as somebody reads it off at a till: codes of different rewards may be the same.
pub async fn with_code(call: Call) -> Result<Answer, Stop> {
    let found = redeem::with_code(call.ledger(), call.parameter("code")).await?;
    match found.is_empty() {
        true => Err(Stop::NoVoucher),
        false => Answer::ok(&WithCode { data: found.iter().map(|redemption| Receipt::of(redemption, None)).collect() }),
    }
}

fn id(call: &Call) -> Result<RedemptionId, Stop> {
    call.parameter("id").parse().map_err(|_| Stop::NoRedemption)
}

/// Moves a redemption to a state; `ship` may say where to look for the parcel.
pub async fn advance(call: Call, to: RedemptionState) -> Result<Answer, Stop> {
    call.idempotency_key()?;
    let sent = if call.body.is_empty() { Value::Object(Default::default()) } else { call.json()? };
    let mut fields = Fields::of(sent.clone(), "")?;
    let tracking = match to {
        RedemptionState::Shipped => fields.parsed("tracking", tracking_text),
        _ => None,
    };
    fields.end()?;
    let advance = Advance { id: id(&call)?, steps: vec![to], tracking, note: None, actor: call.actor(), of_member: None };
    let done = call.idempotent(&sent, advance, |tx, ledger, advance| {
        Box::pin(async move {
            let redemption = redeem::advance_in(tx, ledger, advance).await?;
            let mut receipt = Receipt::of(&redemption, None);
            if redemption.state == RedemptionState::Issued {
                receipt.code = redeem::code_in(tx, redemption.id).await?;
            }
            Ok((200, receipt.to_text()?))
        })
    });
    done.await.map_err(|stop| match stop {
        Stop::App { error: AppError::NotFound, .. } => Stop::NoRedemption,
        stop => stop.at(place_of_cash),
    })
}

/// Takes back a gift that was sent: `reason`, and whether it goes into stock again (`restock`, false if left out).
pub async fn take_back(call: Call) -> Result<Answer, Stop> {
    call.idempotency_key()?;
    let sent = call.json()?;
    let mut fields = Fields::of(sent.clone(), "")?;
    let reason = fields.required("reason").map(|reason| Reason::new(reason.trim()));
    let restock = fields.yes_or_no("restock").unwrap_or(false);
    let reason = match reason {
        Some(Ok(reason)) => Some(reason),
        Some(Err(fault)) => fields.fail("reason", Flaw::Rule(fault)),
        None => None,
    };
    fields.end()?;
    // what is missing has been told by then
    let Some(reason) = reason else { return Err(Wrong::at("/reason", Flaw::Rule(Fault::Missing)).into()) };
    let wanted = TakeBack { id: id(&call)?, restock, reason, actor: call.actor() };
    let done = call.idempotent(&sent, wanted, |tx, ledger, wanted| {
        Box::pin(async move {
            let redemption = take_back::take_back_in(tx, ledger, wanted).await?;
            Ok((200, Receipt::of(&redemption, None).to_text()?))
        })
    });
    done.await.map_err(|stop| match stop {
        Stop::App { error: AppError::NotFound, .. } => Stop::NoRedemption,
        stop => stop.at(place_of_cash),
    })
}
