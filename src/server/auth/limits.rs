//! Limits that slow an attacker down and never lock a victim out.
//!
//! Guessing at one account from one address waits twice as long each time; one address has a budget for all accounts.
//! Nothing counts by account alone: whoever knows a name could keep its owner out.
//! Counted in memory by each server; a restart forgets.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::rate::{Allowance, Bounded, Bucket, Rate};

const MOST: usize = 50_000;
const FREE_GUESSES: u32 = 4;
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
const FORGET_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
const SIGN_INS: Rate = Rate { burst: 60, every: Duration::from_secs(10) };
const REGISTRATIONS: Rate = Rate { burst: 10, every: Duration::from_secs(6 * 60) };
/// Forms of people without a session that are kept for them.
const KEPT_FORMS: Rate = Rate { burst: 20, every: Duration::from_secs(30) };

/// A client's address; of IPv6 the network, since one customer has as many addresses as they like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address(u128);

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(four) => Self(four.to_ipv6_mapped().to_bits()),
            IpAddr::V6(six) => Self(six.to_bits() >> 64 << 64),
        }
    }
}

#[derive(Debug)]
pub struct Limits {
    guesses: Mutex<Bounded<(Account, Address), Guesses>>,
    sign_ins: Mutex<Bounded<Address, Bucket>>,
    registrations: Mutex<Bounded<Address, Bucket>>,
    kept_forms: Mutex<Bounded<Address, Bucket>>,
    requests: Mutex<Bounded<Uuid, Bucket>>,
}

/// A sign-in name, of bounded size.
type Account = [u8; 16];

#[derive(Clone, Copy, Debug, Default)]
struct Guesses {
    count: u32,
    last: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            guesses: Mutex::new(Bounded::new(MOST)),
            sign_ins: Mutex::new(Bounded::new(MOST)),
            registrations: Mutex::new(Bounded::new(MOST)),
            kept_forms: Mutex::new(Bounded::new(MOST)),
            requests: Mutex::new(Bounded::new(MOST)),
        }
    }
}

impl Limits {
    /// Counts one try to sign in, before the password is looked at: many at once are no way round it.
    ///
    /// # Errors
    /// How long to wait, if it is too early for another.
    pub fn try_sign_in(&self, name: &str, address: Address, now: Timestamp) -> Result<(), Duration> {
        let mut guesses = lock(&self.guesses);
        let guess = guesses.entry((account(name), address), |guess| since(guess.last, now) > FORGET_AFTER);
        let passed = since(guess.last, now);
        let wait = wait_after(guess.count);
        if passed < wait {
            return Err(wait - passed);
        }
        drop_refusal(lock(&self.sign_ins).entry(address, |bucket| bucket.is_full(now)).take(SIGN_INS, 1, now))?;
        *guess = Guesses {
            count: if passed > FORGET_AFTER { 1 } else { guess.count.saturating_add(1) },
            last: now.as_microsecond(),
        };
        Ok(())
    }

    /// The last try was right: earlier mistakes are forgotten.
    pub fn signed_in(&self, name: &str, address: Address) {
        lock(&self.guesses).remove(&(account(name), address));
    }

    /// # Errors
    /// How long to wait, if too many have registered from there.
    pub fn try_registration(&self, address: Address, now: Timestamp) -> Result<(), Duration> {
        drop_refusal(lock(&self.registrations).entry(address, |bucket| bucket.is_full(now)).take(REGISTRATIONS, 1, now))
    }

    /// # Errors
    /// How long to wait, if too many forms of people without a session were kept from there.
    pub fn try_keeping(&self, address: Address, now: Timestamp) -> Result<(), Duration> {
        drop_refusal(lock(&self.kept_forms).entry(address, |bucket| bucket.is_full(now)).take(KEPT_FORMS, 1, now))
    }

    /// A request with an API key, or as many events as one request posts. None at all tells what is left.
    pub fn request(&self, key: Uuid, rate: Rate, many: u32, now: Timestamp) -> Allowance {
        lock(&self.requests).entry(key, |bucket| bucket.is_full(now)).take(rate, many, now)
    }
}

fn drop_refusal(answer: Allowance) -> Result<(), Duration> {
    if answer.allowed { Ok(()) } else { Err(answer.retry_after) }
}

fn wait_after(guesses: u32) -> Duration {
    match guesses.checked_sub(FREE_GUESSES) {
        None => Duration::ZERO,
        Some(beyond) => Duration::from_secs(1 << beyond.min(20)).min(LONGEST_WAIT),
    }
}

fn since(then: i64, now: Timestamp) -> Duration {
    Duration::from_micros(u64::try_from(now.as_microsecond() - then).unwrap_or(0))
}

fn account(name: &str) -> Account {
    let digest = Sha256::digest(name.as_bytes());
    std::array::from_fn(|index| digest[index])
}

/// Counters stay right whatever panicked while holding them.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn from(address: &str) -> Address {
        Address::from(address.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn guessing_takes_twice_as_long_each_time_and_only_from_there() {
        let limits = Limits::default();
        let (attacker, victim) = (from("192.0.2.1"), from("192.0.2.2"));
        for _ in 0..FREE_GUESSES {
            limits.try_sign_in("li@example.com", attacker, at(0)).unwrap();
        }
        assert_eq!(limits.try_sign_in("li@example.com", attacker, at(0)), Err(Duration::from_secs(1)));
        limits.try_sign_in("li@example.com", attacker, at(1)).unwrap();
        assert_eq!(limits.try_sign_in("li@example.com", attacker, at(2)), Err(Duration::from_secs(1)));
        limits.try_sign_in("li@example.com", attacker, at(3)).unwrap();
        assert_eq!(limits.try_sign_in("li@example.com", attacker, at(3)), Err(Duration::from_secs(4)));
        limits.try_sign_in("li@example.com", victim, at(3)).unwrap();
        limits.try_sign_in("han@example.com", attacker, at(3)).unwrap();
    }

    #[test]
    fn a_right_password_forgives_earlier_mistakes() {
        let limits = Limits::default();
        let here = from("192.0.2.1");
        for _ in 0..20 {
            limits.try_sign_in("li@example.com", here, at(0)).unwrap();
            limits.signed_in("li@example.com", here);
        }
    }

    #[test]
    fn one_address_has_one_budget_for_all_accounts() {
        let limits = Limits::default();
        let tried = (0..200).filter(|n| limits.try_sign_in(&n.to_string(), from("2001:db8::1"), at(0)).is_ok()).count();
        assert_eq!(tried, 60);
        assert!(limits.try_sign_in("x", from("2001:db8::ffff:2"), at(0)).is_err(), "the same network");
        assert!(limits.try_sign_in("x", from("2001:db8:0:1::1"), at(0)).is_ok(), "another network");
    }

    #[test]
    fn a_key_is_told_what_is_left() {
        let limits = Limits::default();
        let rate = Rate { burst: 3, every: Duration::from_secs(1) };
        let left: Vec<_> = [1, 2, 0, 1]
            .map(|many| limits.request(Uuid::nil(), rate, many, at(0)))
            .map(|a| (a.allowed, a.remaining))
            .into_iter()
            .collect();
        assert_eq!(left, [(true, 2), (true, 0), (true, 0), (false, 0)]);
        assert!(limits.request(Uuid::max(), rate, 1, at(0)).allowed);
    }
}
