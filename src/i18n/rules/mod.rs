//! What rules are called, and the pages that change them.

pub mod desk;
pub mod experiments;
pub mod safety;
pub mod terms;
