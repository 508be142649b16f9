//! The only place that draws random numbers: tokens, salts, identifiers.

use std::sync::RwLock;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// `N` bytes from the operating system.
#[expect(clippy::disallowed_methods, reason = "this is the place")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A version 7 identifier: begins with the time, so that rows made together lie together.
pub fn id(now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes()).into_uuid()
}

/// What identifiers follow from that decide something, where a test has said so.
static SEED: RwLock<Option<u64>> = RwLock::new(None);

/// From now on in this process [`deciding_id`] follows from this and from the name: a game that a test plays anew has the same groups.
/// Nothing that has to be secret is made by it.
pub fn let_ids_follow_from(seed: u64) {
    *SEED.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(seed);
}

/// An identifier that decides something: into which group of an experiment somebody comes. `name` is what it is of.
pub fn deciding_id(now: Timestamp, name: &str) -> Uuid {
    let Some(seed) = *SEED.read().unwrap_or_else(std::sync::PoisonError::into_inner) else { return id(now) };
    let hash = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(name).finalize();
    let mut drawn = [0; 10];
    drawn.copy_from_slice(&hash[..10]);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &drawn).into_uuid()
}

/// Below every identifier that is made from then on, and above all made before.
pub fn first_id_of(time: Timestamp) -> Uuid {
    let millis = u64::try_from(time.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

/// `length` characters of `alphabet`, each equally likely. The alphabet has at most 256 characters.
pub fn text(length: usize, alphabet: &[u8]) -> String {
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let drawn = bytes::<32>();
        let fitting = drawn.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        let wanted = length - text.len();
        text.extend(fitting.take(wanted).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    text
}
