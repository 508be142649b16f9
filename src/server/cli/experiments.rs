//! `laurel experiments`: two rule sets side by side, for groups of members, for a time.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use laurel_domain::experiments::result::{Figure, Results};
use laurel_domain::ids::ExperimentId;
use laurel_domain::rules::experiment::{Group, percent};
use serde_json::{Value, json};

use super::rules::instant;
use super::{Common, Ended as Exit, print_json};
use laurel_engine::auth::Authority;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::rules::experiments::{self, Ended, EndedEarly, Ending, Experiment, State, Typed};
use laurel_engine::usecase::rules::notice_of;
use laurel_engine::usecase::{AppError, rules};

#[derive(Subcommand)]
pub(super) enum Command {
    /// List all experiments, the newest first
    List,
    /// Show an experiment and work out its results as of now
    Show { id: ExperimentId },
    /// Give the draft of the rules to some members for a time
    Start(Box<Start>),
    /// End an experiment: everyone is under the rules in force again
    Stop(EndOptions),
    /// End an experiment: everyone gets the variant’s rules
    Adopt(EndOptions),
}

#[derive(Args)]
pub(super) struct Start {
    #[arg(long)]
    name: String,
    /// What is expected, written down before anybody looks
    #[arg(long)]
    hypothesis: String,
    /// Percentage of members who get the draft
    #[arg(long, default_value = "50")]
    variant: String,
    /// Percentage of members who are compared with them; the rest is held out
    #[arg(long, default_value = "50")]
    control: String,
    /// When it begins [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// When it ends
    #[arg(long, value_name = "TIME")]
    until: String,
    /// Let members of the variant group who fall short keep their tier through this day
    #[arg(long, value_name = "DAY")]
    keep_through: Option<jiff::civil::Date>,
    /// Tell the variant group, in Chinese
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    notice_zh: String,
    /// Tell the variant group, in English
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    notice_en: String,
}

#[derive(Args)]
pub(super) struct EndOptions {
    id: ExperimentId,
    /// Last day on which those keep their tier who fall short of it
    #[arg(long, value_name = "DAY")]
    keep_through: Option<jiff::civil::Date>,
    /// Tell members, in Chinese
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    notice_zh: String,
    /// Tell members, in English
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    notice_en: String,
}

pub(super) async fn run(common: &Common, command: Command) -> anyhow::Result<Exit> {
    let ledger = common.ledger().await?;
    match command {
        Command::List => {
            for experiment in experiments::list(&ledger).await? {
                tell(common, &experiment, ledger.clock.now(), None)?;
            }
            Ok(Exit::Well)
        }
        Command::Show { id } => {
            let experiment = experiments::find(&ledger, id).await?.ok_or(AppError::NotFound)?;
            let tally = experiments::measure(&ledger, &experiment).await?;
            let results = Results::of(&tally, &experiment.split, experiment.ends_at);
            tell(common, &experiment, ledger.clock.now(), Some(&results))?;
            Ok(Exit::Well)
        }
        Command::Start(options) => start(common, &ledger, *options).await,
        Command::Stop(options) => end(common, &ledger, options, Ending::Stop).await,
        Command::Adopt(options) => end(common, &ledger, options, Ending::Adopt).await,
    }
}

async fn start(common: &Common, ledger: &Ledger, options: Start) -> anyhow::Result<Exit> {
    let rulebook = ledger.rulebook().await?;
    let at = options.at.as_deref().map(|text| instant(text, &rulebook)).transpose()?;
    let until = instant(&options.until, &rulebook)?;
    let revision = rules::overview(ledger).await?.draft.map_or(0, |draft| draft.revision);
    let Start { name, hypothesis, variant, control, notice_zh, notice_en, .. } = &options;
    let typed = Typed {
        name,
        hypothesis,
        variant,
        control,
        at: Ok(at),
        until: Ok(Some(until)),
        keeps_until: Ok(options.keep_through.map(|day| rulebook.calendar().end_of(day).time())),
        notice: (notice_zh, notice_en),
    };
    let started = match typed.read(revision) {
        Ok(start) => experiments::start(ledger, Authority::command_line(), start).await,
        Err(refusal) => Err(refusal.into()),
    };
    match started {
        Ok(id) => {
            let experiment = experiments::find(ledger, id).await?.ok_or(AppError::NotFound)?;
            tell(common, &experiment, ledger.clock.now(), None)?;
            Ok(Exit::Well)
        }
        Err(AppError::Refused(refusal)) => {
            note_line!("laurel: {}: {refusal}", refusal.code());
            Ok(Exit::Invalid)
        }
        Err(error) => Err(error.into()),
    }
}

