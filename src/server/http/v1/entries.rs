//! A member's ledger, newest entry first.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use laurel_domain::ledger::entry::Cause;
use laurel_domain::ledger::event::EventKey;
use laurel_domain::numbers::money::Money;
use laurel_domain::refusal::{Fault, NumberError};
use serde::Serialize;

use super::call::{Answer, Call};
use super::explanation::Explained;
use super::problem::{Flaw, Stop, Wrong};
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::usecase::ledger::activity::{self, activity};

const FEW: i64 = 50;
const MOST: i64 = 200;

#[derive(Serialize)]
struct List<T> {
    data: Vec<T>,
    next_cursor: Option<String>,
}

pub async fn list(call: Call) -> Result<Answer, Stop> {
    let (limit, before_seq) = (limit(&call)?, before(&call)?);
    let member = call.member().await?;
    let found = activity(call.ledger(), member.no, Page { before_seq, ..Page::newest(limit) }).await?;
    Answer::ok(&List { data: found.lines.iter().map(line).collect(), next_cursor: found.next.map(cursor) })
}

fn limit(call: &Call) -> Result<i64, Stop> {
    let Some(text) = call.query("limit") else { return Ok(FEW) };
    let fault = match text.parse::<i64>() {
        Ok(limit @ 1..=MOST) => return Ok(limit),
        Ok(..=0) => Fault::NotPositive,
        Ok(_) => Fault::TooLarge { most: MOST.to_string() },
        Err(_) => Fault::from(NumberError::NotANumber),
    };
    Err(Wrong::parameter("limit", Flaw::Rule(fault)).into())
}

/// Says nothing to callers, so that it may change.
fn cursor(seq: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("entries:{seq}"))
}

fn before(call: &Call) -> Result<i64, Stop> {
    let Some(cursor) = call.query("cursor") else { return Ok(i64::MAX) };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let seq = bytes.as_deref().and_then(|text| text.strip_prefix("entries:")).and_then(|seq| seq.parse().ok());
    seq.filter(|seq| *seq > 0).ok_or_else(|| Wrong::parameter("cursor", Flaw::NotACursor).into())
}

#[derive(Serialize)]
struct Line {
    seq: i64,
    kind: &'static str,
    points: String,
    balance: String,
    tier: u16,
    occurred_at: String,
    posted_at: String,
    rules_version: u32,
    moves: Vec<MoveLine>,
    cause: CauseLine,
    /// `null` if it does not recompute, which is a fault of the ledger.
    explanation: Option<Explained>,
    hash: String,
}

#[derive(Serialize)]
struct MoveLine {
    place: String,
    points: String,
}

#[derive(Default, Serialize)]
struct CauseLine {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scene: Option<&'static str>,
    /// The entry of the payment that is refunded or activated.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_seq: Option<i64>,
    /// The entry of the referral that is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    award_seq: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
}

impl CauseLine {
    fn of_event(kind: &'static str, event: &EventKey) -> CauseLine {
        let (source, id) = (Some(event.source.to_string()), Some(event.id.to_string()));
        CauseLine { kind, source, id, ..CauseLine::default() }
    }

    fn of(cause: &Cause) -> CauseLine {
        match cause {
            Cause::Payment { event, amount, scene, .. } => {
                CauseLine { amount: Some(*amount), scene: Some(scene.name()), ..CauseLine::of_event("payment", event) }
            }
            Cause::Refund { event, amount, payment } => {
                CauseLine { amount: Some(*amount), payment_seq: Some(*payment), ..CauseLine::of_event("refund", event) }
            }
            Cause::Referral { event, .. } => CauseLine::of_event("referral", event),
            Cause::Review { event, .. } => CauseLine::of_event("review", event),
            Cause::Redemption { redemption } => {
                CauseLine { kind: "redemption", id: Some(redemption.to_string()), ..CauseLine::default() }
            }
            Cause::Lapse { day } => CauseLine { kind: "lapse", day: Some(day.to_string()), ..CauseLine::default() },
            Cause::Activation { payment } => {
                CauseLine { kind: "activation", payment_seq: Some(*payment), ..CauseLine::default() }
            }
            Cause::Staff { .. } => CauseLine { kind: "staff", ..CauseLine::default() },
            Cause::RefundOfLapsed { payment } => {
                CauseLine { kind: "refund_of_lapsed", payment_seq: Some(*payment), ..CauseLine::default() }
            }
            Cause::ReferralTakenBack { award, .. } => {
                CauseLine { kind: "referral_taken_back", award_seq: Some(*award), ..CauseLine::default() }
            }
            Cause::Closing => CauseLine { kind: "closing", ..CauseLine::default() },
            Cause::MergedInto { .. } => CauseLine { kind: "merged_into", ..CauseLine::default() },
            Cause::MergedFrom { .. } => CauseLine { kind: "merged_from", ..CauseLine::default() },
        }
    }
}

fn line(found: &activity::Line) -> Line {
    let entry = &found.entry;
    let moves = entry.moves.iter().map(|m| MoveLine { place: m.place.to_string(), points: m.points.to_string() });
    Line {
        seq: entry.seq,
        kind: entry.kind.name(),
        points: entry.points.to_string(),
        balance: entry.balance.to_string(),
        tier: entry.tier.get(),
        occurred_at: entry.occurred_at.to_string(),
        posted_at: entry.instant.to_string(),
        rules_version: entry.rules,
        moves: moves.collect(),
        cause: CauseLine::of(&entry.cause),
        explanation: found.explanation.clone().map(Explained::from),
        hash: entry.hash.to_string(),
    }
}
