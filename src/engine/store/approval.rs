//! Who proposed something and what a second person decided: columns that adjustments, changes of their limit and proposals
//! about rules have alike.

use jiff::Timestamp;
use laurel_domain::ids::StaffId;
use laurel_domain::ledger::adjustment::AdjustmentState;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, numbered, timestamp};

/// What was proposed and what became of it; `Posted` is what was approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    pub state: AdjustmentState,
    pub made_by: StaffId,
    pub made_at: Timestamp,
    /// When it was posted, rejected or withdrawn.
    pub decided_at: Option<Timestamp>,
    /// By whom; nobody for what needed no second person, or what closing an account withdrew.
    pub decided_by: Option<StaffId>,
    /// Why it was rejected, until it is erased.
    pub objection: Option<String>,
}

impl Approval {
    pub fn proposed(by: StaffId, at: Timestamp) -> Approval {
        let state = AdjustmentState::Proposed;
        Approval { state, made_by: by, made_at: at, decided_at: None, decided_by: None, objection: None }
    }
}

#[derive(FromRow)]
pub(super) struct ApprovalRow {
    state: i16,
    made_by: Uuid,
    made_at: i64,
    decided_at: Option<i64>,
    decided_by: Option<Uuid>,
    objection: Option<String>,
}

impl TryFrom<ApprovalRow> for Approval {
    type Error = StoreError;

    fn try_from(row: ApprovalRow) -> Result<Approval, StoreError> {
        Ok(Approval {
            state: numbered(&AdjustmentState::ALL, row.state).ok_or(StoreError::Corrupt("the state of a proposal"))?,
            made_by: StaffId::new(row.made_by),
            made_at: timestamp(row.made_at)?,
            decided_at: row.decided_at.map(timestamp).transpose()?,
            decided_by: row.decided_by.map(StaffId::new),
            objection: row.objection,
        })
    }
}
