//! `laurel rules`: the rules as files, so that they can lie in a repository. `show` writes them, `diff` compares, `publish` puts a
//! file in force.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use laurel_domain::numbers::money::Currency;
use laurel_domain::refusal::{FieldFault, Refusal};
use laurel_domain::rules::changes::{self, Change};
use laurel_domain::rules::file;
use laurel_domain::rules::rule_set::{RuleSet, Rulebook};
use laurel_domain::rules::safety::Effect;
use laurel_engine::auth::Authority;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::rules::{self, Publication, measure, notice_of};
use serde::Serialize;

use super::{Common, Ended, print_json};

/// What the commands end with, for `laurel rules --help`.
pub(super) const ABOUT: &str = "\
A file holds one rule set as JSON: what `laurel rules show` prints, or the answer of GET /api/v1/rules.

Exit codes: 0 done, or no difference; 1 something went wrong; 2 bad input, each field at fault on a line of standard error; \
4 `diff` found differences, or `find` nothing that reaches the goals.";

/// How `laurel rules find` goes about it.
const FINDING: &str = "\
Rules are tried on a sample of members first, by coordinate search: what misses the goals least wins, then what changes least. What \
is shown has been simulated exactly, over everybody. A cost is the points issued less those clawed back, divided by the redemption \
rate and by the months from the first to the last. Percentages are of all members; `lowered` compares with the rules as they were.

  laurel rules find --goal outstanding=100000 --goal lowered=0 --move alpha=0.5..1/0.05 --move tiers.gold.from

A file for --wanted says the same: {\"goal\": {\"outstanding\": \"100000\", \"lowered\": \"0\"}, \"move\": {\"alpha\": {\"least\": \"0.5\", \
\"most\": \"1\", \"step\": \"0.05\"}, \"tiers.gold.from\": {}}}

Exit codes: 0 found, also where the rules to start from reach the goals already; 1 something went wrong; 2 bad input, each field at \
fault on a line of standard error; 4 nothing reaches the goals: the nearest is shown.";

#[derive(Subcommand)]
pub(super) enum Command {
    /// Print a version of the rules as a file
    Show(Show),
    /// Compare two rule sets field by field; exits with 4 if they differ
    Diff(Diff),
    /// Find rules that reach goals; exits with 4 if none do
    #[command(after_long_help = FINDING)]
    Find(Box<super::rules_find::Options>),
    /// Publish a file as the next version
    Publish(Box<Publish>),
}

#[derive(Args)]
pub(super) struct Show {
    /// Version to print; the one in force if left out
    #[arg(long)]
    version: Option<u32>,
}

#[derive(Args)]
pub(super) struct Diff {
    /// What is compared: a version number, `in-force`, `draft`, or a file
    a: String,
    /// With what
    b: String,
}

#[derive(Args)]
pub(super) struct Publish {
    /// File with the rule set
    file: PathBuf,
    /// When it takes effect: RFC 3339, or a local time of the programme (2026-12-01T00:00); at once if left out
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Let members who fall short keep their tier through this day
    #[arg(long, value_name = "DAY", conflicts_with = "demote")]
    keep_through: Option<Date>,
    /// Demote members within their validity period, too
    #[arg(long)]
    demote: bool,
    /// Tell members, in Chinese
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    notice_zh: String,
    /// Tell members, in English
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    notice_en: String,
    /// Why, for the audit log
    #[arg(long)]
    note: Option<String>,
    /// Take the place of the draft in the console, or of a version that is scheduled
    #[arg(long)]
    replace: bool,
    /// Show what would change, and publish nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(common: &Common, command: Command) -> anyhow::Result<Ended> {
    let done = match command {
        Command::Show(options) => show(common, &options).await,
        Command::Diff(options) => diff(common, &options).await,
        Command::Find(options) => super::rules_find::run(common, *options).await,
        Command::Publish(options) => publish(common, *options).await,
    };
    with_each_fault(done)
}

/// What is not right with a file, field by field.
pub(super) fn with_each_fault(done: anyhow::Result<Ended>) -> anyhow::Result<Ended> {
    match done {
        Err(error) => match error.downcast_ref::<AppError>() {
            Some(AppError::Refused(Refusal::Invalid { faults })) => Ok(bad_input(faults)),
            _ => Err(error),
        },
        done => done,
    }
}

fn bad_input(faults: &[FieldFault]) -> Ended {
    for fault in faults {
        note_line!("laurel: {}: {}", fault.field, fault.fault);
    }
    Ended::Invalid
}

fn invalid(faults: Vec<FieldFault>) -> anyhow::Error {
    AppError::from(Refusal::Invalid { faults }).into()
}

async fn show(common: &Common, options: &Show) -> anyhow::Result<Ended> {
    let ledger = common.ledger().await?;
    let set = match options.version {
        None => ledger.rulebook().await?.general().at(ledger.clock.now()).set.clone(),
        Some(version) => of_version(&ledger, version).await?,
    };
    out!("{}", file::write(&set));
    Ok(Ended::Well)
}

async fn of_version(ledger: &Ledger, version: u32) -> anyhow::Result<RuleSet> {
    let found = rules::history(ledger).await?.into_iter().find(|known| known.version == version);
    Ok(found.with_context(|| format!("there is no version {version}"))?.set)
}

/// A rule set by what somebody calls it.
pub(super) async fn named(ledger: &Ledger, name: &str) -> anyhow::Result<RuleSet> {
    match (name, name.parse::<u32>()) {
        ("in-force", _) => Ok(ledger.rulebook().await?.general().at(ledger.clock.now()).set.clone()),
        ("draft", _) => {
            let draft = rules::overview(ledger).await?.draft;
            Ok(draft.context("there is no draft")?.set)
        }
        (_, Ok(version)) => of_version(ledger, version).await,
        (path, Err(_)) => of_file(ledger.programme.currency, Path::new(path)),
    }
}

/// The rules that a file has, valid in a currency.
pub(super) fn of_file(currency: Currency, path: &Path) -> anyhow::Result<RuleSet> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    file::read(&text, currency).map_err(invalid)
}

