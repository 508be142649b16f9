//! Simulating drafts of the rules.

mod automatic;
mod find;
mod live;
mod memory;
mod runs;
mod segments;
mod simulation;
