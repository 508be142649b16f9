//! `laurel export`: every entry in a Parquet file, which DuckDB, DataFusion, pandas and clusters read.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use super::parquet_file::Entries;
use super::{Common, Ended, print_json};
use laurel_engine::usecase::ledger::whole;

#[derive(Args)]
pub(super) struct Options {
    /// The file to write. It must not exist
    #[arg(long, value_name = "FILE")]
    parquet: PathBuf,
}

pub(super) const ABOUT: &str = "\
One row for each entry, by member in the order they were posted; a member's rows are as of one moment, and members who come later \
may have got entries meanwhile. Nothing waits for it.

Columns: member, external_id, seq, kind, cause, points and balance (decimals of two places), tier (1 is the lowest), rules (the version), \
occurred_at and posted_at (microseconds, UTC), amount (in the programme's currency), scene, payment (the payment's seq: of refunds and \
activations), source and event_id. It holds no names, addresses or texts.

The file is there when all of it is: until then it is called FILE.part.";

/// What was written.
#[derive(Serialize)]
struct Written {
    members: u64,
    entries: u64,
    bytes: u64,
}

pub(super) async fn run(common: &Common, options: &Options) -> anyhow::Result<Ended> {
    let ledger = common.ledger().await?;
    let file = &options.parquet;
    anyhow::ensure!(!file.exists(), "{} is there already", file.display());
    let unfinished = unfinished(file);
    let place = || format!("cannot write {}", unfinished.display());
    let mut entries = Entries::new(File::create(&unfinished).with_context(place)?, ledger.programme.currency)?;
    let (mut members, mut after) = (0, i64::MIN);
    while let Some(part) = whole::part_after(&ledger, after).await? {
        for (member, own) in &part.members {
            entries.add(member, own).with_context(place)?;
        }
        members += part.members.len() as u64;
        after = part.last;
    }
    let entries = entries.close().with_context(place)?;
    std::fs::rename(&unfinished, file).with_context(place)?;
    let written = Written { members, entries, bytes: std::fs::metadata(file)?.len() };
    match common.is_json() {
        true => print_json(&written)?,
        false => out_line!("{} entries of {} members, {} bytes.", written.entries, written.members, written.bytes),
    }
    Ok(Ended::Well)
}

fn unfinished(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    file.with_file_name(name)
}
