//! What posting has made of some histories since 29 November 2026, to the last hash: entries are kept for ever, so whatever is made
//! faster or told apart has to make the same ones.
//!
//! Histories come out of numbers alone, by rules of all kinds with a second version in between: steps as in any history, and events
//! that come late. `LAUREL_RECORD=1` prints what is made, for `recorded.txt`; only a change that is meant to make other entries may put
//! it there.

use super::any_history::{Step, play};
use super::history::Happened;
use super::*;
use crate::numbers::factor::Factor;

const RECORDED: &str = include_str!("recorded.txt");
const HISTORIES: u64 = 600;

/// Numbers that are the same everywhere and always.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as i64) % most.max(1)
    }

    fn one_in(&mut self, n: i64) -> bool {
        self.below(n) == 0
    }

    fn cap(&mut self) -> Cap {
        let most = |n: &mut Numbers, most| (!n.one_in(3)).then(|| Points::from_hundredths(n.below(most)));
        Cap { day: most(self, 50_000), month: most(self, 120_000) }
    }

    fn rules(&mut self) -> RuleSet {
        rules(|set| {
            set.alpha = Factor::from_millionths(self.below(5_000_000));
            set.shortfall = if self.one_in(2) { Shortfall::Forgive } else { Shortfall::Debt };
            set.expiry = match self.below(3) {
                0 => Expiry::Never,
                1 => Expiry::Months(self.below(13) as u16 + 1),
                _ => Expiry::Yearly {
                    month: self.below(12) as i8 + 1,
                    day: self.below(28) as i8 + 1,
                    years: self.below(2) as u16 + 1,
                },
            };
            if self.one_in(2) {
                (set.holding.payment, set.holding.review) = (self.below(60) as u16, self.below(60) as u16);
                set.holding.referral = set.holding.review;
            }
            set.ladder.basis = Basis::ALL[self.below(3) as usize];
            set.ladder.window = match self.below(3) {
                _ if set.ladder.basis == Basis::PointsBalance => Window::Lifetime,
                0 => Window::Lifetime,
                1 => Window::CalendarYear,
                _ => Window::Months(self.below(13) as u16 + 1),
            };
            let validity = Validity { months: self.below(13) as u16 + 1, grace_days: self.below(28) as u16 };
            set.ladder.validity = self.one_in(2).then_some(validity);
            set.ladder.tiers[1].multiplier = Factor::from_millionths(self.below(3_000_000));
            set.caps.payment = if self.one_in(2) { self.cap() } else { Cap::default() };
        })
    }

    fn step(&mut self) -> Step {
        match self.below(38) {
            0..=3 => Step::Wait(self.below(50) as u32),
            4..=6 => Step::Wait(600 + self.below(400) as u32),
            7 => Step::Wait(8_000 + self.below(1_000) as u32),
            8..=13 => Step::Pay(self.below(100_000) + 1, 0),
            14..=15 => Step::Pay(self.below(100_000) + 1, self.below(3_000) as u32),
            16..=17 => Step::Refer,
            18 => Step::TakeBack(self.below(4) as usize),
            19 => Step::Review,
            20..=24 => Step::Refund(self.below(8) as usize, self.below(100_000) + 1),
            25..=28 => Step::Redeem(self.below(200_000) + 1),
            29..=31 => Step::Restore(self.below(8) as usize),
            32..=33 => Step::Adjust(self.below(100_000) - 50_000),
            34 if self.one_in(10) => Step::Close,
            _ => Step::Settle,
        }
    }

    fn happened(&mut self) -> Happened {
        let at = at("2026-01-01").checked_add(jiff::SignedDuration::from_hours(self.below(15_000))).unwrap();
        match self.below(9) {
            0..=5 => Happened::Paid { at, minor: self.below(60_000) + 1 },
            6..=7 => Happened::Refunded { at, of: self.below(6) as usize, minor: self.below(60_000) + 1 },
            _ => Happened::Reviewed { at },
        }
    }
}

/// What is made of the history with that number: entries, the tier, and a digest of the last hash and of what entries do not say.
fn made(number: u64) -> String {
    let mut numbers = Numbers(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let sets = vec![(Timestamp::MIN, numbers.rules()), (at("2027-09-30"), numbers.rules())];
    let mut all = timeline(sets).own().cloned().collect::<Vec<_>>();
    all[1].demotes = numbers.one_in(2);
    let kept = at("2027-09-30").checked_add(jiff::SignedDuration::from_hours(numbers.below(20_000) + 1)).unwrap();
    all[1].keeps_until = numbers.one_in(2).then_some(kept.into());
    let zone = ["Asia/Shanghai", "Europe/London", "America/New_York"][(number % 3) as usize];
    let timeline = Timeline::new(all, Calendar::new(TimeZone::get(zone).unwrap())).unwrap();
    let mut story = Story::under(timeline);
    if numbers.one_in(3) {
        story.now = at("2025-12-31");
        for _ in 0..numbers.below(6) {
            let events: Vec<Happened> = (0..numbers.below(8)).map(|_| numbers.happened()).collect();
            story.import(&events);
            story.now = story.now.checked_add(jiff::SignedDuration::from_hours(numbers.below(4_000))).unwrap();
            story.settle();
        }
    }
    let steps: Vec<Step> = (0..numbers.below(60) + 1).map(|_| numbers.step()).collect();
    play(&mut story, &steps, true);
    story.now = story.now.checked_add(jiff::SignedDuration::from_hours(numbers.below(12_000))).unwrap();
    story.settle();
    let a = &story.account;
    let changes: Vec<String> =
        story.changes.iter().map(|c| format!("{} {} {} {:?} {}", c.at, c.from.get(), c.to.get(), c.by, c.seq)).collect();
    let held: Vec<String> =
        a.held.iter().map(|(seq, held)| format!("{seq} {} {} {}", held.points, held.until, held.rules)).collect();
    let told = format!("{} {changes:?} {held:?} {} {} {} {}", a.head, story.lots(), a.earned, a.spent, a.rated_by);
    let digest = Hash(<sha2::Sha256 as sha2::Digest>::digest(told.as_bytes()).into()).to_string();
    format!("{} {} {}", a.seq, a.tier.get(), &digest[..16])
}

#[test]
fn posting_makes_of_every_recorded_history_what_it_has_always_made() {
    let made: Vec<String> = (0..HISTORIES).map(made).collect();
    if std::env::var_os("LAUREL_RECORD").is_some() {
        made.iter().for_each(|line| println!("{line}"));
        return;
    }
    assert_eq!(RECORDED.lines().count(), made.len());
    for (number, (recorded, made)) in RECORDED.lines().zip(&made).enumerate() {
        assert_eq!(made, recorded, "history {number}");
    }
}
