//! Posting: first what is due by then, then the thing itself, as links of the chain; and what it did to the tier.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::ledger::account::{Account, Held, checked};
use crate::ledger::entry::{Cause, Entry, EntryKind, Hash, Moves};
use crate::ledger::history::History;
use crate::numbers::points::Points;
use crate::refusal::Refusal;
use crate::rules::rule_set::Timeline;
use crate::rules::terms::CapKey;
use crate::rules::tier::TierRank;
use crate::rules::window::Gain;

/// When something is posted, under which rules and in which history.
#[derive(Clone, Copy)]
pub struct Posting<'a> {
    pub timeline: &'a Timeline,
    pub occurred_at: Timestamp,
    /// When; if that is before the account's last instant, at that.
    pub instant: Timestamp,
}

/// A tier that became another, when and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierChange {
    pub at: Timestamp,
    pub from: TierRank,
    pub to: TierRank,
    pub by: ChangedBy,
    /// The member's last entry by then; what changed it, if an entry did.
    pub seq: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangedBy {
    Entry,
    /// A new version of the rules came into force.
    Rules {
        version: u32,
    },
    /// A month passed, and the window with it.
    Month,
    /// A validity period ended, or the time for which a tier was kept under stricter rules.
    Period,
}

/// What was posted, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    pub entries: Vec<Entry>,
    pub tier_changes: Vec<TierChange>,
}

/// What one posting did: the entry that was asked for, and whatever was due before it or follows at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    pub journal: Journal,
    main: usize,
    late: Option<Timestamp>,
}

impl Posted {
    /// The entry that was asked for.
    pub fn entry(&self) -> &Entry {
        &self.journal.entries[self.main]
    }

    /// Where it stands in the journal.
    pub fn place(&self) -> usize {
        self.main
    }

    /// When it counts for the tier, if it was posted behind due work of a later time.
    pub fn late(&self) -> Option<Timestamp> {
        self.late
    }
}

/// What an entry is made of before it has a place in the chain.
pub(crate) struct Draft {
    pub kind: EntryKind,
    pub moves: Moves,
    pub rules: u32,
    pub cause: Cause,
    pub occurred_at: Timestamp,
    /// What it adds to the tier basis.
    pub counted: Vec<Counted>,
    /// Of points that are held back: how.
    pub held: Option<Held>,
    /// What it adds to the points that lapsed out of a lot, or takes from them.
    pub lapsed: Option<(Date, Points)>,
    /// What counts against caps.
    pub capped: Vec<(CapKey, Points)>,
    /// What counts against caps that begin or end in the same day or month.
    pub uncapped: Vec<(CapKey, Points)>,
}

/// A part of the tier basis.
pub(crate) struct Counted {
    /// The entry that earned it.
    pub seq: i64,
    /// When it counts for a validity period: not after it was posted.
    pub at: Timestamp,
    /// In whose month it counts for a window.
    pub occurred_at: Timestamp,
    pub gain: Gain,
}

impl Draft {
    pub(crate) fn new(kind: EntryKind, rules: u32, cause: Cause, occurred_at: Timestamp) -> Draft {
        Draft {
            kind,
            moves: Moves::none(),
            rules,
            cause,
            occurred_at,
            counted: Vec::new(),
            held: None,
            lapsed: None,
            capped: Vec::new(),
            uncapped: Vec::new(),
        }
    }
}

/// What decides, in view of an account on which everything due has been posted, what to post to it.
pub(crate) type Drafting<'a> = dyn Fn(&Account, Posting) -> Result<Vec<Draft>, Refusal> + 'a;

impl Account {
    /// Posts everything that is due by then, and after it what `make` drafts in view of that; the last draft is what was asked
    /// for. A refusal changes nothing.
    pub(crate) fn post(
        &mut self,
        on: Posting,
        make: impl Fn(&Account, Posting) -> Result<Vec<Draft>, Refusal>,
    ) -> Result<Posted, Refusal> {
        if !self.is_chained {
            return self.post_here(on, make);
        }
        let mut next = self.clone();
        let posted = next.post_here(on, make)?;
        *self = next;
        Ok(posted)
    }

    /// The same; a refusal may leave the account half-way.
    fn post_here(
        &mut self,
        on: Posting,
        make: impl Fn(&Account, Posting) -> Result<Vec<Draft>, Refusal>,
    ) -> Result<Posted, Refusal> {
        let (wanted, on) = (on.instant, Posting { instant: self.instant_of_history(on.instant), ..on });
        let history = self.history.take();
        let mut journal = self.catch_up(on.timeline, on.instant)?;
        let drafts = make(self, on)?;
        let main = journal.entries.len() + drafts.len() - 1;
        let (history, late) = match history {
            Some(history) => self.post_in_time(history, Posting { instant: wanted, ..on }, on.instant, &make),
            None => (None, None),
        };
        self.book(on.timeline, on.instant, drafts, &mut journal)?;
        // what came late may be due already: the holding period of a payment long ago
        let due = self.catch_up(on.timeline, on.instant)?;
        journal.entries.extend(due.entries);
        journal.tier_changes.extend(due.tier_changes);
        if let Some(history) = history.as_deref().filter(|_| late.is_some()) {
            self.stand_as(&history.standing(on.timeline, on.instant)?, on, &mut journal);
        }
        self.history = history;
        Ok(Posted { journal, main, late })
    }

