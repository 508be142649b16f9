//! Refused events on their way to the desk that sees to them: gathered in this process, each but once, and written by a task of its own
//! a second later, so that nobody who posts waits for it. What a process had not written when it died is lost: whoever sent it
//! was told.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use laurel_engine::auth::ApiKey;
use laurel_engine::store::Db;
use laurel_engine::supervise::supervise;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::refused::{self, Refused};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::problem::{Problem, Stop};
use crate::i18n::Lang;

const EVERY: Duration = Duration::from_secs(1);
/// How many different ones are held until then; more are not kept.
const MOST: usize = 2_000;
/// How much of a field is kept.
const LONGEST: usize = 500;
/// What an event may have: nothing else of what was sent is kept, whatever it was.
const FIELDS: [&str; 12] = [
    "source",
    "id",
    "kind",
    "member",
    "amount",
    "currency",
    "scene",
    "occurred_at",
    "payment",
    "payment_source",
    "referee",
    "subject",
];

/// Cloning is cheap; all clones are the same.
#[derive(Clone, Debug)]
pub struct Refusals {
    db: Db,
    held: Arc<Mutex<HashMap<Uuid, (Refused, Stop)>>>,
}

impl Refusals {
    /// Gathers only: whoever has it writes.
    pub fn gathering(db: Db) -> Refusals {
        Refusals { db, held: Arc::default() }
    }

    /// Begins to write what is gathered.
    pub fn start(db: Db) -> Refusals {
        let refusals = Refusals::gathering(db);
        let this = refusals.clone();
        supervise("refused events", move || {
            let this = this.clone();
            async move {
                loop {
                    tokio::time::sleep(EVERY).await;
                    this.write().await;
                }
            }
        });
        refusals
    }

    /// Notes an event that was refused; `sent` is what it was, as far as it could be read.
    pub fn note(&self, key: &ApiKey, sent: Option<&Value>, reason: &str, stop: Stop, now: Timestamp) {
        let sent = sent.and_then(Value::as_object);
        let text = |name: &str| Some(cut(sent?.get(name)?.as_str()?)).filter(|text| !text.is_empty());
        let one = Refused {
            api_key: key.id,
            source: key.source.clone(),
            event_id: text("id"),
            kind: text("kind"),
            member: text("member"),
            referee: text("referee"),
            body: sent.map(body),
            reason: reason.to_owned(),
            times: 1,
            first_at: now,
            last_at: now,
        };
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let many = held.len();
        match held.entry(one.digest()) {
            Entry::Occupied(mut known) => {
                let known = &mut known.get_mut().0;
                known.times += 1;
                known.last_at = known.last_at.max(now);
            }
            Entry::Vacant(new) if many < MOST => drop(new.insert((one, stop))),
            Entry::Vacant(_) => (),
        }
    }

    /// Writes what has been gathered.
    pub async fn write(&self) {
        let held = std::mem::take(&mut *self.held.lock().unwrap_or_else(PoisonError::into_inner));
        if held.is_empty() {
            return;
        }
        let many = held.len();
        if let Err(error) = refused::keep(&self.db, held.into_values().collect(), told).await {
            tracing::warn!(%error, events = many, "refused events could not be kept for the console");
        }
    }
}

/// A copy of why an event was refused; `None` of what is no fault of the event.
pub fn copy(stop: &Stop) -> Option<Stop> {
    match stop {
        Stop::App { error: AppError::Refused(refusal), place } => {
            Some(Stop::App { error: AppError::Refused(refusal.clone()), place: *place })
        }
        Stop::Fields(wrong) => Some(Stop::Fields(wrong.clone())),
        Stop::ForeignSource { own, at } => Some(Stop::ForeignSource { own: own.clone(), at: at.clone() }),
        Stop::Malformed { at } => Some(Stop::Malformed { at: at.clone() }),
        _ => None,
    }
}

fn told(stop: Stop) -> [String; 2] {
    let [zh, en] = [copy(&stop), Some(stop)].map(|stop| stop.unwrap_or(Stop::Malformed { at: None }));
    [Problem::of(zh, Lang::ZH).in_words(), Problem::of(en, Lang::EN).in_words()]
}

fn cut(text: &str) -> String {
    // neither kind of database holds a NUL in a text
    text.chars().filter(|c| *c != '\0').take(LONGEST).collect()
}

fn body(sent: &Map<String, Value>) -> String {
    let field = |name: &&str| {
        let value = match sent.get(*name)? {
            Value::String(text) => Value::String(cut(text)),
            plain @ (Value::Number(_) | Value::Bool(_) | Value::Null) => plain.clone(),
            Value::Array(_) | Value::Object(_) => Value::String("…".to_owned()),
        };
        Some(((*name).to_owned(), value))
    };
    let kept: Map<String, Value> = FIELDS.iter().filter_map(field).collect();
    serde_json::to_string_pretty(&kept).unwrap_or_default()
}
