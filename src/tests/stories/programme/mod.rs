//! The programme as a whole: the demo, and its figures.

mod demo;
mod totals;