    /// Posts it in the member's history as well, as the next entry of this account; the time that it has there, if that is before
    /// `instant`. A history in which it cannot be posted tells nothing any more.
    fn post_in_time(
        &self,
        mut history: Box<History>,
        on: Posting,
        instant: Timestamp,
        make: &Drafting,
    ) -> (Option<Box<History>>, Option<Timestamp>) {
        let at = history.instant(on.instant).min(instant);
        match history.post(self.seq + 1, Posting { instant: at, ..on }, make) {
            Ok(()) => (Some(history), Some(at).filter(|at| *at < instant)),
            Err(_) => (None, None),
        }
    }

    /// After something late the tier is that of the history, not what it can do to the tier that due work has left.
    fn stand_as(&mut self, standing: &Account, on: Posting, journal: &mut Journal) {
        (self.period, self.floor, self.kept) = (standing.period, standing.floor, standing.kept);
        let change = self.change_to(standing.tier, on.instant, ChangedBy::Entry);
        let Some(change) = change else { return };
        // one change by one entry
        let same = |last: &TierChange| (last.at, last.by, last.seq) == (change.at, change.by, change.seq);
        match journal.tier_changes.pop_if(|last| same(last)) {
            Some(last) if last.from == change.to => (),
            Some(last) => journal.tier_changes.push(TierChange { to: change.to, ..last }),
            None => journal.tier_changes.push(change),
        }
    }

    /// Books drafts as one: a lot that has lapsed and now holds points lapses again at once, and only then the tier is rated,
    /// so that points that come and go in the same moment promote nobody.
    pub(crate) fn book(
        &mut self,
        timeline: &Timeline,
        instant: Timestamp,
        mut drafts: Vec<Draft>,
        journal: &mut Journal,
    ) -> Result<(), Refusal> {
        let (before, first) = (self.tier, self.seq);
        let mut balances = Vec::with_capacity(drafts.len());
        for draft in &drafts {
            self.apply(timeline, draft)?;
            balances.push(checked(self.balance())?);
        }
        while let Some(lapse) = self.lapse_by(timeline, instant)? {
            self.apply(timeline, &lapse)?;
            balances.push(checked(self.balance())?);
            drafts.push(lapse);
        }
        self.last = Some(instant);
        let promoter = drafts.iter().flat_map(|draft| &draft.counted).map(|counted| counted.seq).next().unwrap_or(self.seq);
        let change = self.rate(timeline, instant, ChangedBy::Entry, promoter)?;
        let last = drafts.len() - 1;
        for (i, (draft, balance)) in drafts.into_iter().zip(balances).enumerate() {
            let mut entry = Entry {
                member: self.member,
                seq: first + 1 + i as i64,
                kind: draft.kind,
                points: checked(draft.moves.total())?,
                balance,
                tier: if i == last { self.tier } else { before },
                moves: draft.moves,
                occurred_at: draft.occurred_at,
                instant,
                rules: draft.rules,
                cause: draft.cause,
                hash: Hash::NONE,
            };
            if self.is_chained {
                entry.hash = entry.chained(&self.head);
                self.head = entry.hash;
            }
            journal.entries.push(entry);
        }
        journal.tier_changes.extend(change);
        // what was read may be damaged; a posting on top of it would only hide that
        if self.is_sound() { Ok(()) } else { Err(Refusal::AccountDamaged) }
    }

    /// Whether its parts fit each other. They do after every posting; a database can be damaged.
    pub fn is_sound(&self) -> bool {
        let lots = self.lots.values().try_fold(Points::ZERO, |sum, lot| sum.checked_add(*lot));
        let held = self.held.values().try_fold(Points::ZERO, |sum, held| sum.checked_add(held.points));
        let sums = lots.is_some_and(|lots| lots <= self.available) && held == Some(self.pending);
        let positive =
            self.lots.values().all(|lot| lot.is_positive()) && self.held.values().all(|held| held.points.is_positive());
        let debt =
            !self.debt.is_negative() && !self.available.is_negative() && (self.available.is_zero() || self.debt.is_zero());
        sums && positive && debt
    }

    pub(crate) fn change_to(&mut self, to: TierRank, at: Timestamp, by: ChangedBy) -> Option<TierChange> {
        let from = std::mem::replace(&mut self.tier, to);
        (from != to).then_some(TierChange { at, from, to, by, seq: self.seq })
    }
}
