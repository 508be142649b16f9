//! How often: a bucket that fills steadily, and a map of buckets that cannot grow without end.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use jiff::Timestamp;

/// So many at once, and one more each `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub burst: u32,
    pub every: Duration,
}

impl Rate {
    /// So many a second, and twice as many at once.
    pub fn per_second(many: u32) -> Rate {
        Rate { burst: many.saturating_mul(2), every: Duration::from_secs(1) / many.max(1) }
    }

    /// The part of one of so many servers that share it evenly. Each lets at least one through now and then.
    pub fn shared_by(self, servers: u32) -> Rate {
        let servers = servers.max(1);
        Rate { burst: (self.burst / servers).max(1), every: self.every.saturating_mul(servers) }
    }

    /// How long an empty bucket takes to fill.
    pub fn window(self) -> Duration {
        self.every.saturating_mul(self.burst)
    }
}

/// What is left of a rate, with what a caller is told in headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub allowed: bool,
    pub limit: u32,
    /// How long it takes until all of the limit is there again after all of it was used.
    pub window: Duration,
    pub remaining: u32,
    /// Until everything is allowed again.
    pub reset: Duration,
    /// Until as many as were asked for are allowed; zero if they are now.
    pub retry_after: Duration,
}

/// When the bucket will be full, and when it was last used, in nanoseconds since 1970: all that is needed to know how full it
/// is, also when the clock has gone back.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bucket {
    pub full_at: i64,
    pub used_at: i64,
}

impl Bucket {
    /// Takes so many at once. More than the bucket ever holds are allowed when it is full, and it fills up from below nothing:
    /// a batch is never refused for its size, only for coming too soon.
    pub fn take(&mut self, rate: Rate, many: u32, now: Timestamp) -> Allowance {
        let now = nanos(now);
        let (every, capacity) = (every(rate), capacity(rate));
        let cost = every.saturating_mul(i64::from(many));
        let missing = (self.full_at - now.max(self.used_at)).max(0);
        let needed = cost.min(capacity);
        let allowed = missing.saturating_add(needed) <= capacity;
        let missing = if allowed { missing.saturating_add(cost) } else { missing };
        (self.full_at, self.used_at) = (now.saturating_add(missing), now);
        Allowance { allowed, retry_after: duration(missing + needed - capacity), ..self.look(rate, now) }
    }

    /// What is left, without taking anything.
    fn look(&self, rate: Rate, now: i64) -> Allowance {
        let (every, capacity) = (every(rate), capacity(rate));
        let missing = (self.full_at - now).max(0);
        let left = (capacity - missing).max(0);
        Allowance {
            allowed: left >= every,
            limit: rate.burst,
            window: rate.window(),
            remaining: u32::try_from(left / every).unwrap_or(u32::MAX),
            reset: duration(missing),
            retry_after: duration(every - left),
        }
    }

    pub fn is_full(&self, now: Timestamp) -> bool {
        self.full_at <= nanos(now)
    }
}

fn every(rate: Rate) -> i64 {
    i64::try_from(rate.every.as_nanos()).unwrap_or(i64::MAX).max(1)
}

fn capacity(rate: Rate) -> i64 {
    every(rate).saturating_mul(i64::from(rate.burst))
}

/// Until the year 2262, which is far enough for a limit.
fn nanos(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX)
}

/// Nothing where it has passed.
fn duration(nanos: i64) -> Duration {
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
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
        let answers: Vec<_> = (0..4).map(|_| bucket.take(RATE, 1, at(100))).collect();
        assert_eq!(
            answers.iter().map(|a| (a.allowed, a.remaining)).collect::<Vec<_>>(),
            [(true, 2), (true, 1), (true, 0), (false, 0)]
        );
        assert_eq!(answers[3].retry_after, Duration::from_secs(10));
        assert_eq!(answers[3].reset, Duration::from_secs(30));
        assert!(!bucket.take(RATE, 1, at(109)).allowed);
        assert!(bucket.take(RATE, 1, at(110)).allowed);
        assert!(!bucket.take(RATE, 1, at(110)).allowed);
        assert!(bucket.is_full(at(140)));
    }

    #[test]
    fn several_at_once_count_as_many_and_more_than_there_can_be_leave_it_below_nothing() {
        let mut bucket = Bucket::default();
        assert_eq!(bucket.take(RATE, 2, at(100)).remaining, 1);
        let refused = bucket.take(RATE, 2, at(100));
        assert_eq!((refused.allowed, refused.remaining, refused.retry_after), (false, 1, Duration::from_secs(10)));
        let refused = bucket.take(RATE, 7, at(110));
        assert_eq!((refused.allowed, refused.retry_after), (false, Duration::from_secs(10)), "it has to be full for so many");
        let taken = bucket.take(RATE, 7, at(120));
        assert_eq!((taken.allowed, taken.remaining, taken.reset), (true, 0, Duration::from_secs(70)));
        assert!(!bucket.take(RATE, 1, at(169)).allowed);
        assert!(bucket.take(RATE, 1, at(170)).allowed);
    }

    #[test]
    fn so_many_a_second_are_as_many_whether_a_second_divides_by_them_or_not() {
        for many in [1, 3, 200, 20_000, 300_000, 1_000_000] {
            let (rate, mut bucket) = (Rate::per_second(many), Bucket::default());
            assert!(bucket.take(rate, 2 * many, at(0)).allowed);
            let refused = bucket.take(rate, many, at(0));
            assert!(!refused.allowed && refused.retry_after <= Duration::from_secs(1), "{many}: {refused:?}");
            assert!(bucket.take(rate, many, at(1)).allowed, "{many}");
            assert!(!bucket.take(rate, many / 50 + 1, at(1)).allowed, "{many}");
        }
    }

    #[test]
    fn servers_that_share_a_rate_allow_no_more_together_and_none_of_them_nothing() {
        for (many, servers) in [(200, 1), (200, 2), (20_000, 4), (1_000, 8)] {
            let share = Rate::per_second(many).shared_by(servers);
            let allowed_in_two_seconds = |mut bucket: Bucket| {
                let at_once = (0..3 * many).filter(|_| bucket.take(share, 1, at(10)).allowed).count();
                at_once + (0..3 * many).filter(|_| bucket.take(share, 1, at(11)).allowed).count()
            };
            let together = u64::from(servers) * allowed_in_two_seconds(Bucket::default()) as u64;
            assert_eq!(together, u64::from(3 * many), "{many} by {servers}");
        }
        let least = Rate::per_second(1).shared_by(8);
        assert!(Bucket::default().take(least, 1, at(10)).allowed);
    }

    #[test]
    fn a_clock_that_went_back_locks_nobody_out_for_longer_than_a_full_bucket_takes() {
        let mut bucket = Bucket::default();
        bucket.take(RATE, 1, at(1_000_000));
        assert!(bucket.take(RATE, 1, at(100)).retry_after <= Duration::from_secs(10));
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
