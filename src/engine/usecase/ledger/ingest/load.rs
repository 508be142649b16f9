//! The second stage of a batch: everything that the plan may touch, locked in one order, then loaded whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use laurel_domain::ledger::invitation::Award;
use laurel_domain::numbers::money::Currency;
use laurel_domain::numbers::time::Day;
use laurel_domain::rules::rule_set::{Rulebook, Timeline};
use laurel_domain::rules::terms::{CapKey, EarnKind};
use laurel_domain::text::ExternalId;

use crate::store::ledger::caps::{self, Used};
use crate::store::ledger::{accounts, events, referrals};
use crate::store::members::wanted;
use crate::store::{StoreError, Tx};

use crate::usecase::ledger::late::{self, Asked};

use super::account::{LoadedAccount, caps_of};
use super::plan::{Deed, Plan, Touch, Whose};

/// The accounts of a batch.
#[derive(Default)]
pub(super) struct Accounts {
    pub(super) all: Vec<LoadedAccount>,
    by_external: HashMap<ExternalId, usize>,
    by_no: HashMap<i64, usize>,
    /// Awards that a refund may take back, by the number of whom they were made to and their entry's.
    awards: HashMap<(i64, i64), Award>,
}

/// What has to be read of one account beside its row and books.
#[derive(Default)]
struct Needs<'a> {
    postings: usize,
    pays: bool,
    /// Something occurred before the last instant.
    is_late: bool,
    /// Something is to be posted as of before the last instant.
    posts_before: bool,
    caps: BTreeSet<CapKey>,
    lots: BTreeSet<Day>,
    subjects: BTreeSet<&'a str>,
    payments: BTreeSet<i64>,
}

impl Accounts {
    /// `instant` tells as of when something that occurred then is to be posted.
    pub(super) async fn load(
        tx: &mut Tx,
        plan: &Plan<'_>,
        rulebook: &Rulebook,
        currency: Currency,
        instant: impl Fn(Timestamp) -> Timestamp,
    ) -> Result<Accounts, StoreError> {
        let mut accounts = Accounts::default();
        let wanted = plan.wanted();
        if !wanted.is_empty() {
            let members = wanted::lock_wanted(tx, &wanted).await?;
            accounts.all.reserve(members.len());
            for member in members {
                let timeline = rulebook.of(member.id());
                accounts.add(LoadedAccount::of(member, &timeline));
            }
        }
        accounts.load_referrals(tx, plan).await?;
        accounts.load_awards(tx, plan, currency).await?;
        let needs = accounts.needs(plan, rulebook, &instant);
        accounts.load_histories(tx, &needs).await?;
        accounts.load_late(tx, currency, rulebook, &needs).await?;
        accounts.load_caps(tx, rulebook, &needs).await?;
        accounts.load_lapsed(tx, &needs).await?;
        accounts.load_reviews(tx, &needs).await?;
        accounts.load_refunded(tx, &needs).await?;
        Ok(accounts)
    }

    /// Adds an account; where it stands.
    pub(super) fn add(&mut self, account: LoadedAccount) -> usize {
        let at = self.all.len();
        if let Some(external) = &account.external {
            self.by_external.insert(external.clone(), at);
        }
        if let Some(no) = account.no {
            self.by_no.insert(no, at);
        }
        self.all.push(account);
        at
    }

    /// Takes the account back that was added last: a refused event enrols nobody.
    pub(super) fn take_back(&mut self) {
        if let Some(external) = self.all.pop().and_then(|account| account.external) {
            self.by_external.remove(&external);
        }
    }

    pub(super) fn of_external(&self, id: &ExternalId) -> Option<usize> {
        self.by_external.get(id).copied()
    }

    pub(super) fn of_number(&self, no: i64) -> Option<usize> {
        self.by_no.get(&no).copied()
    }

    /// Of those whom a plan names.
    fn of_known(&self, whose: Whose<'_>) -> Option<usize> {
        match whose {
            Whose::Member(id) => self.of_external(id),
            Whose::Number(no) => self.of_number(no),
            Whose::InviterOf(_) | Whose::AwardedFor(_) => None,
        }
    }

    fn of(&self, whose: Whose<'_>) -> Option<usize> {
        match whose {
            Whose::Member(_) | Whose::Number(_) => self.of_known(whose),
            // not locked if an award stands
            Whose::InviterOf(id) => self.of_number(self.all[self.of_external(id)?].invited_by?),
            Whose::AwardedFor(no) => self.of_number(self.award_for(no)?.0),
        }
    }

