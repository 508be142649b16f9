//! `laurel verify`: exit 0 and what was checked, or 4 and what differs.

use std::path::PathBuf;

use clap::Args;

use super::{Common, Ended, print_json};
use laurel_engine::usecase::ledger::checkpoint::{self, Proof, Wish};

#[derive(Args)]
pub(super) struct Options {
    /// Write a checkpoint with each member’s number of entries and last hash. The file must not exist
    #[arg(long, value_name = "FILE")]
    write_checkpoint: Option<PathBuf>,
    /// Compare the ledger with a checkpoint, or with a statement downloaded by a member
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

/// What finds what, for `laurel verify --help`.
pub(super) const ABOUT: &str = "\
Without options, every entry is made again from its cause, and every hash, balance, tier and refund has to follow. That finds a \
changed digit anywhere, a gap, and whatever does not follow from its cause and the rules.

Whoever can write the database can still cut off the end of a chain, take a member away whole, or write a chain anew with \
hashes to match. A checkpoint finds all three, if it is older than the change and kept where they cannot reach it; so does a \
member's statement, for that member, and it names the first entry and field that differ. What was changed after the last \
checkpoint and statement, or was wrong from the start, none of them finds.

An entry's hash is the SHA-256 of its canonical form: UTF-8 lines name=value, each ended by a line feed, in this order: \
laurel-entry=1, previous (the hash before, zeros at first), member, seq, kind, points, balance, tier, moves, occurred and \
instant (microseconds since 1970 UTC), rules, then source and event where an event is the cause, cause, and what the cause has, \
in the order of a statement's fields (amounts as `139.12 CNY`, texts by their digest); cap_room comes last.";

pub(super) async fn run(common: &Common, options: Options) -> anyhow::Result<Ended> {
    let ledger = common.ledger().await?;
    let file = options.write_checkpoint.clone();
    let proof = checkpoint::prove(&ledger, Wish { against: options.against, write: options.write_checkpoint }).await?;
    let verdict = &proof.verdict;
    if common.is_json() {
        print_json(&proof)?;
    } else {
        out_line!(
            "{} members, {} entries, {} redemptions, {} rewards, {} points outstanding: every entry made again from its cause, every \
             chain, balance, tier, refund, stock and code followed.",
            verdict.members,
            verdict.entries,
            verdict.redemptions,
            verdict.rewards,
            verdict.outstanding
        );
        print_beside(&proof, file);
        for difference in &verdict.differences {
            let entry = difference.seq.map(|seq| format!(", entry {seq}")).unwrap_or_default();
            out_line!("{}{entry}: {}", difference.about(), difference.what);
        }
        if !verdict.differences.is_empty() {
            out_line!("{} differences.", verdict.differences.len());
        }
    }
    Ok(if verdict.differences.is_empty() { Ended::Well } else { Ended::Differs })
}

fn print_beside(proof: &Proof, file: Option<PathBuf>) {
    if let Some(against) = &proof.against {
        let (format, at) = (&against.format, &against.at);
        out_line!("Compared with {format} of {at}: {} members, {} entries.", against.members, against.entries);
    }
    if let (Some(written), Some(file)) = (proof.checkpoint_written, file) {
        match written {
            true => out_line!("Checkpoint written to {}.", file.display()),
            false => out_line!("No checkpoint written: the ledger differs."),
        }
    }
}
