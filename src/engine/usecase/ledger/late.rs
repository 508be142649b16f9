//! Histories of members to whom something comes late: what its tier goes by then is made out of all their entries.

use std::collections::HashMap;

use laurel_domain::ids::MemberId;
use laurel_domain::ledger::history::History;
use laurel_domain::numbers::money::Currency;
use laurel_domain::rules::rule_set::Rulebook;

use crate::store::ledger::{late, proof};
use crate::store::{StoreError, Tx};

/// A member with an event that occurred before their last instant, or may come to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub no: i64,
    pub member: MemberId,
    /// Whether something is to be posted as of before that instant, too.
    pub posts_before: bool,
}

/// The histories of those who need one: who has late entries already, or may get one now. All others' accounts show the same.
pub(super) async fn histories(
    tx: &mut Tx,
    currency: Currency,
    rulebook: &Rulebook,
    asked: &[Asked],
) -> Result<HashMap<i64, Box<History>>, StoreError> {
    let mut histories = HashMap::new();
    if asked.is_empty() {
        return Ok(histories);
    }
    let late = late::of(tx, &asked.iter().map(|asked| asked.no).collect::<Vec<_>>()).await?;
    let needy: Vec<Asked> = asked.iter().copied().filter(|a| a.posts_before || late.contains_key(&a.no)).collect();
    if needy.is_empty() {
        return Ok(histories);
    }
    let numbers: Vec<i64> = needy.iter().map(|asked| asked.no).collect();
    let early = late::early(tx, &numbers).await?;
    let entries = proof::entries_of(tx, currency, &numbers).await?;
    for Asked { no, member, .. } in needy {
        let own = entries.get(&no).map(Vec::as_slice).unwrap_or_default();
        let late = late.get(&no).cloned().unwrap_or_default();
        match History::of(member, own, &late, early.get(&no).copied(), &rulebook.of(member)) {
            Ok(history) => drop(histories.insert(no, Box::new(history))),
            // their account as it stands is the next best; verify tells of ledgers that cannot be made again
            Err(refusal) => tracing::warn!(member.id = %member, %refusal, "a history cannot be made again"),
        }
    }
    Ok(histories)
}
