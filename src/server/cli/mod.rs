//! The command line.

use super::clock::Clock;
use super::store::Db;
use super::{AppState, Config, startup};

/// Runs the command that the process was started with.
///
/// # Errors
/// What a person has to read: it goes to standard error, and the process exits with 1.
#[tokio::main]
pub async fn run() -> anyhow::Result<()> {
    let listen = std::env::var("LAUREL_LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned()).parse()?;
    let url = std::env::var("LAUREL_DATABASE_URL").unwrap_or_else(|_| "sqlite:laurel.db".to_owned());
    let db = Db::create(&url).await?;
    db.migrate().await?;
    let listener = tokio::net::TcpListener::bind(listen).await?;
    eprintln!("http://{listen}");
    startup::serve(listener, AppState::new(db, Clock::System, Config::local(listen))).await?;
    Ok(())
}
