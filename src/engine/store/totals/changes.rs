//! What a transaction changes of the totals, and of whom: gathered where entries, accounts and new members are written, so that no
//! use case can forget it, and written as one row before the commit.

use std::collections::BTreeMap;

use jiff::Timestamp;
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::entry::{Entry, EntryKind};
use laurel_domain::numbers::time::Moment;
use laurel_domain::rules::tier::TierRank;
use serde::{Deserialize, Serialize};

use super::posted;
use crate::store::database::rows::Rows;
use crate::store::{Either, StoreError, Tx, json, micros};

/// What is added up over the whole programme; some of it by a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sum {
    Members,
    Pending,
    Debt,
    Outstanding,
    OfTier(i64),
    /// Points in lots that expire, by the number of their last day.
    InLots(i64),
    Events,
    Points(EntryKind),
    Entries(EntryKind),
}

impl Sum {
    pub(super) fn numbers(self) -> (i16, i64) {
        match self {
            Sum::Members => (0, 0),
            Sum::Pending => (1, 0),
            Sum::Debt => (2, 0),
            Sum::Outstanding => (3, 0),
            Sum::OfTier(tier) => (4, tier),
            Sum::InLots(day) => (5, day),
            Sum::Events => (6, 0),
            Sum::Points(kind) => (7, kind as i64),
            Sum::Entries(kind) => (8, kind as i64),
        }
    }

    pub(super) fn of_numbers(what: i16, key: i64) -> Result<Sum, StoreError> {
        Ok(match what {
            0 => Sum::Members,
            1 => Sum::Pending,
            2 => Sum::Debt,
            3 => Sum::Outstanding,
            4 => Sum::OfTier(key),
            5 => Sum::InLots(key),
            6 => Sum::Events,
            7 => Sum::Points(kind(key)?),
            8 => Sum::Entries(kind(key)?),
            _ => return Err(StoreError::Corrupt("a total")),
        })
    }
}

pub(super) fn kind(number: i64) -> Result<EntryKind, StoreError> {
    let kind = usize::try_from(number).ok().and_then(|number| EntryKind::ALL.get(number).copied());
    kind.ok_or(StoreError::Corrupt("a kind of entries"))
}

/// A quarter of an hour, counted from 1970 UTC: days of every time zone consist of whole ones, so that the programme's calendar is
/// needed only where quarters are added up to days.
pub type Quarter = i64;

const QUARTER: i64 = 15 * 60 * 1_000_000;

/// As SQL divides, too.
fn quarter(instant: Timestamp) -> Quarter {
    micros(instant) / QUARTER
}

/// When a quarter begins.
pub(super) fn start(quarter: Quarter) -> Result<Timestamp, StoreError> {
    crate::store::timestamp(quarter.saturating_mul(QUARTER))
}

/// What entries of one kind amount to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    pub entries: i64,
    pub events: i64,
    pub points: i64,
}

impl Flow {
    pub(super) fn add(&mut self, other: Flow) {
        self.entries = self.entries.saturating_add(other.entries);
        self.events = self.events.saturating_add(other.events);
        self.points = self.points.saturating_add(other.points);
    }

    pub(super) fn is_nothing(self) -> bool {
        self == Flow::default()
    }
}

/// Sums, and flows by quarter or day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub sums: BTreeMap<Sum, i64>,
    pub flows: BTreeMap<(i64, EntryKind), Flow>,
}

impl Totals {
    pub fn get(&self, sum: Sum) -> i64 {
        self.sums.get(&sum).copied().unwrap_or(0)
    }

    pub(super) fn add(&mut self, sum: Sum, amount: i64) {
        if amount != 0 {
            let held = self.sums.entry(sum).or_default();
            *held = held.saturating_add(amount);
        }
    }

    /// An entry, or many of a kind; all-time sums follow.
    pub(super) fn flow(&mut self, time: i64, kind: EntryKind, flow: Flow) {
        self.flows.entry((time, kind)).or_default().add(flow);
        self.add(Sum::Events, flow.events);
        self.add(Sum::Points(kind), flow.points);
        self.add(Sum::Entries(kind), flow.entries);
    }

    /// Without what is nothing, so that equal totals are equal.
    #[must_use]
    pub fn reduced(mut self) -> Totals {
        self.sums.retain(|_, amount| *amount != 0);
        self.flows.retain(|_, flow| !flow.is_nothing());
        self
    }
}

/// What a transaction has changed so far.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    totals: Totals,
    instant: Option<Timestamp>,
    /// Who got entries, or is new.
    members: Vec<i64>,
}

