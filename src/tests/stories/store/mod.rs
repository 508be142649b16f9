//! What transactions and idempotency keys promise.

mod idempotency;
mod transactions;
