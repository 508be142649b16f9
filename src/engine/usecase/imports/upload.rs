//! A file on its way into the database, looked at while it comes.

use laurel_domain::ids::ImportId;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rewards::reward::Supply;

use super::lines::FileRows;
use super::look::Looking;
use super::run::ImportError;
use super::target::Target;
use super::{MOST_BYTES, PIECE, tidy};
use crate::auth::{Authority, Permission};
use crate::random;
use crate::store::imports::{self, ImportRow, pieces};
use crate::store::rewards::catalogue;
use crate::store::{StoreError, micros};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::ingest::OWN_SOURCE;

/// How many files may lie here that nobody has started.
const MOST_UNSTARTED: i64 = 20;
const LONGEST_NAME: usize = 120;

#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    #[error("the file is larger than {MOST_BYTES} bytes")]
    TooLarge,
    #[error("{MOST_UNSTARTED} files are here that nobody has started")]
    TooMany,
    /// What is wrong with its columns, or that there are no rows.
    #[error(transparent)]
    File(#[from] ImportError),
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for UploadError {
    fn from(error: StoreError) -> UploadError {
        UploadError::App(error.into())
    }
}

/// What somebody needs to import files of a kind: events make points, as a key does that only administrators create.
pub(super) fn permission(target: &Target) -> Permission {
    match target {
        Target::Members => Permission::ImportMembers,
        Target::Events { .. } => Permission::ImportEvents,
        Target::Codes { .. } => Permission::ManageRewards,
    }
}

pub struct Upload {
    ledger: Ledger,
    id: ImportId,
    rows: FileRows,
    looking: Looking,
    piece: Vec<u8>,
    /// How many pieces are kept.
    kept: i32,
    size: u64,
}

impl Upload {
    /// # Errors
    /// `Forbidden`; `NotFound` for codes of a reward that has no pool; `invalid` (`source`); `TooMany`.
    pub async fn begin(ledger: &Ledger, by: Authority, file: &str, target: Target) -> Result<Upload, UploadError> {
        require(by, permission(&target))?;
        if let Target::Events { source, .. } = &target
            && source.as_str() == OWN_SOURCE
        {
            return Err(AppError::from(Refusal::field("source", Fault::Reserved)).into());
        }
        let now = ledger.clock.now();
        let id = ImportId::new(random::id(now));
        let row = new_row(id, by, file, &target, micros(now));
        let reward = match &target {
            Target::Codes { reward } => Some(*reward),
            _ => None,
        };
        let begun: Result<bool, AppError> = ledger
            .db
            .write((row, reward), |tx, (row, reward)| {
                Box::pin(async move {
                    if let Some(reward) = reward {
                        let found = catalogue::find(tx, *reward).await?.filter(|reward| reward.supply == Supply::Pool);
                        found.ok_or(AppError::NotFound)?;
                    }
                    if imports::unstarted(tx).await? >= MOST_UNSTARTED {
                        return Ok(false);
                    }
                    imports::insert(tx, row).await?;
                    Ok(true)
                })
            })
            .await;
        if !begun? {
            return Err(UploadError::TooMany);
        }
        let (rows, looking) = (FileRows::beginning(target.fields().is_some()), Looking::at(target));
        Ok(Upload { ledger: ledger.clone(), id, rows, looking, piece: Vec::new(), kept: 0, size: 0 })
    }

    /// The next bytes of the file.
    ///
    /// # Errors
    /// `TooLarge`, and what is wrong with the columns: there is no use in sending the rest.
    pub async fn add(&mut self, mut bytes: &[u8]) -> Result<(), UploadError> {
        self.size += bytes.len() as u64;
        if self.size > MOST_BYTES {
            return Err(UploadError::TooLarge);
        }
        let mut read = bytes;
        while let Some(row) = self.rows.next(&mut read, false) {
            self.looking.row(row)?;
        }
        while !bytes.is_empty() {
            let (now, rest) = bytes.split_at(bytes.len().min(PIECE - self.piece.len()));
            self.piece.extend_from_slice(now);
            bytes = rest;
            if self.piece.len() == PIECE {
                self.keep().await?;
            }
        }
        Ok(())
    }

    /// The whole file is there.
    ///
    /// # Errors
    /// `Empty`, what is wrong with the columns, and `NotFound` if it took so long that it was cleared out.
    pub async fn finish(&mut self) -> Result<ImportId, UploadError> {
        while let Some(row) = self.rows.next(&mut [].as_slice(), true) {
            self.looking.row(row)?;
        }
        if !self.piece.is_empty() {
            self.keep().await?;
        }
        let looking = std::mem::replace(&mut self.looking, Looking::at(Target::Members));
        let look = serde_json::to_string(&looking.done()?).map_err(AppError::internal)?;
        let size = i64::try_from(self.size).map_err(AppError::internal)?;
        let input = (self.id, size, look);
        let there = self.ledger.db.write(input, |tx, (id, size, look)| Box::pin(imports::looked_at(tx, *id, *size, look)));
        let is_there: Result<bool, StoreError> = there.await;
        if is_there? { Ok(self.id) } else { Err(AppError::NotFound.into()) }
    }

    /// Nothing comes of it: what is kept of it goes.
    pub async fn abandon(self) -> Result<(), AppError> {
        tidy::forget(&self.ledger, self.id).await
    }

    async fn keep(&mut self) -> Result<(), StoreError> {
        let (number, content) = (self.kept, std::mem::take(&mut self.piece));
        self.kept += 1;
        let input = (self.id, number, content);
        self.ledger.db.write(input, |tx, (id, number, content)| Box::pin(pieces::add(tx, *id, *number, content))).await
    }
}

fn new_row(id: ImportId, by: Authority, file: &str, target: &Target, now: i64) -> ImportRow {
    // some browsers send the folders, too
    let base = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = base.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    let (source, enrol, reward_id) = match target {
        Target::Events { source, enrol } => (Some(source.as_str().to_owned()), *enrol, None),
        Target::Members => (None, false, None),
        Target::Codes { reward } => (None, false, Some(reward.uuid())),
    };
    ImportRow {
        id: id.uuid(),
        kind: target.kind(),
        file: if name.is_empty() { "file.csv".to_owned() } else { name },
        source,
        enrol,
        reward_id,
        state: 0,
        is_stopped: false,
        made_by: super::job::staff_of(by),
        made_at: now,
        started_by: None,
        started_at: None,
        ended_at: None,
        size: 0,
        look: None,
        done_bytes: 0,
        done_lines: 0,
        added: 0,
        changed: 0,
        known: 0,
        refused: 0,
        fault: None,
    }
}
