//! Simulating drafts of the rules.

mod find;
mod runs;
mod segments;
mod simulation;
