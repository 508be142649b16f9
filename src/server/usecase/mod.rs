//! What can be done. Each use case owns its transaction; HTTP, pages, jobs and the command line only call them.

pub mod ledger;
pub mod found;
pub mod ingest;
pub mod import;
pub mod members;
pub mod report;
pub mod verify;
