//! Events from CSV: columns by header, in any order; rows in the order of the file; refused rows with their reasons kept.

use std::io::{Read, Write};
use std::sync::Arc;

use csv::StringRecord;
use laurel_domain::ledger::event::{Event, RawEvent};
use laurel_domain::refusal::Refusal;
use laurel_domain::text::Source;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::auth::Actor;
use crate::random;
use crate::store::StoreError;
use crate::store::audit::{self, Action};

use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::ingest::{self, Outcome, Terms};

/// How many rows one transaction takes, and about how many bytes of them.
const BATCH: usize = 4_000;
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// A row longer than this is no row of events, and is not kept in memory whole.
const LONGEST_ROW: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub accepted: u64,
    pub duplicate: u64,
    pub refused: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file has no column {0:?}")]
    MissingColumn(&'static str),
    #[error("the file has a column that is not known: {0:?}")]
    UnknownColumn(String),
    #[error("the file has the column {0:?} twice")]
    ColumnTwice(String),
    #[error("the file cannot be read: {0}")]
    Csv(#[from] csv::Error),
    #[error("the rejects cannot be written: {0}")]
    Rejects(std::io::Error),
    #[error("the import was stopped; the rows until then are in, and importing the file again goes on from there")]
    Stopped,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The rows waiting for their transaction.
#[derive(Default)]
struct Waiting {
    rows: Vec<StringRecord>,
    /// What is wrong with those that are no events.
    refusals: Vec<Option<Refusal>>,
    events: Vec<Event>,
    bytes: usize,
}

impl Waiting {
    fn add(&mut self, row: StringRecord, event: Result<Event, Refusal>) {
        self.bytes += row.as_slice().len();
        self.rows.push(row);
        self.refusals.push(event.map(|event| self.events.push(event)).err());
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= BATCH || self.bytes >= BATCH_BYTES
    }
}

/// Rows whose transaction is under way.
struct Posting {
    rows: Vec<StringRecord>,
    refusals: Vec<Option<Refusal>>,
    outcomes: JoinHandle<Result<Vec<Outcome>, StoreError>>,
}

struct Importer<'a, W: Write> {
    ledger: &'a Ledger,
    source: &'a Source,
    terms: Terms,
    columns: Vec<String>,
    rejects: Option<csv::Writer<W>>,
    counts: Counts,
}

/// What the audit log says about an import.
#[derive(Clone, Debug)]
pub struct Noted {
    pub actor: Actor,
    /// The name of the file, without the folders that it lies in.
    pub file: String,
    pub source: Source,
    pub enrol: bool,
}

/// [`import`], with its start and its end in the audit log. A start without an end is an import that was killed: what it had
/// posted until then stays. `stop` ends it between two transactions' commits: the rest of the file is not read.
///
/// # Errors
/// As [`import`]; `Stopped` when `stop` came first.
pub async fn import_noted<R: Read, W: Write>(
    ledger: &Ledger,
    noted: Noted,
    file: R,
    rejects: Option<W>,
    mut progress: impl FnMut(Counts),
    stop: impl Future<Output = ()>,
) -> Result<Counts, ImportError> {
    let subject = format!("import:{}", random::id(ledger.clock.now()));
    let start = json!({ "file": noted.file, "source": noted.source.as_str(), "enrol": noted.enrol });
    note(ledger, noted.actor, "import.start", &subject, start).await?;
    let mut counts = Counts::default();
    let outcome = tokio::select! {
        outcome = import(ledger, file, &noted.source, noted.enrol, rejects, |now| { counts = now; progress(now); }) => outcome,
        () = stop => Err(ImportError::Stopped),
    };
    let how = match &outcome {
        Ok(_) => "completed",
        Err(ImportError::Stopped) => "stopped",
        Err(_) => "failed",
    };
    let Counts { accepted, duplicate, refused } = counts;
    let end = json!({ "file": noted.file, "outcome": how, "accepted": accepted, "duplicate": duplicate, "refused": refused });
    note(ledger, noted.actor, "import.end", &subject, end).await?;
    outcome
}

async fn note(ledger: &Ledger, actor: Actor, name: &'static str, subject: &str, after: Value) -> Result<(), StoreError> {
    let now = ledger.clock.now();
    ledger
        .db
        .write((actor, name, subject.to_owned(), after), move |tx, (actor, name, subject, after)| {
            Box::pin(async move {
                let action = Action { actor: *actor, name, subject, before: None, after: Some(after.clone()) };
                audit::append(tx, &action, now).await
            })
        })
        .await
}

/// Imports everything in `file`. A row that is refused, or is no event at all, stops no other.
///
/// `rejects` receives the header, then every refused row as it was with a `code` and a `reason` added. `progress` is called
/// after each transaction.
pub async fn import<R: Read, W: Write>(
    ledger: &Ledger,
    file: R,
    source: &Source,
    enrol: bool,
    rejects: Option<W>,
    mut progress: impl FnMut(Counts),
) -> Result<Counts, ImportError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let columns = columns(reader.headers()?)?;
    let mut rejects = rejects.map(csv::Writer::from_writer);
    if let Some(rejects) = &mut rejects {
        let header = columns.iter().map(String::as_str).chain(["code", "reason"]);
        rejects.write_record(header)?;
    }
    let terms = Terms { enrol, history: true };
    let mut importer = Importer { ledger, source, terms, columns, rejects, counts: Counts::default() };
    let mut waiting = Waiting::default();
    // the next rows are read while these are posted
    let mut under_way: Option<Posting> = None;
    let mut row = csv::ByteRecord::new();
    let read = loop {
        match reader.read_byte_record(&mut row) {
            Ok(true) => {
                let (row, event) = importer.read(&row);
                waiting.add(row, event);
            }
            Ok(false) => break Ok(()),
            Err(error) => break Err(error),
        }
        if waiting.is_full() {
            if let Some(posting) = under_way.take() {
                importer.finish(posting).await?;
                progress(importer.counts);
            }
            under_way = Some(importer.post(std::mem::take(&mut waiting)));
        }
    };
    if let Some(posting) = under_way {
        importer.finish(posting).await?;
    }
    read?;
    let last = importer.post(waiting);
    importer.finish(last).await?;
    if let Some(rejects) = &mut importer.rejects {
        rejects.flush().map_err(ImportError::Rejects)?;
    }
    progress(importer.counts);
    Ok(importer.counts)
}

