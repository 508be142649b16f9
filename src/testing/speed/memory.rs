//! What a long history takes in memory, by doing it: `make bench ONLY=memory`, or `cargo run --release -p laurel-domain --example
//! history_in_memory [EVENTS]`. As a server does it, members are read by parts of 500 as entries of the ledger and put into blocks
//! of columns; then all of it is made again, and simulated, on all cores. Only the entries come out of a formula instead of a database.
//! Each line says what was measured, the value and its unit, between tabs.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::MemberId;
use laurel_domain::lab::columns::{Block, Desk};
use laurel_domain::lab::outcome::{Outcome, Standing};
use laurel_domain::ledger::entry::{Cause, Entry, EntryKind, Hash, Moves};
use laurel_domain::ledger::event::{EventKey, Scene};
use laurel_domain::numbers::calendar::Calendar;
use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::numbers::points::Points;
use laurel_domain::rules::rule_set::{RuleSet, Rules, Timeline};
use laurel_domain::rules::tier::TierRank;
use laurel_domain::text::{EventId, Source};
use uuid::Uuid;

/// Of a part, as the lab reads them.
const MEMBERS: u64 = 500;
/// As in the history whose replay is measured: every fifth of 16 payments or so is refunded in part.
const PAYMENTS: u64 = 16;

fn main() {
    let wanted: u64 = std::env::args().nth(1).map_or(100_000_000, |events| events.parse().expect("a number of events"));
    let currency: Currency = "CNY".parse().expect("a currency");
    let rules = Rules::compile(RuleSet::default(), 1, Timestamp::MIN, currency).expect("rules");
    let calendar = Calendar::new(TimeZone::get("Asia/Shanghai").expect("a time zone"));
    let timeline = Timeline::new(vec![rules], calendar).expect("a timeline");
    let began = Instant::now();
    let (mut blocks, mut events, mut members) = (Vec::new(), 0, 0);
    while events < wanted {
        let mut part: HashMap<u64, Vec<Entry>> = (members..members + MEMBERS).map(|no| (no, read(no, currency))).collect();
        let mut block = Block::default();
        for no in members..members + MEMBERS {
            let entries = part.remove(&no).unwrap_or_default();
            assert!(block.put(no as i64, member(no), &entries), "every member fits");
            events += entries.len() as u64;
        }
        block.shrink();
        blocks.push(block);
        members += MEMBERS;
    }
    tell("events", events as f64, "events");
    tell("members", members as f64, "members");
    tell("built, one core", began.elapsed().as_secs_f64(), "s");
    let bytes: usize = blocks.iter().map(Block::bytes).sum();
    tell("the columns", bytes as f64 / events as f64, "bytes an event");
    tell("memory of the process at most, built", peak(), "MiB");
    let began = Instant::now();
    on_all_cores(&blocks, |block, sum: &mut u64| {
        let mut desk = Desk::new(&timeline);
        for slot in block.slots() {
            *sum += desk.make(block, slot, &timeline, Timestamp::UNIX_EPOCH).expect("made again").account.seq.unsigned_abs();
        }
    })
    .into_iter()
    .for_each(|made| assert!(made > 0));
    tell("made again and added up, all cores", began.elapsed().as_secs_f64(), "s");
    let began = Instant::now();
    let parts = on_all_cores(&blocks, |block, sum: &mut Option<Outcome>| {
        let sum = sum.get_or_insert_with(|| Outcome::new(20));
        let [mut one, mut other] = [Desk::new(&timeline), Desk::new(&timeline)];
        for slot in block.slots() {
            let make = |desk: &mut Desk| {
                desk.make(block, slot, &timeline, Timestamp::UNIX_EPOCH).expect("made again");
            };
            make(&mut one);
            make(&mut other);
            let standing = Standing { external_id: None, as_of: start() };
            sum.add_member(&standing, one.side(), other.side(), slot.entries.unsigned_abs());
        }
    });
    let mut outcome = Outcome::new(20);
    parts.into_iter().flatten().for_each(|part| outcome.add(part));
    assert_eq!((outcome.members, outcome.entries, outcome.differing), (members, events, 0));
    tell("simulated, both sides and sums, all cores", began.elapsed().as_secs_f64(), "s");
    tell("memory of the process at most, simulated", peak(), "MiB");
}

/// Each core takes the next block, as long as there is one, and adds it up.
fn on_all_cores<S: Default + Send>(blocks: &[Block], add: impl Fn(&Block, &mut S) + Sync) -> Vec<S> {
    let (next, sums) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                let mut sum = S::default();
                while let Some(block) = blocks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    add(block, &mut sum);
                }
                sums.lock().expect("no panic").push(sum);
            });
        }
    });
    sums.into_inner().expect("no panic")
}

fn member(no: u64) -> MemberId {
    MemberId::new(Uuid::from_u128(no.into()))
}

fn start() -> Timestamp {
    Timestamp::from_second(1_700_000_000).expect("a time")
}

/// The most memory that this process has had, in MiB.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
}

fn tell(what: &str, value: f64, unit: &str) {
    println!("{what}\t{value}\t{unit}");
}

/// A member's ledger as far as its causes go, which is what the lab makes history of.
fn read(no: u64, currency: Currency) -> Vec<Entry> {
    let money = |minor: u64| Money::from_minor(minor as i64, currency).expect("an amount");
    let mut entries: Vec<Entry> = Vec::new();
    let mut put = |kind, at, cause: &dyn Fn(EventKey) -> Cause| {
        let seq = entries.len() as i64 + 1;
        let event = EventKey {
            source: Source::new("till").expect("a source"),
            id: EventId::new(&format!("{no}-{seq}")).expect("an id"),
        };
        entries.push(Entry {
            member: member(no),
            seq,
            kind,
            points: Points::ZERO,
            balance: Points::ZERO,
            tier: TierRank::FIRST,
            moves: Moves::none(),
            occurred_at: at,
            instant: at,
            rules: 1,
            cause: cause(event),
            hash: Hash::NONE,
        });
        seq
    };
    for i in 0..PAYMENTS {
        let at = start() + SignedDuration::from_hours((200 * i + no % 97) as i64);
        let amount = (no * 7919 + i * 104_729) % 50_000 + 1;
        let scene = Scene::ALL[i as usize % Scene::ALL.len()];
        let payment = put(EntryKind::Earn, at, &|event| Cause::Payment {
            event,
            amount: money(amount),
            scene,
            tier: TierRank::FIRST,
            cap_room: None,
        });
        if i % 5 == 4 {
            let refund = money(amount / 2 + 1);
            put(EntryKind::Clawback, at, &|event| Cause::Refund { event, amount: refund, payment });
        }
    }
    entries
}
