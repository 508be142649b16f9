//! Making a history again asks for no memory once there is room: counted by the allocator itself, in a process of its own.
//!
//! Payments and refunds, reviews, referrals, redemptions and what the staff gave, under default rules and under rules that hold back,
//! lapse, cap, window and rate for a time. The first time through, lists grow; the second time nothing may.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::{MemberId, RedemptionId, StaffId};
use laurel_domain::lab::columns::{Block, Desk};
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::entry::{Entry, Hash};
use laurel_domain::ledger::event::{EventKey, Scene};
use laurel_domain::ledger::posting::{Posted, Posting, TierChange};
use laurel_domain::ledger::refund::PaymentEntry;
use laurel_domain::numbers::calendar::Calendar;
use laurel_domain::numbers::money::Money;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::period::Validity;
use laurel_domain::rules::rule_set::{RuleSet, Rules, Timeline};
use laurel_domain::rules::terms::Expiry;
use laurel_domain::rules::window::Window;
use laurel_domain::text::{EventId, Source};
use uuid::Uuid;

struct Counting;

thread_local! {
    static COUNTED: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    // while a thread ends there is nothing to count any more
    let _ = COUNTED.try_with(|counted| counted.set(counted.get() + 1));
}

// SAFETY: the system's allocator does it all; counting beside it asks for no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn counted(does: impl FnOnce()) -> u64 {
    let before = COUNTED.get();
    does();
    COUNTED.get() - before
}

/// How rules are made other.
type Changed = fn(&mut RuleSet);

const CHANGES: [(&str, Changed); 6] = [
    ("expiry", |set| set.expiry = Expiry::Months(2)),
    ("expiry on a day", |set| set.expiry = Expiry::Yearly { month: 6, day: 30, years: 1 }),
    ("holding", |set| {
        (set.holding.payment, set.holding.review) = (14, 3);
    }),
    ("caps", |set| {
        set.caps.payment.day = Some("300".parse().unwrap());
        set.caps.payment.month = Some("900".parse().unwrap());
    }),
    ("a window", |set| set.ladder.window = Window::Months(3)),
    ("validity", |set| set.ladder.validity = Some(Validity { months: 3, grace_days: 7 })),
];

fn timeline(changes: &[Changed]) -> Timeline {
    let mut set = RuleSet::default();
    changes.iter().for_each(|change| change(&mut set));
    let rules = Rules::compile(set, 1, Timestamp::MIN, "CNY".parse().unwrap()).unwrap();
    // a zone whose clocks change
    Timeline::new(vec![rules], Calendar::new(TimeZone::get("Europe/London").unwrap())).unwrap()
}

fn start() -> Timestamp {
    "2026-01-15T10:00:00Z".parse().unwrap()
}

/// What one member has done, by default rules.
fn member(n: u128, timeline: &Timeline) -> (MemberId, Vec<Entry>) {
    let member = MemberId::new(Uuid::from_u128(n));
    let (mut account, mut entries, mut changes) = (Account::new(member, timeline), Vec::new(), Vec::<TierChange>::new());
    let money = |minor: i64| Money::from_minor(minor, "CNY".parse().unwrap()).unwrap();
    let event = |kind: &str, i: i64| EventKey {
        source: Source::new("till").unwrap(),
        id: EventId::new(&format!("{kind}{n}-{i}")).unwrap(),
    };
    let mut keep = |posted: Result<Posted, Refusal>, changes: &mut Vec<TierChange>| {
        let posted = posted.unwrap();
        changes.extend(posted.journal.tier_changes.iter().copied());
        entries.extend(posted.journal.entries.iter().cloned());
        posted
    };
    for i in 0..60_i64 {
        let at = start() + SignedDuration::from_hours(150 * i + (n % 97) as i64);
        let on = Posting::new(timeline, at, at);
        let amount = money((n as i64 * 7_919 + i * 104_729) % 50_000 + 1);
        let paid = keep(account.pay(on, event("p", i), amount, Scene::ALL[i as usize % 5], &changes), &mut changes);
        let paid = PaymentEntry::of(paid.entry(), money(0)).unwrap();
        match i % 6 {
            1 => drop(keep(account.review(on, event("v", i), Hash::NONE), &mut changes)),
            2 => drop(keep(account.refund(on, event("r", i), &paid, money(amount.minor() / 2 + 1)), &mut changes)),
            3 => drop(keep(account.refer(on, event("f", i), MemberId::new(Uuid::from_u128(1_000)), None), &mut changes)),
            4 => {
                let redemption = RedemptionId::new(Uuid::from_u128(i as u128));
                drop(keep(account.buy(on, redemption, "20".parse().unwrap()), &mut changes));
            }
            5 => drop(keep(account.adjust(on, StaffId::new(Uuid::nil()), Hash::NONE, "3".parse().unwrap()), &mut changes)),
            _ => (),
        }
    }
    (member, entries)
}

#[test]
fn a_history_made_again_asks_for_no_memory() {
    let default = timeline(&[]);
    let mut block = Block::default();
    for n in 1..=40 {
        let (member, entries) = member(n, &default);
        assert!(block.put(n as i64, member, &entries));
    }
    let until = start() + SignedDuration::from_hours(24 * 800);
    let mut all: Vec<(String, Timeline)> =
        CHANGES.iter().map(|(what, change)| ((*what).to_owned(), timeline(&[*change]))).collect();
    all.push(("default rules".to_owned(), default));
    all.push(("all of these".to_owned(), timeline(&CHANGES.map(|(_, change)| change))));
    for (what, timeline) in all {
        let mut desk = Desk::new(&timeline);
        let mut made = 0;
        let mut pass = || {
            for slot in block.slots() {
                made += desk.make(&block, slot, &timeline, until).unwrap().account.seq;
            }
        };
        let first = counted(&mut pass);
        assert_eq!(counted(&mut pass), 0, "{what}, after {first} the first time");
        assert!(first > 0 && made > 0, "{what}: nothing was counted");
    }
}
