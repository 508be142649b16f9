//! What runs on the server only.

pub mod cli;
pub mod config;
pub mod startup;
pub mod state;
pub mod web;
pub mod mail;

pub mod http;

pub use config::Config;
pub use state::AppState;
