//! `laurel rules find`: rules that reach goals, found by simulating the history. Exit 0 with what was found, 2 for input that is not
//! right, 4 if nothing reaches the goals.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use laurel_domain::lab::find::asked::{Asked, YES};
use laurel_domain::lab::find::file as wanted_file;
use laurel_domain::lab::find::goal::{Goal, Reading, Unit};
use laurel_domain::lab::report::Report;
use laurel_domain::lab::scope::Span;
use laurel_domain::lab::sum::{Amount, Sum};
use laurel_domain::numbers::factor::Factor;
use laurel_domain::numbers::money::Currency;
use laurel_domain::refusal::{Fault, FieldFault, Refusal};
use laurel_domain::rules::changes::changes;
use laurel_domain::rules::file;
use laurel_domain::rules::form::Fields;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::lab::Progress;
use laurel_engine::usecase::lab::find::searches::{self, Findings, Told};
use laurel_engine::usecase::lab::find::{self};
use laurel_engine::usecase::ledger::Ledger;
use serde_json::{Value, json};

use super::rules::{Line, named};
use super::{Common, Ended, print_json};
use crate::server::config::LAB_MEMORY;

#[derive(Args)]
pub(super) struct Options {
    /// A goal: outstanding, issued, cost (money a month), lowered (percent of members in a lower tier) at most, or
    /// least.TIER, most.TIER (percent of members in that tier or higher)
    #[arg(long = "goal", value_name = "GOAL=NUMBER")]
    goals: Vec<String>,
    /// What may move: alpha, beta, gamma, scenes.SCENE, rate, tiers.TIER.from, tiers.TIER.multiplier, caps.KIND.day,
    /// caps.KIND.month; without a range from half to twice what it is
    #[arg(long = "move", value_name = "WHAT[=LEAST..MOST[/STEP]]")]
    moves: Vec<String>,
    /// Goals and what may move as JSON; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["goals", "moves"])]
    wanted: Option<PathBuf>,
    /// The rules to start from: a version number, `in-force`, `draft`, or a file
    #[arg(long, value_name = "RULES", default_value = "in-force")]
    start: String,
    /// Apply the rules found from when the version now in force began, not to the whole history
    #[arg(long)]
    since_in_force: bool,
    /// Write the first proposal to a file, for `laurel rules publish`
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) async fn run(common: &Common, options: Options) -> anyhow::Result<Ended> {
    let ledger = common.ledger().await?;
    // several exact simulations of the same history
    ledger.memory.allow(LAB_MEMORY);
    let fields = fields(&options)?;
    let start = named(&ledger, &options.start).await?;
    let read = Asked::read(&fields, &start, ledger.programme.currency);
    let asked = read.map_err(|faults| AppError::from(Refusal::Invalid { faults }))?;
    let span = if options.since_in_force { Span::InForce } else { Span::Whole };
    let progress = Arc::new(Progress::default());
    let telling = tokio::spawn(tell(progress.clone()));
    let found = find::run(&ledger, start.clone(), asked.clone(), span, progress).await;
    telling.abort();
    let Some(found) = found? else { return Ok(Ended::Well) };
    let findings = searches::read(&ledger, found, span).await?;
    if let (Some(path), Some(first)) = (&options.output, findings.proposals.first()) {
        std::fs::write(path, file::write(&first.set)).with_context(|| path.display().to_string())?;
    }
    let printing = Printing { ledger: &ledger, start: &start, goals: &asked.goals };
    match common.is_json() {
        true => print_json(&printing.json(&findings))?,
        false => printing.print(&findings),
    }
    Ok(if findings.proposals.is_empty() { Ended::Differs } else { Ended::Well })
}

/// How far it has come, every few seconds.
async fn tell(progress: Arc<Progress>) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        let (done, of) = progress.members();
        note_line!("{done} of at most {of} simulations");
    }
}

fn invalid(faults: Vec<FieldFault>) -> anyhow::Error {
    AppError::from(Refusal::Invalid { faults }).into()
}

