//! Simulating drafts of the rules.

mod runs;
mod simulation;
