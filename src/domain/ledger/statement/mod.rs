//! A member's statement: everything the ledger has of them, in a form that can be checked without the ledger.
//!
//! It is JSON, written by [`Statement::of`], read by serde, checked by [`check::check`]. An entry holds all that its canonical
//! form is made of ([`crate::ledger::entry::Entry::canonical`]) and its hash, under the names that the canonical form uses. Texts that
//! stand in the chain as salted digests only (what was reviewed, a staff member's reason) are beside their digest with the salt,
//! unless they have been erased. What is not in the chain (who issued the statement, when, for whom, the totals) is bound
//! together with the last hash by the [seal](Statement::sealed).
//!
//! Every value is held as the text it was read from: a check tells which one is not what it should be, also where it is no
//! longer a number or a time at all.

pub mod check;
pub mod finding;
mod reader;
pub mod record;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::ids::MemberId;
use crate::ledger::entry::{Entry, Hash};
use crate::numbers::points::Points;
use crate::program::Programme;
use crate::rules::tier::TierRank;
use record::{Record, SaltedText};

/// What the first field of a statement says; another format gets another number.
pub const FORMAT: &str = "laurel-statement/1";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    pub format: String,
    pub programme: Issuer,
    /// The member's id.
    pub member: String,
    /// When it was read from the ledger.
    pub as_of: String,
    pub points: Totals,
    pub tier: u16,
    /// Oldest first, all there are.
    pub entries: Vec<Record>,
    /// The hash of the last entry; zeros when there is none.
    pub head: String,
    pub seal: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    pub name: String,
    pub currency: String,
    pub time_zone: String,
}

/// What the entries leave, in points.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    pub balance: String,
    pub available: String,
    pub pending: String,
    pub debt: String,
}

/// What a statement says beside the entries.
#[derive(Clone, Debug)]
pub struct Standing {
    pub member: MemberId,
    pub as_of: Timestamp,
    pub available: Points,
    pub pending: Points,
    pub debt: Points,
    pub balance: Points,
    pub tier: TierRank,
}

impl Statement {
    /// Writes a statement. `entries` are the member's, all of them, oldest first; `texts` by the number of their entry.
    pub fn of(programme: &Programme, standing: &Standing, entries: &[Entry], texts: &BTreeMap<i64, SaltedText>) -> Statement {
        let head = entries.last().map_or(Hash::NONE, |entry| entry.hash);
        let mut statement = Statement {
            format: FORMAT.to_owned(),
            programme: Issuer {
                name: programme.name.clone(),
                currency: programme.currency.to_string(),
                time_zone: programme.time_zone.clone(),
            },
            member: standing.member.to_string(),
            as_of: standing.as_of.to_string(),
            points: Totals {
                balance: standing.balance.to_string(),
                available: standing.available.to_string(),
                pending: standing.pending.to_string(),
                debt: standing.debt.to_string(),
            },
            tier: standing.tier.get(),
            entries: entries.iter().map(|entry| Record::of(entry, texts.get(&entry.seq))).collect(),
            head: head.to_string(),
            seal: String::new(),
        };
        statement.seal = statement.sealed().to_string();
        statement
    }

    /// What the seal is the SHA-256 of: lines `name=value` like an entry's, values as they stand in the file.
    ///
    /// It finds a slip or a changed digit in what no entry holds. It is no signature: whoever changes a statement on purpose
    /// can seal it anew, which is found by holding it against the ledger or an older copy.
    pub fn canonical(&self) -> String {
        let mut form = String::with_capacity(420);
        let (tier, entries) = (self.tier.to_string(), self.entries.len().to_string());
        for (name, value) in [
            ("laurel-statement", "1"),
            ("programme", &self.programme.name),
            ("currency", &self.programme.currency),
            ("time_zone", &self.programme.time_zone),
            ("member", &self.member),
            ("as_of", &self.as_of),
            ("balance", &self.points.balance),
            ("available", &self.points.available),
            ("pending", &self.points.pending),
            ("debt", &self.points.debt),
            ("tier", &tier),
            ("entries", &entries),
            ("head", &self.head),
        ] {
            // writing to a String cannot fail
            let _ = writeln!(form, "{name}={value}");
        }
        form
    }

    pub fn sealed(&self) -> Hash {
        Hash(Sha256::digest(self.canonical().as_bytes()).into())
    }
}
