//! The worked examples of design/domain.md, as far as they need only a member's account, and what must hold of any history.

use jiff::Timestamp;
use proptest::prelude::*;

use crate::account::{Account, PaymentEntry, Posted, Posting};
use crate::earn::PaymentTerms;
use crate::event::{EventKey, Scene};
use crate::explain::{Explanation, explain};
use crate::ids::{MemberId, RedemptionId};
use crate::ledger::{Cause, EntryKind, Hash};
use crate::money::Money;
use crate::points::Points;
use crate::refusal::Refusal;
use crate::rules::{RuleSet, Rules, Shortfall, Timeline};
use crate::text::{EventId, Source};
use crate::tier::TierRank;

fn id(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

fn cny(amount: &str) -> Money {
    Money::parse(amount, "CNY".parse().unwrap()).unwrap()
}

fn points(text: &str) -> Points {
    text.parse().unwrap()
}

fn timeline(change: impl FnOnce(&mut RuleSet)) -> Timeline {
    let mut set = RuleSet::default();
    change(&mut set);
    Timeline::new(vec![Rules::compile(set, 1, Timestamp::MIN, "CNY".parse().unwrap()).unwrap()]).unwrap()
}

/// One member and what has happened to them, each event a second after the one before.
struct Story {
    timeline: Timeline,
    account: Account,
    posted: Vec<Posted>,
    payments: Vec<PaymentEntry>,
    clock: i64,
}

impl Story {
    fn new(change: impl FnOnce(&mut RuleSet)) -> Story {
        let account = Account::new(MemberId::new(id(1)));
        Story { timeline: timeline(change), account, posted: vec![], payments: vec![], clock: 0 }
    }

    fn post(&mut self, f: impl FnOnce(&mut Account, Posting, EventKey) -> Result<Posted, Refusal>) -> Result<(), Refusal> {
        self.clock += 1;
        let at = Timestamp::from_second(1_800_000_000 + self.clock).unwrap();
        let on = Posting { timeline: &self.timeline, occurred_at: at, instant: at };
        let event = EventKey { source: Source::new("default").unwrap(), id: EventId::new(&self.clock.to_string()).unwrap() };
        self.posted.push(f(&mut self.account, on, event)?);
        Ok(())
    }

    fn pay(&mut self, amount: &str) {
        let (amount, tier) = (cny(amount), self.account.tier);
        self.post(|account, on, event| account.pay(on, event, amount, Scene::Other, tier)).unwrap();
        let terms = PaymentTerms { scene: Scene::Other, tier, cap_room: None };
        self.payments.push(PaymentEntry { seq: self.account.seq, amount, terms, rules: 1, refunded: cny("0") });
    }

    fn refund(&mut self, payment: usize, amount: &str) -> Result<(), Refusal> {
        let paid = self.payments[payment].clone();
        self.post(|account, on, event| account.refund(on, event, &paid, cny(amount)))?;
        self.payments[payment].refunded =
            Money::from_minor(paid.refunded.minor() + cny(amount).minor(), cny("0").currency()).unwrap();
        Ok(())
    }

    fn redeem(&mut self, amount: &str) -> Result<(), Refusal> {
        let redemption = RedemptionId::new(id(self.clock as u128));
        self.post(|account, on, _| account.redeem(on, redemption, points(amount), None).map(|(posted, _)| posted))
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

    /// What must hold of every ledger.
    fn check_ledger(&self) {
        let (mut sum, mut head) = (Points::ZERO, Hash::NONE);
        for (i, Posted { entry, .. }) in self.posted.iter().enumerate() {
            sum = sum.checked_add(entry.points).unwrap();
            assert_eq!((entry.seq, entry.balance), (i as i64 + 1, sum), "sequence and balance");
            assert_eq!(entry.moves.total(), Some(entry.points), "moves are the points");
            assert_eq!(entry.chained(&head), entry.hash, "the chain holds");
            head = entry.hash;
        }
        assert_eq!((self.account.balance(), self.account.head), (Some(sum), head));
        assert!(self.account.available.is_zero() || self.account.debt.is_zero(), "never lots beside debt");
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
    story.pay("300.00");
    story.pay("21.50");
    for referee in 0..3 {
        story.post(|account, on, event| account.refer(on, event, MemberId::new(id(10 + referee)))).unwrap();
    }
    for _ in 0..4 {
        story.post(|account, on, event| account.review(on, event, Hash::NONE)).unwrap();
    }
    story.check("371.50", "0", "371.50", 2);
}

#[test]
fn redeeming_250_points_leaves_none_and_the_tier_as_it_was() {
    let mut story = Story::new(|_| ());
    story.pay("250");
    story.redeem("250").unwrap();
    story.check("0", "0", "250", 2);
}

#[test]
fn what_was_spent_before_its_refund_is_owed_and_repaid_first() {
    let mut story = Story::new(|_| ());
    story.pay("100");
    story.redeem("100").unwrap();
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
    story.pay("100");
    story.redeem("60").unwrap();
    story.refund(0, "100").unwrap();
    story.check("0", "0", "0", 1);
    let entry = &story.posted[2].entry;
    assert_eq!(entry.points, points("-40"));
    let rules = story.timeline.latest();
    let payment = PaymentEntry { refunded: cny("0"), ..story.payments[0].clone() };
    let Ok(Explanation::Refund { points: taken, forgiven, .. }) = explain(entry, rules, Some(&payment)) else { panic!() };
    assert_eq!((taken, forgiven), (points("100"), points("60")));
}

#[test]
fn a_cancelled_redemption_repays_debt_before_it_fills_lots() {
    let mut story = Story::new(|_| ());
    story.pay("200");
    story.redeem("150").unwrap();
    story.refund(0, "100").unwrap();
    story.check("0", "50", "100", 2);
    story.post(|account, on, _| account.restore(on, RedemptionId::new(id(1)), points("150"))).unwrap();
    story.check("100", "0", "100", 2);
    assert_eq!(story.posted[3].entry.moves.to_string(), "debt 50.00,lot:never 100.00");
}

#[test]
fn a_quote_of_another_version_is_stale() {
    let mut story = Story::new(|_| ());
    story.pay("100");
    let refused =
        story.post(|account, on, _| account.redeem(on, RedemptionId::new(id(1)), points("100"), Some(7)).map(|x| x.0));
    assert_eq!(refused, Err(Refusal::StaleQuote { quoted: 7, in_force: 1 }));
    story.check("100", "0", "100", 2);
}

#[test]
fn a_tier_change_is_recorded_with_the_entry_that_made_it() {
    let mut story = Story::new(|_| ());
    story.pay("99.99");
    assert_eq!(story.posted[0].tier_changes, []);
    story.pay("0.01");
    let change = story.posted[1].tier_changes[0];
    assert_eq!((change.from.get(), change.to.get()), (1, 2));
    story.refund(1, "0.01").unwrap();
    assert_eq!(story.account.tier, TierRank::FIRST);
}

#[test]
fn a_new_version_of_the_ladder_re_rates_before_the_next_posting() {
    let mut story = Story::new(|_| ());
    story.pay("150");
    let mut set = RuleSet::default();
    set.ladder.tiers[1].from = "200".parse().unwrap();
    set.alpha = "2".parse().unwrap();
    let from = Timestamp::from_second(1_800_000_001).unwrap();
    let mut versions = story.timeline.all().to_vec();
    versions.push(Rules::compile(set, 2, from, "CNY".parse().unwrap()).unwrap());
    story.timeline = Timeline::new(versions).unwrap();
    story.pay("30");
    story.check("210", "0", "210", 2);
    let ranks: Vec<(u16, u16)> = story.posted[1].tier_changes.iter().map(|c| (c.from.get(), c.to.get())).collect();
    assert_eq!(ranks, [(2, 1), (1, 2)], "down by the rules, up by the payment");
    assert_eq!(story.posted[1].entry.rules, 2);
}

#[test]
fn points_that_no_longer_fit_are_refused_and_change_nothing() {
    let mut story = Story::new(|set| set.alpha = "10000".parse().unwrap());
    story.account.available = Points::from_hundredths(i64::MAX - 5);
    let before = story.account.clone();
    let refused = story.post(|account, on, event| account.pay(on, event, cny("1"), Scene::Other, TierRank::FIRST));
    assert_eq!(refused, Err(Refusal::PointsOutOfRange));
    assert_eq!(story.account, before);
}

#[test]
fn an_entry_explains_itself() {
    let mut story = Story::new(|set| {
        set.alpha = "1.2".parse().unwrap();
        set.ladder.tiers[1].multiplier = "1.05".parse().unwrap();
        set.scenes.other = "2".parse().unwrap();
    });
    story.pay("100");
    story.pay("139.12");
    let Ok(Explanation::Payment { term, tier, tier_multiplier, .. }) =
        explain(&story.posted[1].entry, story.timeline.latest(), None)
    else {
        panic!("a payment")
    };
    assert_eq!((term.exact.as_str(), term.points), ("350.5824", points("350.58")));
    assert_eq!((tier.get(), tier_multiplier.to_string().as_str()), (2, "1.05"));
}

#[derive(Clone, Debug)]
enum Step {
    Pay(i64),
    Refund(usize, i64),
    Redeem(i64),
    Restore(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..100_000_i64).prop_map(Step::Pay),
        (0..8_usize, 1..100_000_i64).prop_map(|(p, a)| Step::Refund(p, a)),
        (1..200_000_i64).prop_map(Step::Redeem),
        (0..8_usize).prop_map(Step::Restore),
    ]
}

proptest! {
    /// Conservation: whatever happens, no point appears or vanishes without an entry, and each explains itself.
    #[test]
    fn in_any_history_points_are_conserved(
        steps in prop::collection::vec(step(), 1..40), alpha in 0..5_000_000_i64, forgive in any::<bool>(),
    ) {
        let mut story = Story::new(|set| {
            set.alpha = crate::factor::Factor::from_millionths(alpha);
            set.shortfall = if forgive { Shortfall::Forgive } else { Shortfall::Debt };
        });
        let mut redeemed: Vec<Points> = vec![];
        for step in steps {
            let money = |minor: i64| Money::from_minor(minor, "CNY".parse().unwrap()).unwrap().amount();
            match step {
                Step::Pay(minor) => story.pay(&money(minor)),
                Step::Refund(p, minor) if p < story.payments.len() => { let _ = story.refund(p, &money(minor)); }
                Step::Redeem(p) if story.redeem(&Points::from_hundredths(p).to_string()).is_ok() => {
                    redeemed.push(story.posted.last().unwrap().entry.points.checked_neg().unwrap());
                }
                Step::Restore(r) if r < redeemed.len() => {
                    let points = redeemed.swap_remove(r);
                    story.post(|account, on, _| account.restore(on, RedemptionId::new(id(9)), points)).unwrap();
                }
                _ => (),
            }
            story.check_ledger();
        }
        let rules = story.timeline.latest();
        let mut seen: std::collections::HashMap<i64, i64> = Default::default();
        for Posted { entry, .. } in &story.posted {
            let payment = match &entry.cause {
                Cause::Refund { payment, amount, .. } => {
                    let paid = story.payments.iter().find(|p| p.seq == *payment).unwrap();
                    let before = seen.entry(*payment).or_default();
                    let refunded = Money::from_minor(*before, amount.currency()).unwrap();
                    *before += amount.minor();
                    Some(PaymentEntry { refunded, ..paid.clone() })
                }
                _ => None,
            };
            match explain(entry, rules, payment.as_ref()).unwrap() {
                Explanation::Payment { term, .. } => prop_assert_eq!(term.points, entry.points),
                Explanation::Refund { points, forgiven, .. } =>
                    prop_assert_eq!(entry.points.hundredths(), forgiven.hundredths() - points.hundredths()),
                _ => prop_assert!(matches!(entry.kind, EntryKind::Redeem | EntryKind::Restore)),
            }
        }
    }
}
