//! Histories held in memory, sixteen bytes an event, so that the same history can be made again under one draft after the other.
//!
//! A block has some members' causes one after the other, each member's in the order in which they were posted. What does not fit
//! sixteen bytes (an amount beyond 40 million units, what a redemption gave back, a closing) stands aside as the entry itself;
//! members whose history needs more than their entries are not taken at all. What comes out again is enough to make the history
//! again, and no more: an event's id, a subject or a reason is not kept.

use std::sync::LazyLock;

use uuid::Uuid;

use crate::ids::{MemberId, RedemptionId, StaffId};
use crate::lab::made::Happened;
use crate::lab::outcome::Side;
use crate::lab::replay::{Beside, Notes, Replay};
use crate::ledger::account::Account;
use crate::ledger::entry::{Cause, Entry, EntryKind, Hash};
use crate::ledger::event::{EventKey, Scene};
use crate::ledger::posting::Posting;
use crate::ledger::sink::Sink;
use crate::numbers::money::{Currency, Money};
use crate::numbers::points::Points;
use crate::numbers::time::Moment;
use crate::refusal::Refusal;
use crate::rules::rule_set::Timeline;
use crate::text::{EventId, Source};

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    /// Minor units, or hundredths of a point; of what stands aside, where.
    amount: u32,
    /// From when it occurred to when it was posted, in microseconds; [`ASIDE`]: the instant stands aside.
    delay: u32,
    /// What it is (3 bits), its scene (with [`REFUNDED`]) or how many events back its payment is (8 bits), and when it occurred in
    /// microseconds since 1970 (53 bits: to the year 2255).
    what: u64,
}

const ASIDE: u32 = u32::MAX;
const MICROS: u32 = 53;
/// With a payment's scene: a refund of it follows.
const REFUNDED: u8 = 128;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Payment,
    Refund,
    Review,
    /// With 1 where a refund of the payment can take it back.
    Referral,
    Redeem,
    Give,
    Take,
    Aside,
}

const KINDS: [Kind; 8] =
    [Kind::Payment, Kind::Refund, Kind::Review, Kind::Referral, Kind::Redeem, Kind::Give, Kind::Take, Kind::Aside];

impl Row {
    #[inline]
    fn kind(&self) -> Kind {
        KINDS[(self.what >> (MICROS + 8)) as usize]
    }
}

/// A member and where their events are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub no: i64,
    pub member: MemberId,
    /// How many entries they had when they were read.
    pub entries: i64,
    rows: (u32, u32),
    instants: u32,
}

/// Some members' histories.
#[derive(Clone, Debug, Default)]
pub struct Block {
    slots: Vec<Slot>,
    rows: Vec<Row>,
    /// Instants that stand aside, member by member in the order of their rows.
    instants: Vec<Moment>,
    aside: Vec<Entry>,
    /// Rows that belong to nobody any more.
    left_over: usize,
}

/// What each of a member's rows is, while they are written.
struct Writer {
    rows: Vec<Row>,
    instants: Vec<Moment>,
    aside: Vec<Entry>,
    /// The number among all entries of each row.
    seqs: Vec<i64>,
    redeemed: Vec<(RedemptionId, usize)>,
}

impl Block {
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub fn bytes(&self) -> usize {
        size_of::<Slot>() * self.slots.capacity()
            + size_of::<Row>() * self.rows.capacity()
            + size_of::<Moment>() * self.instants.capacity()
            + size_of::<Entry>() * self.aside.capacity()
    }

    /// What all rows say together of amounts: a loop that reads every row and does no more.
    pub fn amounts(&self) -> u64 {
        self.rows.iter().map(|row| u64::from(row.amount) ^ (row.what & 1)).sum()
    }

    /// Whether so much is left over that it should be read anew.
    pub fn is_worn(&self) -> bool {
        self.left_over > self.rows.len() / 2
    }