    /// By number.
    fn needs<'a>(
        &self,
        plan: &Plan<'a>,
        rulebook: &Rulebook,
        instant: &dyn Fn(Timestamp) -> Timestamp,
    ) -> BTreeMap<i64, Needs<'a>> {
        let mut needs: BTreeMap<i64, Needs<'a>> = BTreeMap::new();
        for touch in &plan.touches {
            let account = self.of(touch.whose).map(|at| &self.all[at]);
            if let Some((account, no)) = account.and_then(|account| Some((account, account.no?))) {
                let timeline = rulebook.of(account.member());
                let needs = needs.entry(no).or_default();
                needs.add(*touch, account, &timeline, instant);
                needs.lots.extend(self.award_touched(touch.whose).and_then(|award| award.earned.day(&timeline)));
            }
        }
        needs
    }

    /// Who has been awarded for those of whom it matters: whoever that is may be touched, too.
    async fn load_referrals(&mut self, tx: &mut Tx, plan: &Plan<'_>) -> Result<(), StoreError> {
        let accounts = plan.touches.iter().filter_map(|touch| Some((touch.deed, &self.all[self.of_known(touch.whose)?])));
        let wanted = accounts.filter(|(deed, account)| match deed {
            Deed::Payment => account.invited_by.is_some(),
            Deed::Refer | Deed::BeReferred => true,
            Deed::Refund { takes_back, .. } => *takes_back,
            Deed::Award | Deed::TakeBack { .. } | Deed::Review(_) => false,
        });
        let numbers: BTreeSet<i64> = wanted.filter_map(|(_, account)| account.no).collect();
        let numbers: Vec<i64> = numbers.into_iter().collect();
        let referrals = referrals::of(tx, &numbers).await?;
        for no in numbers {
            self.with(no, |account| account.learn_referral(referrals.get(&no)));
        }
        Ok(())
    }

    /// The awards that refunds may take back.
    async fn load_awards(&mut self, tx: &mut Tx, plan: &Plan<'_>, currency: Currency) -> Result<(), StoreError> {
        let awarded = plan.touches.iter().filter_map(|touch| match touch.whose {
            Whose::AwardedFor(no) => self.award_for(no),
            _ => None,
        });
        let awarded: BTreeSet<(i64, i64)> = awarded.collect();
        let awarded: Vec<(i64, i64)> = awarded.into_iter().collect();
        for (key, entry) in referrals::entries(tx, currency, &awarded).await? {
            self.awards.extend(Award::of(&entry).map(|award| (key, award)));
        }
        Ok(())
    }

    /// The award that stands for a member and can be taken back: whose it is, and which of their entries.
    fn award_for(&self, no: i64) -> Option<(i64, i64)> {
        self.all[self.of_number(no)?].award_that_can_go()
    }

    /// The award that is touched, if it was posted earlier.
    fn award_touched(&self, whose: Whose<'_>) -> Option<&Award> {
        let Whose::AwardedFor(no) = whose else { return None };
        let (referrer, seq) = self.award_for(no)?;
        self.award(referrer, seq)
    }

    pub(super) fn award(&self, referrer: i64, seq: i64) -> Option<&Award> {
        self.awards.get(&(referrer, seq))
    }

    pub(super) fn keep_award(&mut self, referrer: i64, award: Award) {
        self.awards.insert((referrer, award.earned.seq), award);
    }

    /// The tier history of those with a payment that may come late; for all others the present tier is the one. Whatever is posted
    /// before a payment in the same batch makes it late.
    async fn load_histories(&mut self, tx: &mut Tx, needs: &BTreeMap<i64, Needs<'_>>) -> Result<(), StoreError> {
        let late = |needs: &Needs<'_>| needs.pays && (needs.is_late || needs.postings > 1);
        let numbers: Vec<i64> = needs.iter().filter(|(_, needs)| late(needs)).map(|(no, _)| *no).collect();
        if numbers.is_empty() {
            return Ok(());
        }
        let mut histories = events::tier_changes(tx, &numbers).await?;
        for no in numbers {
            let history = histories.remove(&no).unwrap_or_default();
            self.with(no, |account| account.learn_history(history));
        }
        Ok(())
    }

    /// The whole histories of those to whom something may come late.
    async fn load_late(
        &mut self,
        tx: &mut Tx,
        currency: Currency,
        rulebook: &Rulebook,
        needs: &BTreeMap<i64, Needs<'_>>,
    ) -> Result<(), StoreError> {
        let may_be = |needs: &Needs<'_>| needs.posts_before || needs.postings > 1 || (needs.postings > 0 && needs.is_late);
        let asked: Vec<Asked> = needs
            .iter()
            .filter(|(_, needs)| may_be(needs))
            .filter_map(|(no, needs)| {
                let member = self.all[self.of_number(*no)?].member();
                Some(Asked { no: *no, member, posts_before: needs.posts_before })
            })
            .collect();
        for (no, history) in late::histories(tx, currency, rulebook, &asked).await? {
            self.with(no, |account| account.learn_late(history));
        }
        Ok(())
    }

    /// What counts already against the caps that apply.
    async fn load_caps(
        &mut self,
        tx: &mut Tx,
        rulebook: &Rulebook,
        needs: &BTreeMap<i64, Needs<'_>>,
    ) -> Result<(), StoreError> {
        let keys: Vec<(i64, CapKey)> = needs.iter().flat_map(|(no, needs)| needs.caps.iter().map(|key| (*no, *key))).collect();
        let used = caps::used(tx, rulebook, &keys).await?;
        let used: HashMap<(i64, CapKey), Used> = used.into_iter().map(|used| ((used.member_no, used.key), used)).collect();
        for (no, key) in keys {
            self.with(no, |account| account.learn_cap(key, used.get(&(no, key)).copied()));
        }
        Ok(())
    }

    /// What has lapsed out of the lots of payments that are refunded.
    async fn load_lapsed(&mut self, tx: &mut Tx, needs: &BTreeMap<i64, Needs<'_>>) -> Result<(), StoreError> {
        let lots: Vec<(i64, Day)> = needs.iter().flat_map(|(no, needs)| needs.lots.iter().map(|day| (*no, *day))).collect();
        let lapsed = accounts::lapsed(tx, &lots).await?;
        let lapsed: HashMap<(i64, Day), _> = lapsed.into_iter().map(|(no, day, points)| ((no, day), points)).collect();
        for (no, day) in lots {
            self.with(no, |account| account.learn_lot(day, lapsed.get(&(no, day)).copied()));
        }
        Ok(())
    }

    async fn load_reviews(&mut self, tx: &mut Tx, needs: &BTreeMap<i64, Needs<'_>>) -> Result<(), StoreError> {
        let pairs: Vec<(i64, &str)> =
            needs.iter().flat_map(|(no, needs)| needs.subjects.iter().map(|subject| (*no, *subject))).collect();
        if pairs.is_empty() {
            return Ok(());
        }
        let reviewed = events::reviewed(tx, &pairs).await?;
        for (no, subject) in pairs {
            let is_reviewed = reviewed.iter().any(|(member, of)| *member == no && of == subject);
            self.with(no, |account| account.learn_review(subject, is_reviewed));
        }
        Ok(())
    }

    /// How much has been refunded of payments, behind the lock of their members.
    async fn load_refunded(&mut self, tx: &mut Tx, needs: &BTreeMap<i64, Needs<'_>>) -> Result<(), StoreError> {
        let payments: Vec<(i64, i64)> =
            needs.iter().flat_map(|(no, needs)| needs.payments.iter().map(|seq| (*no, *seq))).collect();
        if payments.is_empty() {
            return Ok(());
        }
        let totals = events::refunded(tx, &payments).await?;
        for (no, seq) in payments {
            self.with(no, |account| account.learn_refunded(seq, totals.get(&(no, seq)).copied().unwrap_or(0)));
        }
        Ok(())
    }

    fn with(&mut self, no: i64, learn: impl FnOnce(&mut LoadedAccount)) {
        if let Some(at) = self.of_number(no) {
            learn(&mut self.all[at]);
        }
    }
}

impl<'a> Needs<'a> {
    fn add(
        &mut self,
        touch: Touch<'a>,
        account: &LoadedAccount,
        timeline: &Timeline,
        instant: &dyn Fn(Timestamp) -> Timestamp,
    ) {
        self.postings += usize::from(touch.deed.posts());
        if let Some(last) = account.last().filter(|_| touch.deed.posts()) {
            self.is_late |= last >= touch.occurred_at;
            self.posts_before |= last > instant(touch.occurred_at);
        }
        let mut earns = |kind| self.caps.extend(caps_of(timeline, kind, touch.occurred_at));
        match touch.deed {
            Deed::Payment => {
                earns(EarnKind::Payment);
                self.pays = true;
            }
            Deed::Award | Deed::Refer => earns(EarnKind::Referral),
            Deed::BeReferred => (),
            Deed::Review(subject) => {
                earns(EarnKind::Review);
                self.subjects.insert(subject.as_str());
            }
            Deed::Refund { payment, lot, .. } => {
                self.payments.extend(payment);
                self.lots.extend(lot);
            }
            Deed::TakeBack { lot } => self.lots.extend(lot),
        }
    }
}
