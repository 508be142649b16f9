//! A member's place in a batch: what was loaded of them and what the batch has done to them so far.

use jiff::Timestamp;
use laurel_domain::account::{Account, Posted, TierChange};
use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::Timeline;
use laurel_domain::text::ExternalId;
use laurel_domain::tier::TierRank;

use crate::server::store::members::Member;

/// Who referred a member: somebody with a number, or a seat of this batch that has none yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    No(i64),
    Seat(usize),
}

pub(super) struct Seat {
    /// `None` until the batch is written, for those whom it enrols.
    pub(super) no: Option<i64>,
    pub(super) external: Option<ExternalId>,
    pub(super) status: Status,
    pub(super) registered_at: Timestamp,
    /// Who invited them at the portal.
    pub(super) invited_by: Option<i64>,
    pub(super) referred_by: Option<Who>,
    pub(super) account: Account,
    pub(super) changed: bool,
    /// The tier history, as far as it was loaded.
    pub(super) history: Vec<TierChange>,
    /// What the batch adds to it, with the last seq before each.
    pub(super) new_changes: Vec<(i64, TierChange)>,
}

impl Seat {
    pub(super) fn of(member: Member) -> Seat {
        Seat {
            no: Some(member.no),
            external: member.external_id,
            status: member.status,
            registered_at: member.registered_at,
            invited_by: member.invited_by,
            referred_by: None,
            account: member.account,
            changed: false,
            history: Vec::new(),
            new_changes: Vec::new(),
        }
    }

    pub(super) fn new(external: ExternalId, id: MemberId, registered_at: Timestamp) -> Seat {
        Seat {
            no: None,
            external: Some(external),
            status: Status::Active,
            registered_at,
            invited_by: None,
            referred_by: None,
            account: Account::new(id),
            changed: false,
            history: Vec::new(),
            new_changes: Vec::new(),
        }
    }

    /// The tier that the history posted so far shows just before `at`.
    pub(super) fn tier_before(&self, at: Timestamp) -> TierRank {
        let new = self.new_changes.iter().map(|(_, change)| change);
        self.account.tier_before(self.history.iter().chain(new), at)
    }

    /// Posts what is due by `until`, so that the tier is that of the rules in force then.
    pub(super) fn catch_up(&mut self, timeline: &Timeline, until: Timestamp) -> Result<(), Refusal> {
        let (seq, before) = (self.account.seq, self.account.rated_by);
        let changes = self.account.catch_up(timeline, until)?;
        self.changed |= self.account.rated_by != before;
        self.new_changes.extend(changes.into_iter().map(|change| (seq, change)));
        Ok(())
    }

    /// Notes what a posting to this account changed.
    pub(super) fn posted(&mut self, posted: &Posted) {
        self.changed = true;
        // a change by the rules was due before the entry, so it stands with the one before
        self.new_changes.extend(posted.tier_changes.iter().map(|change| (posted.entry.seq - 1, *change)));
    }
}
