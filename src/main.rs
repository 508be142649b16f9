//! Parses the command line and calls `server`.
fn main() {}
