//! The only place that draws random numbers: tokens, salts, identifiers.

use jiff::Timestamp;
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
