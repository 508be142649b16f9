//! Simulating drafts of the rules.

mod find;
mod live;
mod runs;
mod segments;
mod simulation;
