//! Statements: that a good one passes, and that no other does.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::check::{Report, check};
use super::finding::{Field, Finding, Rule};
use super::record::SaltedText;
use super::{Standing, Statement};
use crate::ledger::entry::{Cause, Entry, EntryKind, Hash, Moves};
use crate::ledger::event::{EventKey, Scene};
use crate::ledger::merging::{Brought, Gathered};
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::program::Programme;
use crate::rules::tier::TierRank;
use crate::text::{EventId, Source};
use crate::unit::UnitName;

const MEMBER: &str = "0190f3c8-0000-7000-8000-000000000001";
const OTHER: &str = "0190f3c8-0000-7000-8000-000000000002";

fn key(id: &str) -> EventKey {
    EventKey { source: Source::new("default").unwrap(), id: EventId::new(id).unwrap() }
}

fn points(text: &str) -> Points {
    text.parse().unwrap()
}

fn text(salt: u8, text: &str) -> SaltedText {
    SaltedText { salt: [salt; 16], text: text.to_owned() }
}

fn digest(of: &SaltedText) -> Hash {
    Hash::of_text(&of.salt, &of.text)
}

/// Entries with every cause there is, chained: (kind, moves, cause).
fn entries(steps: Vec<(EntryKind, &str, Cause)>) -> Vec<Entry> {
    let (mut balance, mut head) = (Points::ZERO, Hash::NONE);
    let mut made = Vec::new();
    for (index, (kind, moves, cause)) in steps.into_iter().enumerate() {
        let moves = Moves::parse(moves).unwrap();
        let points = moves.total().unwrap();
        balance = balance.checked_add(points).unwrap();
        let mut entry = Entry {
            member: MEMBER.parse().unwrap(),
            seq: index as i64 + 1,
            kind,
            points,
            balance,
            tier: TierRank::new(2).unwrap(),
            moves,
            occurred_at: "2026-11-22T09:59:00.000001Z".parse().unwrap(),
            instant: "2026-11-22T10:00:00Z".parse().unwrap(),
            rules: 1,
            cause,
            hash: Hash::NONE,
        };
        entry.hash = entry.chained(&head);
        head = entry.hash;
        made.push(entry);
    }
    made
}

fn referral(completed_by: Option<Hash>, cap_room: Option<Points>) -> Cause {
    Cause::Referral { event: key("f1"), referee: OTHER.parse().unwrap(), completed_by, cap_room }
}

fn all_causes() -> Vec<(EntryKind, &'static str, Cause)> {
    let amount = Money::parse("139.12", "CNY".parse().unwrap()).unwrap();
    let cap_room = Some(points("500"));
    let day = "2027-02-28".parse().unwrap();
    let redemption = OTHER.parse().unwrap();
    let (scene, tier) = (Scene::Other, TierRank::FIRST);
    vec![
        (EntryKind::Earn, "lot:never 139.12", Cause::Payment { event: key("p1"), amount, scene, tier, cap_room: None }),
        (EntryKind::Earn, "pending:2 139.12", Cause::Payment { event: key("支付 2"), amount, scene, tier, cap_room }),
        (EntryKind::Clawback, "pending:2 -39.12", Cause::Refund { event: key("r1"), amount, payment: 2 }),
        (EntryKind::Activate, "pending:2 -100.00,lot:2027-02-28 100.00", Cause::Activation { payment: 2 }),
        (EntryKind::Earn, "lot:never 10.00", referral(None, cap_room)),
        (EntryKind::Earn, "lot:never 5.00", Cause::Review { event: key("v1"), subject: digest(&text(7, "茶 17")), cap_room }),
        (EntryKind::Redeem, "lot:2027-02-28 -60.00", Cause::Redemption { redemption }),
        (EntryKind::Restore, "lot:2027-02-28 60.00", Cause::Redemption { redemption }),
        (EntryKind::Expire, "lot:2027-02-28 -100.00", Cause::Lapse { day }),
        (
            EntryKind::Adjust,
            "lot:never -1.00",
            Cause::Staff { staff: OTHER.parse().unwrap(), reason: digest(&text(9, "counted twice")) },
        ),
        (EntryKind::Restore, "lot:2027-02-28 1.00", Cause::RefundOfLapsed { payment: 2 }),
        (EntryKind::Adjust, "lot:2027-02-28 -1.00", Cause::Closing),
        (EntryKind::Adjust, "lot:never -3.00", Cause::MergedInto { member: OTHER.parse().unwrap(), head: Hash([7; 32]) }),
        (
            EntryKind::Adjust,
            "lot:never 2.00,lot:2027-02-28 1.00",
            Cause::MergedFrom {
                member: OTHER.parse().unwrap(),
                head: Hash([7; 32]),
                brought: Brought {
                    moves: Moves::parse("lot:2027-02-28 1.00,lot:never 2.00").unwrap(),
                    gathered: Gathered::parse("1763805540000000 3.00").unwrap(),
                },
            },
        ),
        (EntryKind::Earn, "lot:never 10.00", referral(Some(Hash([5; 32])), cap_room)),
        (
            EntryKind::Clawback,
            "lot:never -10.00",
            Cause::ReferralTakenBack { referee: OTHER.parse().unwrap(), award: 15, refunded_by: Hash([6; 32]) },
        ),
    ]
}