#[derive(Serialize)]
pub(super) struct Line<'a> {
    pub(super) field: &'a str,
    pub(super) before: &'a Option<String>,
    pub(super) after: &'a Option<String>,
}

fn print_changes(common: &Common, changes: &[Change]) -> anyhow::Result<()> {
    if common.is_json() {
        let lines = changes.iter().map(|c| Line { field: &c.field, before: &c.before, after: &c.after });
        return print_json(&lines.collect::<Vec<_>>());
    }
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
    for change in changes {
        out_line!("{}: {} -> {}", change.field, side(&change.before), side(&change.after));
    }
    Ok(())
}

async fn diff(common: &Common, options: &Diff) -> anyhow::Result<Ended> {
    let ledger = common.ledger().await?;
    let (a, b) = (named(&ledger, &options.a).await?, named(&ledger, &options.b).await?);
    let changes = changes::changes(&a, &b);
    print_changes(common, &changes)?;
    Ok(if a == b { Ended::Well } else { Ended::Differs })
}

#[derive(Serialize)]
struct Published {
    version: Option<u32>,
    in_force_from: Option<String>,
    effect: Effect,
}

async fn publish(common: &Common, options: Publish) -> anyhow::Result<Ended> {
    let ledger = common.ledger().await?;
    let set = of_file(ledger.programme.currency, &options.file)?;
    let overview = rules::overview(&ledger).await?;
    let latest = overview.scheduled.as_ref().unwrap_or(&overview.in_force);
    if latest.set == set {
        anyhow::bail!("the file says what version {} says already", latest.version);
    }
    let rulebook = ledger.rulebook().await?;
    let how = Publication {
        at: options.at.as_deref().map(|text| instant(text, &rulebook)).transpose()?,
        demotes: options.demote,
        keeps_until: options.keep_through.map(|day| rulebook.calendar().end_of(day).time()),
        instead_of: overview.scheduled.as_ref().filter(|_| options.replace).map(|rules| rules.version),
        notice: notice_of(&options.notice_zh, &options.notice_en).map_err(AppError::from)?,
        note: options.note.clone(),
        once: None,
    };
    let effect = measure(&ledger, set.clone(), how.demotes).await?;
    if options.dry_run {
        print_changes(common, &changes::changes(&overview.in_force.set, &set))?;
        return told(common, None, effect, options.keep_through);
    }
    let by = Authority::command_line();
    let revision = match overview.draft {
        Some(draft) if draft.set == set => draft.revision,
        Some(draft) if options.replace => rules::save_draft(&ledger, by, set, overview.base, draft.revision).await?,
        Some(_) => anyhow::bail!("there is a draft in the console; --replace takes its place"),
        None => rules::save_draft(&ledger, by, set, overview.base, 0).await?,
    };
    match rules::publish(&ledger, by, revision, how).await {
        Ok(version) => {
            told(common, Some((version, ledger.rulebook().await?.latest().from.time())), effect, options.keep_through)
        }
        Err(error) => Err(anyhow::Error::new(error).context("not published; the draft in the console has it")),
    }
}

/// RFC 3339, or a local time of the programme.
pub(super) fn instant(text: &str, rulebook: &Rulebook) -> anyhow::Result<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let local: DateTime = text.parse().map_err(|_| not_a_time())?;
    let zoned = local.to_zoned(rulebook.calendar().zone().clone()).map_err(|_| not_a_time())?;
    Ok(zoned.timestamp())
}

fn not_a_time() -> anyhow::Error {
    invalid(vec![FieldFault::new("at", laurel_domain::refusal::Fault::NotATime)])
}

fn told(
    common: &Common,
    published: Option<(u32, Timestamp)>,
    effect: Effect,
    keep_through: Option<Date>,
) -> anyhow::Result<Ended> {
    if common.is_json() {
        let (version, from) = (published.map(|(version, _)| version), published.map(|(_, from)| from.to_string()));
        print_json(&Published { version, in_force_from: from, effect })?;
        return Ok(Ended::Well);
    }
    match published {
        Some((version, from)) => out_line!("Version {version} is published, in force from {from}."),
        None => out_line!("Nothing was published."),
    }
    let lose = match keep_through {
        Some(day) => format!("fall short and keep their tier through {day}"),
        None => "lose a tier".to_owned(),
    };
    out_line!(
        "{} members: {} {lose}, {} rise. {} points outstanding are worth {}, before {}.",
        effect.members,
        effect.fallen,
        effect.risen,
        effect.outstanding,
        effect.worth_after,
        effect.worth_before
    );
    Ok(Ended::Well)
}