    /// Takes a member, in place of what it had of them. Not if their history takes over another's, or contradicts itself: the
    /// member is then in it no more.
    pub fn put(&mut self, no: i64, member: MemberId, entries: &[Entry]) -> bool {
        self.forget(no);
        let mut writer = Writer { rows: vec![], instants: vec![], aside: vec![], seqs: vec![], redeemed: vec![] };
        let fits = entries.iter().try_for_each(|entry| writer.write(entry, self.aside.len()));
        let (from, to) = (self.rows.len(), self.rows.len() + writer.rows.len());
        let (Some(()), Ok(from), Ok(to), Ok(instants)) =
            (fits, u32::try_from(from), u32::try_from(to), u32::try_from(self.instants.len()))
        else {
            return false;
        };
        self.rows.extend(writer.rows);
        self.instants.extend(writer.instants);
        self.aside.extend(writer.aside);
        self.slots.push(Slot { no, member, entries: entries.len() as i64, rows: (from, to), instants });
        true
    }

    /// Has a member no more.
    pub fn forget(&mut self, no: i64) {
        if let Some(at) = self.slots.iter().position(|slot| slot.no == no) {
            let (from, to) = self.slots.remove(at).rows;
            self.left_over += (to - from) as usize;
        }
    }

    /// Gives back what was reserved for more.
    pub fn shrink(&mut self) {
        self.rows.shrink_to_fit();
        self.instants.shrink_to_fit();
        self.aside.shrink_to_fit();
        self.slots.shrink_to_fit();
    }

    /// Makes a member's history again, and what is due by then or by their last instant. `account` is a new one of theirs
    /// ([`Account::unchained`]). What it makes goes to `sink`.
    ///
    /// Refused: as [`Replay::again`].
    #[inline]
    pub fn again<S: Sink>(
        &self,
        slot: &Slot,
        timeline: &Timeline,
        until: impl Into<Moment>,
        (account, notes): (&mut Account, &mut Notes),
        sink: &mut S,
    ) -> Result<(), Refusal> {
        let until = until.into();
        let mut replay = Replay::new(account, notes, timeline, Beside::default());
        let mut reader = Reader::new(self, slot, timeline);
        let mut last = until;
        for (at, row) in self.rows[slot.rows.0 as usize..slot.rows.1 as usize].iter().enumerate() {
            let posted = reader.post(row, at, &mut replay, sink)?;
            if posted > last {
                last = posted;
            }
        }
        replay.finish(last, sink)
    }

    /// [`Block::again`], added up.
    pub fn side(&self, slot: &Slot, timeline: &Timeline, until: impl Into<Moment>) -> Result<Side, Refusal> {
        let mut desk = Desk::new(timeline);
        desk.make(self, slot, timeline, until)?;
        Ok(desk.side)
    }
}

/// Where one member's history after the other is made again and added up: the next needs no memory that the last one has not had.
#[derive(Debug)]
pub struct Desk {
    side: Side,
    notes: Notes,
}

impl Desk {
    pub fn new(timeline: &Timeline) -> Desk {
        Desk { side: Side::begun(MemberId::new(Uuid::nil()), timeline), notes: Notes::default() }
    }

    /// [`Block::again`], added up; it stands until the next.
    pub fn make(
        &mut self,
        block: &Block,
        slot: &Slot,
        timeline: &Timeline,
        until: impl Into<Moment>,
    ) -> Result<&mut Side, Refusal> {
        self.side.begin(slot.member, timeline);
        let (account, made) = self.side.parts();
        block.again(slot, timeline, until, (account, &mut self.notes), &mut made.taking(timeline.calendar()))?;
        self.side.add_up();
        Ok(&mut self.side)
    }

    /// What was made last.
    pub fn side(&self) -> &Side {
        &self.side
    }
}

