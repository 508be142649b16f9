//! What the rules lab keeps: its runs.

pub mod runs;
