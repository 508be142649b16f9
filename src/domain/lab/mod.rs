//! The rules lab: what other rules would have made of the same history.
//!
//! [`replay`] makes a member's ledger again out of its causes, under the rules that were and under a draft; [`outcome`] adds up, over
//! members, what differs: such sums add to each other, so that parts, samples and several machines can each do some.
//! [`report`] reads them for people: tiers, points, money, months. [`scope`] says which rules hold when;
//! [`columns`] holds histories in memory; [`gathered`] counts members by what tiers go by, [`ladder`] reads that beside thresholds. [`estimate`] says of all what some members say. [`find`] looks for rules that reach goals.
//! [`pace`] says how long all this takes.

mod apportion;
pub mod columns;
pub mod estimate;
pub mod outcome;
pub mod find;
pub mod flows;
pub mod gathered;
pub mod ladder;
mod made;
pub mod movers;
mod noting;
pub mod pace;
pub mod products;
pub mod replay;
pub mod report;
pub mod scope;
pub mod segments;
pub mod spread;
pub mod sum;
mod tallied;
