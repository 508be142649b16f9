//! Ledger entries: an event and the entry it made are one row. Only ever added.

use jiff::Timestamp;
use laurel_domain::ids::{MemberId, RedemptionId, StaffId};
use laurel_domain::ledger::entry::{Cause, Entry, EntryKind, Moves};
use laurel_domain::ledger::event::{EventKey, Scene};
use laurel_domain::ledger::merging::{Brought, Gathered};
use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::numbers::points::Points;
use laurel_domain::text::{EventId, Source};
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use crate::server::store::members::member::{hash, tier};
use crate::server::store::{StoreError, Tx, json, micros, on, timestamp};

#[derive(FromRow)]
pub(in crate::server::store) struct EntryRow {
    member_id: Uuid,
    pub(in crate::server::store) seq: i64,
    kind: i16,
    points: i64,
    balance: i64,
    tier: i16,
    moves: Option<String>,
    occurred_at: i64,
    delay: i64,
    rules: i32,
    cause: i16,
    source: Option<String>,
    event_id: Option<String>,
    amount: Option<i64>,
    scene: Option<i16>,
    applied_tier: Option<i16>,
    cap_room: Option<i64>,
    payment: Option<i64>,
    other: Option<Vec<u8>>,
    hash: Vec<u8>,
}

macro_rules! columns {
    () => {
        "m.id as member_id, e.seq, e.kind, e.points, e.balance, e.tier, e.moves, e.occurred_at, e.delay, e.rules, e.cause, \
         s.name as source, e.event_id, e.amount, e.scene, e.applied_tier, e.cap_room, e.payment, e.other, e.hash"
    };
}
pub(in crate::server::store) use columns;

const BROKEN: StoreError = StoreError::Corrupt("an entry");

impl EntryRow {
    /// The entry as the domain has it. Amounts are in the programme's currency.
    pub(in crate::server::store) fn read(self, currency: Currency) -> Result<Entry, StoreError> {
        let points = Points::from_hundredths(self.points);
        let moves = match &self.moves {
            None => Moves::plain(points),
            Some(text) => Moves::parse(text).ok_or(BROKEN)?,
        };
        Ok(Entry {
            member: MemberId::new(self.member_id),
            seq: self.seq,
            kind: usize::try_from(self.kind).ok().and_then(|kind| EntryKind::ALL.get(kind).copied()).ok_or(BROKEN)?,
            points,
            balance: Points::from_hundredths(self.balance),
            tier: tier(self.tier)?,
            moves,
            occurred_at: timestamp(self.occurred_at)?,
            instant: timestamp(self.occurred_at.checked_add(self.delay).ok_or(BROKEN)?)?,
            rules: u32::try_from(self.rules).map_err(|_| BROKEN)?,
            cause: self.cause(currency)?,
            hash: hash(self.hash)?,
        })
    }

