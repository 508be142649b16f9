//! Every text, number and time that people read, in Chinese and English, checked when Laurel is compiled.
//!
//! An area is a folder, in the room whose pages it belongs to; what all pages share stands here. Its `mod.rs` has a struct of
//! texts (`&'static str`, and `fn` pointers for texts with something in them), `zh.rs` and `en.rs` one static of it each.
//! Areas are apart so that WASM links only what its islands say.
//! Texts that speak of points are put together with what the programme calls them ([`wording`]): such an area is a function.
//! A text that is missing in a language does not compile. Reached by `lang.account().sign_in`.

pub mod access;
pub mod admin;
pub mod benefits;
pub mod common;
pub mod console;
pub mod errors;
pub mod format;
pub mod imports;
pub mod keys;
pub mod lab;
mod lang;
pub mod ledger;
pub mod lists;
pub mod mail;
pub mod refused;
pub mod members;
pub mod notifications;
pub mod portal;
pub mod programme;
pub mod rest;
pub mod rewards;
pub mod rules;
mod wording;

pub use lang::{Lang, Language, Theme};
