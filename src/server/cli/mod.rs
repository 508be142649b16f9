//! The command line: `laurel init`, `serve`, `import`, `report`, `verify` and the rest.
//!
//! Results go to standard output, everything else to standard error. Flags go over the environment.

#[macro_use]
mod output;

mod admin;
mod demo;
pub mod demo_refused;
mod experiments;
mod export;
mod import;
mod init;
mod key;
mod member;
mod migrate;
mod parquet_file;
mod parquet_folder;
mod programme;
mod report;
mod rules;
mod rules_find;
mod serve;
mod servers;
mod simulate;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use laurel_domain::rules::rule_set::RuleSet;

use super::config::PublicUrl;
use laurel_engine::clock::Clock;
use laurel_engine::store::{Connections, Db, StoreError};
use laurel_engine::usecase::ledger::Ledger;

/// Membership and points for payment systems.
#[derive(Parser)]
#[command(name = "laurel", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

const LONGEST_CLOSING: Duration = Duration::from_secs(10);

#[derive(Args, Clone)]
pub(super) struct Common {
    /// Database: `sqlite:FILE` or `postgres://…`
    #[arg(long, global = true, env = "LAUREL_DATABASE_URL", default_value = "sqlite:laurel.db", hide_env_values = true)]
    database_url: String,
    /// Connections that this process opens to PostgreSQL at most
    #[arg(long, global = true, env = "LAUREL_DATABASE_CONNECTIONS", default_value_t = Connections::DEFAULT,
        value_parser = clap::value_parser!(u32).range(i64::from(Connections::LEAST)..=1000))]
    database_connections: u32,
    /// Output format: text for people or JSON for programs
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// What the command has opened, to be closed when it is done.
    #[arg(skip)]
    opened: Arc<Mutex<Vec<Db>>>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Create the database and the programme
    Init(init::Options),
    /// Serve the portal, the console and the API
    Serve(serve::Options),
    /// Create a demo programme if the database is empty, then serve it
    Demo(demo::Options),
    /// Import events from a CSV file
    Import(import::Options),
    /// Write every entry to a file for analysts
    #[command(after_long_help = export::ABOUT)]
    Export(export::Options),
    /// Show the programme, or change its name and whether events enrol members
    Programme(programme::Options),
    /// Show the programme’s key figures
    Report(report::Options),
    /// Print, compare and publish rules as files
    #[command(subcommand, after_long_help = rules::ABOUT)]
    Rules(rules::Command),
    /// Show, invite, close or erase a member
    #[command(subcommand)]
    Member(member::Command),
    /// Create, list and revoke API keys
    #[command(subcommand)]
    Key(key::Command),
    /// Manage team accounts
    #[command(subcommand)]
    Admin(admin::Command),
    /// List the servers on this database and the jobs that each does
    Servers,
    /// Check every entry, balance and tier; exits with 4 if anything differs
    #[command(after_long_help = verify::ABOUT)]
    Verify(verify::Options),
    /// Show what a draft of the rules would have made of the history
    #[command(after_long_help = simulate::ABOUT)]
    Simulate(simulate::Options),
    /// Try a draft of the rules on some members, and compare
    #[command(subcommand)]
    Experiments(experiments::Command),
    /// Migrate the database to this version
    Migrate(migrate::Options),
    /// Print the REST API description (OpenAPI 3.1, JSON)
    Openapi,
}

