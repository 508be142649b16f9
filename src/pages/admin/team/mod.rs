//! Who may work with the programme: the staff, and systems by their API keys. For administrators.

mod account;
mod keys;
mod staff;

pub use account::AccountPage;
pub use keys::KeysPage;
pub use staff::{StaffPage, role_name};
