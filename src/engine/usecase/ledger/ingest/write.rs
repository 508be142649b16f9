//! The last stage of a batch: everything it has decided, in a few set-based statements.

use std::collections::{BTreeSet, HashMap};

use laurel_domain::ids::MemberId;

use crate::store::ledger::accounts::{self, Change};
use crate::store::ledger::events::{self, NewTierChange};
use crate::store::ledger::referrals::{self, Referral};
use crate::store::ledger::{late, new_entries};
use crate::store::members::member;
use crate::store::{StoreError, Tx};
use crate::usecase::notifications;

use super::account::{Awarded, LoadedAccount, Referrer};
use super::decide::Batch;

impl Batch<'_> {
    pub(super) async fn write(mut self, tx: &mut Tx) -> Result<(), StoreError> {
        self.enrol(tx).await?;
        let all = &self.accounts.all;
        self.write_entries(tx).await?;
        let mut changed: Vec<Change<'_>> = all.iter().filter_map(LoadedAccount::change).collect();
        // in the order in which rows lie in tables and indexes, so that neighbours are written together
        changed.sort_unstable_by_key(|change| change.no);
        accounts::save(tx, &self.rulebook, &changed).await?;
        let changes: Vec<NewTierChange> = all
            .iter()
            .flat_map(|account| account.new_changes().iter().map(|change| NewTierChange::new(number(account), change)))
            .collect();
        events::insert_tier_changes(tx, &changes).await?;
        let moved = all.iter().map(|account| ((number(account), account.member()), account.new_changes()));
        notifications::tell_tiers(tx, self.ledger, &self.rulebook, moved).await?;
        let refunds: Vec<events::Refunded> =
            all.iter().flat_map(|account| account.new_refunds().map(|(seq, minor)| (number(account), seq, minor))).collect();
        if !refunds.is_empty() {
            events::add_refunded(tx, &refunds).await?;
        }
        let no = |at: usize| number(&all[at]);
        if !self.new_reviews.is_empty() {
            let rows: Vec<_> =
                self.new_reviews.iter().map(|(at, s, seq, salt)| (no(*at), s.as_str(), *seq, hex::encode(salt))).collect();
            events::insert_reviews(tx, &rows).await?;
        }
        self.write_referrals(tx).await
    }

    async fn write_referrals(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let (mut first, mut later) = (Vec::new(), Vec::new());
        for account in &self.accounts.all {
            let Some((award, is_first)) = account.new_award() else { continue };
            let Awarded { by, seq, payment, taken_back, times } = award;
            let referrer_no = match by {
                Referrer::No(no) => no,
                Referrer::Newcomer(at) => number(&self.accounts.all[at]),
            };
            let row = Referral { referee_no: number(account), referrer_no, seq, payment, taken_back, times };
            if is_first { first.push(row) } else { later.push(row) }
        }
        referrals::insert(tx, &first).await?;
        referrals::update(tx, &later).await
    }

    async fn write_entries(&self, tx: &mut Tx) -> Result<(), StoreError> {
        if self.posted.is_empty() {
            return Ok(());
        }
        let names: BTreeSet<&str> =
            self.posted.iter().filter_map(|(_, entry)| entry.cause.event()).map(|event| event.source.as_str()).collect();
        let sources = self.ledger.sources(tx, &names).await?;
        let mut new: Vec<new_entries::NewEntry> = self
            .posted
            .iter()
            .map(|(at, entry)| new_entries::NewEntry {
                member_no: number(&self.accounts.all[*at]),
                source_no: entry.cause.event().and_then(|event| sources.get(event.source.as_str()).copied()),
                entry,
            })
            .collect();
        new.sort_unstable_by_key(|new| (new.member_no, new.entry.seq));
        new_entries::insert(tx, &new).await?;
        let late: Vec<_> = self.late.iter().map(|(at, seq, late)| (number(&self.accounts.all[*at]), *seq, *late)).collect();
        late::insert(tx, &late).await
    }

    /// Gives those whom the batch enrols a row and a number. In the order of their external ids: two processes that enrol the same
    /// newcomers wait for one another rather than each for the other.
    async fn enrol(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        let mut new: Vec<member::NewMember> = self
            .accounts
            .all
            .iter()
            .filter(|account| account.no.is_none())
            .map(|account| member::NewMember {
                id: account.member(),
                external_id: account.external.as_ref().map(|id| id.as_str().to_owned()),
                name: None,
                email: None,
                phone: None,
                locale: None,
                registered_at: account.registered_at,
                referral_code: None,
                invited_by: None,
            })
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        new.sort_unstable_by(|one, other| one.external_id.cmp(&other.external_id));
        let numbers: HashMap<MemberId, i64> = member::insert(tx, &new).await?.into_iter().map(|(no, id)| (id, no)).collect();
        for account in self.accounts.all.iter_mut().filter(|account| account.no.is_none()) {
            account.no = numbers.get(&account.member()).copied();
        }
        Ok(())
    }
}

/// Everybody has one once the newcomers are enrolled.
fn number(account: &LoadedAccount) -> i64 {
    account.no.unwrap_or_default()
}
