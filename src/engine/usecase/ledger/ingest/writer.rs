//! The writer: events queue up while a transaction commits, and the next one takes them all.
//!
//! No timer: alone, an event is committed at once; under load batches form by themselves. Every caller is answered only
//! after the commit.
//!
//! On PostgreSQL there are two queues, and one fills while the other commits. A member's events go through the same queue, one after
//! the other, and a request of many members is divided: were it not, each queue would wait for members whom the other has locked.
//!
//! A queue is worked on by a thread with a runtime of its own. Each statement is a message to the database and one back, and a transaction
//! has a score of them; where they come back to threads that answer requests, each waits behind those who are ready there. A connection to
//! PostgreSQL belongs to the runtime that opened it, so each thread has its own.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use laurel_domain::ledger::event::Event;
use tokio::sync::{Mutex, Notify, mpsc, oneshot};

use crate::store::StoreError;

use super::pace::{Pace, Room};
use super::shares::Shares;
use super::{Outcome, Terms, post, side_by_side};
use crate::supervise::supervise_apart;
use crate::usecase::ledger::Ledger;

const NAME: &str = "the writer";
/// How many events one transaction takes, when so many wait.
const BATCH: usize = 4_000;

struct Job {
    events: Vec<Event>,
    reply: oneshot::Sender<Result<Vec<Outcome>, StoreError>>,
    /// Given back when it is done.
    room: Room,
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
        let writers = side_by_side(&ledger.db);
        let start = |_| {
            // bounded by its pace, which counts events where a bounded channel would count requests
            let (jobs, waiting) = mpsc::unbounded_channel();
            // outlives a batch that panics: its callers are told that it is unavailable, everybody else waits for the next
            let waiting = Arc::new(Mutex::new(waiting));
            let (pace, stop) = (Pace::one_of(writers), Arc::new(Notify::new()));
            let work = {
                let (ledger, pace, stop) = (ledger.clone(), pace.clone(), stop.clone());
                move || work(ledger.clone(), waiting.clone(), pace.clone(), stop.clone())
            };
            supervise_apart(NAME, work);
            Queue { jobs, pace, stop }
        };
        Writer { queues: (0..writers).map(start).collect() }
    }

    /// Posts events, each member's in order, and waits until all are committed. Where that fails some may be: whoever sends them
    /// again hears what became of those.
    pub async fn post(&self, events: Vec<Event>) -> Result<Result<Vec<Outcome>, StoreError>, Busy> {
        let Shares { lists, order } = Shares::of(events, self.queues.len());
        // room for all, or nothing is sent
        let rooms = lists.iter().map(|(queue, events)| self.queues[*queue].pace.room(events.len()));
        let rooms = rooms.collect::<Option<Vec<Room>>>().ok_or(Busy)?;
        let send = |((queue, events), room): ((usize, Vec<Event>), Room)| {
            let (reply, answer) = oneshot::channel();
            let job = Job { events, reply, room };
            self.queues[queue].jobs.send(job).map(|()| answer).map_err(|_| StoreError::Closing)
        };
        let sent: Vec<Result<oneshot::Receiver<_>, StoreError>> = lists.into_iter().zip(rooms).map(send).collect();
        let mut posted = Vec::with_capacity(sent.len());
        // each is waited for, also when one before it has failed
        for answer in sent {
            posted.push(match answer {
                Ok(answer) => answer.await.unwrap_or(Err(StoreError::Closing)),
                Err(closing) => Err(closing),
            });
        }
        let posted: Result<Vec<Vec<Outcome>>, StoreError> = posted.into_iter().collect();
        Ok(posted.and_then(|posted| order.merge(posted).ok_or(StoreError::Corrupt("a batch of outcomes"))))
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
    let ledger = ledger.written_apart();
    post_all(&ledger, &mut *queue.lock().await, &pace, &stop).await;
    ledger.db.close_apart().await;
}

/// Until nobody can send any more, or it is to stop.
async fn post_all(ledger: &Ledger, queue: &mut mpsc::UnboundedReceiver<Job>, pace: &Pace, stop: &Notify) {
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
        commit(ledger, Terms::live(ledger), jobs).await;
        pace.posted(size, begun.elapsed());
    }
}

/// A job whose events stand among those of others.
struct Part {
    events: Range<usize>,
    reply: oneshot::Sender<Result<Vec<Outcome>, StoreError>>,
    room: Room,
}

impl Part {
    fn answer(self, answer: Result<Vec<Outcome>, StoreError>) {
        // before: whoever hears of it may send the next at once
        drop(self.room);
        // whoever has left does not want it
        let _ = self.reply.send(answer);
    }
}

/// Posts all jobs in one transaction. If that fails, and waiting would not help, its halves are posted one after the other, and so
/// on: one job that cannot be posted costs a thousand others ten more transactions, not a thousand.
async fn commit(ledger: &Ledger, terms: Terms, jobs: Vec<Job>) {
    let mut events: Vec<Event> = Vec::new();
    let mut parts: Vec<Part> = Vec::with_capacity(jobs.len());
    for mut job in jobs {
        let from = events.len();
        events.append(&mut job.events);
        parts.push(Part { events: from..events.len(), reply: job.reply, room: job.room });
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
                    let some = outcomes.by_ref().take(part.events.len()).collect();
                    part.answer(Ok(some));
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
                    part.answer(Err(first.take().unwrap_or_else(failed)));
                }
            }
        }
    }
}