impl Writer {
    /// `None` if it cannot be taken.
    fn write(&mut self, entry: &Entry, before: usize) -> Option<()> {
        let small = |number: i64| u32::try_from(number).ok();
        let back = |seqs: &[i64], seq: i64| {
            let at = seqs.iter().rposition(|of| *of == seq)?;
            u8::try_from(seqs.len() - at).ok()
        };
        let written = match &entry.cause {
            // these come of others
            Cause::Lapse { .. } | Cause::Activation { .. } | Cause::RefundOfLapsed { .. } => return Some(()),
            Cause::MergedFrom { .. } => return None,
            Cause::Payment { amount, scene, .. } => small(amount.minor()).map(|amount| (Kind::Payment, *scene as u8, amount)),
            Cause::Refund { amount, payment, .. } => {
                self.mark_refunded(*payment);
                small(amount.minor()).zip(back(&self.seqs, *payment)).map(|(amount, back)| (Kind::Refund, back, amount))
            }
            Cause::Review { .. } => Some((Kind::Review, 0, 0)),
            Cause::Referral { completed_by, .. } => Some((Kind::Referral, u8::from(completed_by.is_some()), 0)),
            Cause::Redemption { redemption } if entry.kind == EntryKind::Redeem => {
                self.redeemed.push((*redemption, self.rows.len()));
                // one that is given back later is found by its place
                Some((Kind::Redeem, 0, small(entry.points.hundredths().checked_neg()?)?))
            }
            Cause::Staff { .. } if entry.points.is_negative() => {
                small(entry.points.hundredths().checked_neg()?).map(|points| (Kind::Take, 0, points))
            }
            Cause::Staff { .. } => small(entry.points.hundredths()).map(|points| (Kind::Give, 0, points)),
            _ => None,
        };
        let micros = u64::try_from(entry.occurred_at.as_microsecond()).ok().filter(|micros| micros >> MICROS == 0);
        let (kind, more, amount) = match written {
            Some(written) => written,
            None => (Kind::Aside, 0, self.put_aside(entry, before)?),
        };
        let micros = micros?;
        let delay = entry.instant.as_microsecond().checked_sub(entry.occurred_at.as_microsecond())?;
        let delay = u32::try_from(delay).ok().filter(|delay| *delay != ASIDE).unwrap_or(ASIDE);
        if delay == ASIDE {
            self.instants.push(entry.instant.into());
        }
        let what = micros | (u64::from(more) << MICROS) | ((kind as u64) << (MICROS + 8));
        self.rows.push(Row { amount, delay, what });
        self.seqs.push(entry.seq);
        Some(())
    }

    fn mark_refunded(&mut self, payment: i64) {
        let row = self.seqs.iter().rposition(|of| *of == payment).map(|at| &mut self.rows[at]);
        if let Some(row) = row.filter(|row| row.kind() == Kind::Payment) {
            row.what |= u64::from(REFUNDED) << MICROS;
        }
    }

    /// The entry itself, its references by the numbers that entries have here.
    fn put_aside(&mut self, entry: &Entry, before: usize) -> Option<u32> {
        let mut entry = entry.clone();
        let number = |seqs: &[i64], seq: i64| Some(seqs.iter().rposition(|of| *of == seq)? as i64 + 1);
        match &mut entry.cause {
            Cause::Refund { payment, .. } => *payment = number(&self.seqs, *payment)?,
            Cause::ReferralTakenBack { award, .. } => *award = number(&self.seqs, *award)?,
            Cause::Redemption { redemption } => {
                let at = self.redeemed.iter().rfind(|(id, _)| id == redemption)?.1;
                *redemption = redemption_at(at as i64 + 1);
            }
            _ => (),
        }
        self.aside.push(entry);
        u32::try_from(before + self.aside.len() - 1).ok()
    }
}

/// The id that the redemption with that number has here.
fn redemption_at(seq: i64) -> RedemptionId {
    RedemptionId::new(Uuid::from_u128(seq.unsigned_abs().into()))
}

/// For entries made of rows: which event it was is not kept, and nobody asks.
fn any_event() -> EventKey {
    static ANY: LazyLock<EventKey> = LazyLock::new(|| match (Source::new("-"), EventId::new("-")) {
        (Ok(source), Ok(id)) => EventKey { source, id },
        _ => unreachable!("literal texts"),
    });
    ANY.clone()
}