fn issue(entries: &[Entry], available: &str, debt: &str) -> Statement {
    let programme = Programme {
        name: "Laurel 月桂".into(),
        currency: "CNY".parse().unwrap(),
        time_zone: "Asia/Shanghai".into(),
        enrol_on_event: true,
        unit: UnitName::default(),
    };
    let standing = Standing {
        member: MEMBER.parse().unwrap(),
        as_of: "2026-11-22T10:00:00Z".parse().unwrap(),
        available: points(available),
        pending: Points::ZERO,
        debt: points(debt),
        balance: points(available).checked_sub(points(debt)).unwrap(),
        tier: TierRank::new(2).unwrap(),
    };
    let texts = BTreeMap::from([(6, text(7, "茶 17")), (10, text(9, "counted twice"))]);
    Statement::of(&programme, &standing, entries, &texts)
}

fn good() -> Statement {
    issue(&entries(all_causes()), "153.12", "0")
}

/// What checking the file finds; a file that is no statement is a finding, too.
fn look(json: &str) -> Vec<Finding> {
    match serde_json::from_str::<Statement>(json) {
        Ok(statement) => check(&statement).findings,
        Err(error) => vec![super::check::unreadable(&error.to_string())],
    }
}

/// Changes the statement's text in one place and tells what is found, as `entry field rule expected`.
fn after(from: &str, to: &str) -> Vec<String> {
    let json = serde_json::to_string(&good()).unwrap();
    let changed = json.replacen(from, to, 1);
    assert_ne!(json, changed, "{from} is not in {json}");
    told(&look(&changed))
}

fn told(findings: &[Finding]) -> Vec<String> {
    let line = |f: &Finding| {
        let seq = f.seq.map_or("-".to_owned(), |seq| seq.to_string());
        format!("{seq} {} {} {}", f.field.name(), f.rule.name(), f.expected).trim_end().to_owned()
    };
    findings.iter().map(line).collect()
}

#[test]
fn a_statement_with_every_cause_passes_and_comes_back_the_same() {
    let statement = good();
    let json = serde_json::to_string_pretty(&statement).unwrap();
    let read: Statement = serde_json::from_str(&json).unwrap();
    assert_eq!(read, statement);
    let Report { entries, head, findings, .. } = check(&read);
    assert_eq!((entries, head, told(&findings)), (16, statement.entries[15].hash.clone(), vec![]));
}

#[test]
fn a_statement_of_nobody_s_entries_passes() {
    let statement = issue(&[], "0", "0");
    assert_eq!(told(&check(&statement).findings), Vec::<String>::new());
}

#[test]
fn a_changed_digit_is_named_with_its_entry_and_field_and_what_it_was() {
    for (from, to, found) in [
        ("\"amount\":\"139.12\"", "\"amount\":\"839.12\"", vec!["1 amount changed 139.12 CNY"]),
        ("\"instant\":\"2026-11", "\"instant\":\"2027-11", vec!["1 instant changed 2026-11-22T10:00:00Z"]),
        ("\"rules\":1", "\"rules\":7", vec!["1 rules changed 1"]),
        ("\"event\":\"r1\"", "\"event\":\"r2\"", vec!["3 event changed r1"]),
        ("\"scene\":\"other\"", "\"scene\":\"otter\"", vec!["1 scene unreadable"]),
        (
            "\"occurred\":\"2026-11-22T09:59:00.000001Z\"",
            "\"occurred\":\"2026-11-22T09:59:00.000002Z\"",
            vec!["1 occurred changed 2026-11-22T09:59:00.000001Z"],
        ),
        ("\"points\":\"-60.00\"", "\"points\":\"-61.00\"", vec!["7 points changed -60.00"]),
        ("2027-02-28 60.00", "2027-02-28 69.00", vec!["8 moves changed lot:2027-02-28 60.00"]),
        ("\"seq\":4", "\"seq\":5", vec!["5 seq changed 4"]),
        ("茶 17", "茶 18", vec!["6 subject text"]),
        ("茶 17", "水 17", vec!["6 subject text"]),
        ("counted twice", "counted thrice", vec!["10 reason text"]),
        ("\"available\":\"153.12\"", "\"available\":\"158.12\"", vec!["- available changed 153.12"]),
        ("\"currency\":\"CNY\"", "\"currency\":\"CNX\"", vec!["- currency changed CNY"]),
        ("\"as_of\":\"2026-11-22", "\"as_of\":\"2026-11-21", vec!["- as_of changed 2026-11-22T10:00:00Z"]),
        ("0001\",\"as_of", "0003\",\"as_of", vec!["- member changed 0190f3c8-0000-7000-8000-000000000001"]),
        ("月桂", "月亮", vec!["- seal seal"]),
        ("laurel-statement/1", "laurel-statement/2", vec!["- format format laurel-statement/1"]),
    ] {
        let mut findings = after(from, to);
        if found == ["- seal seal"] {
            findings.iter_mut().for_each(|line| line.truncate(11));
        }
        assert_eq!(findings, found, "{from} → {to}");
    }
}

