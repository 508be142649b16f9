//! The ledger: events, due work, adjustments, and its proof.

mod activity;
mod adjustments;
mod reversals;
mod adjust_limits;
mod budget;
mod corners;
mod damage;
mod due;
mod entry_list;
mod events;
mod event_keys;
mod invitations;
mod invitations_taken_back;
mod long;
mod proof;
mod races;
mod reads;
mod refused;
