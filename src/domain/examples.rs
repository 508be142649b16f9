//! The worked examples of design/domain.md, as far as they need only a member's account, and what must hold of any history.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::ids::{MemberId, RedemptionId, StaffId};
use crate::ledger::account::Account;
use crate::ledger::entry::{Cause, Entry, EntryKind, Hash, Moves, Place};
use crate::ledger::event::{EventKey, Scene};
use crate::ledger::explanation::{Context, Explanation, explain};
use crate::ledger::history::History;
use crate::ledger::invitation::Award;
use crate::ledger::posting::{ChangedBy, Journal, Posted, Posting, TierChange};
use crate::ledger::refund::PaymentEntry;
use crate::numbers::calendar::Calendar;
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::refusal::Refusal;
use crate::rules::period::Validity;
use crate::rules::rule_set::{RuleSet, Rules, Shortfall, Timeline};
use crate::rules::terms::{Cap, Expiry};
use crate::rules::tier::Basis;
use crate::rules::window::Window;
use crate::text::{EventId, Source};

fn id(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

fn cny(amount: &str) -> Money {
    Money::parse(amount, "CNY".parse().unwrap()).unwrap()
}

fn points(text: &str) -> Points {
    text.parse().unwrap()
}

/// A time of the programme's own clock, eight hours ahead of UTC.
fn at(text: &str) -> Timestamp {
    let text = if text.len() == 10 { format!("{text}T12:00:00") } else { text.to_owned() };
    format!("{text}+08:00").parse().unwrap()
}

fn timeline(sets: Vec<(Timestamp, RuleSet)>) -> Timeline {
    let compile = |(i, (from, set))| Rules::compile(set, i as u32 + 1, from, "CNY".parse().unwrap()).unwrap();
    let calendar = Calendar::new(TimeZone::get("Asia/Shanghai").unwrap());
    Timeline::new(sets.into_iter().enumerate().map(compile).collect(), calendar).unwrap()
}

fn rules(change: impl FnOnce(&mut RuleSet)) -> RuleSet {
    let mut set = RuleSet::default();
    change(&mut set);
    set
}

/// One member and what has happened to them, each event a second after the one before unless a time is set.
struct Story {
    timeline: Timeline,
    account: Account,
    entries: Vec<Entry>,
    changes: Vec<TierChange>,
    /// Entries that were posted behind later due work, and when they count.
    late: BTreeMap<i64, Timestamp>,
    /// The entries of payments with what was refunded of them.
    payments: Vec<(usize, i64)>,
    now: Timestamp,
    events: u32,
}

impl Story {
    fn new(change: impl FnOnce(&mut RuleSet)) -> Story {
        Story::under(timeline(vec![(Timestamp::MIN, rules(change))]))
    }

    fn under(timeline: Timeline) -> Story {
        let account = Account::new(MemberId::new(id(1)), &timeline);
        let now = at("2027-01-15");
        Story { timeline, account, entries: vec![], changes: vec![], late: BTreeMap::new(), payments: vec![], now, events: 0 }
    }

    /// Moves the clock.
    fn on(&mut self, time: &str) -> &mut Story {
        self.now = at(time);
        self
    }

    fn note(&mut self, journal: Journal) {
        self.entries.extend(journal.entries);
        self.changes.extend(journal.tier_changes);
    }

    fn post_at(
        &mut self,
        occurred_at: Timestamp,
        f: impl FnOnce(&mut Account, Posting, EventKey, &[TierChange]) -> Result<Posted, Refusal>,
    ) -> Result<(), Refusal> {
        self.now = self.now.checked_add(jiff::SignedDuration::from_secs(1)).unwrap();
        self.events += 1;
        self.post_as_of(self.now, occurred_at, f)
    }

    fn post_as_of(
        &mut self,
        instant: Timestamp,
        occurred_at: Timestamp,
        f: impl FnOnce(&mut Account, Posting, EventKey, &[TierChange]) -> Result<Posted, Refusal>,
    ) -> Result<(), Refusal> {
        let on = Posting { timeline: &self.timeline, occurred_at, instant };
        let event = EventKey { source: Source::new("default").unwrap(), id: EventId::new(&self.events.to_string()).unwrap() };
        let posted = f(&mut self.account, on, event, &self.changes)?;
        self.late.extend(posted.late().map(|at| (posted.entry().seq, at)));
        self.note(posted.journal);
        Ok(())
    }

    fn post(
        &mut self,
        f: impl FnOnce(&mut Account, Posting, EventKey, &[TierChange]) -> Result<Posted, Refusal>,
    ) -> Result<(), Refusal> {
        let now = self.now.checked_add(jiff::SignedDuration::from_secs(1)).unwrap();
        self.post_at(now, f)
    }

    fn pay_at(&mut self, occurred_at: Timestamp, amount: &str) -> &mut Story {
        let amount = cny(amount);
        self.post_at(occurred_at, |account, on, event, history| account.pay(on, event, amount, Scene::Other, history)).unwrap();
        let is_payment = |entry: &Entry| matches!(entry.cause, Cause::Payment { .. });
        self.payments.push((self.entries.iter().rposition(is_payment).unwrap(), 0));
        self
    }

    fn pay(&mut self, amount: &str) -> &mut Story {
        self.pay_at(self.now.checked_add(jiff::SignedDuration::from_secs(1)).unwrap(), amount)
    }

    /// Pays at a time, which is now.
    fn paid_on(&mut self, time: &str, amount: &str) -> &mut Story {
        self.on(time).pay(amount)
    }

    fn payment(&self, payment: usize) -> PaymentEntry {
        let (entry, refunded) = self.payments[payment];
        PaymentEntry::of(&self.entries[entry], Money::from_minor(refunded, cny("0").currency()).unwrap()).unwrap()
    }

    fn refund(&mut self, payment: usize, amount: &str) -> Result<(), Refusal> {
        let paid = self.payment(payment);
        self.post(|account, on, event, _| account.refund(on, event, &paid, cny(amount)))?;
        self.payments[payment].1 += cny(amount).minor();
        Ok(())
    }

    /// The payment of somebody invited brings an award that goes by it.
    fn be_awarded(&mut self) -> &mut Story {
        let payment = Hash([self.entries.len() as u8; 32]);
        self.post(|account, on, event, _| account.refer(on, event, MemberId::new(id(7)), Some(payment))).unwrap();
        self
    }

    /// The awards that have not been taken back.
    fn awards(&self) -> Vec<Award> {
        let gone = |award: &Award| {
            self.entries.iter().any(|e| matches!(e.cause, Cause::ReferralTakenBack { award: seq, .. } if seq == award.earned.seq))
        };
        self.entries.iter().filter_map(Award::of).filter(|award| !gone(award)).collect()
    }

    /// The payment of an award that stands is refunded.
    fn take_back(&mut self, at: usize) -> &mut Story {
        let award = self.awards()[at];
        self.post(|account, on, _, _| account.take_back(on, &award, Hash([9; 32]))).unwrap();
        self
    }

    fn redeem(&mut self, amount: &str) -> Result<(), Refusal> {
        let redemption = RedemptionId::new(id(u128::from(self.events)));
        self.post(|account, on, _, _| account.redeem(on, redemption, points(amount), None).map(|(posted, _)| posted))
    }

    /// Gives back what the entry at this place took.
    fn restore(&mut self, entry: usize) {
        let taken = self.entries[entry].clone();
        let Cause::Redemption { redemption } = taken.cause else { panic!("a redemption") };
        self.post(|account, on, _, _| account.restore(on, redemption, &taken.moves)).unwrap();
    }

    /// Posts what is due.
    fn settle(&mut self) -> &mut Story {
        let journal = self.account.catch_up(&self.timeline, self.now).unwrap();
        self.note(journal);
        self
    }

    fn settle_on(&mut self, time: &str) -> &mut Story {
        self.on(time).settle()
    }

    fn tier(&self) -> u16 {
        self.account.tier.get()
    }

    fn lots(&self) -> String {
        let dated = self.account.lots.iter().map(|(day, points)| format!("{day} {points}"));
        let never = Some(self.account.lot(None)).filter(|lot| !lot.is_zero()).map(|lot| format!("never {lot}"));
        dated.chain(never).collect::<Vec<_>>().join(", ")
    }

    fn kinds(&self) -> Vec<&'static str> {
        self.entries.iter().map(|entry| entry.kind.name()).collect()
    }

    fn check(&self, available: &str, debt: &str, earned: &str, tier: u16) {
        let a = &self.account;
        assert_eq!(
            (a.available, a.debt, a.earned, a.tier.get()),
            (points(available), points(debt), points(earned), tier),
            "available, debt, earned, tier"
        );
        self.check_ledger();
    }

    /// What must hold of every ledger: sums, moves, chain, places, explanations, and that the causes make it again.
    fn check_ledger(&self) {
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
        assert!(self.account.lots.iter().all(|(day, points)| points.hundredths() == lot(Some(*day))));
        self.check_explanations();
        self.check_replay();
    }

    fn check_explanations(&self) {
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
    fn check_replay(&self) {
        let mut again = Account::new(self.account.member, &self.timeline);
        again.early = self.account.early;
        again.history = (!self.late.is_empty()).then(|| Box::new(History::new(again.member, again.early, &self.timeline)));
        let mut made: Journal = Journal::default();
        let mut refunded: BTreeMap<i64, i64> = BTreeMap::new();
        while let Some(entry) = self.entries.get(made.entries.len()) {
            let on = Posting { timeline: &self.timeline, occurred_at: entry.occurred_at, instant: entry.instant };
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
            let on = Posting { occurred_at: of.occurred_at, instant: late(of).unwrap_or(on.instant), ..on };
            let posted = match of.cause.clone() {
                Cause::Payment { event, amount, scene, .. } => again.pay(on, event, amount, scene, &made.tier_changes),
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
                Cause::Lapse { .. } | Cause::Activation { .. } | Cause::RefundOfLapsed { .. } => panic!("due work was not done again: {entry:?}"),
            };
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
}

#[test]
fn paid_139_12_is_tier_2() {
    let mut story = Story::new(|_| ());
    story.pay("139.12");
    story.check("139.12", "0", "139.12", 2);
}

#[test]
fn payments_referrals_and_reviews_add_up_by_the_formula() {
    let mut story = Story::new(|_| ());
    story.pay("300.00").pay("21.50");
    for referee in 0..3 {
        story.post(|account, on, event, _| account.refer(on, event, MemberId::new(id(10 + referee)), None)).unwrap();
    }
    for _ in 0..4 {
        story.post(|account, on, event, _| account.review(on, event, Hash::NONE)).unwrap();
    }
    story.check("371.50", "0", "371.50", 2);
}

#[test]
fn redeeming_250_points_leaves_none_and_the_tier_as_it_was() {
    let mut story = Story::new(|_| ());
    story.pay("250").redeem("250").unwrap();
    story.check("0", "0", "250", 2);
}

#[test]
fn what_was_spent_before_its_refund_is_owed_and_repaid_first() {
    let mut story = Story::new(|_| ());
    story.pay("100").redeem("100").unwrap();
    story.refund(0, "100").unwrap();
    story.check("0", "100", "0", 1);
    story.pay("30");
    story.check("0", "70", "30", 1);
    assert_eq!(story.account.balance(), Some(points("-70")));
    assert_eq!(story.redeem("1"), Err(Refusal::NotEnoughPoints { available: Points::ZERO, wanted: points("1") }));
}

#[test]
fn a_programme_may_forgive_what_is_not_there() {
    let mut story = Story::new(|set| set.shortfall = Shortfall::Forgive);
    story.pay("100").redeem("60").unwrap();
    story.refund(0, "100").unwrap();
    story.check("0", "0", "0", 1);
    assert_eq!(story.entries[2].points, points("-40"));
    let context = Context { payment: Some(PaymentEntry { refunded: cny("0"), ..story.payment(0) }), ..Context::default() };
    let explained = explain(&story.entries[2], &story.timeline, &context);
    let Some(Explanation::Refund { points: taken, forgiven, .. }) = explained else { panic!() };
    assert_eq!((taken, forgiven), (points("100"), points("60")));
}

#[test]
fn a_cancelled_redemption_repays_debt_before_it_fills_lots() {
    let mut story = Story::new(|_| ());
    story.pay("200").redeem("150").unwrap();
    story.refund(0, "100").unwrap();
    story.check("0", "50", "100", 2);
    story.restore(1);
    story.check("100", "0", "100", 2);
    assert_eq!(story.entries[3].moves.to_string(), "debt 50.00,lot:never 100.00");
}

#[test]
fn a_quote_of_another_version_is_stale() {
    let mut story = Story::new(|_| ());
    story.pay("100");
    let redemption = RedemptionId::new(id(1));
    let refused = story.post(|account, on, _, _| account.redeem(on, redemption, points("100"), Some(7)).map(|x| x.0));
    assert_eq!(refused, Err(Refusal::StaleQuote { quoted: 7, in_force: 1 }));
    story.check("100", "0", "100", 2);
}

#[test]
fn a_tier_change_is_recorded_with_the_entry_that_made_it() {
    let mut story = Story::new(|_| ());
    story.pay("99.99");
    assert_eq!(story.changes, []);
    story.pay("0.01");
    let change = story.changes[0];
    assert_eq!((change.from.get(), change.to.get(), change.by, change.seq), (1, 2, ChangedBy::Entry, 2));
    story.refund(1, "0.01").unwrap();
    assert_eq!(story.tier(), 1);
}

#[test]
fn points_that_no_longer_fit_are_refused_and_change_nothing() {
    let mut story = Story::new(|set| set.alpha = "10000".parse().unwrap());
    story.account.available = Points::from_hundredths(i64::MAX - 5);
    let before = story.account.clone();
    let refused = story.post(|account, on, event, _| account.pay(on, event, cny("1"), Scene::Other, &[]));
    assert_eq!(refused, Err(Refusal::PointsOutOfRange));
    assert_eq!(story.account, before);
}

#[test]
fn an_entry_explains_itself() {
    let mut story = Story::new(|set| {
        set.alpha = "1.2".parse().unwrap();
        set.ladder.tiers[1].multiplier = "1.05".parse().unwrap();
        set.scenes.other = "2".parse().unwrap();
        set.expiry = Expiry::Months(12);
    });
    story.pay("100").pay("139.12");
    let explained = explain(&story.entries[1], &story.timeline, &Context::default());
    let Some(Explanation::Payment { term, tier, tier_multiplier, .. }) = explained else { panic!("a payment") };
    assert_eq!((term.exact.as_str(), term.points), ("350.5824", points("350.58")));
    assert_eq!((tier.get(), tier_multiplier.to_string().as_str()), (2, "1.05"));
    assert_eq!((term.expires.unwrap().to_string().as_str(), term.held_until), ("2028-01-15", None));
}

mod lots {
    use super::*;

    fn monthly(set: &mut RuleSet) {
        set.expiry = Expiry::Months(1);
    }

    #[test]
    fn points_are_available_through_the_end_of_their_last_day() {
        let mut story = Story::new(monthly);
        story.paid_on("2027-01-31", "100");
        assert_eq!(story.lots(), "2027-02-28 100.00");
        story.settle_on("2027-02-28T23:59:59").check("100", "0", "100", 2);
        story.settle_on("2027-03-01T00:00:00").check("0", "0", "100", 2);
        assert_eq!(story.entries[1].to_line(), "expire -100.00 lot:2027-02-28 -100.00");
        assert_eq!(story.entries[1].occurred_at, at("2027-03-01T00:00:00"));
    }

    #[test]
    fn a_cancelled_redemption_goes_back_to_its_lots_and_what_has_lapsed_meanwhile_lapses_at_once() {
        let mut story = Story::new(monthly);
        story.paid_on("2026-12-31", "50").paid_on("2027-01-20", "80");
        assert_eq!(story.lots(), "2027-01-31 50.00, 2027-02-20 80.00");
        story.redeem("60").unwrap();
        assert_eq!(story.lots(), "2027-02-20 70.00");
        story.on("2027-02-05").restore(2);
        assert_eq!(story.lots(), "2027-02-20 80.00");
        assert_eq!(story.kinds(), ["earn", "earn", "redeem", "restore", "expire"]);
        assert_eq!(story.entries[3].moves.to_string(), "lot:2027-01-31 50.00,lot:2027-02-20 10.00");
        assert_eq!(story.entries[4].moves.to_string(), "lot:2027-01-31 -50.00");
        story.check("80", "0", "130", 2);
    }

    #[test]
    fn what_never_expires_is_spent_last() {
        let set = |expiry| rules(|set| set.expiry = expiry);
        let versions = vec![(Timestamp::MIN, set(Expiry::Never)), (at("2027-01-01"), set(Expiry::Months(12)))];
        let mut story = Story::under(timeline(versions));
        story.paid_on("2026-05-01", "100").paid_on("2027-05-01", "40").paid_on("2027-03-01", "30");
        assert_eq!(story.lots(), "2028-03-01 30.00, 2028-05-01 40.00, never 100.00");
        story.redeem("50").unwrap();
        assert_eq!(story.lots(), "2028-05-01 20.00, never 100.00");
        story.redeem("50").unwrap();
        story.check("70", "0", "170", 2);
        assert_eq!(story.lots(), "never 70.00");
    }

    #[test]
    fn a_late_event_puts_points_into_a_lapsed_lot_and_they_lapse_at_once() {
        let mut story = Story::new(monthly);
        story.paid_on("2027-01-31", "10").settle_on("2027-03-05");
        story.pay_at(at("2027-01-31"), "20");
        assert_eq!(story.kinds(), ["earn", "expire", "earn", "expire"]);
        story.check("0", "0", "30", 1);
    }

    #[test]
    fn what_lapsed_out_of_the_payments_own_lot_is_not_owed() {
        let mut story = Story::new(monthly);
        story.paid_on("2027-01-31", "100").settle_on("2027-03-05").refund(0, "100").unwrap();
        assert_eq!(story.kinds(), ["earn", "expire", "restore", "clawback"]);
        story.check("0", "0", "0", 1);
        assert_eq!(story.account.balance(), Some(Points::ZERO));
    }

    #[test]
    fn of_two_payments_in_one_lapsed_lot_only_what_lapsed_is_restored() {
        let mut story = Story::new(monthly);
        story.paid_on("2027-01-31", "100").pay("100").redeem("150").unwrap();
        story.settle_on("2027-03-05").refund(0, "100").unwrap();
        story.check("0", "50", "100", 2);
        story.refund(1, "100").unwrap();
        story.check("0", "150", "0", 1);
    }

    #[test]
    fn a_refund_takes_its_own_lot_before_the_one_that_expires_first() {
        let mut story = Story::new(monthly);
        story.paid_on("2027-01-10", "100").paid_on("2027-01-20", "100").refund(1, "30").unwrap();
        assert_eq!(story.lots(), "2027-02-10 100.00, 2027-02-20 70.00");
        story.redeem("150").unwrap();
        story.refund(1, "70").unwrap();
        assert_eq!(story.entries.last().unwrap().moves.to_string(), "lot:2027-02-20 -20.00,debt -50.00");
        story.check("0", "50", "100", 2);
    }

    #[test]
    fn points_restored_while_there_is_debt_repay_it_with_what_expires_first() {
        let mut story = Story::new(monthly);
        story.paid_on("2027-01-10", "100").paid_on("2027-01-20", "100").redeem("200").unwrap();
        story.refund(0, "60").unwrap();
        story.check("0", "60", "140", 2);
        story.restore(2);
        assert_eq!(story.lots(), "2027-02-10 40.00, 2027-02-20 100.00");
        story.check("140", "0", "140", 2);
    }

    #[test]
    fn earnings_repay_debt_before_they_enter_a_lot() {
        let mut story = Story::new(monthly);
        story.paid_on("2027-01-10", "100").redeem("100").unwrap();
        story.refund(0, "100").unwrap();
        story.pay("130");
        assert_eq!(story.entries.last().unwrap().moves.to_string(), "debt 100.00,lot:2027-02-10 30.00");
        story.check("30", "0", "130", 2);
    }
}

mod holding {
    use super::*;

    fn held(days: u16) -> impl Fn(&mut RuleSet) {
        move |set| set.holding.payment = days
    }

    #[test]
    fn held_points_are_shown_and_neither_available_nor_counted_until_they_are_activated() {
        let mut story = Story::new(held(14));
        story.paid_on("2027-01-10T10:00:00", "100");
        assert_eq!(story.account.pending, points("100"));
        story.check("0", "0", "0", 1);
        assert!(story.redeem("1").is_err());
        story.settle_on("2027-01-24T10:00:00").check("0", "0", "0", 1);
        story.settle_on("2027-01-24T10:00:01").check("100", "0", "100", 2);
        assert_eq!(story.entries[1].to_line(), "activate 0.00 pending:1 -100.00,lot:never 100.00");
    }

    #[test]
    fn a_refund_in_the_holding_period_takes_its_own_pending_points_and_leaves_the_basis_alone() {
        let mut story = Story::new(held(14));
        story.paid_on("2027-01-10", "100").paid_on("2027-01-11", "100").refund(0, "40").unwrap();
        assert_eq!(story.entries[2].to_line(), "clawback -40.00 pending:1 -40.00");
        story.settle_on("2027-03-01").check("160", "0", "160", 2);
        story.refund(0, "60").unwrap();
        story.check("100", "0", "100", 2);
    }

    #[test]
    fn a_whole_refund_in_the_holding_period_leaves_nothing_to_activate() {
        let mut story = Story::new(held(14));
        story.paid_on("2027-01-10", "100").refund(0, "100").unwrap();
        story.settle_on("2027-03-01").check("0", "0", "0", 1);
        assert_eq!(story.kinds(), ["earn", "clawback"]);
    }

    #[test]
    fn pending_points_repay_debt_when_they_are_activated_and_not_before() {
        let versions = vec![(Timestamp::MIN, rules(|_| ())), (at("2027-02-01"), rules(held(10)))];
        let mut story = Story::under(timeline(versions));
        story.paid_on("2027-01-10", "100").redeem("100").unwrap();
        story.refund(0, "100").unwrap();
        story.paid_on("2027-02-02", "30");
        assert_eq!((story.account.pending, story.account.debt), (points("30"), points("100")));
        assert_eq!(story.account.balance(), Some(points("-70")));
        story.settle_on("2027-03-01").check("0", "70", "30", 1);
        assert_eq!(story.entries.last().unwrap().moves.to_string(), "pending:4 -30.00,debt 30.00");
    }

    #[test]
    fn held_points_lapse_on_the_day_that_was_fixed_when_they_were_earned() {
        let mut story = Story::new(|set| {
            set.holding.payment = 40;
            set.expiry = Expiry::Months(1);
        });
        story.paid_on("2027-01-10", "100").settle_on("2027-02-19T13:00:00");
        assert_eq!(story.kinds(), ["earn", "activate", "expire"]);
        story.check("0", "0", "100", 2);
    }
}

mod caps {
    use super::*;

    fn refer(story: &mut Story, at: Timestamp) -> Points {
        story.post_at(at, |account, on, event, _| account.refer(on, event, MemberId::new(id(7)), None)).unwrap();
        story.entries.last().unwrap().points
    }

    #[test]
    fn by_default_a_day_brings_at_most_a_hundred_points_for_referrals() {
        let mut story = Story::new(|set| set.beta = "40".parse().unwrap());
        let day = at("2027-01-10");
        let earned: Vec<String> = (0..4).map(|_| refer(story.on("2027-01-10"), day).to_string()).collect();
        assert_eq!(earned, ["40.00", "40.00", "20.00", "0.00"]);
        assert_eq!(refer(story.on("2027-01-11"), at("2027-01-11T00:00:00")), points("40"));
        // late, and counted in its own day
        assert_eq!(refer(story.on("2027-01-12"), at("2027-01-10T23:59:59")), Points::ZERO);
        let Some(Explanation::Referral { term }) = explain(&story.entries[2], &story.timeline, &Context::default()) else {
            panic!("a referral")
        };
        assert_eq!((term.rounded, term.cut), (points("40"), points("20")));
        story.check("140", "0", "140", 2);
    }

    #[test]
    fn of_a_day_and_a_month_the_tighter_cap_holds_and_refunds_give_no_room_back() {
        let mut story = Story::new(|set| {
            set.caps.payment = Cap { day: Some(Points::from_hundredths(10_000)), month: Some(Points::from_hundredths(15_000)) };
        });
        story.paid_on("2027-01-10", "120").refund(0, "20").unwrap();
        story.check("100", "0", "100", 2);
        story.refund(0, "50").unwrap();
        story.check("50", "0", "50", 1);
        story.pay("10");
        story.check("50", "0", "50", 1);
        story.paid_on("2027-01-31T23:59:00", "80").check("100", "0", "100", 2);
        story.paid_on("2027-02-01T00:00:00", "80").check("180", "0", "180", 2);
    }
}

mod tiers {
    use super::*;

    fn windowed(window: Window) -> impl Fn(&mut RuleSet) {
        move |set| set.ladder.window = window
    }

    #[test]
    fn the_passing_of_a_month_takes_it_out_of_the_window() {
        let mut story = Story::new(windowed(Window::Months(3)));
        story.paid_on("2027-01-31", "450").paid_on("2027-02-10", "60");
        assert_eq!(story.tier(), 3);
        story.settle_on("2027-03-31T23:59:59");
        assert_eq!(story.tier(), 3);
        story.settle_on("2027-04-01T00:00:00");
        assert_eq!(story.tier(), 1);
        let change = story.changes.last().unwrap();
        assert_eq!((change.by, change.at), (ChangedBy::Month, at("2027-04-01T00:00:00")));
        story.check_ledger();
    }

    #[test]
    fn a_calendar_year_begins_anew() {
        let mut story = Story::new(windowed(Window::CalendarYear));
        story.paid_on("2026-12-31", "600").settle_on("2026-12-31T23:59:59");
        assert_eq!(story.tier(), 3);
        story.paid_on("2027-01-01T00:00:01", "100");
        let ranks: Vec<(u16, u16)> = story.changes.iter().map(|c| (c.from.get(), c.to.get())).collect();
        assert_eq!(ranks, [(1, 3), (3, 1), (1, 2)]);
        story.check_ledger();
    }

    #[test]
    fn a_late_event_counts_in_the_month_when_it_occurred() {
        let mut story = Story::new(windowed(Window::Months(1)));
        story.on("2027-02-10").pay_at(at("2027-01-10"), "500");
        assert_eq!(story.tier(), 1);
        story.pay_at(at("2027-02-01T00:00:00"), "100");
        assert_eq!(story.tier(), 2);
        story.refund(0, "500").unwrap();
        assert_eq!(story.tier(), 2, "the refund counts where the payment did");
        story.check_ledger();
    }

    #[test]
    fn an_event_a_moment_ahead_of_the_clock_counts_when_its_month_begins() {
        let mut story = Story::new(windowed(Window::Months(1)));
        story.on("2027-01-31T23:58:00").pay_at(at("2027-02-01T00:01:00"), "500");
        assert_eq!(story.tier(), 1);
        story.settle_on("2027-02-01T00:00:00");
        assert_eq!(story.tier(), 3);
        story.check_ledger();
    }

    #[test]
    fn held_points_count_in_the_month_of_their_activation() {
        let mut story = Story::new(|set| {
            set.ladder.window = Window::Months(1);
            set.holding.payment = 20;
        });
        story.paid_on("2027-01-20", "500").settle_on("2027-02-09T13:00:00");
        assert_eq!(story.tier(), 3);
        story.refund(0, "450").unwrap();
        assert_eq!(story.tier(), 1);
        story.settle_on("2027-03-02").check("50", "0", "50", 1);
    }

    #[test]
    fn the_amount_spent_can_be_the_basis_net_of_refunds() {
        let mut story = Story::new(|set| {
            set.ladder.basis = Basis::AmountSpent;
            set.ladder.window = Window::Months(2);
            set.alpha = "0.1".parse().unwrap();
            set.holding.payment = 90;
        });
        story.paid_on("2027-01-20", "500");
        assert_eq!(story.tier(), 3);
        story.refund(0, "1").unwrap();
        assert_eq!(story.tier(), 2);
        story.settle_on("2027-03-01T00:00:00");
        assert_eq!(story.tier(), 1);
        story.check_ledger();
    }

    #[test]
    fn the_points_held_can_be_the_basis_and_come_and_go_without_promoting() {
        let mut story = Story::new(|set| {
            set.ladder.basis = Basis::PointsBalance;
            set.ladder.validity = Some(Validity { months: 12, grace_days: 0 });
            set.expiry = Expiry::Months(1);
        });
        story.paid_on("2027-01-10", "90").settle_on("2027-03-01");
        story.pay_at(at("2027-01-10"), "500");
        assert_eq!((story.tier(), story.kinds().len()), (1, 4), "earned and lapsed in one moment");
        story.refund(1, "500").unwrap();
        assert_eq!(story.tier(), 1, "restored and taken back in one moment");
        story.pay("100");
        assert_eq!(story.tier(), 2);
        story.redeem("100").unwrap();
        assert_eq!(story.tier(), 2, "kept for its period");
        story.settle_on("2028-03-02");
        assert_eq!(story.tier(), 1);
        story.check_ledger();
    }

    fn yearly(grace_days: u16) -> impl Fn(&mut RuleSet) {
        move |set| {
            set.ladder.window = Window::Months(12);
            set.ladder.validity = Some(Validity { months: 12, grace_days });
        }
    }

    #[test]
    fn inside_its_period_nobody_is_demoted_and_at_its_end_the_tier_is_what_was_gathered_in_it() {
        let mut story = Story::new(yearly(0));
        story.paid_on("2027-01-31", "500");
        assert_eq!(story.tier(), 3);
        story.refund(0, "450").unwrap();
        assert_eq!(story.tier(), 3, "a refund demotes nobody inside the period");
        story.paid_on("2027-06-01", "120");
        story.settle_on("2028-01-31T12:00:00");
        assert_eq!(story.tier(), 3);
        story.settle_on("2028-01-31T12:00:01");
        assert_eq!(story.tier(), 2, "gathered 120, the promoting payment excluded");
        assert_eq!(story.changes.last().unwrap().by, ChangedBy::Period);
        assert_eq!(story.account.period.unwrap().end, at("2029-01-31T12:00:01"));
        story.settle_on("2029-02-01");
        assert_eq!(story.tier(), 1, "nothing gathered in the second");
        story.settle_on("2030-02-01");
        assert_eq!(story.account.period, None, "the first tier needs no keeping");
        story.check_ledger();
    }

    #[test]
    fn a_promotion_starts_a_new_period_at_once() {
        let mut story = Story::new(yearly(0));
        story.paid_on("2027-01-31", "100").paid_on("2027-12-31", "450");
        assert_eq!(story.tier(), 3);
        story.settle_on("2028-12-30");
        assert_eq!(story.tier(), 3);
        story.settle_on("2029-01-01");
        assert_eq!(story.tier(), 1);
        story.check_ledger();
    }

    #[test]
    fn a_shortfall_can_be_made_up_in_the_grace_and_counts_for_the_next_period_too() {
        let mut story = Story::new(yearly(30));
        story.paid_on("2027-01-31", "100").paid_on("2027-06-01", "60");
        story.settle_on("2028-02-10");
        assert_eq!(story.tier(), 2, "in its grace");
        story.pay("40");
        story.settle_on("2028-03-10");
        assert_eq!(story.tier(), 2);
        assert_eq!(story.account.period.unwrap().gain.earned, points("40"));
        story.paid_on("2028-06-01", "60").settle_on("2029-03-10");
        assert_eq!(story.tier(), 2, "40 in the grace and 60 since");
        story.settle_on("2030-01-31T13:00:00");
        assert_eq!(story.tier(), 2);
        story.settle_on("2030-03-10");
        assert_eq!(story.tier(), 1);
        story.check_ledger();
    }

    #[test]
    fn a_late_event_re_checks_the_last_period_end_and_can_only_raise() {
        let mut story = Story::new(|set| {
            yearly(0)(set);
            set.ladder.window = Window::Months(3);
        });
        story.paid_on("2027-01-31", "500").paid_on("2027-06-01", "50").settle_on("2028-02-10");
        assert_eq!(story.tier(), 1);
        story.pay_at(at("2027-07-01"), "50");
        assert_eq!(story.tier(), 2);
        assert_eq!(story.account.period.unwrap().end, at("2029-01-31T12:00:01"), "the period runs on");
        story.refund(2, "50").unwrap();
        assert_eq!(story.tier(), 2, "and nothing lowers it inside the period");
        story.check_ledger();
    }

    #[test]
    fn a_new_version_of_the_ladder_re_rates_before_the_next_posting() {
        let later = rules(|set| {
            set.ladder.tiers[1].from = "200".parse().unwrap();
            set.alpha = "2".parse().unwrap();
        });
        let versions = vec![(Timestamp::MIN, rules(|_| ())), (at("2027-02-01"), later)];
        let mut story = Story::under(timeline(versions));
        story.paid_on("2027-01-15", "150").paid_on("2027-02-02", "30");
        story.check("210", "0", "210", 2);
        let ranks: Vec<(u16, u16)> = story.changes.iter().map(|c| (c.from.get(), c.to.get())).collect();
        assert_eq!(ranks, [(1, 2), (2, 1), (1, 2)], "down by the rules, up by the payment");
        assert_eq!(story.changes[1].by, ChangedBy::Rules { version: 2 });
        assert_eq!((story.entries[1].rules, story.changes[1].at), (2, at("2027-02-01")));
    }

    #[test]
    fn other_changes_of_the_rules_re_rate_nobody() {
        let named = rules(|set| {
            set.ladder.tiers[1].name.en = "Golden".into();
            set.ladder.tiers[1].benefits.clear();
            set.alpha = "3".parse().unwrap();
        });
        let timeline = timeline(vec![(Timestamp::MIN, rules(|_| ())), (at("2027-02-01"), named)]);
        assert_eq!(timeline.rating_at(at("2027-03-01")), 1);
        let mut story = Story::under(timeline);
        story.paid_on("2027-01-15", "150").settle_on("2027-03-01");
        assert_eq!((story.account.rated_by, story.changes.len()), (1, 1));
    }

    #[test]
    fn a_new_ladder_demotes_inside_a_period_only_if_publishing_says_so() {
        let stricter = |set: &mut RuleSet| {
            yearly(0)(set);
            set.ladder.tiers[1].from = "200".parse().unwrap();
        };
        for demotes in [false, true] {
            let mut versions = timeline(vec![(Timestamp::MIN, rules(yearly(0))), (at("2027-06-01"), rules(stricter))]);
            let calendar = versions.calendar().clone();
            let mut all = versions.all().to_vec();
            all[1].demotes = demotes;
            versions = Timeline::new(all, calendar).unwrap();
            let mut story = Story::under(versions);
            story.paid_on("2027-01-31", "150").settle_on("2027-06-02");
            assert_eq!(story.tier(), if demotes { 1 } else { 2 });
            story.settle_on("2028-02-01");
            assert_eq!(story.tier(), 1, "at the end of the period the new ladder decides");
            story.check_ledger();
        }
    }

    #[test]
    fn a_tier_put_in_between_keeps_everybody_by_the_key_of_their_tier() {
        let inserted = |set: &mut RuleSet| {
            yearly(0)(set);
            let mut silver = set.ladder.tiers[0].clone();
            silver.key = crate::text::Key::new("silver").unwrap();
            silver.from = "50".parse().unwrap();
            set.ladder.tiers.insert(1, silver);
        };
        let versions = timeline(vec![(Timestamp::MIN, rules(yearly(0))), (at("2027-06-01"), rules(inserted))]);
        let mut story = Story::under(versions);
        story.paid_on("2027-01-31", "150").refund(0, "150").unwrap();
        story.settle_on("2027-06-02");
        assert_eq!(story.tier(), 3, "Gold is the third now");
        story.check_ledger();
    }

    #[test]
    fn a_validity_that_comes_into_force_starts_a_period_then() {
        let versions = timeline(vec![(Timestamp::MIN, rules(|_| ())), (at("2027-06-01"), rules(yearly(0)))]);
        let mut story = Story::under(versions);
        story.paid_on("2027-01-31", "150").settle_on("2027-06-02");
        assert_eq!((story.tier(), story.account.period.unwrap().start), (2, at("2027-06-01")));
        story.check_ledger();
    }
}

mod adjusting_and_closing {
    use super::*;

    fn adjust(story: &mut Story, by: &str) -> Result<(), Refusal> {
        let staff = StaffId::new(id(5));
        story.post(|account, on, _, _| account.adjust(on, staff, Hash::NONE, points(by)))
    }

    #[test]
    fn an_adjustment_leaves_the_basis_alone() {
        let mut story = Story::new(|_| ());
        adjust(&mut story, "500").unwrap();
        story.check("500", "0", "0", 1);
        adjust(&mut story, "-120.50").unwrap();
        story.check("379.50", "0", "0", 1);
        let refused = adjust(&mut story, "-380");
        assert_eq!(refused, Err(Refusal::NotEnoughPoints { available: points("379.50"), wanted: points("380") }));
        assert!(adjust(&mut story, "0").is_err());
        story.check("379.50", "0", "0", 1);
    }

    #[test]
    fn what_is_given_repays_debt_and_enters_a_lot_of_its_day() {
        let mut story = Story::new(|set| set.expiry = Expiry::Months(1));
        story.paid_on("2027-01-10", "100").redeem("100").unwrap();
        story.refund(0, "100").unwrap();
        adjust(story.on("2027-01-20"), "150").unwrap();
        assert_eq!(story.entries.last().unwrap().moves.to_string(), "debt 100.00,lot:2027-02-20 50.00");
        story.check("50", "0", "0", 1);
    }

    #[test]
    fn closing_removes_what_is_left_and_later_refunds_are_forgiven() {
        let mut story = Story::new(|set| {
            set.expiry = Expiry::Months(1);
            set.holding.referral = 30;
        });
        story.paid_on("2027-01-10", "100");
        story.post(|account, on, event, _| account.refer(on, event, MemberId::new(id(7)), None)).unwrap();
        story.post(|account, on, _, _| account.close(on)).unwrap();
        assert_eq!(story.entries[2].to_line(), "adjust -110.00 lot:2027-02-10 -100.00,pending:2 -10.00");
        assert_eq!(story.account.balance(), Some(Points::ZERO));
        story.refund(0, "100").unwrap();
        assert_eq!(story.entries[3].points, Points::ZERO);
        story.settle_on("2027-06-01").check("0", "0", "100", 2);
    }

    #[test]
    fn closing_in_debt_removes_the_debt() {
        let mut story = Story::new(|_| ());
        story.pay("100").redeem("100").unwrap();
        story.refund(0, "30").unwrap();
        story.post(|account, on, _, _| account.close(on)).unwrap();
        assert_eq!(story.entries[3].points, points("30"));
        story.restore(1);
        story.check("0", "0", "70", 1);
    }
}

#[path = "examples_corners.rs"]
mod corners;
#[path = "examples_history.rs"]
mod history;
#[path = "examples_invitations.rs"]
mod invitations;

#[derive(Clone, Debug)]
enum Step {
    Wait(u32),
    Pay(i64, u32),
    Refer,
    TakeBack(usize),
    Review,
    Refund(usize, i64),
    Redeem(i64),
    Restore(usize),
    Adjust(i64),
    Settle,
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        // hours, so that days, months and years pass
        6 => prop_oneof![0..50_u32, 600..1_000_u32, 8_000..9_000_u32].prop_map(Step::Wait),
        8 => (1..10_0000_i64, prop_oneof![Just(0_u32), 0..3_000_u32]).prop_map(|(minor, late)| Step::Pay(minor, late)),
        2 => Just(Step::Refer),
        1 => (0..4_usize).prop_map(Step::TakeBack),
        1 => Just(Step::Review),
        5 => (0..8_usize, 1..10_0000_i64).prop_map(|(p, a)| Step::Refund(p, a)),
        4 => (1..200_000_i64).prop_map(Step::Redeem),
        3 => (0..8_usize).prop_map(Step::Restore),
        2 => (-50_000..50_000_i64).prop_map(Step::Adjust),
        4 => Just(Step::Settle),
        1 => prop_oneof![9 => Just(Step::Settle), 1 => Just(Step::Close)],
    ]
}

fn any_rules() -> impl Strategy<Value = RuleSet> {
    let expiry = prop_oneof![
        Just(Expiry::Never),
        (1..14_u16).prop_map(Expiry::Months),
        (1..=12_i8, 1..=31_i8).prop_filter_map("a day", |(month, day)| {
            let expiry = Expiry::Yearly { month, day, years: 1 };
            expiry.faults().is_empty().then_some(expiry)
        }),
    ];
    let window = prop_oneof![Just(Window::Lifetime), Just(Window::CalendarYear), (1..14_u16).prop_map(Window::Months)];
    let validity = prop::option::of((1..14_u16, 0..28_u16).prop_map(|(months, grace_days)| Validity { months, grace_days }));
    let cap = || {
        prop::option::of((0..50_000_i64, 0..80_000_i64)).prop_map(|cap| {
            cap.map_or(Cap::default(), |(day, month)| Cap {
                day: Some(Points::from_hundredths(day)),
                month: Some(Points::from_hundredths(month)),
            })
        })
    };
    let ladder = (0..3_usize, window, validity);
    let holding = prop_oneof![Just((0_u16, 0_u16)), (0..60_u16, 0..60_u16)];
    (0..5_000_000_i64, any::<bool>(), expiry, holding, ladder, cap()).prop_map(
        |(alpha, forgive, expiry, holding, (basis, window, validity), cap)| {
            rules(|set| {
                set.alpha = crate::numbers::factor::Factor::from_millionths(alpha);
                set.shortfall = if forgive { Shortfall::Forgive } else { Shortfall::Debt };
                set.expiry = expiry;
                (set.holding.payment, set.holding.review) = holding;
                set.holding.referral = holding.1;
                set.ladder.basis = Basis::ALL[basis];
                set.ladder.window = if set.ladder.basis == Basis::PointsBalance { Window::Lifetime } else { window };
                set.ladder.validity = validity;
                set.caps.payment = cap;
            })
        },
    )
}

fn play(story: &mut Story, steps: &[Step], settle: bool) {
    let mut taken: Vec<Entry> = vec![];
    for step in steps {
        let money = |minor: i64| Money::from_minor(minor, "CNY".parse().unwrap()).unwrap().amount();
        match step {
            Step::Wait(hours) => {
                story.now = story.now.checked_add(jiff::SignedDuration::from_hours(i64::from(*hours))).unwrap();
            }
            Step::Pay(minor, late) if !story.account.closed => {
                let occurred_at = story.now.checked_sub(jiff::SignedDuration::from_hours(i64::from(*late))).unwrap();
                story.pay_at(occurred_at, &money(*minor));
            }
            Step::Refer if !story.account.closed => {
                story.be_awarded();
            }
            Step::TakeBack(at) if *at < story.awards().len() => drop(story.take_back(*at)),
            Step::Review if !story.account.closed => {
                story.post(|account, on, event, _| account.review(on, event, Hash::NONE)).unwrap();
            }
            Step::Refund(p, minor) if *p < story.payments.len() => drop(story.refund(*p, &money(*minor))),
            Step::Redeem(p) if story.redeem(&Points::from_hundredths(*p).to_string()).is_ok() => {
                taken.push(story.entries.iter().rfind(|entry| entry.kind == EntryKind::Redeem).unwrap().clone());
            }
            Step::Restore(r) if *r < taken.len() => {
                let entry = taken.swap_remove(*r);
                story.restore(entry.seq as usize - 1);
            }
            Step::Adjust(by) if !story.account.closed => {
                let by = Points::from_hundredths(*by);
                drop(story.post(|account, on, _, _| account.adjust(on, StaffId::new(id(5)), Hash::NONE, by)));
            }
            Step::Close if !story.account.closed => story.post(|account, on, _, _| account.close(on)).unwrap(),
            Step::Settle if settle => drop(story.settle()),
            _ => (),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Conservation: whatever happens, no point appears or vanishes without an entry, each explains itself, and the causes
    /// make them all again.
    #[test]
    fn in_any_history_points_are_conserved(
        steps in prop::collection::vec(step(), 1..60), first in any_rules(), second in any_rules(), demotes in any::<bool>(),
    ) {
        let mut all = timeline(vec![(Timestamp::MIN, first), (at("2027-09-30"), second)]).all().to_vec();
        all[1].demotes = demotes;
        let versions = Timeline::new(all, Calendar::new(TimeZone::get("Asia/Shanghai").unwrap())).unwrap();
        let mut story = Story::under(versions.clone());
        play(&mut story, &steps, true);
        story.check_ledger();

        // jobs that never ran change no outcome
        let mut late = Story::under(versions);
        play(&mut late, &steps, false);
        late.settle();
        story.settle();
        story.check_ledger();
        prop_assert_eq!(&late.entries, &story.entries);
        prop_assert_eq!(&late.changes, &story.changes);
        prop_assert_eq!(&late.account, &story.account);
    }

    /// Under the default rules, with no redemption between, any order that has each refund after its payment leads to the same
    /// balances, basis and tiers.
    #[test]
    fn by_default_the_order_of_events_does_not_matter(
        paid in prop::collection::vec((1..10_0000_i64, 0..10_0000_i64), 1..10), seed in any::<u64>(),
    ) {
        let outcome = |order: Vec<(bool, usize)>| {
            let mut story = Story::new(|_| ());
            let money = |minor: i64| Money::from_minor(minor, "CNY".parse().unwrap()).unwrap().amount();
            let mut at_payment: BTreeMap<usize, usize> = BTreeMap::new();
            for (is_refund, i) in order {
                if is_refund {
                    drop(story.refund(at_payment[&i], &money(paid[i].1.min(paid[i].0))));
                } else {
                    at_payment.insert(i, story.payments.len());
                    let minutes = jiff::SignedDuration::from_mins(i as i64);
                    story.pay_at(at("2026-01-01").checked_add(minutes).unwrap(), &money(paid[i].0));
                }
            }
            let a = &story.account;
            (a.available, a.debt, a.earned, a.spent, a.tier)
        };
        let in_order: Vec<(bool, usize)> = (0..paid.len()).flat_map(|i| [(false, i), (true, i)]).filter(|(r, i)| !r || paid[*i].1 > 0).collect();
        let mut shuffled = in_order.clone();
        let mut state = seed | 1;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(i, (state >> 33) as usize % (i + 1));
        }
        // each refund after its payment
        shuffled.sort_by_key(|(is_refund, _)| *is_refund);
        prop_assert_eq!(outcome(in_order), outcome(shuffled));
    }
}

impl Entry {
    fn to_line(&self) -> String {
        format!("{} {} {}", self.kind.name(), self.points, self.moves)
    }
}
