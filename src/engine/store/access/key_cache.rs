//! API keys that were looked up lately. A payment system sends thousands of requests a second with one key, and looking it up each
//! time takes a quarter of what an event costs.
//!
//! A key that is revoked here is forgotten at once; one that is revoked by another process is good for `FOR` at most.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::keys::KeyRow;

/// How long a key is known without being looked up.
const FOR: Duration = Duration::from_secs(3);
/// How many are known at most.
const MOST: usize = 10_000;

/// Of one process. Cloning is cheap and shares them.
#[derive(Clone, Debug, Default)]
pub struct KeyCache(Arc<Mutex<Known>>);

/// By the hash of its token: the key, and when it was looked up.
type Known = HashMap<[u8; 32], (Instant, KeyRow)>;

impl KeyCache {
    /// The key with that hash, if it was looked up lately.
    pub fn get(&self, hash: &[u8; 32]) -> Option<KeyRow> {
        let known = self.lock();
        let (since, row) = known.get(hash)?;
        (since.elapsed() < FOR).then(|| row.clone())
    }

    /// `since` is before it was looked up: what was revoked meanwhile is not known for longer.
    pub fn put(&self, hash: [u8; 32], since: Instant, row: KeyRow) {
        let mut known = self.lock();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(hash, (since, row));
    }

    /// All of them.
    pub fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
