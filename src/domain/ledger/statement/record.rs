//! An entry as a statement has it, and back: the one place that knows how causes are written.
//!
//! Both directions are a `match` without a rest: a new cause does not compile until it can be written and read.

use serde::{Deserialize, Serialize};

use super::finding::{Field, Finding};
use super::reader::{Reader, hash, hexadecimal};
use crate::ids::MemberId;
use crate::ledger::entry::{Cause, Entry, EntryKind, Hash};
use crate::ledger::event::{EventKey, Scene};
use crate::numbers::money::Money;
use crate::numbers::points::Points;

/// An entry. Points and amounts are decimal strings, times RFC 3339, ids and digests lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub seq: i64,
    pub kind: String,
    pub points: String,
    pub balance: String,
    pub tier: u16,
    pub moves: String,
    pub occurred: String,
    pub instant: String,
    pub rules: u32,
    pub cause: CauseRecord,
    pub hash: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CauseRecord {
    #[serde(rename_all = "snake_case")]
    Payment {
        source: String,
        event: String,
        amount: String,
        currency: String,
        scene: String,
        tier_applied: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cap_room: Option<String>,
    },
    Refund {
        source: String,
        event: String,
        amount: String,
        currency: String,
        payment: i64,
    },
    Referral {
        source: String,
        event: String,
        referee: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        completed_by: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cap_room: Option<String>,
    },
    Review {
        source: String,
        event: String,
        subject: Salted,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cap_room: Option<String>,
    },
    Redemption {
        redemption: String,
    },
    Lapse {
        day: String,
    },
    Activation {
        payment: i64,
    },
    Staff {
        staff: String,
        reason: Salted,
    },
    RefundOfLapsed {
        payment: i64,
    },
    Closing {},
    MergedInto {
        other_member: String,
        other_head: String,
    },
    MergedFrom {
        other_member: String,
        other_head: String,
        brought: String,
        gathered: String,
    },
    ReferralTakenBack {
        referee: String,
        award: i64,
        refunded_by: String,
    },
}

/// A text by its digest, SHA-256(salt ‖ text), and beside it salt and text unless they have been erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Salted {
    pub digest: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What an entry's digest was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaltedText {
    pub salt: [u8; 16],
    pub text: String,
}

impl Record {
    pub fn of(entry: &Entry, text: Option<&SaltedText>) -> Record {
        Record {
            seq: entry.seq,
            kind: entry.kind.name().to_owned(),
            points: entry.points.to_string(),
            balance: entry.balance.to_string(),
            tier: entry.tier.get(),
            moves: entry.moves.to_string(),
            occurred: entry.occurred_at.to_string(),
            instant: entry.instant.to_string(),
            rules: entry.rules,
            cause: CauseRecord::of(&entry.cause, text),
            hash: entry.hash.to_string(),
        }
    }

    /// The entry as the ledger has it, unless a field is not written as Laurel writes one, and what is wrong in it.
    pub fn read(&self, member: MemberId) -> (Option<Entry>, Vec<Finding>) {
        let mut r = Reader { seq: Some(self.seq), findings: Vec::new() };
        let entry = self.fields(member, &mut r);
        (entry, r.findings)
    }

    fn fields(&self, member: MemberId, r: &mut Reader) -> Option<Entry> {
        let kind = r.read(Field::Kind, &self.kind, EntryKind::named);
        let points = r.value(Field::Points, &self.points);
        let balance = r.value(Field::Balance, &self.balance);
        let tier = r.tier(Field::Tier, self.tier);
        let moves = r.moves(&self.moves);
        let occurred_at = r.instant(Field::Occurred, &self.occurred);
        let instant = r.instant(Field::Instant, &self.instant);
        let cause = self.cause.read(r);
        let hash = r.read(Field::Hash, &self.hash, hash);
        Some(Entry {
            member,
            seq: self.seq,
            kind: kind?,
            points: points?,
            balance: balance?,
            tier: tier?,
            moves: moves?,
            occurred_at: occurred_at?,
            instant: instant?,
            rules: self.rules,
            cause: cause?,
            hash: hash?,
        })
    }
}

