//! Who may work with the programme: signing in, the staff, systems by their API keys; and who did what.

mod account;
pub mod audit;
pub mod entry;
pub mod own_account;
mod keys;
mod staff;

pub use account::AccountPage;
pub use keys::KeysPage;
pub use staff::{StaffPage, role_name};
