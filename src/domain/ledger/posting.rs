//! Posting: first what is due by then, then the thing itself, as links of the chain; and what it did to the tier.

use smallvec::{SmallVec, smallvec};

use crate::ledger::entry::{Entry, EntryKind, Moves};
use crate::ledger::sink::{Booked, Journal, Of, Sink};
use crate::ledger::state::{Held, State, checked};
use crate::numbers::points::Points;
use crate::numbers::time::{Day, Moment};
use crate::refusal::Refusal;
use crate::rules::rule_set::Timeline;
use crate::rules::terms::CapKey;
use crate::rules::tier::TierRank;
use crate::rules::window::Gain;

/// When something is posted, under which rules and in which history.
#[derive(Clone, Copy)]
pub struct Posting<'a> {
    pub timeline: &'a Timeline,
    pub occurred_at: Moment,
    /// When; if that is before the account's last instant, at that.
    pub instant: Moment,
}

impl<'a> Posting<'a> {
    pub fn new(timeline: &'a Timeline, occurred_at: impl Into<Moment>, instant: impl Into<Moment>) -> Posting<'a> {
        Posting { timeline, occurred_at: occurred_at.into(), instant: instant.into() }
    }
}

/// A tier that became another, when and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierChange {
    pub at: Moment,
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

/// What one posting did: the entry that was asked for, and whatever was due before it or follows at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    pub journal: Journal,
    main: usize,
    late: Option<Moment>,
}

impl Posted {
    /// `main` is where what was asked for stands in the journal.
    pub(crate) fn new(journal: Journal, main: Option<usize>, late: Option<Moment>) -> Posted {
        Posted { journal, main: main.unwrap_or_default(), late }
    }

    /// The entry that was asked for.
    pub fn entry(&self) -> &Entry {
        &self.journal.entries[self.main]
    }

    /// Where it stands in the journal.
    pub fn place(&self) -> usize {
        self.main
    }

    /// When it counts for the tier, if it was posted behind due work of a later time.
    pub fn late(&self) -> Option<Moment> {
        self.late
    }
}

/// What an entry is made of before it has a place in the chain.
pub(crate) struct Draft {
    pub kind: EntryKind,
    pub moves: Moves,
    pub rules: u32,
    pub of: Of,
    /// Whether it ends the account.
    pub closes: bool,
    pub occurred_at: Moment,
    /// What it adds to the tier basis.
    pub counted: SmallVec<[Counted; 2]>,
    /// Of points that are held back: how.
    pub held: Option<Held>,
    /// What it adds to the points that lapsed out of a lot, or takes from them.
    pub lapsed: Option<(Day, Points)>,
    /// What counts against caps.
    pub capped: SmallVec<[(CapKey, Points); 2]>,
    /// What counts against caps that begin or end in the same day or month.
    pub uncapped: SmallVec<[(CapKey, Points); 2]>,
}

/// Most postings have one.
pub(crate) type Drafts = SmallVec<[Draft; 1]>;

/// A part of the tier basis.
pub(crate) struct Counted {
    /// The entry that earned it.
    pub seq: i64,
    /// When it counts for a validity period: not after it was posted.
    pub at: Moment,
    /// In whose month it counts for a window.
    pub occurred_at: Moment,
    pub gain: Gain,
}

impl Draft {
    #[inline]
    pub(crate) fn new(kind: EntryKind, rules: u32, of: Of, occurred_at: Moment) -> Draft {
        Draft {
            kind,
            moves: Moves::none(),
            rules,
            of,
            closes: false,
            occurred_at,
            counted: SmallVec::new(),
            held: None,
            lapsed: None,
            capped: SmallVec::new(),
            uncapped: SmallVec::new(),
        }
    }

    /// As all that is posted.
    pub(crate) fn alone(self) -> Drafts {
        smallvec![self]
    }
}

