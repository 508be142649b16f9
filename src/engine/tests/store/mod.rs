//! Transactions, connections and idempotency keys of both databases.

mod connections;
mod distribution;
mod idempotency;
mod migrations;
mod one_partition;
mod partitions;
mod privileges;
mod suitable;
mod tables;
mod transactions;