#[test]
fn a_changed_hash_is_told_from_a_changed_entry() {
    let statement = good();
    for (index, entry) in statement.entries.iter().enumerate() {
        let digit = if entry.hash.starts_with('0') { "1" } else { "0" };
        let mut changed = statement.clone();
        changed.entries[index].hash.replace_range(0..1, digit);
        let found = told(&check(&changed).findings);
        assert_eq!(found[0], format!("{} hash hash {}", index + 1, entry.hash));
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

#[test]
fn entries_left_out_are_found_where_they_are_missing() {
    let found = |change: fn(&mut Vec<super::record::Record>)| {
        let mut statement = good();
        change(&mut statement.entries);
        told(&check(&statement).findings)
    };
    let first = found(|entries| drop(entries.remove(0)));
    assert_eq!(first[0], "2 seq gap 1");
    let middle = found(|entries| drop(entries.remove(4)));
    assert_eq!(middle[0], "6 seq gap 5");
    // what is gone from the end is given away by the number and the last hash that the seal is over
    assert_eq!(found(|entries| drop(entries.pop())), ["- entries changed 16"]);
    let three = found(|entries| entries.truncate(9));
    assert!(three.iter().any(|line| line.starts_with("- head total")), "{three:?}");
}

#[test]
fn a_chain_with_hashes_to_match_still_has_to_add_up() {
    let forged = |moves: &'static str, change: fn(&mut Entry), available: &str, debt: &str| {
        let mut steps = all_causes();
        steps.truncate(2);
        steps[1].1 = moves;
        let mut made = entries(steps);
        change(&mut made[1]);
        made[1].hash = made[1].chained(&made[0].hash);
        told(&check(&issue(&made, available, debt)).findings)
    };
    assert_eq!(
        forged("lot:never 1.00", |e| e.points = points("9.00"), "140.12", "0"),
        ["2 points sum 1.00", "2 balance balance 148.12",]
    );
    assert_eq!(forged("lot:never 1.00", |e| e.balance = points("141.12"), "140.12", "0"), ["2 balance balance 140.12"]);
    assert_eq!(forged("lot:2027-01-01 -1.00", |_| (), "138.12", "0"), ["2 moves below_zero -1.00"]);
    assert_eq!(forged("debt -1.00", |_| (), "139.12", "1.00"), ["2 moves lots_and_debt 1.00"]);
    assert_eq!(forged("lot:never 1.00", |_| (), "141.12", "0"), ["- balance total 140.12", "- available total 140.12"]);
}

#[test]
fn every_line_of_the_canonical_forms_is_a_field_that_can_be_named() {
    let mut forms: String = entries(all_causes()).iter().map(|entry| entry.canonical(&Hash::NONE)).collect();
    forms.push_str(&good().canonical());
    for line in forms.lines() {
        let name = line.split('=').next().unwrap();
        let is_outside = ["laurel-entry", "laurel-statement", "previous"].contains(&name);
        assert!(is_outside || Field::named(name).is_some(), "{name}");
    }
    assert_eq!(Rule::named("gap"), Some(Rule::Gap));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_character_can_be_changed_unnoticed(place in any::<prop::sample::Index>(), other in "[0-9a-zA-Z.\\-:+ 茶\"\\\\,]") {
        let json = serde_json::to_string(&good()).unwrap();
        let letters: Vec<char> = json.chars().collect();
        let at = place.index(letters.len());
        let other = other.chars().next().unwrap();
        prop_assume!(letters[at] != other);
        let mut changed = letters.clone();
        changed[at] = other;
        let changed: String = changed.into_iter().collect();
        let is_same = serde_json::from_str::<Statement>(&changed).is_ok_and(|read| read == good());
        prop_assert!(is_same || !look(&changed).is_empty(), "{}", changed);
        prop_assert!(!is_same, "nothing but values and their names stands in {}", changed);
    }

    #[test]
    fn no_character_can_be_taken_out_or_put_in_unnoticed(place in any::<prop::sample::Index>(), other in "[0-9a-f.\\-]", take in any::<bool>()) {
        let json = serde_json::to_string(&good()).unwrap();
        let mut letters: Vec<char> = json.chars().collect();
        let at = place.index(letters.len());
        if take { letters.remove(at); } else { letters.insert(at, other.chars().next().unwrap()); }
        let changed: String = letters.into_iter().collect();
        prop_assert!(!look(&changed).is_empty(), "{}", changed);
    }
}
