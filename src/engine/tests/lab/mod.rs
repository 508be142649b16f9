//! Simulating drafts of the rules.

mod simulation;
