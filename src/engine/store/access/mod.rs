//! Tables of access: sign-in names and passwords, sessions, one-time codes, staff, API keys, forms kept for who sent them.

pub mod credentials;
pub mod sessions;
pub mod one_time_codes;
pub mod staff;
pub mod key_cache;
pub mod keys;
pub mod kept_forms;
pub mod saved_views;
pub mod tries;
