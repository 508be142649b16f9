//! A member's account: whose it is, where it stands ([`State`]), and the chain of its entries. What is posted to it is in files of
//! its own: [`earn`], [`refund`], [`invitation`], [`spend`], [`closing`] and [`merging`].
//!
//! [`earn`]: crate::ledger::earn
//! [`refund`]: crate::ledger::refund
//! [`invitation`]: crate::ledger::invitation
//! [`spend`]: crate::ledger::spend
//! [`closing`]: crate::ledger::closing
//! [`merging`]: crate::ledger::merging

use std::ops::{Deref, DerefMut};

use crate::ids::MemberId;
use crate::ledger::entry::Hash;
use crate::ledger::history::{History, Standing};
use crate::ledger::posting::{ChangedBy, Drafts, Posted, Posting, TierChange};
use crate::ledger::sink::{Journal, Kept, Recorder, Sink};
use crate::ledger::state::State;
use crate::numbers::time::Moment;
use crate::refusal::Refusal;
use crate::rules::rule_set::Timeline;

/// A member's account. What it holds is read as its [`State`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub member: MemberId,
    /// The hash of the last entry.
    pub head: Hash,
    pub state: State,
    /// Only where something may come late. See [`History`].
    pub history: Option<Box<History>>,
    /// Whether its entries are links of a chain. Those of a history that is only made again, to see what comes of it, have no hashes,
    /// and a refusal leaves nothing of such an account.
    pub is_chained: bool,
}

impl Deref for Account {
    type Target = State;
    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Account {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

/// When something posted counts for the tier, if it was posted behind due work of a later time.
pub(crate) type Late = Option<Moment>;

impl Account {
    /// A new member's. `timeline` says what has to be kept of them.
    #[inline]
    pub fn new(member: MemberId, timeline: &Timeline) -> Account {
        Account { member, head: Hash::NONE, state: State::new(timeline), history: None, is_chained: true }
    }

    /// An account whose history is only made again.
    #[inline]
    pub fn unchained(member: MemberId, timeline: &Timeline) -> Account {
        Account { member, head: Hash::NONE, state: State::new(timeline), history: None, is_chained: false }
    }

    /// Another member's, whose history is only made again, in the room that this one has.
    pub(crate) fn clear(&mut self, member: MemberId, timeline: &Timeline) {
        (self.member, self.head, self.history, self.is_chained) = (member, Hash::NONE, None, false);
        self.state.clear(timeline);
    }

    /// Posts to it and makes entries of what that does. A refusal changes nothing.
    pub(crate) fn recorded(
        &mut self,
        post: impl FnOnce(&mut Account, &mut Recorder) -> Result<Late, Refusal>,
    ) -> Result<Posted, Refusal> {
        let mut recorder = Recorder::of(self);
        if !self.is_chained {
            return post(self, &mut recorder).map(|late| self.posted(recorder, late));
        }
        let before = (self.state.tries(), self.history.as_mut().map(|history| history.tries()));
        match post(self, &mut recorder) {
            Ok(late) => {
                self.state.stands();
                if let Some(history) = &mut self.history {
                    history.stands();
                }
                Ok(self.posted(recorder, late))
            }
            Err(refusal) => {
                self.state.take_back(before.0);
                if let Some((history, before)) = self.history.as_mut().zip(before.1) {
                    history.take_back(before);
                }
                Err(refusal)
            }
        }
    }

    fn posted(&mut self, recorder: Recorder, late: Late) -> Posted {
        let (journal, main, head) = recorder.into_parts();
        self.head = head;
        Posted::new(journal, main, late)
    }

    /// Posts everything that is due by `until`.
    pub fn catch_up(&mut self, timeline: &Timeline, until: impl Into<Moment>) -> Result<Journal, Refusal> {
        let until = until.into();
        let mut recorder = Recorder::of(self);
        self.state.catch_up(timeline, until, &mut recorder)?;
        let (journal, _, head) = recorder.into_parts();
        self.head = head;
        Ok(journal)
    }

    /// Posts everything that is due by then, and after it what `make` drafts in view of that; the last draft is what was asked
    /// for. A refusal may leave the account half-way: see [`Account::recorded`].
    pub(crate) fn post<S: Sink>(
        &mut self,
        on: Posting,
        sink: &mut S,
        make: impl Fn(&State, Posting) -> Result<Drafts, Refusal>,
    ) -> Result<Late, Refusal> {
        let (wanted, on) = (on.instant, Posting { instant: self.instant_of_history(on.instant), ..on });
        match self.history.take() {
            None => self.state.post(on, sink, make).map(|()| None),
            Some(mut history) => {
                let posted = self.post_with(&mut history, wanted, on, sink, &make);
                // a history in which it cannot be posted tells nothing any more
                if posted.as_ref().map_or(true, |(_, tells)| *tells) {
                    self.history = Some(history);
                }
                posted.map(|(late, _)| late)
            }
        }
    }

    /// The same, where the member's history has it in another time; and whether it can be posted there.
    fn post_with<S: Sink>(
        &mut self,
        history: &mut History,
        wanted: Moment,
        on: Posting,
        sink: &mut S,
        make: &Drafting,
    ) -> Result<(Late, bool), Refusal> {
        let mut kept = Kept::default();
        self.state.catch_up(on.timeline, on.instant, &mut kept)?;
        let mut drafts = make(&self.state, on)?;
        // the time that it has there, if that is before the instant
        let at = history.instant(wanted).min(on.instant);
        let tells = history.post(self.seq + 1, Posting { instant: at, ..on }, make).is_ok();
        let late = Some(at).filter(|at| tells && *at < on.instant);
        self.state.book(on.timeline, on.instant, &mut drafts, &mut kept)?;
        // what came late may be due already: the holding period of a payment long ago
        self.state.catch_up(on.timeline, on.instant, &mut kept)?;
        if late.is_some() {
            self.stand_as(history.standing(on.timeline, on.instant)?, on, &mut kept);
        }
        kept.pass_on(sink);
        Ok((late, tells))
    }

    /// After something late the tier is that of the history, not what it can do to the tier that due work has left.
    fn stand_as(&mut self, standing: Standing, on: Posting, made: &mut Kept) {
        (self.period, self.floor, self.kept) = (standing.period, standing.floor, standing.kept);
        let change = self.change_to(standing.tier, on.instant, ChangedBy::Entry);
        let Some(change) = change else { return };
        // one change by one entry
        let same = |last: &TierChange| (last.at, last.by, last.seq) == (change.at, change.by, change.seq);
        match made.tier_changes.pop_if(|last| same(last)) {
            Some(last) if last.from == change.to => (),
            Some(last) => made.tier_changes.push(TierChange { to: change.to, ..last }),
            None => made.tier_changes.push(change),
        }
    }
}

/// What decides, in view of an account on which everything due has been posted, what to post to it.
pub(crate) type Drafting<'a> = dyn Fn(&State, Posting) -> Result<Drafts, Refusal> + 'a;
