//! The single writer: events queue up while a transaction commits, and the next one takes them all.
//!
//! No timer: alone, an event is committed at once; under load batches form by themselves. Every caller is answered only
//! after the commit.

use std::sync::Arc;

use laurel_domain::ledger::event::Event;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::server::store::StoreError;

use super::{Outcome, Terms, post};
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
}

impl Writer {
    /// Starts the task; it ends when the last `Writer` is dropped.
    pub fn start(ledger: Ledger, terms: Terms) -> Writer {
        // bounded by `places`, which counts events where a bounded channel would count requests
        let (queue, jobs) = mpsc::unbounded_channel();
        tokio::spawn(work(ledger, terms, jobs));
        Writer { queue, places: Arc::new(Semaphore::new(QUEUE)) }
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
}

async fn work(ledger: Ledger, terms: Terms, mut queue: mpsc::UnboundedReceiver<Job>) {
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

async fn commit(ledger: &Ledger, terms: Terms, mut jobs: Vec<Job>) {
    let sizes: Vec<usize> = jobs.iter().map(|job| job.events.len()).collect();
    let events: Arc<Vec<Event>> = Arc::new(jobs.iter_mut().flat_map(|job| std::mem::take(&mut job.events)).collect());
    match post(ledger, events.clone(), terms).await {
        Ok(outcomes) => {
            let mut outcomes = outcomes.into_iter();
            for (job, size) in jobs.into_iter().zip(sizes) {
                // whoever has left does not want the answer
                let _ = job.reply.send(Ok(outcomes.by_ref().take(size).collect()));
            }
        }
        Err(error) if jobs.len() > 1 && !error.is_unavailable() => {
            tracing::warn!(%error, events = events.len(), "a batch failed; its requests are tried one by one");
            let mut at = 0;
            for (job, size) in jobs.into_iter().zip(sizes) {
                let own = Arc::new(events[at..at + size].to_vec());
                at += size;
                let _ = job.reply.send(post(ledger, own, terms).await);
            }
        }
        Err(error) => {
            tracing::error!(%error, events = events.len(), "a batch failed");
            let failed = if error.is_unavailable() { || StoreError::Busy } else { || StoreError::Corrupt("a batch") };
            let mut first = Some(error);
            for job in jobs {
                let _ = job.reply.send(Err(first.take().unwrap_or_else(failed)));
            }
        }
    }
}
