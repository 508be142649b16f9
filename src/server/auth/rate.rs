//! How often: a bucket that fills steadily, and a map of buckets that cannot grow without end.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use jiff::Timestamp;

/// So many at once, and one more each `every`.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub burst: u32,
    pub every: Duration,
}

/// The answer to a request for one more, with what a caller is told in headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub allowed: bool,
    pub limit: u32,
    pub remaining: u32,
    /// Until everything is allowed again.
    pub reset: Duration,
    /// Until one more is allowed; zero if it is now.
    pub retry_after: Duration,
}

/// When the bucket will be full: all that is needed to know how full it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bucket {
    full_at: i64,
}

impl Bucket {
    pub fn take(&mut self, rate: Rate, now: Timestamp) -> Allowance {
        let now = now.as_microsecond();
        let every = i64::try_from(rate.every.as_micros()).unwrap_or(i64::MAX).max(1);
        let capacity = every.saturating_mul(i64::from(rate.burst));
        let missing = (self.full_at - now).clamp(0, capacity);
        let allowed = missing + every <= capacity;
        let missing = if allowed { missing + every } else { missing };
        self.full_at = now + missing;
        let left = capacity - missing;
        Allowance {
            allowed,
            limit: rate.burst,
            remaining: u32::try_from(left / every).unwrap_or(u32::MAX),
            reset: micros(missing),
            retry_after: micros(every - left),
        }
    }

    pub fn is_full(&self, now: Timestamp) -> bool {
        self.full_at <= now.as_microsecond()
    }
}

fn micros(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

/// A map that holds at most so many: when it is full, what says nothing any more goes first, then what comes to hand.
#[derive(Debug)]
pub(super) struct Bounded<K, V> {
    most: usize,
    entries: HashMap<K, V>,
}

impl<K: Hash + Eq + Clone, V: Default> Bounded<K, V> {
    pub fn new(most: usize) -> Self {
        Self { most, entries: HashMap::new() }
    }

    /// The value of a key, made if it is not there.
    pub fn entry(&mut self, key: K, is_idle: impl Fn(&V) -> bool) -> &mut V {
        if self.entries.len() >= self.most && !self.entries.contains_key(&key) {
            self.entries.retain(|_, value| !is_idle(value));
            if self.entries.len() >= self.most {
                let some: Vec<K> = self.entries.keys().take(self.most / 8 + 1).cloned().collect();
                some.iter().for_each(|key| drop(self.entries.remove(key)));
            }
        }
        self.entries.entry(key).or_default()
    }

    pub fn remove(&mut self, key: &K) {
        self.entries.remove(key);
    }

    #[cfg(test)]
    pub fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key)
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, every: Duration::from_secs(10) };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_burst_then_one_at_a_time() {
        let mut bucket = Bucket::default();
        let answers: Vec<_> = (0..4).map(|_| bucket.take(RATE, at(100))).collect();
        assert_eq!(
            answers.iter().map(|a| (a.allowed, a.remaining)).collect::<Vec<_>>(),
            [(true, 2), (true, 1), (true, 0), (false, 0)]
        );
        assert_eq!(answers[3].retry_after, Duration::from_secs(10));
        assert_eq!(answers[3].reset, Duration::from_secs(30));
        assert!(!bucket.take(RATE, at(109)).allowed);
        assert!(bucket.take(RATE, at(110)).allowed);
        assert!(!bucket.take(RATE, at(110)).allowed);
        assert!(bucket.is_full(at(140)));
    }

    #[test]
    fn a_clock_that_went_back_locks_nobody_out_for_longer_than_a_full_bucket_takes() {
        let mut bucket = Bucket::default();
        bucket.take(RATE, at(1_000_000));
        assert!(bucket.take(RATE, at(100)).retry_after <= Duration::from_secs(10));
    }

    #[test]
    fn a_bounded_map_forgets_what_is_idle_first_and_never_grows_beyond_its_limit() {
        let mut map: Bounded<u32, u32> = Bounded::new(100);
        for key in 0..1_000 {
            *map.entry(key, |value| *value != 7) = if key == 3 { 7 } else { 0 };
            assert!(map.len() <= 100);
        }
        assert_eq!(map.get(&3), Some(&7));
        assert_eq!(map.get(&500), None);
    }
}
