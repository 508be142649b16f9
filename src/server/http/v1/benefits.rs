//! What a member's tier gives, claiming it for them, and using the code of a claim up.

use axum::http::{HeaderValue, StatusCode, header};
use laurel_domain::benefits::benefit::Benefit;
use laurel_domain::benefits::claim::ClaimCode;
use laurel_domain::numbers::factor::Factor;
use laurel_domain::text::Both;
use laurel_domain::view::TierView;
use serde::Serialize;
use serde_json::Value;

use super::ROOT;
use super::call::{Answer, Call};
use super::json::Fields;
use super::problem::{Place, Stop, in_body};
use laurel_engine::auth::Scope;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::benefits::claims::{self, Claim, Ending, Wish};
use laurel_engine::usecase::benefits::of_member::{self, Held};
use laurel_engine::usecase::request_key::RequestKey;

#[derive(Serialize)]
struct Given<'a> {
    key: &'a str,
    kind: &'static str,
    text: &'a Both,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<Factor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quota: Option<Room>,
}

#[derive(Serialize)]
struct Room {
    count: u32,
    period: &'static str,
    left: u32,
    until: String,
}

impl Given<'_> {
    fn of(benefit: &Benefit) -> Given<'_> {
        let Benefit { key, kind, text, percent, .. } = benefit;
        Given { key: key.as_str(), kind: kind.name(), text, percent: *percent, quota: None }
    }

    fn held(held: &Held) -> Given<'_> {
        let quota = held.room.map(|room| Room {
            count: room.quota.count,
            period: room.quota.period.name(),
            left: room.left,
            until: room.until.to_string(),
        });
        Given { quota, ..Given::of(&held.benefit) }
    }
}

#[derive(Serialize)]
struct Ticket<'a> {
    /// For keys that may claim or use up: whoever knows a code gets what it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    state: &'static str,
    member: Option<&'a str>,
    benefit: Given<'a>,
    claimed_at: String,
    valid_until: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
}

impl Ticket<'_> {
    fn of(claim: &Claim) -> Ticket<'_> {
        let row = &claim.row;
        Ticket {
            code: Some(row.code.to_string()),
            state: claim.state.name(),
            member: row.external_id.as_deref(),
            benefit: Given::of(&claim.benefit),
            claimed_at: row.claimed_at.to_string(),
            valid_until: row.valid_until.to_string(),
            ended_at: row.ended.map(|(at, _)| at.to_string()),
        }
    }

    fn to_text(&self) -> Result<String, AppError> {
        serde_json::to_string(self).map_err(AppError::internal)
    }
}

#[derive(Serialize)]
struct OfMember<'a> {
    tier: &'a TierView,
    benefits: Vec<Given<'a>>,
    /// Those that can still be used.
    claims: Vec<Ticket<'a>>,
}

pub async fn of_member(call: Call) -> Result<Answer, Stop> {
    let found = of_member::of_member(call.ledger(), call.member().await?.no).await?;
    let with_codes = call.key.may(Scope::MembersWrite);
    let ticket = |claim| {
        let ticket = Ticket::of(claim);
        let code = ticket.code.clone().filter(|_| with_codes);
        Ticket { code, ..ticket }
    };
    Answer::ok(&OfMember {
        tier: &found.tier,
        benefits: found.held.iter().map(Given::held).collect(),
        claims: found.open.iter().map(ticket).collect(),
    })
}

pub async fn claim(call: Call) -> Result<Answer, Stop> {
    let key = call.idempotency_key()?;
    let sent = nothing(&call)?;
    let member = call.member().await?;
    let key = RequestKey::of_api(&call.key.source, key);
    let wish = Wish { member_no: member.no, benefit: call.parameter("key").to_owned(), key };
    let made = call.idempotent(&sent, wish, |tx, ledger, wish| {
        Box::pin(async move {
            Ok((StatusCode::CREATED.as_u16(), Ticket::of(&claims::claim_in(tx, ledger, wish).await?).to_text()?))
        })
    });
    let mut answer = made.await.map_err(|stop| stop.at(place))?;
    let made: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    if let Some(code) = made["code"].as_str()
        && let Ok(location) = HeaderValue::try_from(format!("{ROOT}/benefits/claims/{code}"))
    {
        answer.headers.push((header::LOCATION, location));
    }
    Ok(answer)
}

pub async fn find(call: Call) -> Result<Answer, Stop> {
    let found = claims::find(call.ledger(), call.parameter("code")).await?.ok_or(Stop::NoClaim)?;
    Answer::ok(&Ticket::of(&found))
}

pub async fn use_up(call: Call) -> Result<Answer, Stop> {
    call.idempotency_key()?;
    let sent = nothing(&call)?;
    let code = ClaimCode::parse(call.parameter("code")).ok_or(Stop::NoClaim)?;
    let ending = Ending { code, actor: call.actor(), of_member: None };
    let used = call.idempotent(&sent, ending, |tx, ledger, ending| {
        Box::pin(async move {
            let claim = claims::use_up_in(tx, ledger, ending).await?;
            Ok((StatusCode::OK.as_u16(), Ticket::of(&claim).to_text()?))
        })
    });
    used.await.map_err(|stop| match stop {
        Stop::App { error: AppError::NotFound, .. } => Stop::NoClaim,
        stop => stop.at(place),
    })
}

/// There is nothing to say but what the path says.
fn nothing(call: &Call) -> Result<Value, Stop> {
    let sent = if call.body.is_empty() { Value::Object(Default::default()) } else { call.json()? };
    Fields::of(sent.clone(), "")?.end()?;
    Ok(sent)
}

/// All of it stands in the path.
fn place(field: &str) -> Place {
    match field {
        "member" => Place::Parameter("external_id"),
        "benefit" => Place::Parameter("key"),
        "code" => Place::Parameter("code"),
        field => in_body(field),
    }
}
