//! Every event's key has to lead to the entry that it made: else the event would be taken twice. That no key leads anywhere else
//! follows from how many there are, which is held against the entries of all together.

use std::collections::HashMap;

use laurel_domain::ids::MemberId;
use laurel_domain::ledger::entry::Entry;

use super::{Difference, Verdict};
use crate::store::ledger::event_keys::{Place, wrong};
use crate::store::{StoreError, Tx};

/// The keys that entries should be found by, and whose those are.
#[derive(Default)]
pub(super) struct Expected {
    places: Vec<Place>,
    members: HashMap<i64, MemberId>,
}

impl Expected {
    /// Of the member with this number.
    pub(super) fn add(&mut self, no: i64, entries: &[Entry]) {
        for entry in entries {
            if let Some(key) = entry.cause.event() {
                self.places.push((key.digest(), no, entry.seq));
                self.members.insert(no, entry.member);
            }
        }
    }

    pub(super) async fn check(self, tx: &mut Tx, verdict: &mut Verdict) -> Result<(), StoreError> {
        for (no, seq) in wrong(tx, &self.places).await? {
            let member = self.members.get(&no).map(ToString::to_string).unwrap_or_default();
            let what = "its event is not found by its key".to_owned();
            verdict.differences.push(Difference { member, seq: Some(seq), what });
        }
        Ok(())
    }
}
