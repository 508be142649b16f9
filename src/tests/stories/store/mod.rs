//! What transactions and idempotency keys promise.

mod connections;
mod idempotency;
mod transactions;
