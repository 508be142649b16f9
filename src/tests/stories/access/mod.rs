//! Who may come in, and what staff did.

mod activation;
mod audit;
mod keys;
mod kept_forms;
mod sessions;
mod sign_in;
mod staff;
