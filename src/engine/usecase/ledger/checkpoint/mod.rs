//! Checkpoints: what a chain alone cannot prove, because whoever can write the database can also shorten a chain, take a
//! member away whole, or write a chain anew with hashes to match. A checkpoint says how many entries each member had and the
//! hash of the last; kept where the database's masters cannot change it, it shows all three. A member's statement does the
//! same for that member, and names the entry and the field.
//!
//! The file is JSON, one member a line, sorted by id:
//!
//! ```text
//! {"format":"laurel-checkpoint/2","programme":"Laurel","at":"2026-11-22T10:00:00Z","rules":[
//! [1,"77a0…"]
//! ],"heads":[
//! ["0190f3c8-0000-7000-8000-000000000001",12,"4f0c…","c01d…"],
//! …
//! ],"redemptions":[
//! ["0190f3c8-0000-7000-8000-00000000000a","paid","5be1…"],
//! …
//! ],"members":2,"entries":15,"outstanding":"153.12","seal":"9a1b…"}
//! ```
//!
//! Beside the chains it binds what is not in them (`bound.rs`): the rule sets in force by then, by hash; who each member is
//! outside, by the salted digest of their external id, `null` without one; each redemption, by its terms' hash, with its state.
//!
//! The seal is the SHA-256 over the lines `laurel-checkpoint=2`, `programme=…`, `at=…`, `rules version hash` for each rule set,
//! `id seq hash digest` for each member (`-` without a digest), `id state hash` for each redemption, then `members=…`,
//! `entries=…`, `outstanding=…`, each ended by a line feed. A checkpoint of format 1 has neither rules, digests nor redemptions.

mod against;
mod bound;
mod read;
mod write;

use std::fmt::Display;
use std::fs::File;
use std::path::PathBuf;

use laurel_domain::ledger::entry::Hash;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::store::{FromStore, StoreError};
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::verify::{self, Verdict};
use against::Evidence;

pub const FORMAT: &str = "laurel-checkpoint/2";
/// Read, and not written any more.
const FORMAT_1: &str = "laurel-checkpoint/1";

/// Members read, written or compared at a time.
const CHUNK: usize = 1000;

/// What to do beside verifying.
#[derive(Debug, Default)]
pub struct Wish {
    /// A checkpoint or a member's statement to hold the ledger against.
    pub against: Option<PathBuf>,
    /// Where to write a checkpoint; must not be there yet.
    pub write: Option<PathBuf>,
}

/// What was verified, and beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Proof {
    #[serde(flatten)]
    pub verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<Against>,
    /// Whether a checkpoint was written: not of a ledger in which anything differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint_written: Option<bool>,
}

/// What the ledger was held against.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Against {
    /// Its first field.
    pub format: String,
    pub programme: String,
    /// When it was written.
    pub at: String,
    pub members: u64,
    pub entries: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    #[error("{0} is neither a checkpoint nor a statement of Laurel: {1}")]
    NotOne(PathBuf, String),
}

impl FromStore for CheckpointError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// Verifies, holds the ledger against a file and writes a checkpoint, all on one snapshot. Verifying alone takes no long one.
///
/// # Errors
/// When a file cannot be read or written, or is of another kind. What differs is no error.
pub async fn prove(ledger: &Ledger, wish: Wish) -> Result<Proof, CheckpointError> {
    if wish.against.is_none() && wish.write.is_none() {
        return Ok(Proof { verdict: verify::verify(ledger).await?, ..Proof::default() });
    }
    let rulebook = ledger.rulebook().await?;
    let (programme, at) = (ledger.settings(), ledger.clock.now());
    let evidence = match wish.against {
        Some(file) => Some(tokio::sync::Mutex::new(Evidence::open(file).await?)),
        None => None,
    };
    let made = wish.write.clone().map(make).transpose()?;
    let outcome = ledger
        .db
        .for_reports()
        .snapshot((rulebook, programme, evidence, made), move |tx, (rulebook, programme, evidence, made)| {
            Box::pin(async move {
                let mut proof =
                    Proof { verdict: verify::everything(tx, rulebook, programme.currency).await?, ..Proof::default() };
                if let Some(evidence) = evidence {
                    let mut evidence = evidence.lock().await;
                    proof.against = Some(evidence.hold(tx, programme.currency, &mut proof.verdict).await?);
                }
                if let Some((path, file)) = made {
                    let differs = !proof.verdict.differences.is_empty();
                    if !differs {
                        write::write(tx, path, file, programme, at).await?;
                    }
                    proof.checkpoint_written = Some(!differs);
                }
                Ok(proof)
            })
        })
        .await;
    let is_written = outcome.as_ref().is_ok_and(|proof: &Proof| proof.checkpoint_written == Some(true));
    if let Some(path) = wish.write.filter(|_| !is_written) {
        std::fs::remove_file(&path).map_err(|error| CheckpointError::File(path, error))?;
    }
    outcome
}

/// Makes the file before anything is verified: to be told of a full disk or a wrong name after an hour helps nobody.
/// One that is there is left alone, for an old checkpoint is evidence.
fn make(path: PathBuf) -> Result<(PathBuf, File), CheckpointError> {
    match File::create_new(&path) {
        Ok(file) => Ok((path, file)),
        Err(error) => Err(CheckpointError::File(path, error)),
    }
}

/// The hash over a checkpoint, line by line.
#[derive(Default)]
struct Seal(Sha256);

impl Seal {
    fn begin(format: &str, programme: &str, at: &str) -> Seal {
        let mut seal = Seal::default();
        let number = if format == FORMAT_1 { 1 } else { 2 };
        seal.line(format_args!("laurel-checkpoint={number}\nprogramme={programme}\nat={at}"));
        seal
    }

    fn line(&mut self, line: impl Display) {
        self.0.update(format!("{line}\n"));
    }

    fn end(mut self, members: u64, entries: u64, outstanding: impl Display) -> Hash {
        self.line(format_args!("members={members}\nentries={entries}\noutstanding={outstanding}"));
        Hash(self.0.finalize().into())
    }
}
