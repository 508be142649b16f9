//! Entries on their way into the table.

use laurel_domain::ledger::entry::{Cause, Entry};
use laurel_domain::ledger::event::Scene;
use laurel_domain::numbers::points::Points;
use serde::{Serialize, Serializer};

use crate::store::database::rows::{Row, Rows, Values};
use crate::store::{Either, StoreError, Tx, hexadecimal, json, micros};

/// An entry with the numbers that stand for its member and its source in the tables.
pub struct NewEntry<'a> {
    pub member_no: i64,
    pub source_no: Option<i32>,
    pub entry: &'a Entry,
}

/// The row that it becomes. JSON has its names short and leaves out what is not there.
#[derive(Default, Serialize)]
struct Columns<'a> {
    #[serde(rename = "m")]
    member_no: i64,
    #[serde(rename = "q")]
    seq: i64,
    #[serde(rename = "k")]
    kind: u8,
    #[serde(rename = "p")]
    points: i64,
    #[serde(rename = "b")]
    balance: i64,
    #[serde(rename = "t")]
    tier: u16,
    #[serde(rename = "v", skip_serializing_if = "Option::is_none")]
    moves: Option<String>,
    #[serde(rename = "o")]
    occurred_at: i64,
    #[serde(rename = "d")]
    delay: i64,
    #[serde(rename = "r")]
    rules: u32,
    #[serde(rename = "c")]
    cause: u8,
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    source: Option<i32>,
    #[serde(rename = "e", skip_serializing_if = "Option::is_none")]
    event_id: Option<&'a str>,
    #[serde(rename = "a", skip_serializing_if = "Option::is_none")]
    amount: Option<i64>,
    #[serde(rename = "n", skip_serializing_if = "Option::is_none")]
    scene: Option<u8>,
    #[serde(rename = "g", skip_serializing_if = "Option::is_none")]
    applied_tier: Option<u16>,
    #[serde(rename = "l", skip_serializing_if = "Option::is_none")]
    cap_room: Option<i64>,
    #[serde(rename = "y", skip_serializing_if = "Option::is_none")]
    payment: Option<i64>,
    #[serde(rename = "x", skip_serializing_if = "Option::is_none", serialize_with = "hexadecimal_or_none")]
    other: Option<Vec<u8>>,
    #[serde(rename = "h", serialize_with = "hexadecimal")]
    hash: [u8; 32],
}

fn hexadecimal_or_none<S: Serializer>(bytes: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    match bytes {
        Some(bytes) => hexadecimal(bytes, serializer),
        None => serializer.serialize_none(),
    }
}

impl Row for Columns<'_> {
    fn bind(&self, values: &mut Values) {
        values.add(self.member_no).add(self.seq).add(self.kind).add(self.points).add(self.balance).add(self.tier);
        values.add(self.moves.as_deref()).add(self.occurred_at).add(self.delay).add(self.rules).add(self.cause);
        values.add(self.source).add(self.event_id).add(self.amount).add(self.scene).add(self.applied_tier);
        values.add(self.cap_room).add(self.payment).add(self.other.as_deref()).add(self.hash.as_slice());
    }
}

fn scene_number(scene: Scene) -> u8 {
    Scene::ALL.iter().position(|s| *s == scene).map_or(0, |at| at as u8)
}

