//! How many events may wait for a writer: about as many as it posts in the time that a caller should wait at most.
//!
//! A request is taken as long as what waits before it is no more than that, however many events it has itself: what decides how long
//! others wait is whom they stand behind. So is one with few requests before it, however large those are. Without that bound a server
//! that gets more than it can do would take all of it in, answer everybody late, and fall further behind.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long what stands before an event may take, in milliseconds: two transactions, so that one fills while the other commits.
const WAIT_MS: u64 = 90;
/// Before it is known how fast the database is, in events a second.
const AT_FIRST: u64 = 10_000;
/// A transaction of fewer events is mostly its commit and says little of what many would take.
const TELLING: usize = 500;
/// What may wait on the slowest of machines, for all writers together: one event each of many senders.
const LEAST: u64 = 1_000;
/// What may be in memory, however fast the database is.
const MOST: u64 = 20_000;
/// A request with fewer before it is taken, whatever they have: a sender who has four large ones on their way, as many as one may
/// send, is not refused the last of them.
const FEW: usize = 4;

/// What waits for one writer, and how fast it is.
#[derive(Debug)]
pub(super) struct Pace {
    /// As many may wait in any case.
    least: u64,
    waiting: Mutex<Waiting>,
    per_second: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    requests: usize,
    events: usize,
}

/// Room that events take while they wait and are posted; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Room {
    pace: Arc<Pace>,
    events: usize,
}

impl Pace {
    /// Of one of so many writers.
    pub fn one_of(writers: usize) -> Arc<Pace> {
        let least = LEAST / u64::try_from(writers).unwrap_or(1).max(1);
        Arc::new(Pace { least, waiting: Mutex::default(), per_second: AtomicU64::new(AT_FIRST) })
    }

    /// Room for so many events, if what stands before them does not take too long.
    pub fn room(self: &Arc<Self>, events: usize) -> Option<Room> {
        let soon = (self.per_second.load(Relaxed) * WAIT_MS / 1_000).clamp(self.least, MOST);
        let most = usize::try_from(soon).unwrap_or(usize::MAX);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.events > most && waiting.requests >= FEW {
            return None;
        }
        waiting.requests += 1;
        waiting.events += events;
        Some(Room { pace: self.clone(), events })
    }

    /// A transaction of so many events took so long.
    pub fn posted(&self, events: usize, took: Duration) {
        if events < TELLING {
            return;
        }
        let now = u64::try_from(events as u128 * 1_000_000 / took.as_micros().max(1)).unwrap_or(u64::MAX).min(MOST * 1_000);
        let before = self.per_second.load(Relaxed);
        self.per_second.store((before * 3 + now) / 4, Relaxed);
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut waiting = self.pace.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.requests -= 1;
        waiting.events -= self.events;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer that posted so many a second, with as many requests of no event before whatever comes next as do not count as few.
    fn busy(per_second: u64) -> (Arc<Pace>, Vec<Room>) {
        let pace = Pace::one_of(1);
        for _ in 0..50 {
            pace.posted(1_000, Duration::from_micros(1_000_000_000 / per_second));
        }
        let rooms = (0..FEW).map(|_| pace.room(0).expect("room")).collect();
        (pace, rooms)
    }

    #[test]
    fn as_many_wait_as_are_posted_in_the_time_that_they_may_wait() {
        let (pace, _few) = busy(50_000);
        let first = pace.room(4_400).expect("room");
        assert!(pace.room(1).is_some(), "50,000 a second for 0.09 s");
        let second = pace.room(1_000).expect("what stands before it counts, not its own size");
        assert!(pace.room(1).is_none());
        drop(first);
        assert!(pace.room(1).is_some());
        drop(second);
    }

    #[test]
    fn an_idle_writer_takes_any_number() {
        let (pace, _few) = busy(10_000);
        let all = pace.room(50_000).expect("room");
        assert!(pace.room(1).is_none());
        drop(all);
        assert!(pace.room(1).is_some());
    }

    #[test]
    fn a_sender_with_four_large_requests_on_their_way_is_not_refused_on_a_slow_machine() {
        for writers in [1, 2] {
            let pace = Pace::one_of(writers);
            for _ in 0..50 {
                pace.posted(1_000, Duration::from_secs(10));
            }
            let share = 4_000 / writers;
            let rooms: Vec<Room> = (0..4).map(|_| pace.room(share).expect("room")).collect();
            assert!(pace.room(1).is_none(), "a slow database gets a short queue");
            drop(rooms);
        }
    }

    #[test]
    fn a_fast_database_gets_a_long_queue_within_bounds() {
        let (pace, _few) = busy(4_000_000);
        pace.posted(1, Duration::from_secs(1));
        let full = pace.room(20_000).expect("one event alone says nothing of the database");
        let more = pace.room(1).expect("room");
        assert!(pace.room(1).is_none());
        drop((full, more));
    }
}
