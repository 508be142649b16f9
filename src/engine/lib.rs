//! A programme at work: its database, its use cases and who may use them. Neither pages nor HTTP.
//!
//! In reading order: `store` holds every SQL statement; `usecase` is what a programme does, a room for each capability,
//! each use case in one transaction; `auth` checks passwords, sessions and keys. `clock` and `random` are the only places
//! that ask for the time and draw numbers; `jobs` does what no request waits for, `presence` tells the servers of one database
//! of each other, and `supervise` starts again what must never stop.

pub mod auth;
pub mod clock;
pub mod jobs;
pub mod presence;
pub mod random;
pub mod store;
pub mod supervise;
pub mod usecase;