impl Changes {
    pub fn enrolled(&mut self, numbers: impl Iterator<Item = i64>) {
        let before = self.members.len();
        self.members.extend(numbers);
        let members = i64::try_from(self.members.len() - before).unwrap_or(i64::MAX);
        self.totals.add(Sum::Members, members);
        self.totals.add(Sum::OfTier(tier(TierRank::FIRST)), members);
    }

    pub fn posted(&mut self, member_no: i64, entry: &Entry) {
        self.members.push(member_no);
        let flow = Flow { entries: 1, events: i64::from(entry.cause.event().is_some()), points: entry.points.hundredths() };
        self.totals.flow(quarter(entry.instant), entry.kind, flow);
    }

    pub fn account(&mut self, before: &Account, after: &Account) {
        let sums = |account: &Account| {
            let [available, pending, debt] = [account.available, account.pending, account.debt].map(|p| p.hundredths());
            [pending, debt, available.saturating_add(pending).saturating_sub(debt)]
        };
        for (sum, (before, after)) in
            [Sum::Pending, Sum::Debt, Sum::Outstanding].into_iter().zip(sums(before).into_iter().zip(sums(after)))
        {
            self.totals.add(sum, after.saturating_sub(before));
        }
        if before.tier != after.tier {
            self.totals.add(Sum::OfTier(tier(before.tier)), -1);
            self.totals.add(Sum::OfTier(tier(after.tier)), 1);
        }
        if before.lots != after.lots {
            for (account, sign) in [(before, -1), (after, 1)] {
                for (day, points) in account.lots.iter() {
                    self.totals.add(Sum::InLots(i64::from(day.number())), sign * points.hundredths());
                }
            }
        }
        self.instant = self.instant.max(after.last.map(Moment::time));
    }
}

fn tier(tier: TierRank) -> i64 {
    i64::from(tier.get())
}

/// As a row has it.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(rename = "s")]
    sums: Vec<(i16, i64, i64)>,
    /// quarter, kind, entries, events, points
    #[serde(rename = "f")]
    flows: Vec<(Quarter, i64, i64, i64, i64)>,
}

impl Kept {
    /// Adds what a row has to totals whose flows are by quarter.
    pub(super) fn add_to(text: &str, totals: &mut Totals) -> Result<(), StoreError> {
        let kept: Kept = serde_json::from_str(text).map_err(|_| StoreError::Corrupt("what a transaction changed"))?;
        for (what, key, amount) in kept.sums {
            totals.add(Sum::of_numbers(what, key)?, amount);
        }
        for (quarter, number, entries, events, points) in kept.flows {
            totals.flow(quarter, kind(number)?, Flow { entries, events, points });
        }
        Ok(())
    }
}

static INSERT_SQLITE: Rows = Rows("insert into postings (instant, changes) values (?1, ?2)");
const INSERT: &str = "insert into postings (instant, changes) values ($1, $2)";
// one statement, so that posting waits for the server no more often
const INSERT_BOTH: &str = "with named as (insert into posted (members) values ($3))
insert into postings (instant, changes) values ($1, $2)";

/// Writes what the transaction has changed, if it has changed anything. All-time sums of flows are not said twice.
pub async fn write(tx: &mut Tx) -> Result<(), StoreError> {
    let Changes { totals, instant, members } = tx.take_changes();
    let totals = totals.reduced();
    if totals == Totals::default() && instant.is_none() {
        return Ok(());
    }
    let said_by_flows = |sum: &Sum| matches!(sum, Sum::Events | Sum::Points(_) | Sum::Entries(_));
    let sums = totals.sums.iter().filter(|(sum, _)| !said_by_flows(sum)).map(|(sum, amount)| {
        let (what, key) = sum.numbers();
        (what, key, *amount)
    });
    let flows = totals.flows.iter().map(|((quarter, kind), f)| (*quarter, *kind as i64, f.entries, f.events, f.points));
    let kept = json(&Kept { sums: sums.collect(), flows: flows.collect() })?;
    let instant = instant.map(micros);
    let named = if members.is_empty() { None } else { Some(posted::named(members)?) };
    match (tx.either(), named) {
        (Either::Postgres(conn), Some(named)) => {
            sqlx::query(INSERT_BOTH).bind(instant).bind(kept).bind(named).execute(conn).await?;
        }
        (Either::Postgres(conn), None) => {
            sqlx::query(INSERT).bind(instant).bind(kept).execute(conn).await?;
        }
        (Either::Sqlite(conn), named) => {
            INSERT_SQLITE.execute(conn, &[(instant, kept.as_str())]).await?;
            if let Some(named) = named {
                posted::INSERT_SQLITE.execute(conn, &[named.as_deref()]).await?;
            }
        }
    }
    Ok(())
}
