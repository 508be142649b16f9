//! The use cases. Each owns its transaction; HTTP, pages, jobs and the command line only call them.

pub mod programme;
pub mod request_key;
pub mod members;
pub mod ledger;
pub mod rules;
pub mod lab;
pub mod rewards;
pub mod pictures;
pub mod benefits;
pub mod access;
pub mod notifications;
pub mod mail;
pub mod imports;
pub mod exports;
pub mod refused;

pub mod approval;
pub mod audit;
pub mod idempotency;
pub mod housekeeping;
pub mod servers;

pub mod error;
mod input;

pub use error::{AccountError, AppError, Faults, require};
