//! Ledger entries: what they hold, how their moves add up, and the chain of hashes that binds them.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::ids::{MemberId, RedemptionId, StaffId};
use crate::ledger::event::{EventKey, Scene};
use crate::ledger::merging::Brought;
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::rules::tier::TierRank;

/// A SHA-256 digest, in hexadecimal where it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What the first entry of a member follows.
    pub const NONE: Hash = Hash([0; 32]);

    /// A text that must not stand in the chain itself: SHA-256(random salt ‖ text), so that the text can be erased.
    pub fn of_text(salt: &[u8; 16], text: &str) -> Hash {
        Hash(Sha256::new().chain_update(salt).chain_update(text.as_bytes()).finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// Where a member's points lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Earned by the payment with this sequence number, in its holding period.
    Pending { payment: i64 },
    /// Available through the end of that day; `None` never expires.
    Lot { day: Option<Date> },
    /// Owed: its moves are negative when debt grows, positive when it is repaid.
    Debt,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Pending { payment } => write!(f, "pending:{payment}"),
            Place::Lot { day: None } => f.write_str("lot:never"),
            Place::Lot { day: Some(day) } => write!(f, "lot:{day}"),
            Place::Debt => f.write_str("debt"),
        }
    }
}

/// What an entry does to one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    pub place: Place,
    pub points: Points,
}

/// An entry's moves; together they are its points. Written `lot:never 13.00,debt 26.12`, nothing when there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves(Vec<Move>);

impl Moves {
    pub fn none() -> Moves {
        Moves::default()
    }

    /// Adds a move; one of 0 points is none.
    pub fn with(mut self, place: Place, points: Points) -> Moves {
        if !points.is_zero() {
            self.0.push(Move { place, points });
        }
        self
    }

    pub fn iter(&self) -> impl Iterator<Item = &Move> {
        self.0.iter()
    }

    /// What the moves add up to; `None` when that does not fit.
    pub fn total(&self) -> Option<Points> {
        self.0.iter().try_fold(Points::ZERO, |sum, m| sum.checked_add(m.points))
    }

    /// The moves of most entries: all points into or out of the lot that never expires. Tables leave these out.
    pub fn plain(points: Points) -> Moves {
        Moves::none().with(Place::Lot { day: None }, points)
    }

    pub fn parse(text: &str) -> Option<Moves> {
        let one = |part: &str| {
            let (place, points) = part.split_once(' ')?;
            let place = match place.split_once(':') {
                None if place == "debt" => Place::Debt,
                Some(("lot", "never")) => Place::Lot { day: None },
                Some(("lot", day)) => Place::Lot { day: Some(day.parse().ok()?) },
                Some(("pending", payment)) => Place::Pending { payment: payment.parse().ok()? },
                _ => return None,
            };
            Some(Move { place, points: points.parse().ok()? })
        };
        if text.is_empty() {
            return Some(Moves::none());
        }
        text.split(',').map(one).collect::<Option<Vec<Move>>>().map(Moves)
    }
}

impl fmt::Display for Moves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, m) in self.0.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            write!(f, "{comma}{} {}", m.place, m.points)?;
        }
        Ok(())
    }
}

/// Why an entry is there, with everything that its points recompute from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    Payment {
        event: EventKey,
        amount: Money,
        scene: Scene,
        tier: TierRank,
        cap_room: Option<Points>,
    },
    /// `payment` is the sequence number of the payment's own entry.
    Refund {
        event: EventKey,
        amount: Money,
        payment: i64,
    },
    /// `completed_by` is the hash of the entry of the referee's payment, where a refund of it takes the award back.
    Referral {
        event: EventKey,
        referee: MemberId,
        completed_by: Option<Hash>,
        cap_room: Option<Points>,
    },
    /// The subject stands in the chain as a salted digest, its text beside it.
    Review {
        event: EventKey,
        subject: Hash,
        cap_room: Option<Points>,
    },
    Redemption {
        redemption: RedemptionId,
    },
    /// The lot of that day lapsed.
    Lapse {
        day: Date,
    },
    /// The holding period of what the entry with that sequence number earned has ended.
    Activation {
        payment: i64,
    },
    Staff {
        staff: StaffId,
        reason: Hash,
    },
    /// What had lapsed out of the lot of the payment with that sequence number comes back, for its refund (the next entry) to
    /// take it.
    RefundOfLapsed {
        payment: i64,
    },
    /// The account was closed, and what was left in it removed.
    Closing,
    /// All that was left went over to another member, whose last entry by then had that hash. The account has ended.
    MergedInto {
        member: MemberId,
        head: Hash,
    },
    /// What another member brought, whose account ended with it; its last entry before had that hash.
    MergedFrom {
        member: MemberId,
        head: Hash,
        brought: Brought,
    },
    /// The payment was refunded that had completed an invitation: what the entry `award` earned for it is taken back.
    /// `refunded_by` is the hash of the refund's entry.
    ReferralTakenBack {
        referee: MemberId,
        award: i64,
        refunded_by: Hash,
    },
}

