//! The whole ledger, a part after the other, for what reads all of it once, or what is new of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use laurel_domain::ledger::entry::Entry;
use laurel_domain::numbers::money::Currency;

use crate::store::ledger::proof;
use crate::store::ledger::since::{self, Owner};
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

/// How many members are looked at in one snapshot for what is new of them.
const LOOKED_AT: i64 = 5_000;

/// How many entries of each member are known, by the member's number.
pub type Known = BTreeMap<i64, i64>;

/// Some members, and what is new of each.
pub struct News {
    /// In the order of their numbers, each with the entries that are not known, in order.
    pub members: Vec<(Owner, Vec<Entry>)>,
    /// The number of the last of them, to go on after.
    pub last: i64,
}

/// The members with the next numbers after one, and their entries beyond those that are known; nothing after the last member. Each part
/// is a snapshot of its own.
///
/// # Errors
/// Of the database, also of an entry that cannot be read.
pub async fn news_after(ledger: &Ledger, after: i64, known: &Arc<Known>) -> Result<Option<News>, AppError> {
    let input = (ledger.programme.currency, after, known.clone());
    let db = ledger.db.for_reports();
    Ok(db.snapshot(input, |tx, (currency, after, known)| Box::pin(read_news(tx, *currency, *after, known))).await?)
}

async fn read_news(tx: &mut Tx, currency: Currency, after: i64, known: &Known) -> Result<Option<News>, StoreError> {
    let mut owners = since::owners_after(tx, after, LOOKED_AT).await?;
    let known_of = |owner: &Owner| known.get(&owner.no).copied().unwrap_or(0);
    let mut sum = 0_i64;
    let fits = |owner: &&Owner| {
        sum = sum.saturating_add((owner.entries - known_of(owner)).max(0));
        sum <= ENTRIES
    };
    // one who has more is alone
    let most = owners.iter().take_while(fits).count().max(1);
    owners.truncate(most);
    let Some(last) = owners.last().map(|owner| owner.no) else { return Ok(None) };
    let newer: Vec<(i64, i64)> = owners
        .iter()
        .map(|owner| (owner.no, known_of(owner), owner.entries))
        .filter(|(_, known, entries)| entries > known)
        .map(|(no, known, _)| (no, known))
        .collect();
    let mut entries = since::entries_since(tx, currency, &newer).await?;
    let own = |owner: Owner| {
        let entries = entries.remove(&owner.no).unwrap_or_default();
        (owner, entries)
    };
    Ok(Some(News { members: owners.into_iter().map(own).collect(), last }))
}
