//! Checking a statement by itself: that it is what Laurel wrote, to the last digit.
//!
//! It finds every slip and every change that was not made good throughout. It cannot find what somebody left out at the end
//! or wrote anew with hashes to match: for that the statement is held against the ledger (`laurel verify --against`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::finding::{Field, Finding, Rule};
use super::reader::{Reader, hash};
use super::{FORMAT, Statement, Totals};
use crate::ids::MemberId;
use crate::ledger::entry::{Entry, Hash, Place};
use crate::numbers::money::Currency;
use crate::numbers::points::Points;
use crate::rules::tier::TierRank;
use crate::text::checked;

/// Findings told; whoever has so many needs no more.
pub const MOST: usize = 100;
/// Entries in which the changed character is looked for: some ten thousand hashes each.
const MOST_SEARCHED: usize = 3;

/// What was checked, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    pub entries: u64,
    /// As the statement says; they are right when nothing was found.
    pub head: String,
    pub points: Totals,
    pub tier: u16,
    pub as_of: String,
    pub member: String,
    pub programme: String,
    pub time_zone: String,
    pub findings: Vec<Finding>,
}

/// Checks everything in a statement. Pure, and the same in the browser and on the server.
pub fn check(statement: &Statement) -> Report {
    let mut findings = Vec::new();
    if statement.format == FORMAT {
        let head = Head::check(statement);
        let mut chain = Chain { currency: head.currency, ..Chain::default() };
        if let Some(member) = head.member {
            chain.follow(statement, member);
            chain.finish(statement, &head, &mut findings);
        }
        findings.splice(0..0, chain.findings);
        findings.extend(head.findings);
        if findings.is_empty() && !head.is_sealed {
            findings.push(whole(Field::Seal, Rule::Seal, &statement.seal, &statement.sealed().to_string()));
        }
    } else {
        findings.push(whole(Field::Format, Rule::Format, &statement.format, FORMAT));
    }
    findings.truncate(MOST);
    Report {
        entries: statement.entries.len() as u64,
        head: statement.head.clone(),
        points: statement.points.clone(),
        tier: statement.tier,
        as_of: statement.as_of.clone(),
        member: statement.member.clone(),
        programme: statement.programme.name.clone(),
        time_zone: statement.programme.time_zone.clone(),
        findings,
    }
}

/// A file that is no statement at all.
pub fn unreadable(why: &str) -> Finding {
    whole(Field::File, Rule::Format, why, FORMAT)
}

fn whole(field: Field, rule: Rule, stated: &str, expected: &str) -> Finding {
    Finding { seq: None, field, rule, stated: stated.to_owned(), expected: expected.to_owned() }
}

/// What stands beside the entries.
struct Head {
    member: Option<MemberId>,
    currency: Option<Currency>,
    is_sealed: bool,
    /// The field that has one character changed, if the seal gives it away.
    changed: Option<Field>,
    findings: Vec<Finding>,
}

impl Head {
    fn check(statement: &Statement) -> Head {
        let made = statement.sealed();
        let is_sealed = made.to_string() == statement.seal;
        let changed = hash(&statement.seal)
            .filter(|_| !is_sealed)
            .and_then(|stated| changed_character(&statement.canonical(), &stated))
            .and_then(|changed| Some((Field::named(&changed.name)?, changed)));
        let mut r = Reader { seq: None, findings: Vec::new() };
        if let Some((field, changed)) = &changed {
            r.find(*field, Rule::Changed, &changed.stated, &changed.expected);
        }
        // what the seal has told of is read as it was, so that one slip is one finding
        let as_it_was = |field: Field, text: &str| match &changed {
            Some((changed, was)) if *changed == field => was.expected.clone(),
            _ => text.to_owned(),
        };
        for (field, text) in [(Field::Programme, &statement.programme.name), (Field::TimeZone, &statement.programme.time_zone)]
        {
            // a line feed in a name would let one canonical form be that of two statements
            r.read(field, &as_it_was(field, text), |text| checked(text, 1000).ok());
        }
        r.instant(Field::AsOf, &as_it_was(Field::AsOf, &statement.as_of));
        r.read(Field::Tier, &as_it_was(Field::Tier, &statement.tier.to_string()), |text| {
            text.parse().ok().and_then(TierRank::new)
        });
        r.read(Field::Head, &as_it_was(Field::Head, &statement.head), hash);
        Head {
            member: r.value(Field::Member, &as_it_was(Field::Member, &statement.member)),
            currency: r.value(Field::Currency, &as_it_was(Field::Currency, &statement.programme.currency)),
            is_sealed,
            changed: changed.map(|(field, _)| field),
            findings: r.findings,
        }
    }
}

