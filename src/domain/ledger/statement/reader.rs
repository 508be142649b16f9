//! Reading the values of a statement, each in the one way that Laurel writes it.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;

use super::finding::{Field, Finding, Rule};
use super::record::Salted;
use crate::ledger::entry::{Hash, Moves};
use crate::ledger::event::EventKey;
use crate::ledger::merging::{Brought, Gathered};
use crate::numbers::money::{Currency, Money};
use crate::numbers::points::Points;
use crate::rules::tier::TierRank;
use crate::text::{EventId, Source};

/// Reads values and keeps what is wrong with each rather than stopping at the first.
pub(super) struct Reader {
    pub seq: Option<i64>,
    pub findings: Vec<Finding>,
}

impl Reader {
    pub fn find(&mut self, field: Field, rule: Rule, stated: impl Display, expected: impl Display) {
        let (stated, expected) = (stated.to_string(), expected.to_string());
        self.findings.push(Finding { seq: self.seq, field, rule, stated, expected });
    }

    pub fn read<T>(&mut self, field: Field, text: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let value = parse(text);
        if value.is_none() {
            self.find(field, Rule::Unreadable, text, "");
        }
        value
    }

    /// A value that has one way of being written, so that `7` and `07` are not the same.
    pub fn value<T: FromStr + Display>(&mut self, field: Field, text: &str) -> Option<T> {
        self.read(field, text, |text| text.parse().ok().filter(|value: &T| value.to_string() == text))
    }

    pub fn instant(&mut self, field: Field, text: &str) -> Option<Timestamp> {
        let whole = |at: &Timestamp| at.to_string() == text && at.as_nanosecond() % 1000 == 0;
        self.read(field, text, |text| text.parse().ok().filter(whole))
    }

    pub fn tier(&mut self, field: Field, rank: u16) -> Option<TierRank> {
        self.read(field, &rank.to_string(), |_| TierRank::new(rank))
    }

    pub fn moves(&mut self, text: &str) -> Option<Moves> {
        self.read(Field::Moves, text, |text| Moves::parse(text).filter(|moves| moves.to_string() == text))
    }

    pub fn event(&mut self, source: &str, id: &str) -> Option<EventKey> {
        let source = self.read(Field::Source, source, |text| Source::new(text).ok());
        let id = self.read(Field::Event, id, |text| EventId::new(text).ok());
        Some(EventKey { source: source?, id: id? })
    }

    pub fn money(&mut self, amount: &str, currency: &str) -> Option<Money> {
        let currency: Currency = self.value(Field::Currency, currency)?;
        self.read(Field::Amount, amount, |text| Money::parse(text, currency).ok().filter(|money| money.amount() == text))
    }

    /// `Some(None)`: there was no cap.
    pub fn cap_room(&mut self, room: &Option<String>) -> Option<Option<Points>> {
        match room {
            None => Some(None),
            Some(text) => self.value(Field::CapRoom, text).map(Some),
        }
    }

    /// `Some(None)`: no refund can take the award back.
    pub fn completed_by(&mut self, payment: &Option<String>) -> Option<Option<Hash>> {
        match payment {
            None => Some(None),
            Some(text) => self.read(Field::CompletedBy, text, hash).map(Some),
        }
    }

    /// What an account brought that was merged.
    pub fn brought(&mut self, moves: &str, gathered: &str) -> Option<Brought> {
        let moves = self.read(Field::Brought, moves, |text| Moves::parse(text).filter(|moves| moves.to_string() == text));
        let gathered =
            self.read(Field::Gathered, gathered, |text| Gathered::parse(text).filter(|gathered| gathered.to_string() == text));
        Some(Brought { moves: moves?, gathered: gathered? })
    }

    /// The digest, held against the text that is said to be behind it.
    pub fn salted(&mut self, field: Field, salted: &Salted) -> Option<Hash> {
        let digest = self.read(field, &salted.digest, hash)?;
        match (&salted.salt, &salted.text) {
            (None, None) => (),
            (Some(salt), Some(text)) => {
                let salt: [u8; 16] = self.read(field, salt, bytes)?;
                if Hash::of_text(&salt, text) != digest {
                    self.find(field, Rule::Text, text, "");
                }
            }
            (salt, text) => {
                let alone = salt.as_ref().or(text.as_ref()).cloned().unwrap_or_default();
                self.find(field, Rule::Unreadable, alone, "");
            }
        }
        Some(digest)
    }
}

pub(super) fn hash(text: &str) -> Option<Hash> {
    bytes(text).map(Hash)
}

/// Exactly so many bytes in lower-case hexadecimal.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let mut found = [0; N];
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in found.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(found)
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
