//! `laurel simulate`: what a draft of the rules would have made of the history. Exit 0 with the result, 2 for input that is not
//! right, 4 if `--check` finds a difference.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use jiff::Timestamp;
use laurel_domain::lab::flows::Pair;
use laurel_domain::lab::report::{Balance, Report};
use laurel_domain::lab::scope::Span;
use laurel_domain::refusal::{FieldFault, Refusal};
use laurel_domain::rules::file;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::error::AppError;
use laurel_engine::usecase::lab::{self, Explained, Progress, Reckoned, Wish};
use laurel_engine::usecase::ledger::Ledger;
use serde::Serialize;

use super::{Common, Ended, print_json};

#[derive(Args)]
pub(super) struct Options {
    /// The draft: a rule set as JSON, as `GET /api/v1/rules` gives it; `-` reads standard input
    #[arg(long, value_name = "FILE", required_unless_present = "check")]
    rules: Option<PathBuf>,
    /// Apply the draft from this time (RFC 3339) or day on; before it, the rules as they were. Without it, to the whole history
    #[arg(long, value_name = "TIME", conflicts_with = "since_in_force")]
    since: Option<String>,
    /// Apply the draft from when the version now in force began
    #[arg(long)]
    since_in_force: bool,
    /// Simulate as if the draft had been published to demote within validity periods
    #[arg(long)]
    demotes: bool,
    /// Estimate from those who have earned the most and one in so many of the others
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=i64::from(lab::MOST_BUCKETS)))]
    one_in: Option<u32>,
    /// How many members to list who gain most, and who lose most
    #[arg(long, value_name = "N", default_value_t = 20)]
    movers: usize,
    /// Explain one member event by event, by their ID at the payment system
    #[arg(long, value_name = "ID", conflicts_with_all = ["one_in", "check"])]
    member: Option<String>,
    /// Simulate the rules as they were; exits with 4 if anybody’s points, lots or tier differ from the ledger
    #[arg(long, conflicts_with_all = ["rules", "since", "since_in_force", "demotes", "one_in"])]
    check: bool,
}

/// For `laurel simulate --help`.
pub(super) const ABOUT: &str = "\
Every member's history is made again, once under the rules as they were and once with the draft in their place. What was redeemed \
and what the staff gave or took stays as it happened; where a member could not have afforded it under the draft, it is counted as \
short and owed. Referrals stay as they were awarded, for the draft's β. Nothing is written.

Exit codes: 0 done; 1 the database or the machine failed; 2 the draft or an option is not right, each field named on standard error \
(with --format json as JSON on standard output); 4 --check found a difference.";

pub(super) async fn run(common: &Common, options: Options) -> anyhow::Result<Ended> {
    let ledger = common.ledger().await?;
    let ended = match (&options.rules, options.check) {
        (Some(path), _) => match wish(&ledger, &options, path) {
            Ok(wish) => simulate(common, &ledger, &options, wish).await,
            Err(error) => Err(error),
        },
        (None, _) => check(common, &ledger).await,
    };
    match ended {
        Err(AppError::Refused(Refusal::Invalid { faults })) => tell_faults(common, &faults),
        Err(error) => Err(error.into()),
        Ok(ended) => Ok(ended),
    }
}

/// What is not right, field by field.
fn tell_faults(common: &Common, faults: &[FieldFault]) -> anyhow::Result<Ended> {
    if common.is_json() {
        print_json(&serde_json::json!({ "code": "invalid", "faults": faults }))?;
    }
    for fault in faults {
        note_line!("{fault}");
    }
    Ok(Ended::Invalid)
}

fn wish(ledger: &Ledger, options: &Options, path: &Path) -> Result<Wish, AppError> {
    let set = read_rules(ledger, path)?;
    let span = match (&options.since, options.since_in_force) {
        (Some(text), _) => Span::Since(time(ledger, text)?),
        (None, true) => Span::InForce,
        (None, false) => Span::Whole,
    };
    Ok(Wish { span, demotes: options.demotes, movers: options.movers, ..Wish::whole(set) })
}

fn read_rules(ledger: &Ledger, path: &Path) -> Result<RuleSet, AppError> {
    let text = match path.as_os_str() == "-" {
        true => std::io::read_to_string(std::io::stdin()).context("standard input"),
        false => std::fs::read_to_string(path).with_context(|| path.display().to_string()),
    };
    let text = text.map_err(AppError::internal)?;
    file::read(&text, ledger.programme.currency).map_err(|faults| Refusal::Invalid { faults }.into())
}