    fn cause(&self, currency: Currency) -> Result<Cause, StoreError> {
        let money = || self.amount.and_then(|minor| Money::from_minor(minor, currency).ok()).ok_or(BROKEN);
        let cap_room = self.cap_room.map(Points::from_hundredths);
        let payment = || self.payment.ok_or(BROKEN);
        let scene = || self.scene.and_then(|scene| Scene::ALL.get(usize::try_from(scene).ok()?).copied()).ok_or(BROKEN);
        let other = || self.other.as_deref().ok_or(BROKEN);
        let uuid = |bytes: &[u8]| Uuid::from_slice(bytes).map_err(|_| BROKEN);
        let digest = |bytes: &[u8]| hash(bytes.to_vec());
        Ok(match self.cause {
            0 => Cause::Payment {
                event: self.event()?,
                amount: money()?,
                scene: scene()?,
                tier: tier(self.applied_tier.ok_or(BROKEN)?)?,
                cap_room,
            },
            1 => Cause::Refund { event: self.event()?, amount: money()?, payment: payment()? },
            2 => {
                let (referee, payment) = other()?.split_at_checked(16).ok_or(BROKEN)?;
                let completed_by = Some(payment).filter(|payment| !payment.is_empty()).map(digest).transpose()?;
                Cause::Referral { event: self.event()?, referee: MemberId::new(uuid(referee)?), completed_by, cap_room }
            }
            3 => Cause::Review { event: self.event()?, subject: digest(other()?)?, cap_room },
            4 => Cause::Redemption { redemption: RedemptionId::new(uuid(other()?)?) },
            5 => {
                let day = std::str::from_utf8(other()?).map_err(|_| BROKEN)?;
                Cause::Lapse { day: day.parse().map_err(|_| BROKEN)? }
            }
            6 => Cause::Activation { payment: payment()? },
            7 => {
                let (staff, reason) = other()?.split_at_checked(16).ok_or(BROKEN)?;
                Cause::Staff { staff: StaffId::new(uuid(staff)?), reason: digest(reason)? }
            }
            8 => Cause::RefundOfLapsed { payment: payment()? },
            9 => Cause::Closing,
            10 => {
                let (member, head) = other()?.split_at_checked(16).ok_or(BROKEN)?;
                Cause::MergedInto { member: MemberId::new(uuid(member)?), head: digest(head)? }
            }
            11 => {
                let (member, rest) = other()?.split_at_checked(16).ok_or(BROKEN)?;
                let (head, brought) = rest.split_at_checked(32).ok_or(BROKEN)?;
                let brought = std::str::from_utf8(brought).ok().and_then(|text| text.split_once('|')).ok_or(BROKEN)?;
                let (moves, gathered) = (Moves::parse(brought.0), Gathered::parse(brought.1));
                let brought = Brought { moves: moves.ok_or(BROKEN)?, gathered: gathered.ok_or(BROKEN)? };
                Cause::MergedFrom { member: MemberId::new(uuid(member)?), head: digest(head)?, brought }
            }
            12 => {
                let (referee, refund) = other()?.split_at_checked(16).ok_or(BROKEN)?;
                let (referee, refunded_by) = (MemberId::new(uuid(referee)?), digest(refund)?);
                Cause::ReferralTakenBack { referee, award: payment()?, refunded_by }
            }
            _ => return Err(BROKEN),
        })
    }

    /// Whether the source of its event was found, if it has an event.
    pub(in crate::server::store) fn has_source(&self) -> bool {
        self.event_id.is_none() || self.source.is_some()
    }

    fn event(&self) -> Result<EventKey, StoreError> {
        let (source, id) = self.source.as_deref().zip(self.event_id.as_deref()).ok_or(BROKEN)?;
        Ok(EventKey { source: Source::new(source).map_err(|_| BROKEN)?, id: EventId::new(id).map_err(|_| BROKEN)? })
    }
}

/// An entry on its way into the table, with the numbers that stand for its member and its source there.
pub struct NewEntry<'a> {
    pub member_no: i64,
    pub source_no: Option<i32>,
    pub entry: &'a Entry,
}

#[derive(Default, Serialize)]
struct Columns<'a> {
    m: i64,
    q: i64,
    k: u8,
    p: i64,
    b: i64,
    t: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    v: Option<String>,
    o: i64,
    d: i64,
    r: u32,
    c: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    a: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    g: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    l: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    h: String,
}

fn scene_number(scene: Scene) -> u8 {
    Scene::ALL.iter().position(|s| *s == scene).map_or(0, |at| at as u8)
}

