//! What runs on the server only.

pub mod auth;
pub mod cli;
pub mod clock;
pub mod presence;
pub mod jobs;
pub mod config;
pub mod random;
mod supervise;
pub mod startup;
pub mod state;

pub mod store;
pub mod usecase;
pub mod web;

pub mod http;

pub use config::Config;
pub use state::AppState;
