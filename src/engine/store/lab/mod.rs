//! What the rules lab keeps: its runs, and its searches for rules.

pub mod runs;
pub mod searches;
