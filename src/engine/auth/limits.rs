//! How many requests a key may send, counted in memory: there are thousands a second. Of several servers each allows its share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

use super::rate::{Allowance, Bounded, Bucket, Rate};

const MOST: usize = 50_000;

#[derive(Debug)]
pub struct Limits {
    requests: Mutex<Bounded<Uuid, Bucket>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { requests: Mutex::new(Bounded::new(MOST)) }
    }
}

impl Limits {
    /// A request with an API key, or as many events as one request posts. None at all tells what is left.
    pub fn request(&self, key: Uuid, rate: Rate, many: u32, now: Timestamp) -> Allowance {
        lock(&self.requests).entry(key, |bucket| bucket.is_full(now)).take(rate, many, now)
    }
}

/// Counters stay right whatever panicked while holding them.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_key_is_told_what_is_left() {
        let limits = Limits::default();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let rate = Rate { burst: 3, every: Duration::from_secs(1) };
        let left: Vec<_> = [1, 2, 0, 1]
            .map(|many| limits.request(Uuid::nil(), rate, many, now))
            .map(|a| (a.allowed, a.remaining))
            .into_iter()
            .collect();
        assert_eq!(left, [(true, 2), (true, 0), (true, 0), (false, 0)]);
        assert!(limits.request(Uuid::max(), rate, 1, now).allowed);
    }
}
