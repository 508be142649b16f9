//! What can be done. Each use case owns its transaction; HTTP, pages, jobs and the command line only call them.

pub mod ledger;
pub mod found;
pub mod demo;
pub mod demo_benefits;
mod demo_rewards;
pub mod ingest;
pub mod import;
pub mod due;
pub mod redeem;
pub mod buy;
pub mod rewards;
pub mod catalogue;
pub mod offer;
pub mod benefits;
pub mod claims;
pub mod adjust;
pub mod close;
pub mod erase;
pub mod activity;
pub mod statement;
pub mod quote;
pub mod once;
pub mod rules;
pub mod members;
pub mod report;
pub mod roll;
pub mod fulfil;
pub mod trail;
pub mod verify;
pub mod checkpoint;
mod verify_rewards;

pub mod register;
pub mod sign_in;
pub mod sign_out;
pub mod passwords;
pub mod activate;
pub mod link;
pub mod enrol;
pub mod profile;
pub mod staff;
pub mod staff_entry;
pub mod keys;
pub mod housekeeping;

pub mod error;
mod input;
mod months;
mod posting;

pub use error::{AccountError, AppError, require};