/// The entries one after the other, and what they leave.
#[derive(Default)]
struct Chain {
    currency: Option<Currency>,
    findings: Vec<Finding>,
    balance: Points,
    places: BTreeMap<Place, Points>,
    /// Something was found before: what follows from it is not told of every later entry.
    is_broken: bool,
    searched: usize,
}

impl Chain {
    fn follow(&mut self, statement: &Statement, member: MemberId) {
        let read: Vec<(Option<Entry>, Vec<Finding>)> = statement.entries.iter().map(|record| record.read(member)).collect();
        let mut previous = Some(Hash::NONE);
        for (index, (entry, found)) in read.iter().enumerate() {
            if self.findings.len() >= MOST {
                return;
            }
            let known = self.findings.len();
            self.findings.extend(found.iter().cloned());
            let next = read.get(index + 1).and_then(|(next, _)| next.as_ref());
            let head = hash(&statement.head).filter(|_| index + 1 == read.len());
            let expected_seq = index as i64 + 1;
            let stated_seq = statement.entries[index].seq;
            if stated_seq != expected_seq {
                self.find(stated_seq, Field::Seq, Rule::Gap, stated_seq, expected_seq);
            }
            let Some(entry) = entry else {
                (self.is_broken, previous) = (true, hash(&statement.entries[index].hash));
                continue;
            };
            previous = Some(match previous {
                Some(previous) => self.link(entry, &previous, next, head, known),
                // what it follows cannot be read, so its own hash is taken as it stands
                None => entry.hash,
            });
            // what a named change leads to is no news
            if !self.findings[known..].iter().any(|found| found.rule == Rule::Changed) {
                self.add(entry);
            }
            self.is_broken |= self.findings.len() > known;
        }
    }

    fn find(&mut self, seq: i64, field: Field, rule: Rule, stated: impl ToString, expected: impl ToString) {
        let (stated, expected) = (stated.to_string(), expected.to_string());
        self.findings.push(Finding { seq: Some(seq), field, rule, stated, expected });
    }

    /// Checks one hash; returns the one that the next entry follows.
    fn link(&mut self, entry: &Entry, previous: &Hash, next: Option<&Entry>, head: Option<Hash>, known: usize) -> Hash {
        let made = entry.chained(previous);
        if made == entry.hash {
            return made;
        }
        let goes_on = next.is_some_and(|next| next.chained(&made) == next.hash) || head == Some(made);
        if goes_on || is_one_apart(&made.to_string(), &entry.hash.to_string()) {
            self.find(entry.seq, Field::Hash, Rule::Hash, entry.hash, made);
            return made;
        }
        self.searched += 1;
        let changed = match self.searched <= MOST_SEARCHED {
            true => changed_time(entry, previous).or_else(|| changed_character(&entry.canonical(previous), &entry.hash)),
            false => None,
        };
        match changed {
            Some(Changed { name, stated, expected }) => {
                // the gap that a changed number leaves is the same fault
                self.findings.retain(|f| !(f.seq == Some(entry.seq) && f.rule == Rule::Gap));
                let field = Field::named(&name).unwrap_or(Field::Entry);
                self.find(entry.seq, field, Rule::Changed, stated, expected);
            }
            None if self.findings.len() > known => (),
            None => self.find(entry.seq, Field::Entry, Rule::Altered, entry.hash, made),
        }
        entry.hash
    }

    /// Adds the entry up with those before it.
    fn add(&mut self, entry: &Entry) {
        let seq = entry.seq;
        let total = entry.moves.total();
        if total != Some(entry.points) {
            self.find(seq, Field::Points, Rule::Sum, entry.points, total.map_or(String::new(), |total| total.to_string()));
        }
        if let Some(currency) = self.currency
            && let Some(amount) = amount(entry)
            && amount != currency
        {
            self.find(seq, Field::Currency, Rule::Currency, amount, currency);
        }
        if self.is_broken {
            return;
        }
        match self.balance.checked_add(entry.points) {
            Some(balance) if balance == entry.balance => self.balance = balance,
            other => {
                let expected = other.map_or(String::new(), |balance| balance.to_string());
                self.find(seq, Field::Balance, Rule::Balance, entry.balance, expected);
            }
        }
        for m in entry.moves.iter() {
            let held = self.places.entry(m.place).or_default();
            // beyond i64 the balance has been found wrong already
            *held = held.checked_add(m.points).unwrap_or(*held);
        }
        let below: Vec<(Place, Points)> = self.places.iter().filter(is_below_zero).map(|(p, n)| (*p, *n)).collect();
        for (place, points) in below {
            self.find(seq, Field::Moves, Rule::BelowZero, place, points);
        }
        self.places.retain(|_, points| !points.is_zero());
        let (available, debt) = (self.held(is_lot), self.held(is_debt));
        if available.is_positive() && debt.is_negative() {
            self.find(seq, Field::Moves, Rule::LotsAndDebt, available, debt.checked_neg().unwrap_or(debt));
        }
    }