impl Cause {
    pub fn event(&self) -> Option<&EventKey> {
        match self {
            Cause::Payment { event, .. }
            | Cause::Refund { event, .. }
            | Cause::Referral { event, .. }
            | Cause::Review { event, .. } => Some(event),
            _ => None,
        }
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
            // writing to a String cannot fail
            let _ = writeln!(form, "{name}={value}");
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
        if let Some(event) = self.cause.event() {
            line("source", &event.source);
            line("event", &event.id);
        }
        let mut cap = None;
        match &self.cause {
            Cause::Payment { amount, scene, tier, cap_room, .. } => {
                line("cause", &"payment");
                line("amount", amount);
                line("scene", &scene.name());
                line("tier_applied", &tier.get());
                cap = *cap_room;
            }
            Cause::Refund { amount, payment, .. } => {
                line("cause", &"refund");
                line("amount", amount);
                line("payment", payment);
            }
            Cause::Referral { referee, completed_by, cap_room, .. } => {
                line("cause", &"referral");
                line("referee", referee);
                if let Some(payment) = completed_by {
                    line("completed_by", payment);
                }
                cap = *cap_room;
            }
            Cause::Review { subject, cap_room, .. } => {
                line("cause", &"review");
                line("subject", subject);
                cap = *cap_room;
            }
            Cause::Redemption { redemption } => {
                line("cause", &"redemption");
                line("redemption", redemption);
            }
            Cause::Lapse { day } => {
                line("cause", &"lapse");
                line("day", day);
            }
            Cause::Activation { payment } => {
                line("cause", &"activation");
                line("payment", payment);
            }
            Cause::Staff { staff, reason } => {
                line("cause", &"staff");
                line("staff", staff);
                line("reason", reason);
            }
            Cause::RefundOfLapsed { payment } => {
                line("cause", &"refund_of_lapsed");
                line("payment", payment);
            }
            Cause::Closing => line("cause", &"closing"),
            Cause::MergedInto { member, head } => {
                line("cause", &"merged_into");
                line("other_member", member);
                line("other_head", head);
            }
            Cause::MergedFrom { member, head, brought } => {
                line("cause", &"merged_from");
                line("other_member", member);
                line("other_head", head);
                line("brought", &brought.moves);
                line("gathered", &brought.gathered);
            }
            Cause::ReferralTakenBack { referee, award, refunded_by } => {
                line("cause", &"referral_taken_back");
                line("referee", referee);
                line("award", award);
                line("refunded_by", refunded_by);
            }
        }
        if let Some(room) = cap {
            line("cap_room", &room);
        }
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

    #[test]
    fn moves_are_read_as_they_are_written() {
        let day = Place::Lot { day: Some("2027-02-28".parse().unwrap()) };
        let points = |text: &str| text.parse::<Points>().unwrap();
        let moves = Moves::none()
            .with(Place::Pending { payment: 7 }, points("-1"))
            .with(day, points("3.50"))
            .with(Place::Debt, points("2"))
            .with(Place::Lot { day: None }, Points::ZERO);
        assert_eq!(moves.to_string(), "pending:7 -1.00,lot:2027-02-28 3.50,debt 2.00");
        assert_eq!(Moves::parse(&moves.to_string()), Some(moves.clone()));
        assert_eq!(moves.total(), Some(points("4.50")));
        assert_eq!(Moves::parse(""), Some(Moves::none()));
        assert_eq!(Moves::parse("lot:tomorrow 1.00"), None);
    }
}
