//! The programme as a whole.

pub mod dashboard;
pub mod settings;
