//! The programme as a whole: the demo, its figures, and what can be changed.

mod demo;
mod figures;
mod overview;
mod settings;
mod totals;
