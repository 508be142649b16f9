//! Events in: one, or up to a thousand of which each is answered on its own.

use std::sync::Arc;

use axum::http::StatusCode;
use laurel_domain::ledger::event::{Activity, Event, EventKey, RawEvent};
use laurel_domain::numbers::money::Money;
use laurel_domain::refusal::Fault;
use laurel_domain::text::{EventId, Source};
use serde::Serialize;
use serde_json::{Map, Value};

use super::call::{Answer, Call};
use super::json::Fields;
use super::problem::{Flaw, Problem, Stop, Wrong};
use super::refused::{self, Refusals};
use super::routes::within_rate;
use crate::i18n::Lang;
use laurel_engine::auth::ApiKey;
use laurel_engine::store::StoreError;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::ingest::{self, OWN_SOURCE, Outcome, Terms};

/// How many events one request may hold.
const MOST: usize = 1_000;

/// What became of one event.
#[derive(Serialize)]
struct Fate {
    id: Option<String>,
    status: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    duplicate: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    did: Option<Did>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

#[derive(Serialize)]
struct Did {
    points: String,
    balance: String,
    tier: u16,
}

impl From<ingest::Answer> for Did {
    fn from(answer: ingest::Answer) -> Did {
        Did { points: answer.points.to_string(), balance: answer.balance.to_string(), tier: answer.tier.get() }
    }
}

#[derive(Serialize)]
struct Results {
    results: Vec<Fate>,
}

pub async fn post(call: Call) -> Result<Answer, Stop> {
    let own = call.source()?;
    match call.json() {
        Ok(Value::Object(map)) if map.contains_key("events") => batch(call, map, &own).await,
        Ok(one) => single(&call, one, &own).await.inspect_err(|stop| note_single(&call, stop)),
        Err(stop) => {
            note_single(&call, &stop);
            Err(stop)
        }
    }
}

/// For whoever sees to refused events.
fn note_single(call: &Call, stop: &Stop) {
    if let (Some(for_answer), Some(kept)) = (refused::copy(stop), refused::copy(stop)) {
        let code = Problem::of(for_answer, call.lang).code;
        call.state.refusals.note(&call.key, call.json().ok().as_ref(), &code, kept, call.now());
    }
}

/// The same of those in a batch, by their places: what was sent is read once more, so that accepted ones cost nothing.
fn note_batch(call: &Call, noted: Vec<(usize, String, Stop)>) {
    if noted.is_empty() {
        return;
    }
    let sent = call.json().ok();
    let sent = sent.as_ref().and_then(|sent| sent.get("events"));
    for (index, code, stop) in noted {
        call.state.refusals.note(&call.key, sent.and_then(|events| events.get(index)), &code, stop, call.now());
    }
}

async fn single(call: &Call, sent: Value, own: &Source) -> Result<Answer, Stop> {
    let event = read(sent, own)?;
    let id = event.key.id.to_string();
    let outcome = posted(call, vec![event]).await?.pop().ok_or_else(AppError::unavailable)?;
    let (status, result) = match outcome {
        Outcome::Accepted(answer) => (StatusCode::CREATED, accepted(id, answer)),
        Outcome::Duplicate(answer) => (StatusCode::OK, duplicate(id, answer)),
        Outcome::Refused(refusal) => return Err(refusal.into()),
    };
    Answer::json(status, &result)
}

/// An event that reaches a programme otherwise than by a request, as what the demo's till sends does: read, posted and, if it is refused,
/// kept as one of a request is. Whether it was accepted.
///
/// # Errors
/// What the database said.
pub async fn receive(ledger: &Ledger, refusals: &Refusals, key: &ApiKey, terms: Terms, sent: Value) -> Result<bool, AppError> {
    let own = Source::new(&key.source).map_err(|_| StoreError::Corrupt("a source"))?;
    let stop = match read(sent.clone(), &own) {
        Err(stop) => stop,
        Ok(event) => match ingest::post(ledger, Arc::new(vec![event]), terms).await?.pop() {
            Some(Outcome::Refused(refusal)) => refusal.into(),
            outcome => return Ok(outcome.is_some()),
        },
    };
    if let (Some(for_answer), Some(kept)) = (refused::copy(&stop), refused::copy(&stop)) {
        refusals.note(key, Some(&sent), &Problem::of(for_answer, Lang::EN).code, kept, ledger.clock.now());
    }
    Ok(false)
}

async fn batch(call: Call, mut map: Map<String, Value>, own: &Source) -> Result<Answer, Stop> {
    let sent = map.remove("events");
    Fields::of(Value::Object(map), "")?.end()?;
    let Some(Value::Array(sent)) = sent else { return Err(Wrong::at("/events", Flaw::NotList).into()) };
    if !(1..=MOST).contains(&sent.len()) {
        return Err(Wrong::at("/events", Flaw::Rule(Fault::Count { least: 1, most: MOST })).into());
    }
    // the request itself was counted as one
    within_rate(&call.state, &call.key, u32::try_from(sent.len() - 1).unwrap_or(u32::MAX))?;
    let mut ids = Vec::with_capacity(sent.len());
    let mut events = Vec::with_capacity(sent.len());
    // what cannot be read keeps its place among the answers
    let mut unreadable = Vec::with_capacity(sent.len());
    for sent in sent {
        ids.push(sent.get("id").and_then(Value::as_str).filter(|id| EventId::new(id).is_ok()).map(str::to_owned));
        match read(sent, own) {
            Ok(event) => {
                events.push(event);
                unreadable.push(None);
            }
            Err(stop) => unreadable.push(Some(stop)),
        }
    }
    let mut outcomes = posted(&call, events).await?.into_iter();
    let (mut results, mut noted) = (Vec::with_capacity(ids.len()), Vec::new());
    for (index, (id, stop)) in ids.into_iter().zip(unreadable).enumerate() {
        let outcome = match stop {
            Some(stop) => Err(stop),
            None => outcomes.next().ok_or_else(|| AppError::unavailable().into()),
        };
        let mut refused = |id, stop| {
            let kept = refused::copy(&stop);
            let problem = Problem::of(stop, call.lang).below(&format!("/events/{index}"));
            noted.extend(kept.map(|kept| (index, problem.code.clone(), kept)));
            Fate { id, status: "refused", duplicate: false, did: None, problem: Some(problem) }
        };
        results.push(match outcome {
            Ok(Outcome::Accepted(answer)) => accepted(id.unwrap_or_default(), answer),
            Ok(Outcome::Duplicate(answer)) => duplicate(id.unwrap_or_default(), answer),
            Ok(Outcome::Refused(refusal)) => refused(id, refusal.into()),
            Err(stop) => refused(id, stop),
        });
    }
    note_batch(&call, noted);
    Answer::ok(&Results { results })
}

fn accepted(id: String, answer: ingest::Answer) -> Fate {
    Fate { id: Some(id), status: "accepted", duplicate: false, did: Some(answer.into()), problem: None }
}

fn duplicate(id: String, answer: ingest::Answer) -> Fate {
    Fate { id: Some(id), status: "duplicate", duplicate: true, did: Some(answer.into()), problem: None }
}

async fn posted(call: &Call, events: Vec<Event>) -> Result<Vec<Outcome>, Stop> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    match call.state.writer.post(events).await {
        Ok(outcomes) => Ok(outcomes?),
        Err(_) => Err(AppError::unavailable().into()),
    }
}

