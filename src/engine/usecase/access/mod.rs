//! Access: sign-in and sessions of members and staff, staff accounts, and API keys.

pub mod sign_in;
pub mod sign_out;
pub mod passwords;
pub mod activate;
pub mod staff;
pub mod staff_entry;
pub mod keys;
pub mod kept_forms;
pub mod saved_views;
