//! Ledger entries: what they hold ([`cause`], [`moves`]) and the chain of [`hash`]es that binds them.

mod cause;
mod hash;
mod moves;

pub use cause::Cause;
pub use hash::Hash;
pub use moves::{Move, Moves, Place};

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::ids::MemberId;
use crate::numbers::points::Points;
use crate::rules::tier::TierRank;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Earn,
    Activate,
    Clawback,
    Redeem,
    Restore,
    Expire,
    Adjust,
}

impl EntryKind {
    pub const ALL: [EntryKind; 7] = [
        EntryKind::Earn,
        EntryKind::Activate,
        EntryKind::Clawback,
        EntryKind::Redeem,
        EntryKind::Restore,
        EntryKind::Expire,
        EntryKind::Adjust,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            EntryKind::Earn => "earn",
            EntryKind::Activate => "activate",
            EntryKind::Clawback => "clawback",
            EntryKind::Redeem => "redeem",
            EntryKind::Restore => "restore",
            EntryKind::Expire => "expire",
            EntryKind::Adjust => "adjust",
        }
    }

    pub fn named(name: &str) -> Option<EntryKind> {
        EntryKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One line of a member's ledger. Never changed and never removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub member: MemberId,
    /// 1, 2, 3 … for each member, without gaps.
    pub seq: i64,
    pub kind: EntryKind,
    /// Signed.
    pub points: Points,
    /// Available + pending − debt after this entry.
    pub balance: Points,
    /// The tier after this entry.
    pub tier: TierRank,
    pub moves: Moves,
    pub occurred_at: Timestamp,
    /// When it was posted; for history the later of `occurred_at` and the member's last instant.
    pub instant: Timestamp,
    /// The version of the rules that made it.
    pub rules: u32,
    pub cause: Cause,
    /// Binds all of the above to the entry before.
    pub hash: Hash,
}

impl Entry {
    /// The canonical form that is hashed: UTF-8 lines `name=value` in this order, each ended by a line feed; numbers in
    /// decimal, points with two decimals, instants in microseconds since 1970 UTC, ids and digests in lower-case
    /// hexadecimal, what does not apply left out. No value can hold a line feed: texts with control characters are refused.
    pub fn canonical(&self, previous: &Hash) -> String {
        let mut form = String::with_capacity(420);
        let mut line = |name: &str, value: &dyn fmt::Display| {
            use fmt::Write as _;
            form.push_str(name);
            form.push('=');
            // writing to a String cannot fail
            let _ = write!(form, "{value}");
            form.push('\n');
        };
        line("laurel-entry", &1);
        line("previous", previous);
        line("member", &self.member);
        line("seq", &self.seq);
        line("kind", &self.kind.name());
        line("points", &self.points);
        line("balance", &self.balance);
        line("tier", &self.tier.get());
        line("moves", &self.moves);
        line("occurred", &self.occurred_at.as_microsecond());
        line("instant", &self.instant.as_microsecond());
        line("rules", &self.rules);
        self.cause.lines(&mut line);
        form
    }

    /// The hash that this entry must have after `previous`.
    pub fn chained(&self, previous: &Hash) -> Hash {
        Hash(Sha256::digest(self.canonical(previous).as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::event::{EventKey, Scene};
    use crate::numbers::money::Money;
    use crate::text::{EventId, Source};

    fn entry() -> Entry {
        Entry {
            member: "0190f3c8-0000-7000-8000-000000000001".parse().unwrap(),
            seq: 1,
            kind: EntryKind::Earn,
            points: "139.12".parse().unwrap(),
            balance: "139.12".parse().unwrap(),
            tier: TierRank::new(2).unwrap(),
            moves: Moves::plain("139.12".parse().unwrap()),
            occurred_at: "2010-12-01T08:26:00Z".parse().unwrap(),
            instant: "2010-12-01T08:26:00Z".parse().unwrap(),
            rules: 1,
            cause: Cause::Payment {
                event: EventKey { source: Source::new("default").unwrap(), id: EventId::new("536365").unwrap() },
                amount: Money::parse("139.12", "GBP".parse().unwrap()).unwrap(),
                scene: Scene::Other,
                tier: TierRank::FIRST,
                cap_room: None,
            },
            hash: Hash::NONE,
        }
    }

    /// The form is a promise to everybody who checks a chain with a program of their own.
    #[test]
    fn the_canonical_form_is_what_the_documentation_says() {
        let form = entry().canonical(&Hash::NONE);
        let zeros = "0".repeat(64);
        assert_eq!(
            form,
            format!(
                "laurel-entry=1\nprevious={zeros}\nmember=0190f3c8-0000-7000-8000-000000000001\nseq=1\nkind=earn\n\
                 points=139.12\nbalance=139.12\ntier=2\nmoves=lot:never 139.12\noccurred=1291191960000000\n\
                 instant=1291191960000000\nrules=1\nsource=default\nevent=536365\ncause=payment\namount=139.12 GBP\n\
                 scene=other\ntier_applied=1\n"
            )
        );
    }

    #[test]
    fn another_digit_anywhere_gives_another_hash() {
        let first = entry().chained(&Hash::NONE);
        let change = |f: fn(&mut Entry)| {
            let mut changed = entry();
            f(&mut changed);
            changed.chained(&Hash::NONE)
        };
        let others = [
            change(|e| e.points = "139.13".parse().unwrap()),
            change(|e| e.balance = "139.13".parse().unwrap()),
            change(|e| e.seq = 2),
            change(|e| e.rules = 2),
            change(|e| e.tier = TierRank::FIRST),
            change(|e| e.moves = Moves::none()),
            change(|e| e.instant = "2010-12-01T08:26:00.000001Z".parse().unwrap()),
            change(|e| e.cause = Cause::Activation { payment: 1 }),
            entry().chained(&first),
        ];
        for other in others {
            assert_ne!(other, first);
        }
    }
}
