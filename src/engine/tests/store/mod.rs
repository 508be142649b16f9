//! Transactions, connections and idempotency keys of both databases.

mod connections;
mod idempotency;
mod migrations;
mod suitable;
mod transactions;
