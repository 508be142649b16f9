//! Holding the ledger against a checkpoint or a member's statement. New members and longer chains are as they should be.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use laurel_domain::ids::MemberId;
use laurel_domain::ledger::entry::{Entry, Hash};
use laurel_domain::ledger::statement::check::check;
use laurel_domain::ledger::statement::{self, Statement};
use laurel_domain::numbers::money::Currency;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::read::{self, Head, Summary};
use super::{Against, CHUNK, CheckpointError, FORMAT};
use crate::server::store::ledger::proof;
use crate::server::store::members::member::{self, By};
use crate::server::store::{StoreError, Tx};
use crate::server::usecase::ledger::verify::{Difference, MOST, Verdict};

/// A file to hold the ledger against.
pub(super) enum Evidence {
    Statement(Box<Statement>),
    Checkpoint(Reading),
}

/// A checkpoint that is being read, ahead of what has been compared by two chunks at most.
pub(super) struct Reading {
    path: PathBuf,
    heads: mpsc::Receiver<Vec<Head>>,
    end: Option<JoinHandle<Result<Summary, serde_json::Error>>>,
}

#[derive(Deserialize)]
struct Kind {
    format: String,
}

impl Evidence {
    /// Opens a file and looks at what it is.
    pub async fn open(path: PathBuf) -> Result<Evidence, CheckpointError> {
        let not_one = |path: &Path, why: String| CheckpointError::NotOne(path.to_owned(), why);
        let kind: Kind = serde_json::from_reader(buffered(&path)?).map_err(|error| not_one(&path, error.to_string()))?;
        match kind.format.as_str() {
            statement::FORMAT => {
                let read: Result<Statement, _> = serde_json::from_reader(buffered(&path)?);
                Ok(Evidence::Statement(Box::new(read.map_err(|error| not_one(&path, error.to_string()))?)))
            }
            FORMAT => {
                let file = buffered(&path)?;
                let (send, heads) = mpsc::channel(1);
                let end = tokio::task::spawn_blocking(move || read::read(file, &mut |chunk| send.blocking_send(chunk).is_ok()));
                Ok(Evidence::Checkpoint(Reading { path, heads, end: Some(end) }))
            }
            other => Err(not_one(&path, format!("its format is {other}"))),
        }
    }

    /// Adds what differs to the verdict.
    pub async fn hold(&mut self, tx: &mut Tx, currency: Currency, verdict: &mut Verdict) -> Result<Against, CheckpointError> {
        match self {
            Evidence::Statement(statement) => Ok(hold_statement(tx, currency, statement, verdict).await?),
            Evidence::Checkpoint(reading) => reading.hold(tx, verdict).await,
        }
    }
}

fn buffered(path: &Path) -> Result<BufReader<File>, CheckpointError> {
    File::open(path).map(BufReader::new).map_err(|error| CheckpointError::File(path.to_owned(), error))
}

fn differ(verdict: &mut Verdict, member: impl ToString, seq: Option<i64>, what: String) {
    if verdict.differences.len() < MOST {
        verdict.differences.push(Difference { member: member.to_string(), seq, what });
    }
}

impl Reading {
    async fn hold(&mut self, tx: &mut Tx, verdict: &mut Verdict) -> Result<Against, CheckpointError> {
        while let Some(chunk) = self.heads.recv().await {
            hold_heads(tx, &chunk, verdict).await?;
        }
        let Some(end) = self.end.take() else { return Err(StoreError::Closing.into()) };
        let summary = end.await.map_err(|_| StoreError::Closing)?;
        let Summary { against, is_sealed } =
            summary.map_err(|error| CheckpointError::NotOne(self.path.clone(), error.to_string()))?;
        if !is_sealed {
            differ(verdict, "-", None, "the checkpoint itself was changed: its seal does not follow".to_owned());
        }
        Ok(against)
    }
}

async fn hold_heads(tx: &mut Tx, heads: &[Head], verdict: &mut Verdict) -> Result<(), StoreError> {
    let places: Vec<(MemberId, i64)> = heads.iter().map(|(member, seq, _)| (*member, *seq)).collect();
    let links = proof::links(tx, &places).await?;
    for (member, seq, hash) in heads {
        let (seq, hash) = (*seq, hash.as_str());
        match links.get(member) {
            None => differ(verdict, member, None, format!("is missing; the checkpoint has {seq} entries of them")),
            Some(_) if seq == 0 => (),
            Some(link) => match link.hash {
                Some(found) if found.to_string() == hash => (),
                Some(_) => {
                    let what = "has another hash than in the checkpoint: it, or entries before it, were written anew";
                    differ(verdict, member, Some(seq), what.to_owned());
                }
                None => {
                    let what = format!("has {} entries, the checkpoint {seq}: the end was cut off", link.entries);
                    differ(verdict, member, None, what);
                }
            },
        }
    }
    Ok(())
}

async fn hold_statement(
    tx: &mut Tx,
    currency: Currency,
    statement: &Statement,
    verdict: &mut Verdict,
) -> Result<Against, StoreError> {
    let report = check(statement);
    for found in &report.findings {
        differ(verdict, &report.member, found.seq, format!("in the statement itself: {found}"));
    }
    let against = Against {
        format: statement.format.clone(),
        programme: report.programme,
        at: report.as_of,
        members: 1,
        entries: report.entries,
    };
    let id: Option<MemberId> = statement.member.parse().ok();
    let member = match id {
        Some(id) => member::find(tx, By::Id(id)).await?,
        None => None,
    };
    let Some((id, member)) = id.zip(member) else {
        let what = format!("is missing; the statement has {} entries of them", report.entries);
        differ(verdict, &statement.member, None, what);
        return Ok(against);
    };
    let mut after = 0;
    loop {
        let here = proof::entries_after(tx, currency, member.no, after, CHUNK as i64).await?;
        let from = usize::try_from(after).unwrap_or(usize::MAX).min(statement.entries.len());
        for (stated, entry) in statement.entries[from..].iter().zip(&here) {
            if let Some(what) = difference(stated, entry, id) {
                differ(verdict, id, Some(entry.seq), what);
                return Ok(against);
            }
        }
        let seen = from + here.len();
        match here.last() {
            Some(last) if seen < statement.entries.len() => after = last.seq,
            None => {
                let what = format!("has {from} entries, the statement {}: the end was cut off", statement.entries.len());
                differ(verdict, id, None, what);
                return Ok(against);
            }
            Some(_) => return Ok(against),
        }
    }
}

/// In which field an entry is another in the statement than in the ledger, by the lines of their canonical forms.
fn difference(stated: &statement::record::Record, entry: &Entry, member: MemberId) -> Option<String> {
    let Some(said) = stated.read(member).0 else {
        return Some("cannot be compared: it is not readable in the statement".to_owned());
    };
    if said == *entry {
        return None;
    }
    let (theirs, ours) = (said.canonical(&Hash::NONE), entry.canonical(&Hash::NONE));
    let mut ours = ours.lines();
    let parts = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap_or_default();
    for line in theirs.lines() {
        let found = ours.next().unwrap_or_default();
        if line != found {
            let ((name, theirs), (ours_name, ours)) = (parts(line), parts(found));
            let ours = if ours_name == name { ours } else { format!("{ours_name} {ours}") };
            return Some(format!("{name} is {theirs} in the statement, {ours} in the ledger"));
        }
    }
    Some(format!("hash is {} in the statement, {} in the ledger", said.hash, entry.hash))
}