/// An instant, or the beginning of a day in the programme's time zone.
fn time(ledger: &Ledger, text: &str) -> Result<Timestamp, AppError> {
    if let Ok(at) = laurel_domain::ledger::event::instant(text) {
        return Ok(at);
    }
    let not_a_time = || Refusal::field("since", laurel_domain::refusal::Fault::NotATime);
    let day: jiff::civil::Date = text.parse().map_err(|_| not_a_time())?;
    let zone = jiff::tz::TimeZone::get(&ledger.programme.time_zone).map_err(AppError::internal)?;
    Ok(laurel_domain::numbers::calendar::Calendar::new(zone).start_of(day).time())
}

async fn simulate(common: &Common, ledger: &Ledger, options: &Options, wish: Wish) -> Result<Ended, AppError> {
    if let Some(id) = &options.member {
        let explained = lab::explain(ledger, &wish, By::External(id)).await?.ok_or(AppError::NotFound)?;
        return print_explained(common, &explained).map_err(AppError::internal);
    }
    // what is wrong with the draft is told first
    let reckoned = match options.one_in {
        None if wish.set.faults(ledger.programme.currency).is_empty() => Some(lab::reckon(ledger, &wish.set).await?),
        _ => None,
    };
    if let Some(reckoned) = reckoned {
        note_line!("{}", told_beforehand(reckoned));
    }
    let progress = Arc::new(Progress::default());
    let telling = tokio::spawn(tell(progress.clone()));
    let simulation = match options.one_in {
        Some(one_in) => lab::live::of_one_in(ledger, wish, one_in, progress).await,
        None => lab::simulate(ledger, wish, progress).await,
    };
    telling.abort();
    let Some(simulation) = simulation? else { return Ok(Ended::Well) };
    print_report(common, &simulation.report, reckoned).map_err(AppError::internal)?;
    Ok(Ended::Well)
}

async fn check(common: &Common, ledger: &Ledger) -> Result<Ended, AppError> {
    let progress = Arc::new(Progress::default());
    let telling = tokio::spawn(tell(progress.clone()));
    let simulation = lab::check(ledger, progress).await;
    telling.abort();
    let Some(simulation) = simulation? else { return Ok(Ended::Well) };
    let report = &simulation.report;
    let differ = report.differing + report.strange.members + report.left_out.members;
    if common.is_json() {
        print_json(report).map_err(AppError::internal)?;
    } else {
        out_line!("{} members, {} entries: {differ} members differ in points, lots or tier.", report.members, report.entries);
        for (member, what) in report.strange.some.iter().chain(&report.left_out.some) {
            out_line!("member {member}: {what}");
        }
    }
    Ok(if differ == 0 { Ended::Well } else { Ended::Differs })
}

/// How large the history is and how long it takes. A process of its own keeps nothing for a next draft, so it reads the database.
fn told_beforehand(reckoned: Reckoned) -> String {
    let Reckoned { events, wanted, seconds, .. } = reckoned;
    let time = match seconds {
        0..=90 => format!("about {} s", seconds.max(1)),
        _ => format!("about {} minutes", seconds.div_ceil(60)),
    };
    let unit = if events == 1 { "event" } else { "events" };
    format!("{events} {unit}, {} MiB if they were kept in memory; read from the database, {time}", mebibytes(wanted))
}

fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// How far it has come, every few seconds.
async fn tell(progress: Arc<Progress>) {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let (done, of) = progress.members();
        note_line!("{done} of {of} members");
    }
}

/// A report, and what it took as it was reckoned beforehand.
#[derive(Serialize)]
struct Told<'r> {
    #[serde(flatten)]
    report: &'r Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    reckoned: Option<Beforehand>,
}

#[derive(Serialize)]
struct Beforehand {
    events: u64,
    memory_mib: u64,
    read_from: &'static str,
    seconds: u64,
}

fn print_report(common: &Common, report: &Report, reckoned: Option<Reckoned>) -> anyhow::Result<()> {
    if common.is_json() {
        let reckoned = reckoned.map(|reckoned| Beforehand {
            events: reckoned.events,
            memory_mib: mebibytes(reckoned.wanted),
            read_from: "database",
            seconds: reckoned.seconds,
        });
        return print_json(&Told { report, reckoned });
    }
    let scope = &report.scope;
    out_line!("{} members, {} entries, as of {}", report.members, report.entries, scope.as_of);
    if let Some(within) = &report.within {
        out_line!(
            "An estimate from the {} members who have earned the most and {} of the other {}. In 19 of 20 such samples:\n\
             the change in outstanding points ± {}, members in a higher tier ± {}, in a lower one ± {}",
            within.certain,
            within.drawn,
            within.rest,
            within.outstanding,
            within.raised,
            within.lowered
        );
    }
    out_line!("{} would differ: {} with more, {} with fewer points", report.differing, report.gaining, report.losing);
    out_line!("{} would be in a higher tier, {} in a lower one\n", report.tiers.raised, report.tiers.lowered);
    print_points(&report.points, &scope.currency.to_string());
    print_tiers(report);
    if report.short.members > 0 {
        let short = &report.short;
        out_line!(
            "\n{} members could not have afforded {} redemptions and {} adjustments: {} points short",
            short.members,
            short.redemptions,
            short.adjustments,
            short.points
        );
    }
    for (title, movers) in [("gain most", &report.gain_most), ("lose most", &report.lose_most)] {
        if !movers.is_empty() {
            out_line!("\n{title}");
        }
        for mover in movers {
            let who = mover.external_id.clone().unwrap_or_else(|| mover.member.to_string());
            out_line!("  {who:<40}{:>18} → {:>18}", mover.balance.baseline.to_string(), mover.balance.draft.to_string());
        }
    }
    for (member, why) in &report.left_out.some {
        out_line!("left out: member {member}: {why}");
    }
    if report.strange.members > 0 {
        out_line!("{} members' ledgers differ from what their causes make: run laurel verify", report.strange.members);
    }
    Ok(())
}

