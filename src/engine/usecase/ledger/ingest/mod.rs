//! Events in: payments, refunds, referrals and reviews become ledger entries.
//!
//! A batch is decided in memory by the domain's pure functions and written by a few set-based statements, so that its cost
//! is per batch, not per event. One bad event fails alone. Its stages are files: `plan` says which accounts it may come to touch
//! and how, `load` locks and reads all of that, `decide` posts event by event to what is loaded (`account`), `write` writes.

mod account;
mod decide;
mod load;
mod pace;
mod plan;
mod shares;
mod write;
mod writer;

pub use writer::{Busy, Writer};

/// The source of events that Laurel posts itself.
pub const OWN_SOURCE: &str = "laurel";

use std::sync::Arc;

use futures::future::join_all;
use laurel_domain::ledger::event::Event;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::tier::TierRank;

use crate::store::ledger::known;
use crate::store::members::friends;
use crate::store::{Connections, Db, StoreError};

use crate::usecase::ledger::Ledger;
use shares::Shares;

/// How many transactions post side by side: on PostgreSQL each has a process of its own. SQLite has one writer.
fn side_by_side(db: &Db) -> usize {
    if db.is_postgres() { Connections::WRITERS as usize } else { 1 }
}

/// How often others may be quicker: of several servers that are sent the same, each may be once or twice.
const ATTEMPTS: u32 = 12;

/// How events are to be posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Whether an accepted event of an unknown member enrols them, as registered when it occurred.
    pub enrol: bool,
    /// History is posted as of when it occurred; all else as of now.
    pub history: bool,
}

impl Terms {
    /// Those of events as they happen, by the programme's settings.
    pub fn live(ledger: &Ledger) -> Terms {
        Terms { enrol: ledger.settings().enrol_on_event, history: false }
    }
}

/// What an accepted event did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub points: Points,
    pub balance: Points,
    pub tier: TierRank,
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Accepted(Answer),
    /// It had been accepted before; the answer is the first one.
    Duplicate(Answer),
    /// Nothing was recorded, and the id is not used up.
    Refused(Refusal),
}

/// Posts events in order, in one transaction; each outcome stands where its event stood.
///
/// Per event it refuses `in_future`, `wrong_currency`, `event_conflict`, `unknown_member`, `member_closed`, `unknown_payment`,
/// `refund_beyond_payment`, `points_out_of_range`, and what makes a referral or review void.
///
/// Where something damaged in the database stops a batch, its halves are posted one after the other, and so on: what cannot be
/// posted for that alone is refused with `account_damaged`.
pub async fn post(ledger: &Ledger, events: Arc<Vec<Event>>, terms: Terms) -> Result<Vec<Outcome>, StoreError> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let mut outcomes = Vec::with_capacity(events.len());
    // the parts still to be posted, the next one last
    let mut parts = Vec::new();
    let mut next = Some(0..events.len());
    while let Some(part) = next.take().or_else(|| parts.pop()) {
        let whole = part.len() == events.len();
        let some = if whole { events.clone() } else { Arc::new(events[part.clone()].to_vec()) };
        match post_once(ledger, some, terms).await {
            Ok(posted) => outcomes.extend(posted),
            Err(error) if error.is_corrupt() && part.len() == 1 => {
                let event = &events[part.start];
                tracing::error!(%error, event.source = %event.key.source, event.id = %event.key.id, "an account is damaged");
                outcomes.push(Outcome::Refused(Refusal::AccountDamaged));
            }
            Err(error) if error.is_corrupt() => {
                let middle = part.start + part.len() / 2;
                parts.push(middle..part.end);
                next = Some(part.start..middle);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(outcomes)
}

/// As `post`, in as many transactions side by side as the database has use for, each member's events in their order: for history,
/// of which some may be in when it fails.
///
/// An invited member's payment is an entry of the inviter's, too, and its place among theirs is that of the file. So in a programme
/// where somebody was invited everything is posted in one order.
pub async fn post_history(ledger: &Ledger, events: Vec<Event>, terms: Terms) -> Result<Vec<Outcome>, StoreError> {
    let among = match side_by_side(&ledger.db) {
        1 => 1,
        _ if friends::is_anybody_invited(&mut ledger.db.reader().await?).await? => 1,
        many => many,
    };
    let Shares { lists, order } = Shares::of(events, among);
    let posted = lists.into_iter().map(|(_, events)| post(ledger, Arc::new(events), terms));
    let posted: Result<Vec<Vec<Outcome>>, StoreError> = join_all(posted).await.into_iter().collect();
    order.merge(posted?).ok_or(StoreError::Corrupt("a batch of outcomes"))
}

async fn post_once(ledger: &Ledger, events: Arc<Vec<Event>>, terms: Terms) -> Result<Vec<Outcome>, StoreError> {
    let input = (ledger.clone(), events, terms);
    let mut attempt = 1;
    loop {
        let posted =
            ledger.db.write(input.clone(), |tx, (ledger, events, terms)| Box::pin(decide::post(tx, ledger, events, *terms)));
        match posted.await {
            // another process enrolled the same member or took the same event meanwhile: now it is there to be found; or it
            // merged two members while their locks were waited for: now their inviter is another
            Err(error) if error.may_be_other_now() && attempt < ATTEMPTS => attempt += 1,
            outcome => return outcome,
        }
    }
}

/// An accepted event by its key.
pub async fn find(
    ledger: &Ledger,
    key: &laurel_domain::ledger::event::EventKey,
) -> Result<Option<(Event, Answer)>, StoreError> {
    let mut found = known::known(&mut ledger.db.reader().await?, ledger.programme.currency, &[key]).await?;
    Ok(found.remove(key).map(|known| {
        let answer = answer(&known.entry);
        (known.event, answer)
    }))
}

fn answer(entry: &laurel_domain::ledger::entry::Entry) -> Answer {
    Answer { points: entry.points, balance: entry.balance, tier: entry.tier }
}

/// When something that occurred then is to be posted; not before what has been.
fn instant(occurred_at: jiff::Timestamp, now: jiff::Timestamp, terms: Terms) -> jiff::Timestamp {
    if terms.history { occurred_at } else { now }
}
