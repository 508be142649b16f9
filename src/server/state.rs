//! What every request handler can reach.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use super::Config;
use super::clock::Clock;
use super::store::Db;

/// Cheap to clone: everything in it is shared.
#[derive(Clone, FromRef)]
pub struct AppState {
    pub db: Db,
    pub clock: Clock,
    pub config: Arc<Config>,
    pub leptos: LeptosOptions,
}

impl AppState {
    pub fn new(db: Db, clock: Clock, config: Config) -> AppState {
        AppState { db, clock, leptos: leptos_options(&config), config: Arc::new(config) }
    }
}

/// In the binary, so that it runs anywhere without `LEPTOS_*` variables. Has to agree with Cargo.toml's `leptos` metadata.
fn leptos_options(config: &Config) -> LeptosOptions {
    LeptosOptions::builder().output_name("laurel").site_root("target/site").site_pkg_dir("pkg").site_addr(config.listen).build()
}
