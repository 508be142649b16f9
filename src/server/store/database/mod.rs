//! Opening a database, its migrations, its errors, and transactions. It knows nothing of what the tables hold.

mod connect;
mod error;
mod migrate;
mod transaction;

pub use error::{FromStore, StoreError};
pub use transaction::Tx;
