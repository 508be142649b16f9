//! Sign-in, sessions, staff and API keys, and the audit log.

mod activation;
mod audit;
mod keys;
mod kept_forms;
mod limits;
mod saved_views;
mod sessions;
mod sign_in;
mod staff;
