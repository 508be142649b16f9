//! When sessions and API keys were used last, and how much keys are: gathered in memory, and written once a minute in one statement each. No request
//! waits for a disk because of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::store::access::keys::{self, Calls};
use crate::store::access::sessions::{self, SessionRow};
use crate::store::{Db, StoreError};

/// How many one transaction writes.
const AT_ONCE: usize = 500;

/// Of one process. Cloning is cheap and shares them.
#[derive(Clone, Debug, Default)]
pub struct LastUses(Arc<Mutex<Gathered>>);

#[derive(Debug, Default)]
struct Gathered {
    keys: BTreeMap<Uuid, i64>,
    sessions: BTreeMap<Uuid, i64>,
    /// By key and hour: keys that there are, and hours since the last time that they were written.
    calls: BTreeMap<(Uuid, i64), Calls>,
}

impl LastUses {
    pub fn note_key(&self, id: Uuid, now: i64) {
        later(&mut self.lock().keys, id, now);
    }

    /// A call with a key, within an hour since 1970.
    pub fn note_call(&self, id: Uuid, hour: i64, is_error: bool) {
        self.add_calls((id, hour), Calls { calls: 1, errors: is_error.into() });
    }

    fn add_calls(&self, of: (Uuid, i64), more: Calls) {
        let mut gathered = self.lock();
        let calls = gathered.calls.entry(of).or_default();
        calls.calls = calls.calls.saturating_add(more.calls);
        calls.errors = calls.errors.saturating_add(more.errors);
    }

    pub fn note_session(&self, id: Uuid, now: i64) {
        later(&mut self.lock().sessions, id, now);
    }

    /// Tells a session that was read from its table what is not written there yet.
    pub fn tell(&self, session: &mut SessionRow) {
        if let Some(last) = self.lock().sessions.get(&session.id) {
            session.last_seen_at = session.last_seen_at.max(*last);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn later<K: Ord>(uses: &mut BTreeMap<K, i64>, key: K, at: i64) {
    let last = uses.entry(key).or_insert(at);
    *last = at.max(*last);
}

impl Db {
    /// Writes what has been gathered. What could not be written is gathered still.
    ///
    /// # Errors
    /// What the database said.
    pub async fn write_last_uses(&self) -> Result<(), StoreError> {
        let gathered = std::mem::take(&mut *self.last_uses().lock());
        let keys: Vec<(Uuid, i64)> = gathered.keys.into_iter().collect();
        let sessions: Vec<(Uuid, i64)> = gathered.sessions.into_iter().collect();
        let calls: Vec<((Uuid, i64), Calls)> = gathered.calls.into_iter().collect();
        let mut outcome = Ok(());
        for some in keys.chunks(AT_ONCE) {
            let written = self.write(some.to_vec(), |tx, some| Box::pin(keys::touch(tx, some))).await;
            if let Err(error) = written {
                some.iter().for_each(|(id, at)| self.last_uses().note_key(*id, *at));
                outcome = Err(error);
            }
        }
        for some in sessions.chunks(AT_ONCE) {
            let written = self.write(some.to_vec(), |tx, some| Box::pin(sessions::touch(tx, some))).await;
            if let Err(error) = written {
                some.iter().for_each(|(id, at)| self.last_uses().note_session(*id, *at));
                outcome = Err(error);
            }
        }
        for some in calls.chunks(AT_ONCE) {
            let written = self.write(some.to_vec(), |tx, some| Box::pin(keys::count(tx, some))).await;
            if let Err(error) = written {
                some.iter().for_each(|(of, more)| self.last_uses().add_calls(*of, *more));
                outcome = Err(error);
            }
        }
        outcome
    }
}
