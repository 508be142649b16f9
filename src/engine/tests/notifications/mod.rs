//! What members are told: each thing once, and nothing after they have gone.

mod inbox;
mod over_time;
mod people;
