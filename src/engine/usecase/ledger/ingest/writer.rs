//! The writer: events queue up while a transaction commits, and the next one takes them all.
//!
//! No timer: alone, an event is committed at once; under load batches form by themselves. Every caller is answered only
//! after the commit.
//!
//! On PostgreSQL there are two queues, and one fills while the other commits. Requests of one member go through the same queue, one
//! after the other; that is for speed alone, as what is right rests on the locks of rows.
//!
//! On SQLite the queue is worked on by a thread with a runtime of its own. Each statement is a message to the connection's thread and one
//! back; where that comes back to threads that answer requests, it waits behind those who are ready there, and a transaction has a
//! score of such messages. (A connection to PostgreSQL belongs to the runtime that opened it, and outlives this one.)

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use laurel_domain::ledger::event::Event;
use tokio::sync::{Mutex, Notify, mpsc, oneshot};

use crate::store::StoreError;

use super::pace::{Pace, Room};
use super::{Outcome, Terms, post};
use crate::supervise::{supervise, supervise_apart};
use crate::usecase::ledger::Ledger;

const NAME: &str = "the writer";
/// How many events one transaction takes, when so many wait.
const BATCH: usize = 4_000;
/// How many transactions are under way at once on PostgreSQL. SQLite has one writer.
const POSTGRES_QUEUES: usize = 2;

struct Job {
    events: Vec<Event>,
    reply: oneshot::Sender<Result<Vec<Outcome>, StoreError>>,
    /// Given back when it is done.
    _room: Room,
}

/// More is waiting than is posted soon: try again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many events are waiting")]
pub struct Busy;

/// Takes events and answers after they are durable. Cloning is cheap; all clones feed the same tasks.
#[derive(Clone)]
pub struct Writer {
    queues: Arc<[Queue]>,
}

/// What one task works on.
struct Queue {
    jobs: mpsc::UnboundedSender<Job>,
    pace: Arc<Pace>,
    stop: Arc<Notify>,
}

impl Writer {
    /// Starts the tasks; they end when the last `Writer` is dropped.
    pub fn start(ledger: Ledger) -> Writer {
        let queues = if ledger.db.is_postgres() { POSTGRES_QUEUES } else { 1 };
        let start = |_| {
            // bounded by its pace, which counts events where a bounded channel would count requests
            let (jobs, waiting) = mpsc::unbounded_channel();
            // outlives a batch that panics: its callers are told that it is unavailable, everybody else waits for the next
            let waiting = Arc::new(Mutex::new(waiting));
            let (pace, stop) = (Pace::new(), Arc::new(Notify::new()));
            let work = {
                let (ledger, pace, stop) = (ledger.clone(), pace.clone(), stop.clone());
                move || work(ledger.clone(), waiting.clone(), pace.clone(), stop.clone())
            };
            match ledger.db.is_postgres() {
                true => drop(supervise(NAME, work)),
                false => supervise_apart(NAME, work),
            }
            Queue { jobs, pace, stop }
        };
        Writer { queues: (0..queues).map(start).collect() }
    }

    /// Posts events in order and waits until they are committed.
    pub async fn post(&self, events: Vec<Event>) -> Result<Result<Vec<Outcome>, StoreError>, Busy> {
        let queue = &self.queues[self.queue_of(&events)];
        let room = queue.pace.room(events.len()).ok_or(Busy)?;
        let (reply, answer) = oneshot::channel();
        if queue.jobs.send(Job { events, reply, _room: room }).is_err() {
            return Ok(Err(StoreError::Closing));
        }
        Ok(answer.await.unwrap_or(Err(StoreError::Closing)))
    }

    /// By the member of the first event.
    fn queue_of(&self, events: &[Event]) -> usize {
        let mut hasher = DefaultHasher::new();
        events.first().map(|event| &event.member).hash(&mut hasher);
        (hasher.finish() % self.queues.len() as u64) as usize
    }

    /// Whether events that are sent now will be posted.
    pub fn is_running(&self) -> bool {
        self.queues.iter().all(|queue| !queue.jobs.is_closed())
    }

    /// Takes no more events. What is being committed is committed still.
    pub fn stop(&self) {
        self.queues.iter().for_each(|queue| queue.stop.notify_one());
    }
}

async fn work(ledger: Ledger, queue: Arc<Mutex<mpsc::UnboundedReceiver<Job>>>, pace: Arc<Pace>, stop: Arc<Notify>) {
    let mut queue = queue.lock().await;
    let mut next: Option<Job> = None;
    loop {
        let first = match next.take() {
            Some(job) => job,
            None => tokio::select! {
                biased;
                () = stop.notified() => return,
                job = queue.recv() => match job {
                    Some(job) => job,
                    None => return,
                },
            },
        };
        let mut size = first.events.len();
        let mut jobs = vec![first];
        while let Ok(job) = queue.try_recv() {
            if size + job.events.len() > BATCH {
                next = Some(job);
                break;
            }
            size += job.events.len();
            jobs.push(job);
        }
        let begun = Instant::now();
        commit(&ledger, Terms::live(&ledger), jobs).await;
        pace.posted(size, begun.elapsed());
    }
}

/// A job whose events stand among those of others.
struct Part {
    events: Range<usize>,
    reply: oneshot::Sender<Result<Vec<Outcome>, StoreError>>,
    _room: Room,
}

/// Posts all jobs in one transaction. If that fails, and waiting would not help, its halves are posted one after the other, and so
/// on: one job that cannot be posted costs a thousand others ten more transactions, not a thousand.
async fn commit(ledger: &Ledger, terms: Terms, jobs: Vec<Job>) {
    let mut events: Vec<Event> = Vec::new();
    let mut parts: Vec<Part> = Vec::with_capacity(jobs.len());
    for mut job in jobs {
        let from = events.len();
        events.append(&mut job.events);
        parts.push(Part { events: from..events.len(), reply: job.reply, _room: job._room });
    }
    let events = Arc::new(events);
    let mut waiting = vec![parts];
    while let Some(mut parts) = waiting.pop() {
        let Some((first, last)) = parts.first().zip(parts.last()) else { continue };
        let range = first.events.start..last.events.end;
        let some = if range.len() == events.len() { events.clone() } else { Arc::new(events[range.clone()].to_vec()) };
        match post(ledger, some, terms).await {
            Ok(outcomes) => {
                let mut outcomes = outcomes.into_iter();
                for part in parts {
                    // whoever has left does not want the answer
                    let _ = part.reply.send(Ok(outcomes.by_ref().take(part.events.len()).collect()));
                }
            }
            Err(error) if parts.len() > 1 && !error.is_unavailable() => {
                tracing::warn!(%error, events = range.len(), "a batch failed; its halves are tried");
                let rest = parts.split_off(parts.len() / 2);
                waiting.push(rest);
                waiting.push(parts);
            }
            Err(error) => {
                tracing::error!(%error, events = range.len(), "a batch failed");
                let failed = if error.is_unavailable() { || StoreError::Busy } else { || StoreError::Corrupt("a batch") };
                let mut first = Some(error);
                for part in parts {
                    let _ = part.reply.send(Err(first.take().unwrap_or_else(failed)));
                }
            }
        }
    }
}