impl<'a> Columns<'a> {
    fn of(new: &'a NewEntry) -> Columns<'a> {
        let entry = new.entry;
        let event = entry.cause.event();
        let mut row = Columns {
            m: new.member_no,
            q: entry.seq,
            k: entry.kind as u8,
            p: entry.points.hundredths(),
            b: entry.balance.hundredths(),
            t: entry.tier.get(),
            v: (entry.moves != Moves::plain(entry.points)).then(|| entry.moves.to_string()),
            o: micros(entry.occurred_at),
            d: micros(entry.instant) - micros(entry.occurred_at),
            r: entry.rules,
            s: new.source_no,
            e: event.map(|event| event.id.as_str()),
            h: entry.hash.to_string(),
            ..Columns::default()
        };
        match &entry.cause {
            Cause::Payment { amount, scene, tier, cap_room, .. } => {
                row.c = 0;
                row.a = Some(amount.minor());
                row.n = Some(scene_number(*scene));
                row.g = Some(tier.get());
                row.l = cap_room.map(Points::hundredths);
            }
            Cause::Refund { amount, payment, .. } => {
                row.c = 1;
                row.a = Some(amount.minor());
                row.y = Some(*payment);
            }
            Cause::Referral { referee, completed_by, cap_room, .. } => {
                row.c = 2;
                let payment = completed_by.map(|hash| hash.to_string()).unwrap_or_default();
                row.x = Some(format!("{}{payment}", referee.uuid().simple()));
                row.l = cap_room.map(Points::hundredths);
            }
            Cause::Review { subject, cap_room, .. } => {
                row.c = 3;
                row.x = Some(subject.to_string());
                row.l = cap_room.map(Points::hundredths);
            }
            Cause::Redemption { redemption } => {
                row.c = 4;
                row.x = Some(redemption.uuid().simple().to_string());
            }
            Cause::Lapse { day } => {
                row.c = 5;
                row.x = Some(hex::encode(day.to_string()));
            }
            Cause::Activation { payment } => {
                row.c = 6;
                row.y = Some(*payment);
            }
            Cause::Staff { staff, reason } => {
                row.c = 7;
                row.x = Some(format!("{}{reason}", staff.uuid().simple()));
            }
            Cause::RefundOfLapsed { payment } => {
                row.c = 8;
                row.y = Some(*payment);
            }
            Cause::Closing => row.c = 9,
            Cause::MergedInto { member, head } => {
                row.c = 10;
                row.x = Some(format!("{}{head}", member.uuid().simple()));
            }
            Cause::MergedFrom { member, head, brought } => {
                row.c = 11;
                let text = hex::encode(format!("{}|{}", brought.moves, brought.gathered));
                row.x = Some(format!("{}{head}{text}", member.uuid().simple()));
            }
            Cause::ReferralTakenBack { referee, award, refunded_by } => {
                row.c = 12;
                row.y = Some(*award);
                row.x = Some(format!("{}{refunded_by}", referee.uuid().simple()));
            }
        }
        row
    }
}

const INSERT_SQLITE: &str =
    "insert into entries (member_no, seq, kind, points, balance, tier, moves, occurred_at, delay, rules,
    cause, source, event_id, amount, scene, applied_tier, cap_room, payment, other, hash)
select value->>'m', value->>'q', value->>'k', value->>'p', value->>'b', value->>'t', value->>'v', value->>'o', value->>'d',
    value->>'r', value->>'c', value->>'s', value->>'e', value->>'a', value->>'n', value->>'g', value->>'l', value->>'y',
    unhex(value->>'x'), unhex(value->>'h')
from json_each($1)";
const INSERT_POSTGRES: &str = "insert into entries (member_no, seq, kind, points, balance, tier, moves, occurred_at, delay, rules,
    cause, source, event_id, amount, scene, applied_tier, cap_room, payment, other, hash)
select m, q, k, p, b, t, v, o, d, r, c, s, e, a, n, g, l, y, decode(x, 'hex'), decode(h, 'hex')
from json_to_recordset($1::json) as j(m bigint, q bigint, k smallint, p bigint, b bigint, t smallint, v text, o bigint, d bigint,
    r integer, c smallint, s integer, e text, a bigint, n smallint, g smallint, l bigint, y bigint, x text, h text)";

