//! Limits that slow an attacker down and never lock a victim out, counted in the database for all servers together.
//!
//! Guessing at one account from one address waits twice as long each time; one address has a budget for all accounts.
//! Nothing counts by account alone: whoever knows a name could keep its owner out.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::rate::{Bucket, Rate};
use crate::store::access::tries::{self, Tries, TryKey};
use crate::store::{Db, FromStore, StoreError, Tx};

const FREE_GUESSES: u32 = 4;
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
const FORGET_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
const SIGN_INS: Rate = Rate { burst: 60, every: Duration::from_secs(10) };
const REGISTRATIONS: Rate = Rate { burst: 10, every: Duration::from_secs(6 * 60) };
/// Links to confirm an e-mail address: of one member, and to one address.
const LINKS: Rate = Rate { burst: 5, every: Duration::from_secs(10 * 60) };
/// Links for a new password.
const RESETS: Rate = Rate { burst: 10, every: Duration::from_secs(3 * 60) };
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

/// Why something may not be tried now.
#[derive(Debug)]
pub enum NotNow {
    TooEarly { retry_after: Duration },
    Store(StoreError),
}

impl From<StoreError> for NotNow {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl FromStore for NotNow {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::TooEarly { .. } => None,
        }
    }
}

/// Counts one try to sign in, before the password is looked at: many at once are no way round it.
///
/// # Errors
/// How long to wait, if it is too early for another.
pub async fn try_sign_in(db: &Db, name: &str, address: Address, now: Timestamp) -> Result<(), NotNow> {
    let keys = [guesses_at(name, address), of("sign-ins", &[&address.0.to_be_bytes()])];
    db.write((keys, now), |tx, (keys, now)| Box::pin(count_sign_in(tx, *keys, *now))).await
}

async fn count_sign_in(tx: &mut Tx, [name, address]: [TryKey; 2], now: Timestamp) -> Result<(), NotNow> {
    let before = tries::lock(tx, &[name, address]).await?;
    let guesses = before.get(&name).copied().unwrap_or_default();
    let (count, passed) = (u32::try_from(guesses.count).unwrap_or(0), since(guesses.used_at, now));
    let wait = wait_after(count);
    if passed < wait {
        return Err(NotNow::TooEarly { retry_after: wait - passed });
    }
    take(tx, address, before.get(&address).copied().unwrap_or_default(), SIGN_INS, now).await?;
    let count = if passed > FORGET_AFTER { 1 } else { guesses.count.saturating_add(1) };
    let guesses = Tries { count, full_at: 0, used_at: nanos(now) };
    Ok(tries::set(tx, name, guesses, after(now, FORGET_AFTER)).await?)
}

/// The last try was right: earlier mistakes are forgotten.
pub async fn signed_in(tx: &mut Tx, name: &str, address: Address) -> Result<(), StoreError> {
    tries::forget(tx, guesses_at(name, address)).await
}

/// # Errors
/// How long to wait, if too many have registered from there.
pub async fn try_registration(db: &Db, address: Address, now: Timestamp) -> Result<(), NotNow> {
    try_one(db, of("registrations", &[&address.0.to_be_bytes()]), REGISTRATIONS, now).await
}

/// # Errors
/// How long to wait, if too many links for a new password were asked for from there.
pub async fn try_reset(db: &Db, address: Address, now: Timestamp) -> Result<(), NotNow> {
    try_one(db, of("resets", &[&address.0.to_be_bytes()]), RESETS, now).await
}

/// Counts one link to confirm an e-mail address, in the transaction that sends it: nobody fills a stranger's mailbox.
///
/// # Errors
/// How long to wait, if this member has asked for too many, or too many have gone there.
pub async fn count_link(tx: &mut Tx, member_no: i64, email: &str, now: Timestamp) -> Result<(), NotNow> {
    let mut keys = [of("links of a member", &[&member_no.to_be_bytes()]), of("links to", &[email.as_bytes()])];
    // in one order, whoever counts
    keys.sort_unstable();
    let before = tries::lock(tx, &keys).await?;
    for key in keys {
        take(tx, key, before.get(&key).copied().unwrap_or_default(), LINKS, now).await?;
    }
    Ok(())
}

/// # Errors
/// How long to wait, if too many forms of people without a session were kept from there.
pub async fn try_keeping(db: &Db, address: Address, now: Timestamp) -> Result<(), NotNow> {
    try_one(db, of("kept forms", &[&address.0.to_be_bytes()]), KEPT_FORMS, now).await
}

async fn try_one(db: &Db, key: TryKey, rate: Rate, now: Timestamp) -> Result<(), NotNow> {
    db.write((key, rate, now), |tx, (key, rate, now)| {
        Box::pin(async move {
            let before = tries::lock(tx, &[*key]).await?;
            take(tx, *key, before.get(key).copied().unwrap_or_default(), *rate, *now).await
        })
    })
    .await
}

async fn take(tx: &mut Tx, key: TryKey, before: Tries, rate: Rate, now: Timestamp) -> Result<(), NotNow> {
    let mut bucket = Bucket { full_at: before.full_at, used_at: before.used_at };
    let allowance = bucket.take(rate, 1, now);
    if !allowance.allowed {
        return Err(NotNow::TooEarly { retry_after: allowance.retry_after });
    }
    let Bucket { full_at, used_at } = bucket;
    Ok(tries::set(tx, key, Tries { count: 0, full_at, used_at }, after(now, allowance.reset)).await?)
}

fn guesses_at(name: &str, address: Address) -> TryKey {
    of("guesses", &[&address.0.to_be_bytes(), name.as_bytes()])
}

/// No two kinds of tries share a key: what stands before the last part has a fixed length or ends with a zero.
fn of(kind: &str, whose: &[&[u8]]) -> TryKey {
    let mut hash = Sha256::new().chain_update(kind).chain_update([0]);
    whose.iter().for_each(|part| hash.update(part));
    let digest = hash.finalize();
    std::array::from_fn(|index| digest[index])
}

fn wait_after(guesses: u32) -> Duration {
    match guesses.checked_sub(FREE_GUESSES) {
        None => Duration::ZERO,
        Some(beyond) => Duration::from_secs(1 << beyond.min(20)).min(LONGEST_WAIT),
    }
}

/// Nothing if it is still to come, as it may be by the clock of another server.
fn since(then: i64, now: Timestamp) -> Duration {
    Duration::from_nanos(u64::try_from(nanos(now).saturating_sub(then)).unwrap_or(0))
}

/// Until the year 2262, which is far enough for a limit.
fn nanos(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX)
}

fn after(now: Timestamp, duration: Duration) -> i64 {
    now.as_microsecond().saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)).saturating_add(1)
}
