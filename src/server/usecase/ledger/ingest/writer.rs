//! The single writer: events queue up while a transaction commits, and the next one takes them all.
//!
//! No timer: alone, an event is committed at once; under load batches form by themselves. Every caller is answered only
//! after the commit.

use std::ops::Range;
use std::sync::Arc;

use laurel_domain::ledger::event::Event;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::AbortHandle;

use crate::server::store::StoreError;

use super::{Outcome, Terms, post};
use crate::server::supervise::supervise;
use crate::server::usecase::ledger::Ledger;

/// How many events one transaction takes.
const BATCH: usize = 1_000;
/// How many events may wait.
const QUEUE: usize = 20_000;

struct Job {
    events: Vec<Event>,
    reply: oneshot::Sender<Result<Vec<Outcome>, StoreError>>,
    /// Its places in the queue, given back when it is done.
    _places: OwnedSemaphorePermit,
}

/// The queue is full: try again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many events are waiting")]
pub struct Busy;

/// Takes events and answers after they are durable. Cloning is cheap; all clones feed one task.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::UnboundedSender<Job>,
    places: Arc<Semaphore>,
    task: AbortHandle,
}

impl Writer {
    /// Starts the task; it ends when the last `Writer` is dropped.
    pub fn start(ledger: Ledger, terms: Terms) -> Writer {
        // bounded by `places`, which counts events where a bounded channel would count requests
        let (queue, jobs) = mpsc::unbounded_channel();
        // outlives a batch that panics: its callers are told that it is unavailable, everybody else waits for the next
        let jobs = Arc::new(Mutex::new(jobs));
        let task = supervise("the writer", move || work(ledger.clone(), terms, jobs.clone()));
        Writer { queue, places: Arc::new(Semaphore::new(QUEUE)), task: task.abort_handle() }
    }

    /// Posts events in order and waits until they are committed.
    pub async fn post(&self, events: Vec<Event>) -> Result<Result<Vec<Outcome>, StoreError>, Busy> {
        let wanted = u32::try_from(events.len()).map_err(|_| Busy)?;
        let places = self.places.clone().try_acquire_many_owned(wanted).map_err(|_| Busy)?;
        let (reply, answer) = oneshot::channel();
        if self.queue.send(Job { events, reply, _places: places }).is_err() {
            return Ok(Err(StoreError::Closing));
        }
        Ok(answer.await.unwrap_or(Err(StoreError::Closing)))
    }

    /// Whether events that are sent now will be posted.
    pub fn is_running(&self) -> bool {
        !self.task.is_finished()
    }

    /// Takes no more events. What is being committed is committed still.
    pub fn stop(&self) {
        self.task.abort();
    }
}

async fn work(ledger: Ledger, terms: Terms, queue: Arc<Mutex<mpsc::UnboundedReceiver<Job>>>) {
    let mut queue = queue.lock().await;
    let mut next: Option<Job> = None;
    loop {
        let first = match next.take() {
            Some(job) => job,
            None => match queue.recv().await {
                Some(job) => job,
                None => return,
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
        commit(&ledger, terms, jobs).await;
    }
}

/// A job whose events stand among those of others.
struct Part {
    events: Range<usize>,
    reply: oneshot::Sender<Result<Vec<Outcome>, StoreError>>,
    _places: OwnedSemaphorePermit,
}

/// Posts all jobs in one transaction. If that fails, and waiting would not help, its halves are posted one after the other, and so
/// on: one job that cannot be posted costs a thousand others ten more transactions, not a thousand.
async fn commit(ledger: &Ledger, terms: Terms, jobs: Vec<Job>) {
    let mut events: Vec<Event> = Vec::new();
    let mut parts: Vec<Part> = Vec::with_capacity(jobs.len());
    for mut job in jobs {
        let from = events.len();
        events.append(&mut job.events);
        parts.push(Part { events: from..events.len(), reply: job.reply, _places: job._places });
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