/// Adds entries. An event id that is taken within its source is a unique violation.
pub async fn insert(tx: &mut Tx, entries: &[NewEntry<'_>]) -> Result<(), StoreError> {
    let rows: Vec<Columns> = entries.iter().map(Columns::of).collect();
    let (sql, rows) = (tx.pick(INSERT_SQLITE, INSERT_POSTGRES), json(&rows)?);
    on!(tx, conn => sqlx::query(sql).bind(rows).execute(conn).await.map(drop)?);
    Ok(())
}

/// What to list of a member's entries; newest first.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Only entries before this one.
    pub before_seq: i64,
    pub kind: Option<EntryKind>,
    /// Only what occurred from here (inclusive) to there (exclusive).
    pub from: Timestamp,
    pub to: Timestamp,
    pub most: i64,
}

impl Page {
    pub fn newest(most: i64) -> Page {
        Page { before_seq: i64::MAX, kind: None, from: Timestamp::MIN, to: Timestamp::MAX, most }
    }
}

const PAGE: &str = concat!(
    "select ",
    columns!(),
    " from entries e join members m on m.no = e.member_no left join sources s on s.no = e.source
where e.member_no = $1 and e.seq < $2 and ($3 < 0 or e.kind = $3) and e.occurred_at >= $4 and e.occurred_at < $5
order by e.seq desc limit $6"
);

pub async fn page(db: &mut Tx, currency: Currency, member_no: i64, page: Page) -> Result<Vec<Entry>, StoreError> {
    let kind = page.kind.map_or(-1, |kind| kind as i16);
    let rows: Vec<EntryRow> = on!(db, conn => sqlx::query_as(PAGE)
        .bind(member_no).bind(page.before_seq).bind(kind).bind(micros(page.from)).bind(micros(page.to)).bind(page.most)
        .fetch_all(conn).await?);
    rows.into_iter().map(|row| row.read(currency)).collect()
}

const SET_SQLITE: &str = concat!(
    "select ",
    columns!(),
    " from json_each($2) j cross join entries e on e.member_no = $1 and e.seq = j.value join members m on m.no = e.member_no
left join sources s on s.no = e.source"
);
const SET_POSTGRES: &str = concat!(
    "select ",
    columns!(),
    " from entries e join members m on m.no = e.member_no left join sources s on s.no = e.source
where e.member_no = $1 and e.seq in (select value::bigint from jsonb_array_elements_text($2::jsonb) as value)"
);

/// A member's entries with these sequence numbers, in no order.
pub async fn with_seqs(db: &mut Tx, currency: Currency, member_no: i64, seqs: &[i64]) -> Result<Vec<Entry>, StoreError> {
    let (sql, seqs) = (db.pick(SET_SQLITE, SET_POSTGRES), json(seqs)?);
    let rows: Vec<EntryRow> = on!(db, conn => sqlx::query_as(sql).bind(member_no).bind(seqs).fetch_all(conn).await?);
    rows.into_iter().map(|row| row.read(currency)).collect()
}

/// One refund of a payment: the refund's sequence number and its amount.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct RefundOf {
    pub payment: i64,
    pub seq: i64,
    pub amount: i64,
}

const REFUNDS_SQLITE: &str = "select e.payment, e.seq, e.amount from entries e
where e.member_no = $1 and e.cause = 1 and e.payment in (select value from json_each($2)) order by e.seq";
const REFUNDS_POSTGRES: &str = "select e.payment, e.seq, e.amount from entries e
where e.member_no = $1 and e.cause = 1
    and e.payment in (select value::bigint from jsonb_array_elements_text($2::jsonb) as value) order by e.seq";

/// All refunds of a member's payments, in order.
pub async fn refunds_of(db: &mut Tx, member_no: i64, payments: &[i64]) -> Result<Vec<RefundOf>, StoreError> {
    let (sql, payments) = (db.pick(REFUNDS_SQLITE, REFUNDS_POSTGRES), json(payments)?);
    Ok(on!(db, conn => sqlx::query_as(sql).bind(member_no).bind(payments).fetch_all(conn).await?))
}