/// What a command ended with, when it is no error.
pub(super) enum Ended {
    Well,
    /// Some rows were refused, the rest is in.
    SomeRefused,
    Differs,
    /// What was asked for is not right, and nothing was done.
    Invalid,
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("LAUREL_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,laurel=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(command(cli)) {
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Ok(Ended::Invalid) => ExitCode::from(2),
        Ok(Ended::SomeRefused) => ExitCode::from(3),
        Ok(Ended::Differs) => ExitCode::from(4),
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    note_line!("laurel: {error:#}");
    ExitCode::FAILURE
}

async fn command(cli: Cli) -> anyhow::Result<Ended> {
    let ended = run_command(&cli.common, cli.command).await;
    output::flush();
    cli.common.close().await;
    ended
}

async fn run_command(common: &Common, command: Command) -> anyhow::Result<Ended> {
    match command {
        Command::Init(options) => init::run(common, options).await,
        Command::Serve(options) => serve::run(common, options).await,
        Command::Demo(options) => demo::run(common, options).await,
        Command::Import(options) => import::run(common, options).await,
        Command::Export(options) => export::run(common, &options).await,
        Command::Programme(options) => programme::run(common, options).await,
        Command::Report(options) => report::run(common, &options).await,
        Command::Rules(command) => rules::run(common, command).await,
        Command::Member(command) => member::run(common, command).await,
        Command::Key(command) => key::run(common, command).await,
        Command::Admin(command) => admin::run(common, command).await,
        Command::Verify(options) => verify::run(common, options).await,
        Command::Servers => servers::run(common).await,
        Command::Simulate(options) => simulate::run(common, options).await,
        Command::Openapi => {
            out!("{}", super::http::v1::OPENAPI);
            Ok(Ended::Well)
        }
        Command::Experiments(command) => experiments::run(common, command).await,
        Command::Migrate(options) => migrate::run(common, &options).await,
    }
}

impl Common {
    fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// A folder beside the database, if that is a file, else in the working directory: `laurel-mail` beside `laurel.db`.
    fn beside_database(&self, what: &str) -> PathBuf {
        let file = self.database_url.strip_prefix("sqlite:").map(|file| PathBuf::from(file.trim_start_matches("//")));
        let file = file.unwrap_or_else(|| PathBuf::from("laurel.db"));
        let stem = file.file_stem().map_or_else(|| "laurel".into(), |stem| stem.to_string_lossy().into_owned());
        file.with_file_name(format!("{stem}-{what}"))
    }

    async fn open(&self, create: bool) -> Result<Db, StoreError> {
        let db = Db::open(&self.database_url, create, Connections::of(self.database_connections)).await?;
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).push(db.clone());
        Ok(db)
    }

    /// Closes what was opened: SQLite then writes its log into the file and takes it away, so that the file is whole by itself.
    async fn close(&self) {
        let opened = std::mem::take(&mut *self.opened.lock().unwrap_or_else(PoisonError::into_inner));
        for db in opened {
            // what is still held elsewhere after this long is closed with the process, and loses nothing by it
            let _ = tokio::time::timeout(LONGEST_CLOSING, db.close()).await;
        }
    }

    async fn connect(&self) -> anyhow::Result<Db> {
        match self.open(false).await {
            Err(StoreError::Missing(file)) => {
                anyhow::bail!("no database at {}; create one with `laurel init`", file.display())
            }
            opened => Ok(opened?),
        }
    }

    /// The programme of the database, for commands that make neither.
    async fn ledger(&self) -> anyhow::Result<Ledger> {
        let db = self.connect().await?;
        db.migrate().await?;
        match Ledger::open(db, Clock::System).await? {
            Some(ledger) => Ok(ledger),
            None => anyhow::bail!("this database has no programme; create one with `laurel init`"),
        }
    }

    /// The programme of the database, made with the defaults if it is missing.
    async fn ledger_or_default(&self) -> anyhow::Result<Ledger> {
        self.ledger_or_found(RuleSet::default(), &Clock::System).await
    }

    /// The programme of the database, made with these rules at that time if it is missing.
    async fn ledger_or_found(&self, rules: RuleSet, founded: &Clock) -> anyhow::Result<Ledger> {
        let db = self.open(true).await?;
        db.migrate().await?;
        if let Some(ledger) = Ledger::open(db.clone(), Clock::System).await? {
            return Ok(ledger);
        }
        init::create_programme(&db, founded, &init::Options::default(), rules).await?;
        self.ledger().await
    }
}

/// Where people find Laurel, for the links that a command prints.
#[derive(Args)]
pub(super) struct PublicAddress {
    /// Public address that printed links start with
    #[arg(long, env = "LAUREL_PUBLIC_URL", default_value = "http://127.0.0.1:3000")]
    public_url: String,
}

impl PublicAddress {
    fn url(&self) -> anyhow::Result<PublicUrl> {
        Ok(PublicUrl::parse(&self.public_url)?)
    }
}

/// One line of JSON on standard output.
fn print_json<T: serde::Serialize>(value: &T) -> anyhow::Result<()> {
    out_line!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
