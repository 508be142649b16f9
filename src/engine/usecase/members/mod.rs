//! Members: enrolled by the payment system or registered in the portal, looked at, changed, closed, erased.

pub mod view;
pub mod home;
pub mod card;
pub mod invite;
pub mod search;
pub mod enrol;
pub mod enrol_many;
pub mod register;
pub mod link;
pub mod merge;
pub mod profile;
pub mod address;
pub mod notes;
pub mod suspend;
pub mod close;
pub mod erase;
