//! Writing what was posted to locked members: entries, accounts and changes of tier.

use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::sink::Journal;
use laurel_domain::rules::rule_set::Rulebook;

use crate::store::ledger::accounts::{self, Change};
use crate::store::ledger::events;
use crate::store::ledger::events::NewTierChange;
use crate::store::ledger::new_entries::{self, NewEntry};
use crate::store::members::member::Member;
use crate::store::{StoreError, Tx};
use crate::usecase::ledger::Ledger;
use crate::usecase::notifications;

/// A locked member, how their account was, and what has been posted to it since.
pub(in crate::usecase) struct LockedMember {
    pub(in crate::usecase) member: Member,
    before: Account,
    journal: Journal,
}

impl LockedMember {
    pub(in crate::usecase) fn of(member: Member) -> LockedMember {
        let before = member.account.clone();
        LockedMember { member, before, journal: Journal::default() }
    }

    pub(in crate::usecase) fn has_news(&self) -> bool {
        !self.journal.entries.is_empty() || !self.journal.tier_changes.is_empty()
    }

    /// Keeps what was posted, to be written.
    pub(in crate::usecase) fn note(&mut self, journal: Journal) {
        self.journal.entries.extend(journal.entries);
        self.journal.tier_changes.extend(journal.tier_changes);
    }
}

/// Writes what was posted to these members in a few statements. Entries with an event go in batches, not here.
pub(in crate::usecase) async fn write(
    tx: &mut Tx,
    ledger: &Ledger,
    rulebook: &Rulebook,
    members: &[LockedMember],
) -> Result<(), StoreError> {
    let no = |member: &LockedMember| member.member.no;
    let new: Vec<NewEntry<'_>> = members
        .iter()
        .flat_map(|member| {
            member.journal.entries.iter().map(move |entry| NewEntry { member_no: no(member), source_no: None, entry })
        })
        .collect();
    if !new.is_empty() {
        new_entries::insert(tx, &new).await?;
    }
    let changes: Vec<NewTierChange> = members
        .iter()
        .flat_map(|member| member.journal.tier_changes.iter().map(move |change| NewTierChange::new(no(member), change)))
        .collect();
    events::insert_tier_changes(tx, &changes).await?;
    let moved = members.iter().map(|member| ((no(member), member.member.id()), member.journal.tier_changes.as_slice()));
    notifications::tell_tiers(tx, ledger, rulebook, moved).await?;
    // all of them: what is due next may be another thing although nothing was posted
    let changed: Vec<Change<'_>> = members
        .iter()
        .map(|LockedMember { member, before, .. }| Change {
            no: member.no,
            before,
            after: &member.account,
            indexed: member.indexed,
        })
        .collect();
    accounts::save(tx, rulebook, &changed).await
}
