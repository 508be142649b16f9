//! The programme as a whole: created once, reported on, and a believable one to look at.

pub mod create;
pub mod settings;
pub mod report;
pub mod overview;
mod flows;
pub mod totals;
pub mod demo;
mod demo_crowd;
mod demo_redemptions;
mod demo_rewards;
pub mod demo_benefits;
pub mod demo_rules;
