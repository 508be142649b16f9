//! Holding the ledger against a checkpoint or a member's statement. New members and longer chains are as they should be.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use laurel_domain::ids::{MemberId, RedemptionId};
use laurel_domain::ledger::entry::{Entry, Hash};
use laurel_domain::ledger::statement::check::check;
use laurel_domain::ledger::statement::{self, Statement};
use laurel_domain::numbers::money::Currency;
use laurel_domain::rewards::redemption::RedemptionState;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::read::{self, Bound, Head, Part, RulesHash, Summary};
use super::{Against, CHUNK, CheckpointError, FORMAT, FORMAT_1, bound};
use crate::store::ledger::proof;
use crate::store::members::member::{self, By};
use crate::store::rewards::redemptions::{self, Redemption};
use crate::store::{StoreError, Tx, programme};
use crate::usecase::ledger::verify::{Difference, MOST, Verdict};

/// A file to hold the ledger against.
pub(super) enum Evidence {
    Statement(Box<Statement>),
    Checkpoint(Reading),
}

/// A checkpoint that is being read, ahead of what has been compared by two chunks at most.
pub(super) struct Reading {
    path: PathBuf,
    parts: mpsc::Receiver<Part>,
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
            FORMAT | FORMAT_1 => {
                let file = buffered(&path)?;
                let (send, parts) = mpsc::channel(1);
                let end = tokio::task::spawn_blocking(move || read::read(file, &mut |part| send.blocking_send(part).is_ok()));
                Ok(Evidence::Checkpoint(Reading { path, parts, end: Some(end) }))
            }
            other => Err(not_one(&path, format!("its format is {other}"))),
        }
    }

    /// Adds what differs to the verdict.
    pub async fn hold(&mut self, tx: &mut Tx, currency: Currency, verdict: &mut Verdict) -> Result<Against, CheckpointError> {
        match self {
            Evidence::Statement(statement) => Ok(hold_statement(tx, currency, statement, verdict).await?),
            Evidence::Checkpoint(reading) => reading.hold(tx, currency, verdict).await,
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
    async fn hold(&mut self, tx: &mut Tx, currency: Currency, verdict: &mut Verdict) -> Result<Against, CheckpointError> {
        let salt = proof::identity_salt(tx).await?;
        while let Some(part) = self.parts.recv().await {
            match part {
                Part::Rules(rules) => hold_rules(tx, &rules, verdict).await?,
                Part::Heads(heads) => hold_heads(tx, &salt, &heads, verdict).await?,
                Part::Redemptions(bound) => hold_redemptions(tx, currency, &bound, verdict).await?,
            }
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

async fn hold_rules(tx: &mut Tx, rules: &[RulesHash], verdict: &mut Verdict) -> Result<(), StoreError> {
    let here = programme::versions(tx).await?;
    for (version, hash) in rules {
        let what = match here.iter().find(|row| row.version == *version) {
            Some(row) if bound::rules(row).to_string() == *hash => continue,
            Some(_) => "is another than in the checkpoint, or was published at another time or by somebody else",
            None => "is missing; the checkpoint has it",
        };
        differ(verdict, "", None, format!("version {version} of the rules {what}"));
    }
    Ok(())
}

async fn hold_redemptions(tx: &mut Tx, currency: Currency, bound: &[Bound], verdict: &mut Verdict) -> Result<(), StoreError> {
    let ids: Vec<RedemptionId> = bound.iter().map(|(id, ..)| *id).collect();
    let here: HashMap<RedemptionId, Redemption> =
        redemptions::with_ids(tx, currency, &ids).await?.into_iter().map(|one| (one.id, one)).collect();
    for (id, state, terms) in bound {
        let Some(one) = here.get(id) else {
            differ(verdict, "", None, format!("redemption {id} is missing; the checkpoint has it as {state}"));
            continue;
        };
        if bound::terms(one).to_string() != *terms {
            differ(verdict, one.member, Some(one.seq), format!("redemption {id} has other terms than in the checkpoint"));
        }
        if !RedemptionState::named(state).is_some_and(|then| bound::leads_to(one.kind(), then, one.state)) {
            let what =
                format!("redemption {id} is {}; from {state}, as the checkpoint has it, no way leads there", one.state.name());
            differ(verdict, one.member, Some(one.seq), what);
        }
    }
    Ok(())
}

async fn hold_heads(tx: &mut Tx, salt: &[u8; 16], heads: &[Head], verdict: &mut Verdict) -> Result<(), StoreError> {
    let places: Vec<(MemberId, i64)> = heads.iter().map(|(member, seq, ..)| (*member, *seq)).collect();
    let links = proof::links(tx, &places).await?;
    for (member, seq, hash, external) in heads {
        let (seq, hash) = (*seq, hash.as_str());
        if let Some((link, external)) = links.get(member).zip(external.as_deref()) {
            let here = link.external_id.as_deref().map(|id| bound::external(salt, *member, id).to_string());
            match here {
                Some(here) if here == external => (),
                None if link.is_erased => (),
                Some(_) => differ(verdict, member, None, "has another external id than in the checkpoint".to_owned()),
                None => differ(verdict, member, None, "has no external id any more; the checkpoint has one".to_owned()),
            }
        }
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