/// An event as it was sent; of the key's own source unless it says the same itself.
fn read(sent: Value, own: &Source) -> Result<Event, Stop> {
    let mut fields = Fields::of(sent, "")?;
    let raw = raw(&mut fields);
    let event = raw.parse(own).map_err(|faults| fields.add(faults)).ok();
    fields.end()?;
    let event = event.ok_or(Stop::Malformed { at: None })?;
    // Laurel's own events are nobody's to send, whatever a key's source is called
    if event.key.source != *own || own.as_str() == OWN_SOURCE {
        return Err(Stop::ForeignSource { own: own.to_string(), at: "/source".to_owned() });
    }
    Ok(event)
}

/// The texts of an event; what is no text is noted as wrong.
pub fn raw(fields: &mut Fields) -> RawEvent {
    RawEvent {
        source: fields.text("source"),
        id: fields.text("id"),
        kind: fields.text("kind"),
        member: fields.text("member"),
        amount: fields.text("amount"),
        currency: fields.text("currency"),
        scene: fields.text("scene"),
        occurred_at: fields.text("occurred_at"),
        payment: fields.text("payment"),
        payment_source: fields.text("payment_source"),
        referee: fields.text("referee"),
        subject: fields.text("subject"),
    }
}

/// An accepted event and what it did.
#[derive(Default, Serialize)]
struct Told {
    source: String,
    id: String,
    kind: &'static str,
    member: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scene: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    referee: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    occurred_at: String,
    status: &'static str,
    #[serde(flatten)]
    did: Option<Did>,
}

pub async fn find(call: Call) -> Result<Answer, Stop> {
    let source = Source::new(call.parameter("source")).map_err(|_| Stop::NoEvent)?;
    let id = EventId::new(call.parameter("id")).map_err(|_| Stop::NoEvent)?;
    if source != call.source()? {
        return Err(Stop::ForeignSource { own: call.key.source.clone(), at: "/source".to_owned() });
    }
    let (event, answer) = ingest::find(call.ledger(), &EventKey { source, id }).await?.ok_or(Stop::NoEvent)?;
    let mut told = Told {
        source: event.key.source.to_string(),
        id: event.key.id.to_string(),
        member: event.member.to_string(),
        occurred_at: event.occurred_at.to_string(),
        status: "accepted",
        did: Some(answer.into()),
        ..Told::default()
    };
    match event.activity {
        Activity::Payment { amount, scene } => {
            (told.kind, told.amount, told.scene) = ("payment", Some(amount), Some(scene.name()));
        }
        Activity::Refund { payment, amount } => {
            (told.kind, told.amount, told.payment) = ("refund", Some(amount), Some(payment.id.to_string()));
            told.payment_source = Some(payment.source.to_string());
        }
        Activity::Referral { referee } => (told.kind, told.referee) = ("referral", Some(referee.to_string())),
        Activity::Review { subject } => (told.kind, told.subject) = ("review", Some(subject.to_string())),
    }
    Answer::ok(&told)
}