async fn end(common: &Common, ledger: &Ledger, options: EndOptions, how: Ending) -> anyhow::Result<Exit> {
    let rulebook = ledger.rulebook().await?;
    let keeps_until = options.keep_through.map(|day| rulebook.calendar().end_of(day).time());
    let ended = match notice_of(&options.notice_zh, &options.notice_en) {
        Ok(notice) => experiments::end(ledger, Authority::command_line(), options.id, how, Ended { keeps_until, notice }).await,
        Err(refusal) => Err(refusal.into()),
    };
    match ended {
        Ok(version) if common.is_json() => {
            print_json(&json!({ "version": version }))?;
            Ok(Exit::Well)
        }
        Ok(version) => {
            match version {
                Some(version) => note_line!("Ended. Version {version} holds for everyone."),
                None => note_line!("Withdrawn before it began."),
            }
            Ok(Exit::Well)
        }
        Err(AppError::Refused(refusal)) => {
            note_line!("laurel: {}: {refusal}", refusal.code());
            Ok(Exit::Invalid)
        }
        Err(error) => Err(error.into()),
    }
}

const fn state_name(state: State) -> &'static str {
    match state {
        State::Scheduled => "scheduled",
        State::Running => "running",
        State::Over => "over",
        State::Early(EndedEarly::Stopped) => "stopped",
        State::Early(EndedEarly::Adopted) => "adopted",
        State::Early(EndedEarly::Withdrawn) => "withdrawn",
    }
}

fn tell(common: &Common, experiment: &Experiment, now: Timestamp, results: Option<&Results>) -> anyhow::Result<()> {
    let state = state_name(experiment.state(now));
    let shares = Group::ALL.map(|group| (group.name(), percent(experiment.split.share(group))));
    if common.is_json() {
        let shares: serde_json::Map<String, Value> =
            shares.iter().map(|(name, share)| ((*name).to_owned(), json!(share))).collect();
        return print_json(&json!({
            "id": experiment.id, "name": experiment.name, "hypothesis": experiment.hypothesis, "state": state,
            "from": experiment.starts_at, "until": experiment.ends_at, "version": experiment.version,
            "percent": shares, "results": results,
        }));
    }
    let shares = shares.map(|(name, share)| format!("{name} {share}%")).join(", ");
    out_line!(
        "{}  {state:<9}  {} – {}  {shares}  {}",
        experiment.id,
        experiment.starts_at,
        experiment.ends_at,
        experiment.name
    );
    if let Some(results) = results {
        out_line!("members by group: {:?}, by chance: {:.3}", results.members, results.shares_by_chance);
        results.figures.iter().for_each(tell_figure);
    }
    Ok(())
}

fn tell_figure(figure: &Figure) {
    let mean =
        |group: Group| figure.means[group as usize].map_or_else(|| "–".to_owned(), |mean| format!("{:.3}", mean.estimate));
    let difference =
        figure.difference.map_or_else(|| "–".to_owned(), |d| format!("{:+.3} ({:+.3} to {:+.3})", d.estimate, d.low, d.high));
    let (variant, control) = (mean(Group::Variant), mean(Group::Control));
    out_line!("{:<9} variant {variant}, control {control}, difference {difference}: {:?}", figure.metric, figure.verdict);
}
