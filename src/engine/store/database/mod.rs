//! Opening a database, its migrations, its errors, transactions, and what is gathered to be written later. It knows nothing of what the tables hold.

mod checkpoints;
mod connect;
pub(in crate::store) mod copied;
mod distributed;
mod error;
mod lender;
mod last_uses;
mod memory;
mod migrate;
pub(in crate::store) mod rows;
mod suitable;
#[cfg(test)]
pub mod plans;
mod postgres;
mod sqlite;
mod transaction;

pub use connect::{Connections, Distrusted, PostgresSource, SqliteSource};
pub use distributed::Distribution;
pub(crate) use error::is_json;
pub use error::{FromStore, StoreError};
pub use last_uses::LastUses;
pub use lender::Lender;
pub(in crate::store) use migrate::LOCK;
pub use migrate::check_known;
pub use sqlite::{SqliteConn, SqliteWriter};
pub use transaction::Tx;