fn columns(header: &StringRecord) -> Result<Vec<String>, ImportError> {
    const REQUIRED: [&str; 4] = ["event_id", "kind", "member", "occurred_at"];
    let mut columns: Vec<String> = Vec::new();
    for name in header {
        let name = name.trim_start_matches('\u{feff}').trim();
        if field(&mut RawEvent::default(), name).is_none() {
            return Err(ImportError::UnknownColumn(name.chars().take(80).collect()));
        }
        if columns.iter().any(|column| column == name) {
            return Err(ImportError::ColumnTwice(name.to_owned()));
        }
        columns.push(name.to_owned());
    }
    match REQUIRED.into_iter().find(|required| !columns.iter().any(|column| column == required)) {
        Some(missing) => Err(ImportError::MissingColumn(missing)),
        None => Ok(columns),
    }
}

fn field<'a>(raw: &'a mut RawEvent, column: &str) -> Option<&'a mut Option<String>> {
    Some(match column {
        "event_id" => &mut raw.id,
        "kind" => &mut raw.kind,
        "member" => &mut raw.member,
        "amount" => &mut raw.amount,
        "currency" => &mut raw.currency,
        "occurred_at" => &mut raw.occurred_at,
        "payment" => &mut raw.payment,
        "payment_source" => &mut raw.payment_source,
        "scene" => &mut raw.scene,
        "referee" => &mut raw.referee,
        "subject" => &mut raw.subject,
        _ => return None,
    })
}

impl<W: Write> Importer<'_, W> {
    /// The row as text, and the event that it is.
    fn read(&self, bytes: &csv::ByteRecord) -> (StringRecord, Result<Event, Refusal>) {
        let refused = |faults| Err(Refusal::Invalid { faults });
        let fault = |field: &str, fault| vec![laurel_domain::refusal::FieldFault::new(field, fault)];
        let row = StringRecord::from_byte_record_lossy(bytes.clone());
        if bytes.as_slice().len() > LONGEST_ROW {
            let most = laurel_domain::refusal::Fault::TooLong { most: LONGEST_ROW };
            return (
                StringRecord::from(vec![row.get(0).unwrap_or_default().chars().take(200).collect::<String>()]),
                refused(fault("row", most)),
            );
        }
        if std::str::from_utf8(bytes.as_slice()).is_err() {
            return (row, refused(fault("row", laurel_domain::refusal::Fault::Characters)));
        }
        if row.len() != self.columns.len() {
            let count = laurel_domain::refusal::Fault::Count { least: self.columns.len(), most: self.columns.len() };
            return (row, refused(fault("row", count)));
        }
        let mut raw = RawEvent::default();
        for (column, value) in self.columns.iter().zip(&row) {
            if let Some(field) = field(&mut raw, column).filter(|_| !value.is_empty()) {
                *field = Some(value.to_owned());
            }
        }
        let event = raw.parse(self.source).map_err(|mut faults| {
            // the file calls it `event_id`
            faults.iter_mut().filter(|fault| fault.field == "id").for_each(|fault| fault.field = "event_id".into());
            Refusal::Invalid { faults }
        });
        (row, event)
    }

    /// Starts a transaction with these rows.
    fn post(&self, waiting: Waiting) -> Posting {
        let (ledger, terms, events) = (self.ledger.clone(), self.terms, Arc::new(waiting.events));
        let outcomes = tokio::spawn(async move { ingest::post(&ledger, events, terms).await });
        Posting { rows: waiting.rows, refusals: waiting.refusals, outcomes }
    }

    /// Waits for the transaction, and keeps what was refused.
    async fn finish(&mut self, posting: Posting) -> Result<(), ImportError> {
        let outcomes = match posting.outcomes.await {
            Ok(outcomes) => outcomes?,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => return Err(StoreError::Closing.into()),
            },
        };
        let mut outcomes = outcomes.into_iter();
        for (row, refusal) in posting.rows.iter().zip(posting.refusals) {
            let outcome = match refusal {
                Some(refusal) => Some(Outcome::Refused(refusal)),
                None => outcomes.next(),
            };
            match outcome {
                Some(Outcome::Accepted(_)) => self.counts.accepted += 1,
                Some(Outcome::Duplicate(_)) => self.counts.duplicate += 1,
                Some(Outcome::Refused(refusal)) => {
                    self.counts.refused += 1;
                    self.reject(row, &refusal)?;
                }
                None => return Err(StoreError::Corrupt("a batch of outcomes").into()),
            }
        }
        Ok(())
    }

    fn reject(&mut self, row: &StringRecord, refusal: &Refusal) -> Result<(), ImportError> {
        let Some(rejects) = &mut self.rejects else { return Ok(()) };
        // short rows are filled up and long ones cut, so that the two added columns stand where the header says
        let cells = row.iter().chain(std::iter::repeat("")).take(self.columns.len());
        let reason = refusal.to_string();
        rejects.write_record(cells.chain([refusal.code(), reason.as_str()]))?;
        Ok(())
    }
}