impl State {
    /// Posts everything that is due by then, and after it what `make` drafts in view of that; the last draft is what was asked
    /// for. `on` is not before the last instant.
    pub(crate) fn post<S: Sink>(
        &mut self,
        on: Posting,
        sink: &mut S,
        make: impl Fn(&State, Posting) -> Result<Drafts, Refusal>,
    ) -> Result<(), Refusal> {
        self.catch_up(on.timeline, on.instant, sink)?;
        let mut drafts = make(self, on)?;
        self.book_on_time(on, &mut drafts, sink).map(drop)
    }

    /// Books drafts of an account on which nothing is due any more; when something is due next, if ever.
    pub(crate) fn book_on_time<S: Sink>(
        &mut self,
        on: Posting,
        drafts: &mut [Draft],
        sink: &mut S,
    ) -> Result<Option<Moment>, Refusal> {
        self.book(on.timeline, on.instant, drafts, sink)?;
        // what came late may be due already: the holding period of a payment long ago
        self.catch_up(on.timeline, on.instant, sink)
    }

    /// Books drafts as one: a lot that has lapsed and now holds points lapses again at once, and only then the tier is rated,
    /// so that points that come and go in the same moment promote nobody.
    pub(crate) fn book<S: Sink>(
        &mut self,
        timeline: &Timeline,
        instant: Moment,
        drafts: &mut [Draft],
        sink: &mut S,
    ) -> Result<(), Refusal> {
        let (before, first) = (self.tier, self.seq);
        let mut balances: SmallVec<[Points; 4]> = SmallVec::new();
        let mut lapses: SmallVec<[Draft; 1]> = SmallVec::new();
        for draft in drafts.iter() {
            self.apply(timeline, draft)?;
            balances.push(checked(self.balance())?);
        }
        while let Some(lapse) = self.lapse_by(timeline, instant)? {
            self.apply(timeline, &lapse)?;
            balances.push(checked(self.balance())?);
            lapses.push(lapse);
        }
        self.last = Some(instant);
        let promoter = drafts.iter().flat_map(|draft| &draft.counted).map(|counted| counted.seq).next().unwrap_or(self.seq);
        let change = self.rate(timeline, instant, ChangedBy::Entry, promoter)?;
        let last = drafts.len() + lapses.len() - 1;
        for (i, (draft, balance)) in drafts.iter_mut().chain(&mut lapses).zip(balances.iter().copied()).enumerate() {
            let Draft { kind, occurred_at, rules, of, .. } = *draft;
            let moves = std::mem::take(&mut draft.moves);
            let (seq, points) = (first + 1 + i as i64, checked(moves.total())?);
            let tier = if i == last { self.tier } else { before };
            sink.booked(Booked { seq, kind, points, balance, tier, occurred_at, instant, rules, of }, || moves);
        }
        if let Some(change) = change {
            sink.tier_changed(change);
        }
        // what was read may be damaged; a posting on top of it would only hide that
        if self.is_sound() { Ok(()) } else { Err(Refusal::AccountDamaged) }
    }

    /// Whether its parts fit each other. They do after every posting; a database can be damaged.
    pub fn is_sound(&self) -> bool {
        let lots = self.lots.values().try_fold(Points::ZERO, Points::checked_add);
        let held = self.held.values().try_fold(Points::ZERO, |sum, held| sum.checked_add(held.points));
        let sums = lots.is_some_and(|lots| lots <= self.available) && held == Some(self.pending);
        let positive =
            self.lots.values().all(|lot| lot.is_positive()) && self.held.values().all(|held| held.points.is_positive());
        let debt =
            !self.debt.is_negative() && !self.available.is_negative() && (self.available.is_zero() || self.debt.is_zero());
        sums && positive && debt
    }

    #[inline]
    pub(crate) fn change_to(&mut self, to: TierRank, at: Moment, by: ChangedBy) -> Option<TierChange> {
        let from = std::mem::replace(&mut self.tier, to);
        (from != to).then_some(TierChange { at, from, to, by, seq: self.seq })
    }
}