fn print_points(points: &Pair<Balance>, currency: &str) {
    out_line!("{:<14}{:>20}{:>20}", "", "rules as they were", "draft");
    let (was, is) = (&points.baseline, &points.draft);
    for (name, was, is) in [
        ("issued", was.flows.issued, is.flows.issued),
        ("clawed back", was.flows.clawed_back, is.flows.clawed_back),
        ("redeemed", was.flows.redeemed, is.flows.redeemed),
        ("restored", was.flows.restored, is.flows.restored),
        ("expired", was.flows.expired, is.flows.expired),
        ("adjusted", was.flows.adjusted, is.flows.adjusted),
        ("pending", was.held.pending, is.held.pending),
        ("debt", was.held.debt, is.held.debt),
        ("outstanding", was.outstanding, is.outstanding),
    ] {
        out_line!("{name:<14}{:>20}{:>20}", was.to_string(), is.to_string());
    }
    out_line!("{:<14}{:>20}{:>20}", format!("in {currency}"), was.liability.to_string(), is.liability.to_string());
}

fn print_tiers(report: &Report) {
    let tiers = &report.tiers;
    out!("\n{:<24}", "members from ↓ to →");
    tiers.draft.iter().for_each(|tier| out!("{:>14}", tier.name.en));
    out_line!();
    for (row, counts) in tiers.baseline.iter().zip(&tiers.matrix) {
        out!("{:<24}", row.name.en);
        counts.iter().for_each(|count| out!("{count:>14}"));
        out_line!();
    }
}

fn print_explained(common: &Common, explained: &Explained) -> anyhow::Result<Ended> {
    let rows: Vec<serde_json::Value> = explained.moments.iter().map(moment).collect();
    if common.is_json() {
        print_json(&rows)?;
        return Ok(Ended::Well);
    }
    for row in &rows {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        out_line!("{:<32}{:<20}{:>16}{:>16}", text("occurred_at"), text("cause"), text("baseline"), text("draft"));
    }
    let balance = |account: &laurel_domain::ledger::account::Account| account.balance().unwrap_or_default().to_string();
    let (was, is) = (&explained.account.baseline, &explained.account.draft);
    out_line!("{:<52}{:>16}{:>16}", "balance", balance(was), balance(is));
    out_line!("{:<52}{:>16}{:>16}", "tier", was.tier.get(), is.tier.get());
    Ok(Ended::Well)
}

/// Signed points, what was due before it with it.
fn moment(moment: &lab::Moment) -> serde_json::Value {
    let points = |made: &laurel_domain::lab::replay::Made| {
        let sum = made.journal.entries.iter().fold(0_i128, |sum, entry| sum + i128::from(entry.points.hundredths()));
        laurel_domain::lab::sum::Sum(sum).to_string()
    };
    let entries = |made: &laurel_domain::lab::replay::Made| -> Vec<serde_json::Value> {
        let line = |entry: &laurel_domain::ledger::entry::Entry| {
            serde_json::json!({
                "kind": entry.kind, "cause": entry.cause.name(), "points": entry.points, "balance": entry.balance,
                "tier": entry.tier, "moves": entry.moves.to_string(), "instant": entry.instant.to_string(),
            })
        };
        made.journal.entries.iter().map(line).collect()
    };
    let cause = moment.cause.as_ref();
    serde_json::json!({
        "seq": cause.map(|entry| entry.seq),
        "occurred_at": cause.map(|entry| entry.occurred_at.to_string()),
        "cause": cause.map_or("due", |entry| entry.cause.name()),
        "baseline": points(&moment.made.baseline),
        "draft": points(&moment.made.draft),
        "short": moment.short,
        "differs": moment.differs(),
        "baseline_entries": entries(&moment.made.baseline),
        "draft_entries": entries(&moment.made.draft),
    })
}
