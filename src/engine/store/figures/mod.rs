//! Figures by day: points and events by scene, members by tier, active members. `gather` makes them of what members' ledgers hold,
//! `follow` finds what is not in them yet and adds it, `read` reads them.

mod follow;
mod gather;
mod read;

pub use follow::{Ahead, behind, follow, forget, set_swept};
pub use gather::{Activity, Figures, Origin, WITHIN};
pub use read::{Active, State, active, kept, recounted, since, state};