    fn held(&self, is_there: fn(&Place) -> bool) -> Points {
        let points = self.places.iter().filter(|(place, _)| is_there(place)).map(|(_, points)| *points);
        points.fold(Points::ZERO, |sum, points| sum.checked_add(points).unwrap_or(sum))
    }

    /// What the entries leave is what the statement says. Not asked of entries that are broken themselves.
    fn finish(&self, statement: &Statement, head: &Head, findings: &mut Vec<Finding>) {
        let (totals, debt) = (&statement.points, self.held(is_debt));
        let last = statement.entries.last().map_or(Hash::NONE.to_string(), |last| last.hash.clone());
        let pairs = [
            (Field::Balance, &totals.balance, self.balance.to_string()),
            (Field::Available, &totals.available, self.held(is_lot).to_string()),
            (Field::Pending, &totals.pending, self.held(is_pending).to_string()),
            (Field::Debt, &totals.debt, debt.checked_neg().unwrap_or(debt).to_string()),
            (Field::Head, &statement.head, last),
        ];
        for (field, stated, expected) in pairs {
            if *stated != expected && !self.is_broken && head.changed.is_none() {
                findings.push(whole(field, Rule::Total, stated, &expected));
            }
        }
    }
}

fn amount(entry: &Entry) -> Option<Currency> {
    use crate::ledger::entry::Cause::{Payment, Refund};
    match &entry.cause {
        Payment { amount, .. } | Refund { amount, .. } => Some(amount.currency()),
        _ => None,
    }
}

fn is_lot(place: &Place) -> bool {
    matches!(place, Place::Lot { .. })
}

fn is_pending(place: &Place) -> bool {
    matches!(place, Place::Pending { .. })
}

fn is_debt(place: &Place) -> bool {
    matches!(place, Place::Debt)
}

/// Debt is what is owed: it is held as a negative number, and repaid beyond nothing when it is positive.
fn is_below_zero((place, points): &(&Place, &Points)) -> bool {
    if is_debt(place) { points.is_positive() } else { points.is_negative() }
}

fn is_one_apart(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).filter(|(a, b)| a != b).count() == 1
}

struct Changed {
    name: String,
    stated: String,
    expected: String,
}

/// Looks for the one digit of the entry's times that has to be another: in their canonical form it is many.
fn changed_time(entry: &Entry, previous: &Hash) -> Option<Changed> {
    let with = |field: Field, at: Timestamp| match field {
        Field::Occurred => Entry { occurred_at: at, ..entry.clone() },
        _ => Entry { instant: at, ..entry.clone() },
    };
    for (field, stated) in [(Field::Occurred, entry.occurred_at.to_string()), (Field::Instant, entry.instant.to_string())] {
        for (at, _) in stated.char_indices().filter(|(_, letter)| letter.is_ascii_digit()) {
            for digit in b'0'..=b'9' {
                let mut expected = stated.clone();
                expected.replace_range(at..=at, std::str::from_utf8(&[digit]).unwrap_or_default());
                let time = expected.parse().ok();
                if time.is_some_and(|time| with(field, time).chained(previous) == entry.hash) {
                    return Some(Changed { name: field.name().to_owned(), stated, expected });
                }
            }
        }
    }
    None
}

/// Looks for the one character of a canonical form that has to be another for the form to have this hash.
///
/// A digest says nothing about what it is the digest of, but a form has few characters, and trying them all takes no time.
fn changed_character(form: &str, wanted: &Hash) -> Option<Changed> {
    const ALPHABET: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:_/ ,";
    let mut bytes = form.as_bytes().to_vec();
    let mut start = 0;
    for line in form.split_inclusive('\n') {
        let (name, value) = line.trim_end_matches('\n').split_once('=')?;
        let from = start + name.len() + 1;
        for at in from..from + value.len() {
            let was = bytes[at];
            let before = Sha256::new().chain_update(&bytes[..at]);
            for letter in ALPHABET.iter().filter(|letter| **letter != was) {
                bytes[at] = *letter;
                let made = before.clone().chain_update(&bytes[at..]).finalize();
                if made[..] == wanted.0[..] {
                    let expected = String::from_utf8_lossy(&bytes[from..from + value.len()]).into_owned();
                    return Some(Changed { name: name.to_owned(), stated: value.to_owned(), expected });
                }
            }
            bytes[at] = was;
        }
        start += line.len();
    }
    None
}
