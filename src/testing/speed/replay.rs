//! How fast posting and replaying are, beside a bare loop over the same columns: `make bench ONLY=replay`, or `cargo run --release
//! -p laurel-domain --example replay_speed`. One core, payments and refunds; default rules, and rules that make each take the long way. Each line says what was measured, the
//! value and its unit, between tabs; time is what this thread was given, so that what else the machine does counts little.

use std::hint::black_box;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::MemberId;
use laurel_domain::lab::columns::{Block, Desk, Slot};
use laurel_domain::lab::outcome::{Outcome, Standing};
use laurel_domain::lab::replay::Notes;
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::entry::Entry;
use laurel_domain::ledger::event::{EventKey, Scene};
use laurel_domain::ledger::posting::Posting;
use laurel_domain::ledger::refund::PaymentEntry;
use laurel_domain::numbers::calendar::Calendar;
use laurel_domain::numbers::money::Money;
use laurel_domain::rules::period::Validity;
use laurel_domain::rules::rule_set::{RuleSet, Rules, Timeline};
use laurel_domain::rules::terms::Expiry;
use laurel_domain::rules::window::Window;
use laurel_domain::text::{EventId, Source};

const MEMBERS: u128 = 20_000;
const PAYMENTS: u64 = 16;
const ROUNDS: usize = 5;
/// How often the history is gone through in a round.
const TIMES: usize = 10;

fn main() {
    let currency = "CNY".parse().expect("a currency");
    let rules = Rules::compile(RuleSet::default(), 1, Timestamp::MIN, currency).expect("rules");
    let calendar = Calendar::new(TimeZone::get("Asia/Shanghai").expect("a time zone"));
    let timeline = Timeline::new(vec![rules], calendar).expect("a timeline");
    let began = on_the_cpu();
    let ledgers: Vec<(MemberId, Vec<Entry>)> = (0..MEMBERS).map(|n| posted(n, &timeline)).collect();
    let events: usize = ledgers.iter().map(|(_, entries)| entries.len()).sum();
    tell("posted live, with the chain", events, began);
    let mut block = Block::default();
    for (n, (member, entries)) in ledgers.iter().enumerate() {
        assert!(block.put(n as i64, *member, entries));
    }
    block.shrink();
    println!("memory\t{}\tbytes an event", block.bytes() as f64 / events as f64);
    let mut notes = Notes::default();
    let mut again = |slot: &Slot, timeline: &Timeline, until| {
        let mut account = Account::unchained(slot.member, timeline);
        block.again(slot, timeline, until, (&mut account, &mut notes), &mut ()).expect("made again");
        account
    };
    let [mut one, mut other] = [Desk::new(&timeline), Desk::new(&timeline)];
    let long = long_way();
    // for a profile: one of them over and over
    let only = std::env::args().nth(1).unwrap_or_default();
    for _ in 0..if only.is_empty() { 0 } else { 40 } {
        let line = long.iter().find(|(what, _)| *what == only).map_or(&timeline, |(_, line)| line);
        for slot in block.slots() {
            if only == "columns" {
                black_box(again(slot, line, end()));
            } else {
                black_box(one.make(&block, slot, line, end()).expect("made again"));
            }
        }
    }
    for _ in 0..if only.is_empty() { ROUNDS } else { 0 } {
        let began = on_the_cpu();
        for slot in (0..TIMES).flat_map(|_| block.slots()) {
            black_box(again(slot, &timeline, Timestamp::UNIX_EPOCH));
        }
        tell("made again out of columns", events * TIMES, began);
        let began = on_the_cpu();
        for slot in (0..TIMES).flat_map(|_| block.slots()) {
            black_box(one.make(&block, slot, &timeline, Timestamp::UNIX_EPOCH).expect("made again"));
        }
        tell("made again and added up", events * TIMES, began);
        for (what, long) in &long {
            let began = on_the_cpu();
            for slot in block.slots() {
                black_box(one.make(&block, slot, long, end()).expect("made again"));
            }
            tell(&format!("made again and added up, {what}"), events, began);
        }
        let began = on_the_cpu();
        let mut outcome = Outcome::new(20);
        for slot in block.slots() {
            let make = |desk: &mut Desk| {
                desk.make(&block, slot, &timeline, Timestamp::UNIX_EPOCH).expect("made again");
            };
            make(&mut one);
            make(&mut other);
            let standing = Standing { external_id: None, as_of: start() };
            outcome.add_member(&standing, one.side(), other.side(), slot.entries.unsigned_abs());
        }
        tell("simulated, both sides and sums", events, began);
        assert_eq!(outcome.differing, 0);
        let began = on_the_cpu();
        for _ in 0..100 * TIMES {
            black_box(black_box(&block).amounts());
        }
        tell("a bare loop over the same columns", events * 100 * TIMES, began);
    }
}

