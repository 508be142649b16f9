//! Transactions, connections and idempotency keys of both databases.

mod connections;
mod idempotency;
mod transactions;
