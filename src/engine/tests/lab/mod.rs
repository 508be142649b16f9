//! Simulating drafts of the rules.

mod automatic;
mod find;
mod kept_up;
mod live;
mod memory;
mod runs;
mod segments;
mod simulation;