/// How rules are made other.
type Changed = fn(&mut RuleSet);

/// Rules under which postings take the long way, and what is due in between is posted: one kind after the other, and all at once.
fn long_way() -> Vec<(&'static str, Timeline)> {
    let all: [(&str, Changed); 5] = [
        ("with expiry after 2 months", |set| set.expiry = Expiry::Months(2)),
        ("with payments held for 14 days", |set| set.holding.payment = 14),
        ("with caps a day and a month", |set| {
            set.caps.payment.day = Some("300".parse().expect("points"));
            set.caps.payment.month = Some("900".parse().expect("points"));
        }),
        ("with tiers by 3 months", |set| set.ladder.window = Window::Months(3)),
        ("with tiers for 3 months", |set| {
            set.ladder.validity = Some(Validity { months: 3, grace_days: 0 });
        }),
    ];
    let of = |changes: &[Changed]| {
        let mut set = RuleSet::default();
        changes.iter().for_each(|change| change(&mut set));
        let rules = Rules::compile(set, 1, Timestamp::MIN, "CNY".parse().expect("a currency")).expect("rules");
        let calendar = Calendar::new(TimeZone::get("Asia/Shanghai").expect("a time zone"));
        Timeline::new(vec![rules], calendar).expect("a timeline")
    };
    let mut long: Vec<_> = all.iter().map(|(what, change)| (*what, of(&[*change]))).collect();
    long.push(("with all of these", of(&all.map(|(_, change)| change))));
    long
}

/// After the last payment.
fn end() -> Timestamp {
    start() + SignedDuration::from_hours(200 * (PAYMENTS as i64 + 1))
}

fn start() -> Timestamp {
    Timestamp::from_second(1_700_000_000).expect("a time")
}

/// Seconds that this thread has run for.
fn on_the_cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    stat.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).expect("a number") / 1e9
}

fn tell(what: &str, events: usize, began: f64) {
    println!("{what}\t{}\tevents/s", events as f64 / (on_the_cpu() - began));
}

/// A member with payments, every fifth of which is refunded in part.
fn posted(n: u128, timeline: &Timeline) -> (MemberId, Vec<Entry>) {
    let member = MemberId::new(uuid::Uuid::from_u128(n));
    let mut account = Account::new(member, timeline);
    let mut entries = Vec::new();
    let start = start();
    for i in 0..PAYMENTS {
        let at = start + SignedDuration::from_hours(200 * i as i64 + (n % 97) as i64);
        let on = Posting::new(timeline, at, at);
        let key = |kind: &str| EventKey {
            source: Source::new("till").expect("a source"),
            id: EventId::new(&format!("{kind}{n}-{i}")).expect("an id"),
        };
        let money = |minor: i64| Money::from_minor(minor, timeline.latest().currency).expect("an amount");
        let amount = money(((n as u64 * 7919 + i * 104_729) % 50_000 + 1) as i64);
        let posted = account.pay(on, key("p"), amount, Scene::ALL[i as usize % 5], &[]).expect("a payment");
        let paid = PaymentEntry::of(posted.entry(), money(0)).expect("a payment");
        entries.extend(posted.journal.entries);
        if i % 5 == 4 {
            let refund = money(amount.minor() / 2 + 1);
            entries.extend(account.refund(on, key("r"), &paid, refund).expect("a refund").journal.entries);
        }
    }
    (member, entries)
}
