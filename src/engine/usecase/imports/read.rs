//! Imports as pages show them.

use jiff::Timestamp;
use laurel_domain::ids::{ImportId, RewardId, StaffId};
use laurel_domain::row_refusal::RowRefusal;
use laurel_domain::text::Source;

use super::run::Counts;
use super::upload::permission;
use super::{Look, State, Target};
use crate::auth::{Authority, Permission};
use crate::store::imports::faults;
use crate::store::imports::{self, ImportRow, pieces};
use crate::store::{StoreError, timestamp};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

const BROKEN: StoreError = StoreError::Corrupt("an import");

/// A file, and how far it has come.
#[derive(Clone, Debug)]
pub struct Import {
    pub id: ImportId,
    pub file: String,
    pub target: Target,
    pub state: State,
    pub is_stopping: bool,
    pub made_by: Option<StaffId>,
    pub made_at: Timestamp,
    pub started_by: Option<StaffId>,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub size: u64,
    pub look: Option<Look>,
    pub done_bytes: u64,
    pub done_lines: u64,
    pub counts: Counts,
    /// The code of what it failed with.
    pub fault: Option<String>,
}

impl Import {
    pub(super) fn of(row: ImportRow) -> Result<Import, StoreError> {
        let number = |number: i64| u64::try_from(number).map_err(|_| BROKEN);
        let target = match (row.kind, row.source, row.reward_id) {
            (0, ..) => Target::Members,
            (1, Some(source), _) => Target::Events { source: Source::new(&source).map_err(|_| BROKEN)?, enrol: row.enrol },
            (2, _, Some(reward)) => Target::Codes { reward: RewardId::new(reward) },
            _ => return Err(BROKEN),
        };
        Ok(Import {
            id: ImportId::new(row.id),
            file: row.file,
            target,
            state: State::of_number(row.state)?,
            is_stopping: row.is_stopped,
            made_by: row.made_by.map(StaffId::new),
            made_at: timestamp(row.made_at)?,
            started_by: row.started_by.map(StaffId::new),
            started_at: row.started_at.map(timestamp).transpose()?,
            ended_at: row.ended_at.map(timestamp).transpose()?,
            size: number(row.size)?,
            look: row.look.map(|look| serde_json::from_str(&look).map_err(|_| BROKEN)).transpose()?,
            done_bytes: number(row.done_bytes)?,
            done_lines: number(row.done_lines)?,
            counts: Counts {
                added: number(row.added)?,
                changed: number(row.changed)?,
                known: number(row.known)?,
                refused: number(row.refused)?,
            },
            fault: row.fault,
        })
    }

    /// What somebody needs to start, stop or look into it.
    pub fn permission(&self) -> Permission {
        permission(&self.target)
    }
}

/// The newest before this one, whatever they hold.
pub async fn latest(ledger: &Ledger, before: Option<ImportId>, most: i64) -> Result<Vec<Import>, AppError> {
    let before = before.map_or(uuid::Uuid::max(), ImportId::uuid);
    let rows = imports::latest(&mut ledger.db.reader().await?, before, most).await?;
    Ok(rows.into_iter().map(Import::of).collect::<Result<_, _>>()?)
}

/// An import, and whether its file is still there.
///
/// # Errors
/// `Forbidden`, `NotFound`.
pub async fn find(ledger: &Ledger, by: Authority, id: ImportId) -> Result<(Import, bool), AppError> {
    let db = &mut ledger.db.reader().await?;
    let import = Import::of(imports::find(db, id).await?.ok_or(AppError::NotFound)?)?;
    require(by, import.permission())?;
    Ok((import, pieces::has(db, id).await?))
}

/// A row that was refused.
#[derive(Clone, Debug)]
pub struct Fault {
    pub line: u64,
    pub cells: Vec<String>,
    pub reason: RowRefusal,
}

/// Some refused rows, and the line after which there are more.
#[derive(Clone, Debug)]
pub struct Refused {
    pub faults: Vec<Fault>,
    pub next: Option<u64>,
}

/// The refused rows after this line. The caller has found the import.
pub async fn fault_chunk(ledger: &Ledger, id: ImportId, after: u64, most: usize) -> Result<Refused, AppError> {
    let line = i64::try_from(after).unwrap_or(i64::MAX);
    let more = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows = faults::after(&mut ledger.db.reader().await?, id, line, more).await?;
    let is_more = rows.len() > most;
    rows.truncate(most);
    let read = |row: faults::FaultRow| {
        let reason = serde_json::from_str(&row.reason).map_err(|_| BROKEN)?;
        let cells = serde_json::from_str(&row.cells).map_err(|_| BROKEN)?;
        Ok(Fault { line: u64::try_from(row.line).map_err(|_| BROKEN)?, cells, reason })
    };
    let faults = rows.into_iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
    let next = faults.last().filter(|_| is_more).map(|fault| fault.line);
    Ok(Refused { faults, next })
}
