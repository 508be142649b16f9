//! What people do with Laurel, told on both kinds of database.

mod events;
mod transactions;
