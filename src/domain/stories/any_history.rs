//! What must hold of any history, played at random.

use super::*;

#[derive(Clone, Debug)]
pub(super) enum Step {
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

pub(super) fn step() -> impl Strategy<Value = Step> {
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

pub(super) fn any_rules() -> impl Strategy<Value = RuleSet> {
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

pub(super) fn play(story: &mut Story, steps: &[Step], settle: bool) {
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
        kept_hours in prop::option::of(1..20_000_i64),
    ) {
        let mut all = timeline(vec![(Timestamp::MIN, first), (at("2027-09-30"), second)]).own().cloned().collect::<Vec<_>>();
        all[1].demotes = demotes;
        all[1].keeps_until = kept_hours.map(|hours| at("2027-09-30").checked_add(jiff::SignedDuration::from_hours(hours)).unwrap().into());
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
