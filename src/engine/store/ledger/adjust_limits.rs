//! The limit of what one person may adjust, and the wishes to make it looser.

use laurel_domain::ids::{LimitChangeId, StaffId};
use laurel_domain::ledger::adjustment::Limit;
use laurel_domain::numbers::points::Points;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::approval::{Approval, ApprovalRow};
use crate::store::{StoreError, Tx, micros, on};

fn limit(points: i64, hours: i32) -> Result<Limit, StoreError> {
    let hours = u32::try_from(hours).map_err(|_| StoreError::Corrupt("the limit of adjustments"))?;
    Ok(Limit { points: Points::from_hundredths(points), hours })
}

fn hours(limit: Limit) -> Result<i32, StoreError> {
    i32::try_from(limit.hours).map_err(|_| StoreError::Corrupt("the limit of adjustments"))
}

const FIND: &str = "select adjust_limit, adjust_window_hours from programme where id = 1";
const LOCK: &str = "select adjust_limit, adjust_window_hours from programme where id = 1 for update";
const SET: &str = "update programme set adjust_limit = $1, adjust_window_hours = $2 where id = 1";

/// What one person of the staff may give or take by themselves.
pub async fn find(db: &mut Tx) -> Result<Limit, StoreError> {
    let (points, hours): (i64, i32) = on!(db, conn => sqlx::query_as(FIND).fetch_one(conn).await?);
    limit(points, hours)
}

/// The limit, which nobody else changes until the transaction ends.
pub async fn lock(tx: &mut Tx) -> Result<Limit, StoreError> {
    let sql = tx.pick(FIND, LOCK);
    let (points, hours): (i64, i32) = on!(tx, conn => sqlx::query_as(sql).fetch_one(conn).await?);
    limit(points, hours)
}

pub async fn set(tx: &mut Tx, to: Limit) -> Result<(), StoreError> {
    let hours = hours(to)?;
    on!(tx, conn => sqlx::query(SET).bind(to.points.hundredths()).bind(hours).execute(conn).await.map(drop)?);
    Ok(())
}

/// A wish to raise the limit or to shorten its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitChange {
    pub id: LimitChangeId,
    pub to: Limit,
    pub reason: String,
    pub approval: Approval,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    points: i64,
    hours: i32,
    reason: String,
    #[sqlx(flatten)]
    approval: ApprovalRow,
}

impl TryFrom<Row> for LimitChange {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<LimitChange, StoreError> {
        Ok(LimitChange {
            id: LimitChangeId::new(row.id),
            to: limit(row.points, row.hours)?,
            reason: row.reason,
            approval: row.approval.try_into()?,
        })
    }
}

macro_rules! select {
    () => {
        "select id, points, hours, reason, state, made_by, made_at, decided_at, decided_by, objection from limit_changes "
    };
}

const BY_ID: &str = concat!(select!(), "where id = $1");
const WAITING: &str = concat!(select!(), "where state = 0");
const DECIDED: &str = concat!(select!(), "where state <> 0 order by decided_at desc, id desc limit $1");

pub async fn change(db: &mut Tx, id: LimitChangeId) -> Result<Option<LimitChange>, StoreError> {
    let row: Option<Row> = on!(db, conn => sqlx::query_as(BY_ID).bind(id.uuid()).fetch_optional(conn).await?);
    row.map(LimitChange::try_from).transpose()
}

/// The one that waits to be decided, if there is one.
pub async fn waiting(db: &mut Tx) -> Result<Option<LimitChange>, StoreError> {
    let row: Option<Row> = on!(db, conn => sqlx::query_as(WAITING).fetch_optional(conn).await?);
    row.map(LimitChange::try_from).transpose()
}

/// What was decided last, newest first.
pub async fn decided(db: &mut Tx, most: i64) -> Result<Vec<LimitChange>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(DECIDED).bind(most).fetch_all(conn).await?);
    rows.into_iter().map(LimitChange::try_from).collect()
}

const INSERT: &str = "insert into limit_changes (id, points, hours, reason, state, made_by, made_at)
values ($1, $2, $3, $4, 0, $5, $6)";

/// Keeps a wish. The caller holds the limit and has looked whether another waits.
pub async fn insert(tx: &mut Tx, new: &LimitChange) -> Result<(), StoreError> {
    let hours = hours(new.to)?;
    on!(tx, conn => sqlx::query(INSERT)
        .bind(new.id.uuid()).bind(new.to.points.hundredths()).bind(hours).bind(&new.reason)
        .bind(new.approval.made_by.uuid()).bind(micros(new.approval.made_at))
        .execute(conn).await.map(drop)?);
    Ok(())
}

const DECIDE: &str = "update limit_changes set state = $2, decided_at = $3, decided_by = $4, objection = $5
where id = $1 and state = 0";

/// Writes what became of a wish. The caller holds the limit and has looked.
pub async fn decide(tx: &mut Tx, change: &LimitChange) -> Result<(), StoreError> {
    let decided = &change.approval;
    on!(tx, conn => sqlx::query(DECIDE)
        .bind(change.id.uuid()).bind(decided.state as i16).bind(decided.decided_at.map(micros))
        .bind(decided.decided_by.map(StaffId::uuid)).bind(&decided.objection)
        .execute(conn).await.map(drop)?);
    Ok(())
}
