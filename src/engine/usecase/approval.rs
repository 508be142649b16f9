//! What a second person decides of what somebody proposed: the same for adjustments, their limit and proposals about rules.

use jiff::Timestamp;
use laurel_domain::ids::StaffId;
use laurel_domain::ledger::adjustment::AdjustmentState;
use laurel_domain::refusal::Refusal;
use laurel_domain::text::Reason;

use crate::auth::{Actor, Authority};
use crate::store::approval::Approval;
use crate::usecase::error::AppError;

/// What somebody does with a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Reject(Reason),
    /// Only its proposer.
    Withdraw,
}

impl Decision {
    /// The proposal once it is decided; `None` if the same person has decided it the same way before.
    ///
    /// # Errors
    /// `own_proposal` for who would approve or reject what they proposed; `Forbidden` for who would withdraw what another
    /// proposed; `already_decided`.
    pub(in crate::usecase) fn decide(
        &self,
        proposed: &Approval,
        by: StaffId,
        now: Timestamp,
    ) -> Result<Option<Approval>, AppError> {
        let state = self.check(proposed.made_by == by)?;
        if (proposed.state, proposed.decided_by) == (state, Some(by)) {
            return Ok(None);
        }
        proposed.state.open()?;
        let objection = match self {
            Decision::Reject(objection) => Some(objection.as_str().to_owned()),
            Decision::Approve | Decision::Withdraw => None,
        };
        let decided = Approval { state, decided_at: Some(now), decided_by: Some(by), objection, ..proposed.clone() };
        Ok(Some(decided))
    }

    fn check(&self, is_own: bool) -> Result<AdjustmentState, AppError> {
        match self {
            Decision::Withdraw if is_own => Ok(AdjustmentState::Withdrawn),
            Decision::Withdraw => Err(AppError::Forbidden),
            _ if is_own => Err(Refusal::OwnProposal.into()),
            Decision::Approve => Ok(AdjustmentState::Posted),
            Decision::Reject(_) => Ok(AdjustmentState::Rejected),
        }
    }
}

/// Only who has a name on the staff answers for points and for rules.
pub(in crate::usecase) fn staff_of(by: Authority) -> Result<StaffId, AppError> {
    match by.actor() {
        Actor::Staff(id) => Ok(StaffId::new(id)),
        _ => Err(AppError::Forbidden),
    }
}
