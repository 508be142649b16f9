//! What every request handler can reach.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use super::Config;
use super::http::kept_exports;
use super::http::v1::refused::Refusals;
use laurel_engine::auth::Auth;
use laurel_engine::clock::Clock;
use laurel_engine::jobs::{self, Jobs};
use laurel_engine::presence::Presence;
use laurel_engine::store::Db;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::ingest::Writer;

/// Cheap to clone: everything in it is shared.
#[derive(Clone, FromRef)]
pub struct AppState {
    pub db: Db,
    pub clock: Clock,
    pub config: Arc<Config>,
    pub leptos: LeptosOptions,
    pub ledger: Ledger,
    pub auth: Auth,
    /// Where events go.
    pub writer: Writer,
    /// Where refused ones go.
    pub refusals: Refusals,
    pub jobs: Jobs,
    /// This server among the others on the database.
    pub presence: Presence,
}

impl AppState {
    /// Starts the writer and the jobs too, so there must be a runtime.
    pub fn new(ledger: Ledger, config: Config) -> AppState {
        let presence = Presence::start(ledger.clone(), &jobs::NAMES, config.lease);
        let state = AppState {
            db: ledger.db.clone(),
            clock: ledger.clock.clone(),
            leptos: leptos_options(&config),
            config: Arc::new(config),
            auth: Auth::default(),
            writer: Writer::start(ledger.clone()),
            refusals: Refusals::start(ledger.db.clone()),
            jobs: Jobs::start(ledger.clone(), presence.clone()),
            presence,
            ledger,
        };
        kept_exports::start(state.clone());
        state
    }
}

/// In the binary, so that it runs anywhere without `LEPTOS_*` variables. Has to agree with Cargo.toml's `leptos` metadata.
fn leptos_options(config: &Config) -> LeptosOptions {
    LeptosOptions::builder().output_name("laurel").site_root("target/site").site_pkg_dir("pkg").site_addr(config.listen).build()
}
