//! A file that lies on the machine, imported from beginning to end, as the command line does.

use std::io::{Read, Write};

use serde_json::{Value, json};

use super::run::{self, Begun, Counts, Desk, ImportError, Rejected, Settled};
use super::target::{Columns, Post, Target};
use crate::auth::Actor;
use crate::random;
use crate::store::StoreError;
use crate::store::audit::{self, Action};
use crate::usecase::ledger::Ledger;

/// How much of the file is read at a time.
const READ_AT_ONCE: usize = 256 * 1024;

/// What the audit log says about an import.
#[derive(Clone, Debug)]
pub struct Noted {
    pub actor: Actor,
    /// The name of the file, without the folders that it lies in.
    pub file: String,
    pub target: Target,
}

/// Imports everything in `file`, with its start and its end in the audit log. A start without an end is an import that was killed:
/// what it had posted until then stays. `stop` ends it between two transactions' commits: the rest of the file is not read.
///
/// `rejects` receives the header, then every refused row as it was with a `code` and a `reason` added. `progress` is called
/// after each transaction.
///
/// # Errors
/// What is wrong with the file or its columns; `Stopped` when `stop` came first.
pub async fn import_noted<R: Read + Send, W: Write + Send>(
    ledger: &Ledger,
    noted: Noted,
    file: R,
    rejects: Option<W>,
    mut progress: impl FnMut(Counts) + Send,
    stop: impl Future<Output = ()>,
) -> Result<Counts, ImportError> {
    let subject = format!("import:{}", random::id(ledger.clock.now()));
    let start = told(&noted.file, &noted.target);
    note(ledger, noted.actor, "import.start", &subject, start).await?;
    let mut counts = Counts::default();
    let outcome = {
        let mut desk = FileDesk {
            file,
            rejects: rejects.map(csv::Writer::from_writer),
            columns: 0,
            progress: |now| {
                counts = now;
                progress(now);
            },
        };
        let post = Post { ledger: ledger.clone(), target: noted.target.clone(), actor: noted.actor };
        tokio::select! {
            outcome = run::run(&mut desk, &post, Begun::not()) => outcome,
            () = stop => Err(ImportError::Stopped),
        }
    };
    let how = match &outcome {
        Ok(_) => "completed",
        Err(ImportError::Stopped) => "stopped",
        Err(_) => "failed",
    };
    note(ledger, noted.actor, "import.end", &subject, ended(&noted.file, how, counts)).await?;
    outcome
}

/// What the audit log says of an import that begins.
pub(super) fn told(file: &str, target: &Target) -> Value {
    match target {
        Target::Events { source, enrol } => json!({ "file": file, "source": source.as_str(), "enrol": enrol }),
        Target::Members => json!({ "file": file, "kind": target.name() }),
        Target::Codes { reward } => json!({ "file": file, "kind": target.name(), "reward": reward.to_string() }),
    }
}

/// What it says of one that has ended.
pub(super) fn ended(file: &str, how: &str, counts: Counts) -> Value {
    let Counts { added, changed, known, refused } = counts;
    let mut told = json!({ "file": file, "outcome": how, "accepted": added, "duplicate": known, "refused": refused });
    if changed > 0 {
        told["updated"] = json!(changed);
    }
    told
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

struct FileDesk<R, W: Write, P> {
    file: R,
    rejects: Option<csv::Writer<W>>,
    columns: usize,
    progress: P,
}

impl<R: Read + Send, W: Write + Send, P: FnMut(Counts) + Send> FileDesk<R, W, P> {
    fn reject(&mut self, one: &Rejected) -> Result<(), ImportError> {
        let Some(rejects) = &mut self.rejects else { return Ok(()) };
        // short rows are filled up and long ones cut, so that the two added columns stand where the header says
        let cells = one.cells.iter().chain(std::iter::repeat("")).take(self.columns);
        let reason = one.refusal.to_string();
        rejects.write_record(cells.chain([one.refusal.code(), reason.as_str()])).map_err(rejects_failed)
    }
}

fn rejects_failed(error: csv::Error) -> ImportError {
    ImportError::Rejects(error.into())
}

impl<R: Read + Send, W: Write + Send, P: FnMut(Counts) + Send> Desk for FileDesk<R, W, P> {
    const BATCH: usize = 4_000;

    async fn bytes(&mut self) -> Result<Option<Vec<u8>>, ImportError> {
        let mut bytes = vec![0; READ_AT_ONCE];
        loop {
            match self.file.read(&mut bytes) {
                Ok(0) => return Ok(None),
                Ok(read) => {
                    bytes.truncate(read);
                    return Ok(Some(bytes));
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ImportError::Read(error)),
            }
        }
    }

    fn columns(&mut self, columns: &Columns) -> Result<(), ImportError> {
        self.columns = columns.len();
        match &mut self.rejects {
            Some(rejects) => rejects.write_record(columns.iter().copied().chain(["code", "reason"])).map_err(rejects_failed),
            None => Ok(()),
        }
    }

    async fn settle(&mut self, settled: Settled<'_>) -> Result<(), ImportError> {
        settled.rejected.iter().try_for_each(|one| self.reject(one))?;
        if let Some(rejects) = &mut self.rejects {
            rejects.flush().map_err(ImportError::Rejects)?;
        }
        (self.progress)(settled.counts);
        Ok(())
    }
}
