//! Publications, and looser limits for them, that wait for a second person or were decided.

use laurel_domain::ids::{RuleProposalId, StaffId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::approval::{Approval, ApprovalRow};
use crate::store::{StoreError, Tx, micros, on};

/// What is proposed; tables hold these by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Publication = 0,
    Limits = 1,
}

/// A proposal as its row has it.
#[derive(Clone, Debug)]
pub struct ProposalRow {
    pub id: RuleProposalId,
    pub kind: Kind,
    /// What is to be done, as JSON.
    pub body: String,
    pub approval: Approval,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    kind: i16,
    body: String,
    #[sqlx(flatten)]
    approval: ApprovalRow,
}

impl TryFrom<Row> for ProposalRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<ProposalRow, StoreError> {
        const BROKEN: StoreError = StoreError::Corrupt("a proposal about rules");
        let kind = match row.kind {
            0 => Kind::Publication,
            1 => Kind::Limits,
            _ => return Err(BROKEN),
        };
        Ok(ProposalRow { id: RuleProposalId::new(row.id), kind, body: row.body, approval: row.approval.try_into()? })
    }
}

macro_rules! select {
    () => {
        "select id, kind, body, state, made_by, made_at, decided_by, decided_at, objection from rule_proposals "
    };
}

const BY_ID: &str = concat!(select!(), "where id = $1");
const WAITING: &str = concat!(select!(), "where state = 0 order by kind");
const DECIDED: &str = concat!(select!(), "where state <> 0 order by decided_at desc, id desc limit $1");

pub async fn find(db: &mut Tx, id: RuleProposalId) -> Result<Option<ProposalRow>, StoreError> {
    let row: Option<Row> = on!(db, conn => sqlx::query_as(BY_ID).bind(id.uuid()).fetch_optional(conn).await?);
    row.map(ProposalRow::try_from).transpose()
}

/// Those that wait to be decided, at most one of each kind.
pub async fn waiting(db: &mut Tx) -> Result<Vec<ProposalRow>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(WAITING).fetch_all(conn).await?);
    rows.into_iter().map(ProposalRow::try_from).collect()
}

/// What was decided last, newest first.
pub async fn decided(db: &mut Tx, most: i64) -> Result<Vec<ProposalRow>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(DECIDED).bind(most).fetch_all(conn).await?);
    rows.into_iter().map(ProposalRow::try_from).collect()
}

const INSERT: &str = "insert into rule_proposals (id, kind, body, state, made_by, made_at) values ($1, $2, $3, 0, $4, $5)";

/// Keeps a proposal. The caller holds the rules and has looked whether another of its kind waits.
pub async fn insert(tx: &mut Tx, new: &ProposalRow) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(INSERT)
        .bind(new.id.uuid()).bind(new.kind as i16).bind(&new.body).bind(new.approval.made_by.uuid()).bind(micros(new.approval.made_at))
        .execute(conn).await.map(drop)?);
    Ok(())
}

const DECIDE: &str = "update rule_proposals set state = $2, decided_at = $3, decided_by = $4, objection = $5, body = $6
where id = $1 and state = 0";

/// Writes what became of a proposal. The caller holds the rules and has looked.
pub async fn decide(tx: &mut Tx, proposal: &ProposalRow) -> Result<(), StoreError> {
    let decided = &proposal.approval;
    on!(tx, conn => sqlx::query(DECIDE)
        .bind(proposal.id.uuid()).bind(decided.state as i16).bind(decided.decided_at.map(micros))
        .bind(decided.decided_by.map(StaffId::uuid)).bind(&decided.objection).bind(&proposal.body)
        .execute(conn).await.map(drop)?);
    Ok(())
}
