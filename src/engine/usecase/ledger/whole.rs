//! The whole ledger, a part after the other, for what reads all of it once.

use laurel_domain::ledger::entry::Entry;
use laurel_domain::numbers::money::Currency;

use crate::store::ledger::proof;
use crate::store::members::member::Member;
use crate::store::{StoreError, Tx};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// Members and entries of one part; a member with more entries is a part alone.
const MEMBERS: i64 = 500;
const ENTRIES: i64 = 20_000;

/// Some members, each with all of their entries as of one moment, in order.
pub struct Part {
    pub members: Vec<(Member, Vec<Entry>)>,
    /// The number of the last of them, to go on after.
    pub last: i64,
}

/// The members with the next numbers after one; nothing after the last. Each part is a snapshot of its own, so that however long the
/// whole takes, nothing waits for it.
///
/// # Errors
/// Of the database, also of an entry that cannot be read.
pub async fn part_after(ledger: &Ledger, after: i64) -> Result<Option<Part>, AppError> {
    let input = (ledger.programme.currency, after);
    let db = ledger.db.for_reports();
    let part = db.snapshot(input, |tx, (currency, after)| Box::pin(read(tx, *currency, *after)));
    Ok(part.await?)
}

async fn read(tx: &mut Tx, currency: Currency, after: i64) -> Result<Option<Part>, StoreError> {
    let Some((first, last)) = proof::part_after(tx, after, MEMBERS, ENTRIES).await? else { return Ok(None) };
    let members = proof::members_between(tx, first, last).await?;
    let numbers: Vec<i64> = members.iter().map(|member| member.no).collect();
    let mut entries = proof::entries_of(tx, currency, &numbers).await?;
    let own = |member: Member| {
        let entries = entries.remove(&member.no).unwrap_or_default();
        (member, entries)
    };
    Ok(Some(Part { members: members.into_iter().map(own).collect(), last }))
}
