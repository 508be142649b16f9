//! Finding rules: goals with a number each, what of a rule set may move, and the search for sets that reach the goals.
//!
//! [`asked`] reads a wish from flat fields, as forms and files have them; [`goal`] measures, [`lever`] moves one part of a rule set,
//! [`space`] is all that may be reached by moving; [`search`] looks through it with a function that simulates, and [`find`] has
//! what it comes to simulated exactly before it is proposed.

pub mod asked;
pub mod estimate;
pub mod exact;
pub mod file;
pub mod goal;
pub mod lever;
pub mod search;
pub mod space;
pub mod tally;

pub use exact::{Found, Proposal, find};