impl CauseRecord {
    fn of(cause: &Cause, text: Option<&SaltedText>) -> CauseRecord {
        let event = |key: &EventKey| (key.source.to_string(), key.id.to_string());
        let money = |amount: &Money| (amount.amount(), amount.currency().to_string());
        let room = |cap_room: &Option<Points>| cap_room.map(|room| room.to_string());
        let salted = |digest: &Hash| Salted {
            digest: digest.to_string(),
            salt: text.map(|text| hexadecimal(&text.salt)),
            text: text.map(|text| text.text.clone()),
        };
        match cause {
            Cause::Payment { event: key, amount, scene, tier, cap_room } => {
                let ((source, event), (amount, currency)) = (event(key), money(amount));
                let (scene, tier_applied, cap_room) = (scene.name().to_owned(), tier.get(), room(cap_room));
                CauseRecord::Payment { source, event, amount, currency, scene, tier_applied, cap_room }
            }
            Cause::Refund { event: key, amount, payment } => {
                let ((source, event), (amount, currency)) = (event(key), money(amount));
                CauseRecord::Refund { source, event, amount, currency, payment: *payment }
            }
            Cause::Referral { event: key, referee, completed_by, cap_room } => {
                let ((source, event), referee) = (event(key), referee.to_string());
                let (completed_by, cap_room) = (completed_by.map(|hash| hash.to_string()), room(cap_room));
                CauseRecord::Referral { source, event, referee, completed_by, cap_room }
            }
            Cause::Review { event: key, subject, cap_room } => {
                let (source, event) = event(key);
                CauseRecord::Review { source, event, subject: salted(subject), cap_room: room(cap_room) }
            }
            Cause::Redemption { redemption } => CauseRecord::Redemption { redemption: redemption.to_string() },
            Cause::Lapse { day } => CauseRecord::Lapse { day: day.to_string() },
            Cause::Activation { payment } => CauseRecord::Activation { payment: *payment },
            Cause::Staff { staff, reason } => CauseRecord::Staff { staff: staff.to_string(), reason: salted(reason) },
            Cause::RefundOfLapsed { payment } => CauseRecord::RefundOfLapsed { payment: *payment },
            Cause::Closing => CauseRecord::Closing {},
            Cause::MergedInto { member, head } => {
                CauseRecord::MergedInto { other_member: member.to_string(), other_head: head.to_string() }
            }
            Cause::MergedFrom { member, head, brought } => CauseRecord::MergedFrom {
                other_member: member.to_string(),
                other_head: head.to_string(),
                brought: brought.moves.to_string(),
                gathered: brought.gathered.to_string(),
            },
            Cause::ReferralTakenBack { referee, award, refunded_by } => CauseRecord::ReferralTakenBack {
                referee: referee.to_string(),
                award: *award,
                refunded_by: refunded_by.to_string(),
            },
        }
    }

    fn read(&self, r: &mut Reader) -> Option<Cause> {
        match self {
            CauseRecord::Payment { source, event, amount, currency, scene, tier_applied, cap_room } => {
                let (event, amount) = (r.event(source, event), r.money(amount, currency));
                let scene = r.read(Field::Scene, scene, Scene::named);
                let tier = r.tier(Field::TierApplied, *tier_applied);
                let cap_room = r.cap_room(cap_room);
                Some(Cause::Payment { event: event?, amount: amount?, scene: scene?, tier: tier?, cap_room: cap_room? })
            }
            CauseRecord::Refund { source, event, amount, currency, payment } => {
                let (event, amount) = (r.event(source, event), r.money(amount, currency));
                Some(Cause::Refund { event: event?, amount: amount?, payment: *payment })
            }
            CauseRecord::Referral { source, event, referee, completed_by, cap_room } => {
                let (event, referee) = (r.event(source, event), r.value(Field::Referee, referee));
                let (completed_by, cap_room) = (r.completed_by(completed_by), r.cap_room(cap_room));
                let (completed_by, cap_room) = (completed_by?, cap_room?);
                Some(Cause::Referral { event: event?, referee: referee?, completed_by, cap_room })
            }
            CauseRecord::Review { source, event, subject, cap_room } => {
                let (event, subject) = (r.event(source, event), r.salted(Field::Subject, subject));
                let cap_room = r.cap_room(cap_room);
                Some(Cause::Review { event: event?, subject: subject?, cap_room: cap_room? })
            }
            CauseRecord::Redemption { redemption } => {
                Some(Cause::Redemption { redemption: r.value(Field::Redemption, redemption)? })
            }
            CauseRecord::Lapse { day } => Some(Cause::Lapse { day: r.value(Field::Day, day)? }),
            CauseRecord::Activation { payment } => Some(Cause::Activation { payment: *payment }),
            CauseRecord::Staff { staff, reason } => {
                let (staff, reason) = (r.value(Field::Staff, staff), r.salted(Field::Reason, reason));
                Some(Cause::Staff { staff: staff?, reason: reason? })
            }
            CauseRecord::RefundOfLapsed { payment } => Some(Cause::RefundOfLapsed { payment: *payment }),
            CauseRecord::Closing {} => Some(Cause::Closing),
            CauseRecord::MergedInto { other_member: member, other_head: head } => {
                let (member, head) = (r.value(Field::OtherMember, member), r.read(Field::OtherHead, head, hash));
                Some(Cause::MergedInto { member: member?, head: head? })
            }
            CauseRecord::MergedFrom { other_member: member, other_head: head, brought, gathered } => {
                let (member, head) = (r.value(Field::OtherMember, member), r.read(Field::OtherHead, head, hash));
                let brought = r.brought(brought, gathered);
                Some(Cause::MergedFrom { member: member?, head: head?, brought: brought? })
            }
            CauseRecord::ReferralTakenBack { referee, award, refunded_by } => {
                let (referee, refund) = (r.value(Field::Referee, referee), r.read(Field::RefundedBy, refunded_by, hash));
                Some(Cause::ReferralTakenBack { referee: referee?, award: *award, refunded_by: refund? })
            }
        }
    }
}
