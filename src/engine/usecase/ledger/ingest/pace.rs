//! How many events may wait for a writer: about as many as it posts in the time that a caller should wait at most.
//!
//! Without it a server that gets more than it can do would take all of it in, answer everybody late, and fall further behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// How long an event should wait at most, in milliseconds.
const WAIT_MS: u64 = 400;
/// Before it is known how fast the database is, in events a second.
const AT_FIRST: u64 = 10_000;
/// A transaction of fewer events is mostly its commit and says little of what many would take.
const TELLING: usize = 500;
/// As many as one request may send: on the slowest of machines it is taken once nothing else waits.
const LEAST: u64 = 1_000;
/// What may be in memory, however fast the database is.
const MOST: u64 = 20_000;

/// What waits for one writer, and how fast it is.
#[derive(Debug)]
pub(super) struct Pace {
    waiting: AtomicUsize,
    per_second: AtomicU64,
}

/// Room that events take while they wait and are posted; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Room {
    pace: Arc<Pace>,
    events: usize,
}

impl Pace {
    pub fn new() -> Arc<Pace> {
        Arc::new(Pace { waiting: AtomicUsize::new(0), per_second: AtomicU64::new(AT_FIRST) })
    }

    /// Room for so many events, if they need not wait too long. An idle writer takes any number.
    pub fn room(self: &Arc<Self>, events: usize) -> Option<Room> {
        let most = usize::try_from((self.per_second.load(Relaxed) * WAIT_MS / 1_000).clamp(LEAST, MOST)).unwrap_or(usize::MAX);
        let fits = |waiting: usize| (waiting == 0 || waiting + events <= most).then_some(waiting + events);
        self.waiting.fetch_update(Relaxed, Relaxed, fits).ok().map(|_| Room { pace: self.clone(), events })
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
        self.pace.waiting.fetch_sub(self.events, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_wait_as_are_posted_in_the_time_that_they_may_wait() {
        let pace = Pace::new();
        let first = pace.room(3_900).expect("room");
        assert!(pace.room(200).is_none(), "10,000 a second for 0.4 s");
        let second = pace.room(100).expect("room");
        drop(first);
        assert!(pace.room(3_800).is_some());
        drop(second);
    }

    #[test]
    fn an_idle_writer_takes_more_than_it_likes_and_then_nothing() {
        let pace = Pace::new();
        let all = pace.room(50_000).expect("room");
        assert!(pace.room(1).is_none());
        drop(all);
        assert!(pace.room(1).is_some());
    }

    #[test]
    fn a_slow_database_gets_a_short_queue_and_a_fast_one_a_long() {
        let pace = Pace::new();
        for _ in 0..50 {
            pace.posted(1_000, Duration::from_secs(10));
        }
        let one = pace.room(1).expect("room");
        assert!(pace.room(1_000).is_none() && pace.room(999).is_some());
        for _ in 0..50 {
            pace.posted(4_000, Duration::from_millis(10));
        }
        assert!(pace.room(19_999).is_some() && pace.room(20_000).is_none());
        pace.posted(1, Duration::from_secs(1));
        assert!(pace.room(19_999).is_some(), "one event alone says nothing");
        drop(one);
    }
}