/// The flat fields that the options stand for.
fn fields(options: &Options) -> anyhow::Result<Fields> {
    if let Some(path) = &options.wanted {
        let text = match path.as_os_str() == "-" {
            true => std::io::read_to_string(std::io::stdin()).context("standard input")?,
            false => std::fs::read_to_string(path).with_context(|| path.display().to_string())?,
        };
        return wanted_file::read(&text).map_err(invalid);
    }
    let (mut fields, mut faults) = (Fields::new(), Vec::new());
    for goal in &options.goals {
        let (name, number) = goal.split_once('=').unwrap_or((goal, ""));
        if number.is_empty() {
            faults.push(FieldFault::new(format!("goal.{name}"), Fault::Missing));
        }
        fields.insert(format!("goal.{name}"), number.to_owned());
    }
    for moving in &options.moves {
        let (name, range) = moving.split_once('=').map_or((moving.as_str(), None), |(name, range)| (name, Some(range)));
        fields.insert(format!("move.{name}"), YES.to_owned());
        let Some(range) = range else { continue };
        let (range, step) = range.split_once('/').map_or((range, None), |(range, step)| (range, Some(step)));
        let Some((least, most)) = range.split_once("..") else {
            faults.push(FieldFault::new(
                format!("move.{name}"),
                Fault::NotOneOf { choices: "LEAST..MOST, LEAST..MOST/STEP".to_owned() },
            ));
            continue;
        };
        for (part, text) in [("least", Some(least)), ("most", Some(most)), ("step", step)] {
            fields.extend(text.map(|text| (format!("move.{name}.{part}"), text.to_owned())));
        }
    }
    if faults.is_empty() { Ok(fields) } else { Err(invalid(faults)) }
}

struct Printing<'a> {
    ledger: &'a Ledger,
    start: &'a RuleSet,
    goals: &'a [Goal],
}

/// A number in its unit.
fn number(unit: Unit, value: i64, currency: Currency) -> String {
    match unit {
        Unit::Points => Sum(value.into()).to_string(),
        Unit::Money => Amount { minor: value.into(), exponent: currency.exponent() }.to_string(),
        Unit::Percent => Factor::from_millionths(value).to_string(),
    }
}

impl Printing<'_> {
    fn number(&self, goal: &Goal, value: i64) -> String {
        number(goal.unit(), value, self.ledger.programme.currency)
    }

    fn json(&self, findings: &Findings) -> Value {
        let proposal = |told: &Told| self.proposal(told);
        json!({
            "start": proposal(&findings.start),
            "proposals": findings.proposals.iter().map(proposal).collect::<Vec<_>>(),
            "nearest": findings.nearest.as_ref().map(proposal),
            "sampled_members": findings.sampled,
            "simulations_of_the_sample": findings.runs,
        })
    }

    fn proposal(&self, told: &Told) -> Value {
        let goal = |(goal, reading): (&Goal, &Reading)| json!({ "wanted": goal, "is": self.number(goal, reading.0), "reached": goal.is_met(*reading) });
        let changed = changes(self.start, &told.set);
        let lines = changed.iter().map(|change| Line { field: &change.field, before: &change.before, after: &change.after });
        json!({
            "changes": lines.collect::<Vec<_>>(),
            "goals": self.goals.iter().zip(&told.readings).map(goal).collect::<Vec<_>>(),
            "rules": told.set,
            "report": told.report,
        })
    }

    fn print(&self, findings: &Findings) {
        out_line!(
            "{} members, of whom {} were looked at in {} simulations; what is shown was simulated exactly.",
            findings.start.report.members,
            findings.sampled,
            findings.runs
        );
        let is_reached_already = findings.proposals.first().is_some_and(|first| first.set == *self.start);
        out_line!("\nThe rules to start from");
        self.print_told(&findings.start);
        if is_reached_already {
            out_line!("\nThey reach every goal: nothing needs to move.");
            return;
        }
        for (at, told) in findings.proposals.iter().enumerate() {
            out_line!("\nProposal {}", at + 1);
            self.print_told(told);
        }
        if let Some(nearest) = &findings.nearest {
            out_line!("\nNothing reaches every goal. The nearest");
            self.print_told(nearest);
        }
    }

    fn print_told(&self, told: &Told) {
        let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
        for change in changes(self.start, &told.set) {
            out_line!("  {}: {} -> {}", change.field, side(&change.before), side(&change.after));
        }
        for (goal, reading) in self.goals.iter().zip(&told.readings) {
            let met = if goal.is_met(*reading) { "reached" } else { "missed" };
            out_line!(
                "  {met:<8} {:<28}{:>18}   wanted {}",
                name(goal),
                self.number(goal, reading.0),
                self.number(goal, goal.limit())
            );
        }
        print_consequences(&told.report);
    }
}

fn print_consequences(report: &Report) {
    let (points, tiers) = (&report.points.draft, &report.tiers);
    out_line!(
        "  issued {}, outstanding {} = {} {}; {} members in a higher tier, {} in a lower one",
        points.flows.issued,
        points.outstanding,
        points.liability,
        report.scope.currency,
        tiers.raised,
        tiers.lowered
    );
}

fn name(goal: &Goal) -> String {
    match goal {
        Goal::Outstanding { .. } => "outstanding, at most".to_owned(),
        Goal::Issued { .. } => "issued, at most".to_owned(),
        Goal::Cost { .. } => "cost a month, at most".to_owned(),
        Goal::AtLeast { tier, .. } => format!("% in {tier} or above, at least"),
        Goal::AtMost { tier, .. } => format!("% in {tier} or above, at most"),
        Goal::Lowered { .. } => "% in a lower tier, at most".to_owned(),
    }
}
