//! Ledger entries: an event and the entry it made are one row. Only ever added.

use jiff::Timestamp;
use laurel_domain::ids::{MemberId, RedemptionId, StaffId};
use laurel_domain::ledger::entry::{Cause, Entry, EntryKind, Moves};
use laurel_domain::ledger::event::{EventKey, Scene};
use laurel_domain::ledger::merging::{Brought, Gathered};
use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::numbers::points::Points;
use laurel_domain::text::{EventId, Source};
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::database::rows::{Columns, Found};
use crate::store::members::row::{hash, tier};
use crate::store::{StoreError, Tx, json, micros, on, timestamp};

#[derive(FromRow)]
pub(in crate::store) struct EntryRow {
    member_id: Uuid,
    pub(in crate::store) seq: i64,
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
pub(in crate::store) use columns;

impl Found for EntryRow {
    /// In the order of `columns!`.
    fn read(columns: &mut Columns<'_>) -> Result<EntryRow, StoreError> {
        Ok(EntryRow {
            member_id: Uuid::from_bytes(columns.next()?),
            seq: columns.next()?,
            kind: columns.next()?,
            points: columns.next()?,
            balance: columns.next()?,
            tier: columns.next()?,
            moves: columns.next()?,
            occurred_at: columns.next()?,
            delay: columns.next()?,
            rules: columns.next()?,
            cause: columns.next()?,
            source: columns.next()?,
            event_id: columns.next()?,
            amount: columns.next()?,
            scene: columns.next()?,
            applied_tier: columns.next()?,
            cap_room: columns.next()?,
            payment: columns.next()?,
            other: columns.next()?,
            hash: columns.next()?,
        })
    }
}

const BROKEN: StoreError = StoreError::Corrupt("an entry");

impl EntryRow {
    /// The entry as the domain has it. Amounts are in the programme's currency.
    pub(in crate::store) fn read(self, currency: Currency) -> Result<Entry, StoreError> {
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
    pub(in crate::store) fn has_source(&self) -> bool {
        self.event_id.is_none() || self.source.is_some()
    }

    fn event(&self) -> Result<EventKey, StoreError> {
        let (source, id) = self.source.as_deref().zip(self.event_id.as_deref()).ok_or(BROKEN)?;
        Ok(EventKey { source: Source::new(source).map_err(|_| BROKEN)?, id: EventId::new(id).map_err(|_| BROKEN)? })
    }
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

macro_rules! entries {
    ($($from:literal)*) => {
        concat!(
            "select ",
            columns!(),
            $($from,)*
            " join members m on m.no = e.member_no left join sources s on s.no = e.source_no"
        )
    };
}

const PAGE: &str = concat!(entries!(" from entries e"), " where e.member_no = $1 and e.seq < $2 order by e.seq desc limit $3");

/// What is filtered is found in two parts: a member's first thousand entries are looked through, those beyond have indexes.
macro_rules! filtered {
    ($condition:literal, $often:literal) => {
        concat!(
            entries!(
                " from (select * from (select seq from entries where member_no = $1 and seq > 1000 and "
                $often
                " limit $3) often union all select * from (select seq from entries where member_no = $1 and seq <= 1000
        and seq < $2 and "
                $condition
                " order by seq desc limit $3) seldom) w join entries e on e.member_no = $1 and e.seq = w.seq"
            ),
            " order by e.seq desc limit $3"
        )
    };
}

const BY_KIND: &str = filtered!("kind = $4", "seq < $2 and kind = $4 order by seq desc");
// the plus keeps both databases from walking back from the newest, which for an old month is far
const BY_TIME: &str = filtered!(
    "occurred_at >= $4 and occurred_at < $5",
    "+seq < $2 and occurred_at >= $4 and occurred_at < $5 order by +seq desc"
);
const BY_TIME_AND_KIND: &str = filtered!(
    "occurred_at >= $4 and occurred_at < $5 and kind = $6",
    "+seq < $2 and occurred_at >= $4 and occurred_at < $5 and +kind = $6 order by +seq desc"
);

pub async fn page(db: &mut Tx, currency: Currency, member_no: i64, page: Page) -> Result<Vec<Entry>, StoreError> {
    let (from, to) = (micros(page.from), micros(page.to));
    let ever = page.from == Timestamp::MIN && page.to == Timestamp::MAX;
    let rows: Vec<EntryRow> = on!(db, conn => {
        let of = |sql: &'static str| sqlx::query_as(sql).bind(member_no).bind(page.before_seq).bind(page.most);
        match (ever, page.kind) {
            (true, None) => of(PAGE).fetch_all(conn).await?,
            (true, Some(kind)) => of(BY_KIND).bind(kind as i16).fetch_all(conn).await?,
            (false, None) => of(BY_TIME).bind(from).bind(to).fetch_all(conn).await?,
            (false, Some(kind)) => of(BY_TIME_AND_KIND).bind(from).bind(to).bind(kind as i16).fetch_all(conn).await?,
        }
    });
    rows.into_iter().map(|row| row.read(currency)).collect()
}

const SET_SQLITE: &str = concat!(
    "select ",
    columns!(),
    " from jsonb_each($2) j cross join entries e on e.member_no = $1 and e.seq = j.value join members m on m.no = e.member_no
left join sources s on s.no = e.source_no"
);
const SET_POSTGRES: &str = concat!(
    "select ",
    columns!(),
    " from entries e join members m on m.no = e.member_no left join sources s on s.no = e.source_no
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
where e.member_no = $1 and e.cause = 1 and e.payment in (select value from jsonb_each($2)) order by +e.seq";
const REFUNDS_POSTGRES: &str = "select e.payment, e.seq, e.amount from entries e
where e.member_no = $1 and e.cause = 1
    and e.payment in (select value::bigint from jsonb_array_elements_text($2::jsonb) as value) order by e.seq";

/// All refunds of a member's payments, in order.
pub async fn refunds_of(db: &mut Tx, member_no: i64, payments: &[i64]) -> Result<Vec<RefundOf>, StoreError> {
    let (sql, payments) = (db.pick(REFUNDS_SQLITE, REFUNDS_POSTGRES), json(payments)?);
    Ok(on!(db, conn => sqlx::query_as(sql).bind(member_no).bind(payments).fetch_all(conn).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::{SORTS, check_scans_nothing, check_uses};

    #[tokio::test]
    async fn a_members_entries_are_found_by_what_they_are_filtered_by() {
        for sql in [PAGE, SET_SQLITE, REFUNDS_SQLITE] {
            check_scans_nothing(sql, &[]).await;
        }
        for (sql, index) in
            [(BY_KIND, "entries_often_kind"), (BY_TIME, "entries_often_time"), (BY_TIME_AND_KIND, "entries_often_time")]
        {
            check_scans_nothing(sql, &["often", "seldom", SORTS]).await;
            check_uses(sql, index).await;
        }
        check_uses(REFUNDS_SQLITE, "entries_refunds").await;
    }
}