impl<'a> Columns<'a> {
    fn of(new: &'a NewEntry) -> Columns<'a> {
        let entry = new.entry;
        let event = entry.cause.event();
        let mut row = Columns {
            member_no: new.member_no,
            seq: entry.seq,
            kind: entry.kind as u8,
            points: entry.points.hundredths(),
            balance: entry.balance.hundredths(),
            tier: entry.tier.get(),
            moves: (!entry.moves.is_plain(entry.points)).then(|| entry.moves.to_string()),
            occurred_at: micros(entry.occurred_at),
            delay: micros(entry.instant) - micros(entry.occurred_at),
            rules: entry.rules,
            source: new.source_no,
            event_id: event.map(|event| event.id.as_str()),
            hash: entry.hash.0,
            ..Columns::default()
        };
        row.set_cause(&entry.cause);
        row
    }

    /// What differs by the cause: `other` packs what has no column of its own.
    fn set_cause(&mut self, cause: &'a Cause) {
        match cause {
            Cause::Payment { amount, scene, tier, cap_room, .. } => {
                self.cause = 0;
                self.amount = Some(amount.minor());
                self.scene = Some(scene_number(*scene));
                self.applied_tier = Some(tier.get());
                self.cap_room = cap_room.map(Points::hundredths);
            }
            Cause::Refund { amount, payment, .. } => {
                self.cause = 1;
                self.amount = Some(amount.minor());
                self.payment = Some(*payment);
            }
            Cause::Referral { referee, completed_by, cap_room, .. } => {
                self.cause = 2;
                let payment = completed_by.as_ref().map(|hash| hash.0.as_slice()).unwrap_or_default();
                self.other = Some([referee.uuid().as_bytes().as_slice(), payment].concat());
                self.cap_room = cap_room.map(Points::hundredths);
            }
            Cause::Review { subject, cap_room, .. } => {
                self.cause = 3;
                self.other = Some(subject.0.to_vec());
                self.cap_room = cap_room.map(Points::hundredths);
            }
            Cause::Redemption { redemption } => {
                self.cause = 4;
                self.other = Some(redemption.uuid().as_bytes().to_vec());
            }
            Cause::Lapse { day } => {
                self.cause = 5;
                self.other = Some(day.to_string().into_bytes());
            }
            Cause::Activation { payment } => {
                self.cause = 6;
                self.payment = Some(*payment);
            }
            Cause::Staff { staff, reason } => {
                self.cause = 7;
                self.other = Some([staff.uuid().as_bytes().as_slice(), &reason.0].concat());
            }
            Cause::RefundOfLapsed { payment } => {
                self.cause = 8;
                self.payment = Some(*payment);
            }
            Cause::Closing => self.cause = 9,
            Cause::MergedInto { member, head } => {
                self.cause = 10;
                self.other = Some([member.uuid().as_bytes().as_slice(), &head.0].concat());
            }
            Cause::MergedFrom { member, head, brought } => {
                self.cause = 11;
                let text = format!("{}|{}", brought.moves, brought.gathered);
                self.other = Some([member.uuid().as_bytes().as_slice(), &head.0, text.as_bytes()].concat());
            }
            Cause::ReferralTakenBack { referee, award, refunded_by } => {
                self.cause = 12;
                self.payment = Some(*award);
                self.other = Some([referee.uuid().as_bytes().as_slice(), &refunded_by.0].concat());
            }
        }
    }
}

static INSERT_SQLITE: Rows = Rows::new(
    "insert into entries (member_no, seq, kind, points, balance, tier, moves, occurred_at, delay, rules,
    cause, source, event_id, amount, scene, applied_tier, cap_room, payment, other, hash) values",
    20,
    "",
);
const INSERT_POSTGRES: &str = "insert into entries (member_no, seq, kind, points, balance, tier, moves, occurred_at, delay, rules,
    cause, source, event_id, amount, scene, applied_tier, cap_room, payment, other, hash)
select m, q, k, p, b, t, v, o, d, r, c, s, e, a, n, g, l, y, decode(x, 'hex'), decode(h, 'hex')
from json_to_recordset($1::json) as j(m bigint, q bigint, k smallint, p bigint, b bigint, t smallint, v text, o bigint, d bigint,
    r integer, c smallint, s integer, e text, a bigint, n smallint, g smallint, l bigint, y bigint, x text, h text)";

/// Adds entries. An event id that is taken within its source is a unique violation.
pub async fn insert(tx: &mut Tx, entries: &[NewEntry<'_>]) -> Result<(), StoreError> {
    let rows: Vec<Columns> = entries.iter().map(Columns::of).collect();
    match tx.either() {
        Either::Sqlite(conn) => INSERT_SQLITE.execute(conn, &rows).await?,
        Either::Postgres(conn) => sqlx::query(INSERT_POSTGRES).bind(json(&rows)?).execute(conn).await.map(drop)?,
    }
    if let Some(changes) = tx.changes() {
        entries.iter().for_each(|new| changes.posted(new.entry));
    }
    Ok(())
}
