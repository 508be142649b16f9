//! `laurel import`: events, members or a reward's codes from CSV; events from NDJSON, too.

use std::fs::File;
use std::io::{BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use laurel_domain::ids::RewardId;
use laurel_domain::text::Source;
use serde_json::json;

use super::{Common, Ended, print_json};
use crate::server::startup;
use laurel_engine::auth::Actor;
use laurel_engine::usecase::imports::{self, Counts, Noted, Target};

#[derive(Args)]
pub(super) struct Options {
    /// CSV file, or `-` for standard input; events may also be NDJSON, each line like an event of the API
    file: PathBuf,
    /// What the rows are
    #[arg(long, value_enum, default_value_t = Kind::Events)]
    kind: Kind,
    /// Source of the events; event IDs are unique within a source
    #[arg(long, default_value = "default")]
    source: String,
    /// Create unknown members, registered at the time of their first event
    #[arg(long)]
    enrol: bool,
    /// ID of the reward that codes are for, as its page in the console has it
    #[arg(long, required_if_eq("kind", "codes"))]
    reward: Option<RewardId>,
    /// Write refused rows to this file, with the reason for each
    #[arg(long)]
    rejects: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// event_id, kind, member, amount, currency, occurred_at, payment, payment_source, scene, referee, subject
    Events,
    /// external_id, name, email, phone, locale, registered_at
    Members,
    /// code
    Codes,
}

impl Options {
    fn target(&self) -> anyhow::Result<Target> {
        Ok(match (self.kind, self.reward) {
            (Kind::Members, _) => Target::Members,
            (Kind::Codes, Some(reward)) => Target::Codes { reward },
            (Kind::Codes, None) => anyhow::bail!("--reward is missing"),
            (Kind::Events, _) => {
                let source = Source::new(&self.source).map_err(|fault| anyhow::anyhow!("the source {fault}"))?;
                if source.as_str() == laurel_engine::usecase::ledger::ingest::OWN_SOURCE {
                    anyhow::bail!("the source {source} is reserved for events created by Laurel");
                }
                Target::Events { source, enrol: self.enrol }
            }
        })
    }
}

pub(super) async fn run(common: &Common, options: Options) -> anyhow::Result<Ended> {
    let target = options.target()?;
    let ledger = common.ledger().await?;
    let name = options.file.display();
    let file: Box<dyn Read + Send> = match options.file.as_os_str() == "-" {
        true => Box::new(std::io::stdin()),
        false => Box::new(BufReader::new(File::open(&options.file).with_context(|| format!("{name}"))?)),
    };
    let rejects: Option<BufWriter<File>> = match &options.rejects {
        None => None,
        Some(path) => Some(BufWriter::new(File::create(path).with_context(|| format!("{}", path.display()))?)),
    };
    let terminal = std::io::stderr().is_terminal();
    let progress = |counts| {
        if terminal {
            note!("\r{}", human(counts));
            // only a sign of life
            let _ = std::io::stderr().flush();
        }
    };
    let base = options.file.file_name().map_or_else(|| name.to_string(), |base| base.to_string_lossy().into_owned());
    let noted = Noted { actor: Actor::CommandLine, file: base, target };
    let stop = startup::told_to_stop();
    let imported = imports::import_noted(&ledger, noted, file, rejects, progress, stop);
    let counts = imported.await.with_context(|| format!("{name}"))?;
    if terminal {
        note_line!();
    }
    match common.is_json() {
        true => print_json(&json!({
            "accepted": counts.added, "changed": counts.changed, "duplicate": counts.known, "refused": counts.refused,
        }))?,
        false => out_line!("{}", human(counts)),
    }
    Ok(if counts.refused > 0 { Ended::SomeRefused } else { Ended::Well })
}

fn human(counts: Counts) -> String {
    let Counts { added, changed, known, refused } = counts;
    let changed = if changed > 0 { format!("{changed} changed, ") } else { String::new() };
    format!("{added} accepted, {changed}{known} duplicates, {refused} refused")
}
