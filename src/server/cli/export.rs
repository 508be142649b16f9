//! `laurel export`: every entry as Parquet, which DuckDB, DataFusion, pandas and clusters read: one file, or a folder that is kept up.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use super::parquet_file::{Entries, Names};
use super::parquet_folder::{self, unfinished};
use super::{Common, Ended, print_json};
use laurel_engine::usecase::ledger::{Ledger, whole};

#[derive(Args)]
pub(super) struct Options {
    /// The file to write, which must not exist; or a folder (FOLDER/), which is brought up to date
    #[arg(long, value_name = "FILE|FOLDER/")]
    parquet: PathBuf,
}

pub(super) const ABOUT: &str = "\
One row for each entry, by member in the order they were posted; a member's rows are as of one moment, and members who come later \
may have got entries meanwhile. Nothing waits for it.

Columns: member, external_id, seq, kind, cause, points and balance (decimals of two places), tier (1 is the lowest), rules (the version), \
occurred_at and posted_at (microseconds, UTC), amount (in the programme's currency), scene, payment (the payment's seq: of refunds and \
activations), source and event_id. It holds no names, addresses or texts.

The file is there when all of it is: until then it is called FILE.part.

A folder (a path that ends with / or is one) is brought up to date: each export adds a file to FOLDER/entries with what was posted since \
the one before; what broke off goes on. The id in the payment system is not in these rows, as it can come later and be erased: \
FOLDER/members.parquet has member, external_id and entries (how many) of everybody, written anew each time. FOLDER/_manifest.json lists \
the files and belongs to the folder.";

/// What was written.
#[derive(Serialize)]
struct Written {
    members: u64,
    entries: u64,
    bytes: u64,
}

pub(super) async fn run(common: &Common, options: &Options) -> anyhow::Result<Ended> {
    let ledger = common.ledger().await?;
    let path = &options.parquet;
    if path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
        let updated = parquet_folder::update(&ledger, path).await?;
        match common.is_json() {
            true => print_json(&updated)?,
            false => out_line!(
                "{} new entries in {} new files; {} entries of {} members in all.",
                updated.new_entries,
                updated.new_files,
                updated.entries,
                updated.members
            ),
        }
        return Ok(Ended::Well);
    }
    let written = one_file(&ledger, path).await?;
    match common.is_json() {
        true => print_json(&written)?,
        false => out_line!("{} entries of {} members, {} bytes.", written.entries, written.members, written.bytes),
    }
    Ok(Ended::Well)
}

async fn one_file(ledger: &Ledger, file: &Path) -> anyhow::Result<Written> {
    anyhow::ensure!(!file.exists(), "{} is there already", file.display());
    let unfinished = unfinished(file);
    let place = || format!("cannot write {}", unfinished.display());
    let mut entries = Entries::new(File::create(&unfinished).with_context(place)?, ledger.programme.currency, Names::InRows)?;
    let (mut members, mut after) = (0, i64::MIN);
    while let Some(part) = whole::part_after(ledger, after).await? {
        for (member, own) in &part.members {
            entries.add(member.id(), member.external_id.as_ref().map(|id| id.as_str()), own).with_context(place)?;
        }
        members += part.members.len() as u64;
        after = part.last;
    }
    let rows = entries.rows();
    entries.close().with_context(place)?;
    std::fs::rename(&unfinished, file).with_context(place)?;
    Ok(Written { members, entries: rows, bytes: std::fs::metadata(file)?.len() })
}
