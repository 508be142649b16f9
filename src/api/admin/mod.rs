//! What staff call, all under `/api/admin/`, which is refused to everyone else before any body runs.

pub mod access;
pub mod benefits;
pub mod ledger;
pub mod experiments;
pub mod exports;
pub mod imports;
pub mod lab;
pub mod mail;
pub mod refused;
pub mod members;
pub mod rewards;
pub mod rules;
pub mod settings;
pub mod views;
