//! A member's place in a batch: what was loaded of them and what the batch has done to them so far.

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::posting::TierChange;
use laurel_domain::member::Status;
use laurel_domain::rules::rule_set::Timeline;
use laurel_domain::text::ExternalId;

use crate::server::store::members::member::Member;

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
    /// The account as it was loaded.
    pub(super) before: Account,
    /// The tier history: as far as it was loaded, and what the batch adds to it.
    pub(super) history: Vec<TierChange>,
    /// How much of it was loaded.
    pub(super) loaded: usize,
}

impl Seat {
    pub(super) fn of(member: Member, timeline: &Timeline) -> Seat {
        let mut account = member.account;
        if account.seq == 0 && !timeline.is_windowed() {
            // nothing needs their months, so nobody keeps them
            account.months = None;
        }
        Seat {
            no: Some(member.no),
            external: member.external_id,
            status: member.status,
            registered_at: member.registered_at,
            invited_by: member.invited_by,
            referred_by: None,
            before: account.clone(),
            account,
            history: Vec::new(),
            loaded: 0,
        }
    }

    pub(super) fn new(external: ExternalId, id: MemberId, registered_at: Timestamp, timeline: &Timeline) -> Seat {
        let account = Account::new(id, timeline);
        Seat {
            no: None,
            external: Some(external),
            status: Status::Active,
            registered_at,
            invited_by: None,
            referred_by: None,
            before: account.clone(),
            account,
            history: Vec::new(),
            loaded: 0,
        }
    }

    /// Something as of before the batch that the account keeps by its keys only.
    pub(super) fn know(&mut self, learn: impl Fn(&mut Account)) {
        learn(&mut self.before);
        learn(&mut self.account);
    }

    /// What the batch adds to the tier history.
    pub(super) fn new_changes(&self) -> &[TierChange] {
        &self.history[self.loaded..]
    }
}
