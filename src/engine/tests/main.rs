//! What people do with Laurel, told on both kinds of database. The rooms are those of `usecase`.

#[macro_use]
extern crate laurel_testing;

mod ledger;
mod rules;
mod lab;
mod rewards;
mod benefits;
mod members;
mod access;
mod mail;
mod imports;
mod exports;
mod notifications;
mod programme;
mod store;
mod servers;
