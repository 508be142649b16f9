//! The programme as a whole: created once, reported on, and a believable one to look at.

pub mod create;
pub mod settings;
pub mod report;
pub mod overview;
mod flows;
pub mod figures;
pub mod totals;
pub mod demo;
pub mod demo_staff;
mod demo_agenda;
mod demo_desk;
mod demo_rewards;
pub mod demo_rules;
mod demo_crowd;
