//! One member and what happens to them, for examples to tell; and what must hold of every ledger.

use super::*;

pub(super) fn id(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

pub(super) fn cny(amount: &str) -> Money {
    Money::parse(amount, "CNY".parse().unwrap()).unwrap()
}

pub(super) fn points(text: &str) -> Points {
    text.parse().unwrap()
}

/// A time of the programme's own clock, eight hours ahead of UTC.
pub(super) fn at(text: &str) -> Timestamp {
    let text = if text.len() == 10 { format!("{text}T12:00:00") } else { text.to_owned() };
    format!("{text}+08:00").parse().unwrap()
}

pub(super) fn timeline(sets: Vec<(Timestamp, RuleSet)>) -> Timeline {
    let compile = |(i, (from, set))| Rules::compile(set, i as u32 + 1, from, "CNY".parse().unwrap()).unwrap();
    let calendar = Calendar::new(TimeZone::get("Asia/Shanghai").unwrap());
    Timeline::new(sets.into_iter().enumerate().map(compile).collect(), calendar).unwrap()
}

pub(super) fn rules(change: impl FnOnce(&mut RuleSet)) -> RuleSet {
    let mut set = RuleSet::default();
    change(&mut set);
    set
}

/// One member and what has happened to them, each event a second after the one before unless a time is set.
pub(super) struct Story {
    pub(super) timeline: Timeline,
    pub(super) account: Account,
    pub(super) entries: Vec<Entry>,
    pub(super) changes: Vec<TierChange>,
    /// Entries that were posted behind later due work, and when they count.
    pub(super) late: BTreeMap<i64, Moment>,
    /// The entries of payments with what was refunded of them.
    pub(super) payments: Vec<(usize, i64)>,
    pub(super) now: Timestamp,
    pub(super) events: u32,
}

impl Story {
    pub(super) fn new(change: impl FnOnce(&mut RuleSet)) -> Story {
        Story::under(timeline(vec![(Timestamp::MIN, rules(change))]))
    }

    pub(super) fn under(timeline: Timeline) -> Story {
        let account = Account::new(MemberId::new(id(1)), &timeline);
        let now = at("2027-01-15");
        Story { timeline, account, entries: vec![], changes: vec![], late: BTreeMap::new(), payments: vec![], now, events: 0 }
    }

    /// Moves the clock.
    pub(super) fn on(&mut self, time: &str) -> &mut Story {
        self.now = at(time);
        self
    }

    pub(super) fn note(&mut self, journal: Journal) {
        self.entries.extend(journal.entries);
        self.changes.extend(journal.tier_changes);
    }

    pub(super) fn post_at(
        &mut self,
        occurred_at: Timestamp,
        f: impl FnOnce(&mut Account, Posting, EventKey, &[TierChange]) -> Result<Posted, Refusal>,
    ) -> Result<(), Refusal> {
        self.now = self.now.checked_add(jiff::SignedDuration::from_secs(1)).unwrap();
        self.events += 1;
        self.post_as_of(self.now, occurred_at, f)
    }

    pub(super) fn post_as_of(
        &mut self,
        instant: Timestamp,
        occurred_at: Timestamp,
        f: impl FnOnce(&mut Account, Posting, EventKey, &[TierChange]) -> Result<Posted, Refusal>,
    ) -> Result<(), Refusal> {
        let on = Posting::new(&self.timeline, occurred_at, instant);
        let event = EventKey { source: Source::new("default").unwrap(), id: EventId::new(&self.events.to_string()).unwrap() };
        let posted = f(&mut self.account, on, event, &self.changes)?;
        self.late.extend(posted.late().map(|at| (posted.entry().seq, at)));
        self.note(posted.journal);
        Ok(())
    }

    pub(super) fn post(
        &mut self,
        f: impl FnOnce(&mut Account, Posting, EventKey, &[TierChange]) -> Result<Posted, Refusal>,
    ) -> Result<(), Refusal> {
        let now = self.now.checked_add(jiff::SignedDuration::from_secs(1)).unwrap();
        self.post_at(now, f)
    }

    pub(super) fn pay_at(&mut self, occurred_at: Timestamp, amount: &str) -> &mut Story {
        let amount = cny(amount);
        self.post_at(occurred_at, |account, on, event, history| account.pay(on, event, amount, Scene::Other, history)).unwrap();
        let is_payment = |entry: &Entry| matches!(entry.cause, Cause::Payment { .. });
        self.payments.push((self.entries.iter().rposition(is_payment).unwrap(), 0));
        self
    }

    pub(super) fn pay(&mut self, amount: &str) -> &mut Story {
        self.pay_at(self.now.checked_add(jiff::SignedDuration::from_secs(1)).unwrap(), amount)
    }

    /// Pays at a time, which is now.
    pub(super) fn paid_on(&mut self, time: &str, amount: &str) -> &mut Story {
        self.on(time).pay(amount)
    }

    pub(super) fn payment(&self, payment: usize) -> PaymentEntry {
        let (entry, refunded) = self.payments[payment];
        PaymentEntry::of(&self.entries[entry], Money::from_minor(refunded, cny("0").currency()).unwrap()).unwrap()
    }

    pub(super) fn refund(&mut self, payment: usize, amount: &str) -> Result<(), Refusal> {
        let paid = self.payment(payment);
        self.post(|account, on, event, _| account.refund(on, event, &paid, cny(amount)))?;
        self.payments[payment].1 += cny(amount).minor();
        Ok(())
    }

    /// The payment of somebody invited brings an award that goes by it.
    pub(super) fn be_awarded(&mut self) -> &mut Story {
        let payment = Hash([self.events as u8; 32]);
        self.post(|account, on, event, _| account.refer(on, event, MemberId::new(id(7)), Some(payment))).unwrap();
        self
    }

    /// The awards that have not been taken back.
    pub(super) fn awards(&self) -> Vec<Award> {
        let gone = |award: &Award| {
            self.entries
                .iter()
                .any(|e| matches!(e.cause, Cause::ReferralTakenBack { award: seq, .. } if seq == award.earned.seq))
        };
        self.entries.iter().filter_map(Award::of).filter(|award| !gone(award)).collect()
    }

    /// The payment of an award that stands is refunded.
    pub(super) fn take_back(&mut self, at: usize) -> &mut Story {
        let award = self.awards()[at];
        self.post(|account, on, _, _| account.take_back(on, &award, Hash([9; 32]))).unwrap();
        self
    }

    pub(super) fn redeem(&mut self, amount: &str) -> Result<(), Refusal> {
        let redemption = RedemptionId::new(id(u128::from(self.events)));
        self.post(|account, on, _, _| account.redeem(on, redemption, points(amount), None).map(|(posted, _)| posted))
    }

    /// Gives back what the entry at this place took.
    pub(super) fn restore(&mut self, entry: usize) {
        let taken = self.entries[entry].clone();
        let Cause::Redemption { redemption } = taken.cause else { panic!("a redemption") };
        self.post(|account, on, _, _| account.restore(on, redemption, &taken.moves)).unwrap();
    }

    /// Posts what is due.
    pub(super) fn settle(&mut self) -> &mut Story {
        let journal = self.account.catch_up(&self.timeline, self.now).unwrap();
        self.note(journal);
        self
    }

    pub(super) fn settle_on(&mut self, time: &str) -> &mut Story {
        self.on(time).settle()
    }

    pub(super) fn tier(&self) -> u16 {
        self.account.tier.get()
    }

    pub(super) fn lots(&self) -> String {
        let dated = self.account.lots.iter().map(|(day, points)| format!("{day} {points}"));
        let never = Some(self.account.lot(None)).filter(|lot| !lot.is_zero()).map(|lot| format!("never {lot}"));
        dated.chain(never).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn kinds(&self) -> Vec<&'static str> {
        self.entries.iter().map(|entry| entry.kind.name()).collect()
    }

    pub(super) fn check(&self, available: &str, debt: &str, earned: &str, tier: u16) {
        let a = &self.account;
        assert_eq!(
            (a.available, a.debt, a.earned, a.tier.get()),
            (points(available), points(debt), points(earned), tier),
            "available, debt, earned, tier"
        );
        self.check_ledger();
    }

    /// What must hold of every ledger: sums, moves, chain, places, explanations, and that the causes make it again.
    pub(super) fn check_ledger(&self) {
        let (mut sum, mut head) = (Points::ZERO, Hash::NONE);
        let mut places: BTreeMap<Place, i64> = BTreeMap::new();
        for (i, entry) in self.entries.iter().enumerate() {
            sum = sum.checked_add(entry.points).unwrap();
            assert_eq!((entry.seq, entry.balance), (i as i64 + 1, sum), "sequence and balance");
            assert_eq!(entry.moves.total(), Some(entry.points), "moves are the points");
            assert_eq!(entry.chained(&head), entry.hash, "the chain holds");
            assert!(i == 0 || entry.instant >= self.entries[i - 1].instant, "instants never go back");
            assert_eq!(Moves::parse(&entry.moves.to_string()).as_ref(), Some(&entry.moves));
            head = entry.hash;
            for m in entry.moves.iter() {
                *places.entry(m.place).or_default() += m.points.hundredths();
            }
            let (debt, rest): (Vec<_>, Vec<_>) = places.iter().partition(|(place, _)| **place == Place::Debt);
            assert!(debt.iter().all(|(_, points)| **points <= 0) && rest.iter().all(|(_, points)| **points >= 0), "{places:?}");
            let lots = rest.iter().any(|(place, points)| matches!(place, Place::Lot { .. }) && **points > 0);
            assert!(!(lots && debt.iter().any(|(_, points)| **points < 0)), "never lots beside debt");
        }
        assert_eq!((self.account.balance(), self.account.head), (Some(sum), head));
        let lot = |day| places.get(&Place::Lot { day }).copied().unwrap_or(0);
        assert_eq!(self.account.lot(None).hundredths(), lot(None));
        assert!(self.account.lots.iter().all(|(day, points)| points.hundredths() == lot(Some(day))));
        self.check_explanations();
        self.check_replay();
        self.check_lab();
    }

    pub(super) fn check_explanations(&self) {
        let mut refunded: BTreeMap<i64, i64> = BTreeMap::new();
        for entry in &self.entries {
            let mut context = Context::default();
            if let Cause::Refund { payment, amount, .. } = &entry.cause {
                let before = refunded.entry(*payment).or_default();
                let paid = &self.entries[*payment as usize - 1];
                context.payment = PaymentEntry::of(paid, Money::from_minor(*before, amount.currency()).unwrap());
                *before += amount.minor();
            }
            if let Cause::ReferralTakenBack { award, .. } = &entry.cause {
                context.award = Award::of(&self.entries[*award as usize - 1]);
            }
            let explanation = explain(entry, &self.timeline, &context).unwrap();
            assert_eq!(explanation.points(), Some(entry.points), "{entry:?} explains itself: {explanation:?}");
        }
    }

    /// Making every entry again from its cause and its instant gives the same entries, and the same account.
    pub(super) fn check_replay(&self) {
        let mut again = Account::new(self.account.member, &self.timeline);
        again.early = self.account.early;
        again.history = (!self.late.is_empty()).then(|| Box::new(History::new(again.member, again.early, &self.timeline)));
        let mut made: Journal = Journal::default();
        let mut refunded: BTreeMap<i64, i64> = BTreeMap::new();
        while let Some(entry) = self.entries.get(made.entries.len()) {
            let on = Posting::new(&self.timeline, entry.occurred_at, entry.instant);
            let due = again.catch_up(&self.timeline, entry.instant).unwrap();
            if !due.entries.is_empty() || !due.tier_changes.is_empty() {
                made.entries.extend(due.entries);
                made.tier_changes.extend(due.tier_changes);
                continue;
            }
            // of a refund of what lapsed, the second entry is the one that was late
            let late = |entry: &Entry| self.late.get(&entry.seq).copied();
            let of = match entry.cause {
                Cause::RefundOfLapsed { .. } => self.entries.get(made.entries.len() + 1).unwrap(),
                _ => entry,
            };
            let on = Posting { occurred_at: of.occurred_at.into(), instant: late(of).unwrap_or(on.instant), ..on };
            let posted = self.post_again(&mut again, on, of, &made.tier_changes, &mut refunded);
            let journal = posted.unwrap().journal;
            made.entries.extend(journal.entries);
            made.tier_changes.extend(journal.tier_changes);
        }
        if let Some(last) = self.account.last {
            made.tier_changes.extend(again.catch_up(&self.timeline, last).unwrap().tier_changes);
        }
        assert_eq!(made.entries, self.entries);
        assert_eq!(made.tier_changes, self.changes);
        let of_history = |account: &Account| Account { history: None, ..account.clone() };
        assert_eq!(of_history(&again), of_history(&self.account));
        if let Some(months) = &self.account.months {
            assert_eq!(crate::ledger::month_totals::months(&self.entries, &self.timeline).as_ref(), Some(months));
        }
    }

    /// Posts the cause of an entry to the account as those before it left it. `refunded` is how much of each payment was refunded.
    fn post_again(
        &self,
        again: &mut Account,
        on: Posting,
        entry: &Entry,
        changes: &[TierChange],
        refunded: &mut BTreeMap<i64, i64>,
    ) -> Result<Posted, Refusal> {
        match entry.cause.clone() {
            Cause::Payment { event, amount, scene, .. } => again.pay(on, event, amount, scene, changes),
            Cause::Referral { event, referee, completed_by, .. } => again.refer(on, event, referee, completed_by),
            Cause::Review { event, subject, .. } => again.review(on, event, subject),
            Cause::ReferralTakenBack { award, refunded_by, .. } => {
                again.take_back(on, &Award::of(&self.entries[award as usize - 1]).unwrap(), refunded_by)
            }
            Cause::Refund { event, amount, payment } => {
                let before = refunded.entry(payment).or_default();
                let paid = &self.entries[payment as usize - 1];
                let paid = PaymentEntry::of(paid, Money::from_minor(*before, amount.currency()).unwrap()).unwrap();
                *before += amount.minor();
                again.refund(on, event, &paid, amount)
            }
            Cause::Redemption { redemption } if entry.kind == EntryKind::Redeem => {
                again.buy(on, redemption, entry.points.checked_neg().unwrap())
            }
            Cause::Redemption { redemption } => {
                let of = |e: &&Entry| e.cause == Cause::Redemption { redemption };
                again.restore(on, redemption, &self.entries.iter().find(of).unwrap().moves)
            }
            Cause::Staff { staff, reason } => again.adjust(on, staff, reason, entry.points),
            Cause::Closing => again.close(on),
            Cause::MergedInto { member, head } => again.merge_into(on, member, head),
            Cause::MergedFrom { member, head, brought } => again.merge_from(on, member, head, brought),
            Cause::Lapse { .. } | Cause::Activation { .. } | Cause::RefundOfLapsed { .. } => {
                panic!("due work was not done again: {entry:?}")
            }
        }
    }
}

impl Entry {
    pub(super) fn to_line(&self) -> String {
        format!("{} {} {}", self.kind.name(), self.points, self.moves)
    }
}
