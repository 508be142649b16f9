//! `make bench`: measures Laurel on SQLite and PostgreSQL, and what it is held against, on this machine.
//!
//! It runs Laurel's own binary, as it is served to everybody, and puts load on it from the same machine; so what it says of a
//! server includes what the load costs. Whatever is compared is measured in turns, round by round, in one run. After each
//! scenario `laurel verify` has to pass.

mod against;
mod client;
mod database;
mod events;
mod figures;
mod laurel;
mod load;
mod machine;
mod postgres;
mod scenarios;
mod settings;

use std::process::ExitCode;

use database::Kind;
use figures::Figures;
use settings::Settings;

fn main() -> ExitCode {
    // before anything is opened
    laurel_sqlite::prepare();
    let settings = match Settings::read(std::env::args().skip(1)) {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("{error}\n\n{}", settings::USAGE);
            return ExitCode::from(2);
        }
    };
    // one thread: the load should take as little of the machine as it can
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(run(&settings))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("laurel-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(settings: &Settings) -> anyhow::Result<()> {
    let mut figures = Figures::new(machine::named(), settings.describe());
    for kind in [Kind::Sqlite, Kind::Postgres] {
        if settings.databases.contains(&kind) && settings.wants_databases() {
            scenarios::run(settings, kind, &mut figures).await?;
        }
    }
    if let Some(program) = settings.replay.as_deref().filter(|_| settings.wants("replay")) {
        scenarios::replay::run(program, &mut figures).await?;
    }
    if let Some(program) = settings.history.as_deref().filter(|_| settings.asks_for("memory")) {
        scenarios::replay::hold(program, &mut figures).await?;
    }
    println!("{}", figures.table());
    std::fs::write(&settings.json, figures.json().to_string())?;
    eprintln!("The figures are in {}, too.", settings.json.display());
    Ok(())
}
