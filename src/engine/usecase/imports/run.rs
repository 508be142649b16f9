//! A file's rows, from somewhere to its end: read, posted some at a time, and settled with whoever wants to know.

use std::future::Future;

use csv::StringRecord;
use laurel_domain::refusal::Refusal;
use tokio::task::JoinHandle;

use super::lines::{FileRows, Format};
use super::rows::Place;
use super::target::{Columns, Item, Post, RowOutcome};
use crate::store::StoreError;
use crate::usecase::AppError;

/// About how many bytes of rows one transaction takes at most.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// What became of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// An event that was accepted, a member who was enrolled, a code that is new.
    pub added: u64,
    /// A member of whom something else is known now.
    pub changed: u64,
    /// It was in before, and nothing has changed.
    pub known: u64,
    pub refused: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file is empty")]
    Empty,
    #[error("the file has no column {0:?}")]
    MissingColumn(&'static str),
    #[error("the file has a column that is not known: {0:?}")]
    UnknownColumn(String),
    #[error("the file has the column {0:?} twice")]
    ColumnTwice(String),
    #[error("the file cannot be read: {0}")]
    Read(std::io::Error),
    #[error("the rejects cannot be written: {0}")]
    Rejects(std::io::Error),
    #[error("the import was stopped; the rows until then are in, and importing the file again goes on from there")]
    Stopped,
    /// It was deleted in the middle of it.
    #[error("the file is gone")]
    FileGone,
    /// Another server has taken it over.
    #[error("the import goes on elsewhere")]
    TakenOver,
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> ImportError {
        ImportError::App(error.into())
    }
}

/// A row that was refused.
#[derive(Clone, Debug)]
pub(super) struct Rejected {
    pub line: u64,
    pub cells: StringRecord,
    pub refusal: Refusal,
}

/// Rows that are in, or refused.
pub(super) struct Settled<'a> {
    pub rejected: &'a [Rejected],
    /// Of all rows until now.
    pub counts: Counts,
    /// Where the next row begins.
    pub end: Place,
}

/// Where a file comes from, and who is told what became of it.
pub(super) trait Desk: Send {
    /// How many rows one transaction takes.
    const BATCH: usize;

    /// The next bytes of the file; none at its end.
    fn bytes(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, ImportError>> + Send;

    /// Its columns, before the first row.
    fn columns(&mut self, columns: &Columns) -> Result<(), ImportError>;

    fn settle(&mut self, settled: Settled<'_>) -> impl Future<Output = Result<(), ImportError>> + Send;
}

/// Rows waiting for their transaction.
#[derive(Default)]
struct Waiting {
    rows: Vec<(u64, StringRecord)>,
    /// What is wrong with those that cannot be read.
    refusals: Vec<Option<Refusal>>,
    items: Vec<Item>,
    bytes: usize,
}

impl Waiting {
    fn add(&mut self, line: u64, (cells, item): (StringRecord, Result<Item, Refusal>)) {
        self.bytes += cells.as_slice().len();
        self.rows.push((line, cells));
        self.refusals.push(item.map(|item| self.items.push(item)).err());
    }

    fn is_full(&self, most: usize) -> bool {
        self.rows.len() >= most || self.bytes >= BATCH_BYTES
    }
}

/// Rows whose transaction is under way.
struct Posting {
    rows: Vec<(u64, StringRecord)>,
    refusals: Vec<Option<Refusal>>,
    outcomes: JoinHandle<Result<Vec<RowOutcome>, ImportError>>,
    end: Place,
}

impl Posting {
    fn of(waiting: Waiting, post: &Post, end: Place) -> Posting {
        let (post, items) = (post.clone(), waiting.items);
        let outcomes = tokio::spawn(async move { post.post(items).await });
        Posting { rows: waiting.rows, refusals: waiting.refusals, outcomes, end }
    }

    /// Waits for the transaction, and has it settled.
    async fn finish<D: Desk>(self, desk: &mut D, counts: &mut Counts) -> Result<(), ImportError> {
        let outcomes = match self.outcomes.await {
            Ok(outcomes) => outcomes?,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => return Err(StoreError::Closing.into()),
            },
        };
        let (mut outcomes, mut rejected) = (outcomes.into_iter(), Vec::new());
        for ((line, cells), refusal) in self.rows.into_iter().zip(self.refusals) {
            let outcome = match refusal {
                Some(refusal) => Some(RowOutcome::Refused(refusal)),
                None => outcomes.next(),
            };
            match outcome {
                Some(RowOutcome::Added) => counts.added += 1,
                Some(RowOutcome::Changed) => counts.changed += 1,
                Some(RowOutcome::Known) => counts.known += 1,
                Some(RowOutcome::Refused(refusal)) => {
                    counts.refused += 1;
                    rejected.push(Rejected { line, cells, refusal });
                }
                None => return Err(StoreError::Corrupt("a batch of outcomes").into()),
            }
        }
        desk.settle(Settled { rejected: &rejected, counts: *counts, end: self.end }).await
    }
}

/// How far a file had come before.
pub(super) struct Begun {
    /// None: from the beginning, where the columns stand.
    pub columns: Option<Columns>,
    pub format: Format,
    pub place: Place,
    pub counts: Counts,
}

impl Begun {
    pub fn not() -> Begun {
        Begun { columns: None, format: Format::Csv, place: Place::default(), counts: Counts::default() }
    }
}

/// Imports everything from there to the end of the file.
pub(super) async fn run<D: Desk>(desk: &mut D, post: &Post, begun: Begun) -> Result<Counts, ImportError> {
    let Begun { mut columns, format, place, mut counts } = begun;
    let mut rows = match columns {
        Some(_) => FileRows::of(format, place),
        None => FileRows::beginning(post.target.fields().is_some()),
    };
    let mut waiting = Waiting::default();
    // the next rows are read while these are posted
    let mut under_way: Option<Posting> = None;
    let read = loop {
        let bytes = match desk.bytes().await {
            Ok(bytes) => bytes,
            Err(error) => break Err(error),
        };
        let (is_last, bytes) = (bytes.is_none(), bytes.unwrap_or_default());
        let mut input = bytes.as_slice();
        while let Some(row) = rows.next(&mut input, is_last) {
            if columns.is_none() {
                let fields = post.target.fields().filter(|_| row.format == Format::Lines);
                let read = fields.map_or_else(|| post.target.columns(&row.cells), Ok)?;
                desk.columns(&read)?;
                columns = Some(read);
                if row.format == Format::Csv {
                    continue;
                }
            }
            let line = row.line;
            waiting.add(line, post.target.read(columns.as_deref().unwrap_or_default(), row));
            if waiting.is_full(D::BATCH) {
                if let Some(posting) = under_way.take() {
                    posting.finish(desk, &mut counts).await?;
                }
                under_way = Some(Posting::of(std::mem::take(&mut waiting), post, rows.place()));
            }
        }
        if is_last {
            break Ok(());
        }
    };
    if let Some(posting) = under_way {
        posting.finish(desk, &mut counts).await?;
    }
    read?;
    if columns.is_none() {
        return Err(ImportError::Empty);
    }
    Posting::of(waiting, post, rows.place()).finish(desk, &mut counts).await?;
    Ok(counts)
}