/// Posts rows again.
struct Reader<'b> {
    aside: &'b [Entry],
    instants: std::slice::Iter<'b, Moment>,
    timeline: &'b Timeline,
    currency: Currency,
}

impl<'b> Reader<'b> {
    #[inline]
    fn new(block: &'b Block, slot: &Slot, timeline: &'b Timeline) -> Reader<'b> {
        Reader {
            aside: &block.aside,
            instants: block.instants[slot.instants as usize..].iter(),
            timeline,
            currency: timeline.latest().currency,
        }
    }

    /// Posts what a row is, and says when that was.
    #[inline(always)]
    fn post<S: Sink>(&mut self, row: &Row, at: usize, replay: &mut Replay, sink: &mut S) -> Result<Moment, Refusal> {
        let micros = (row.what & ((1 << MICROS) - 1)) as i64;
        let occurred_at = Moment::from_micros(micros);
        let instant = match row.delay {
            0 => occurred_at,
            ASIDE => match self.instants.next() {
                Some(instant) => *instant,
                None => return Err(Refusal::AccountDamaged),
            },
            delay => occurred_at.plus(delay.into()),
        };
        let on = Posting { timeline: self.timeline, occurred_at, instant };
        let (more, seq) = ((row.what >> MICROS) as u8, at as i64 + 1);
        match row.kind() {
            Kind::Payment => {
                let Some(&scene) = Scene::ALL.get(usize::from(more & !REFUNDED)) else { return Err(Refusal::AccountDamaged) };
                let seq = (more & REFUNDED != 0).then_some(seq);
                replay.pay(on, self.money(row)?, scene, seq, any_event, sink)?;
            }
            Kind::Refund => {
                replay.refund(on, seq - i64::from(more), self.money(row)?, any_event, sink)?;
            }
            kind => self.post_other(kind, row, on, seq, replay, sink)?,
        }
        Ok(instant)
    }

    /// Apart, so that payments and refunds have the registers for themselves.
    #[inline(never)]
    fn post_other<S: Sink>(
        &self,
        kind: Kind,
        row: &Row,
        on: Posting,
        seq: i64,
        replay: &mut Replay,
        sink: &mut S,
    ) -> Result<(), Refusal> {
        let points = Points::from_hundredths(row.amount.into());
        let less = Points::from_hundredths(-i64::from(row.amount));
        let staff = || Cause::Staff { staff: StaffId::new(Uuid::nil()), reason: Hash::NONE };
        let (kind, points, cause) = match kind {
            Kind::Review => {
                (EntryKind::Earn, Points::ZERO, Cause::Review { event: any_event(), subject: Hash::NONE, cap_room: None })
            }
            Kind::Referral => {
                let completed_by = ((row.what >> MICROS) as u8 == 1).then_some(Hash::NONE);
                let referee = MemberId::new(Uuid::nil());
                (EntryKind::Earn, Points::ZERO, Cause::Referral { event: any_event(), referee, completed_by, cap_room: None })
            }
            Kind::Redeem => (EntryKind::Redeem, less, Cause::Redemption { redemption: redemption_at(seq) }),
            Kind::Give => (EntryKind::Adjust, points, staff()),
            Kind::Take => (EntryKind::Adjust, less, staff()),
            Kind::Aside | Kind::Payment | Kind::Refund => {
                let entry = self.aside.get(row.amount as usize).ok_or(Refusal::AccountDamaged)?;
                let Entry { kind, points, ref cause, .. } = *entry;
                return replay.post_again(Happened { seq, kind, points, cause }, on, None, sink);
            }
        };
        replay.post_again(Happened { seq, kind, points, cause: &cause }, on, None, sink)
    }

    #[inline]
    fn money(&self, row: &Row) -> Result<Money, Refusal> {
        Money::from_minor(row.amount.into(), self.currency).map_err(|_| Refusal::AccountDamaged)
    }
}
