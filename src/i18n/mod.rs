//! Every text, number and time that people read, in Chinese and English, checked when Laurel is compiled.
//!
//! An area is a folder: `mod.rs` has a struct of texts (`&'static str`, and `fn` pointers for texts with something in
//! them), `zh.rs` and `en.rs` one static of it each. Areas are apart so that WASM links only what its islands say.
//! A text that is missing in a language does not compile. Reached by `lang.account().sign_in`.

pub mod account;
pub mod activity;
pub mod adjust;
pub mod admin;
pub mod benefits;
pub mod closing;
pub mod merging;
pub mod common;
pub mod console;
mod english;
pub mod errors;
pub mod format;
pub mod fulfil;
mod lang;
pub mod portal;
pub mod proof;
pub mod quote;
pub mod redeem;
pub mod rest;
pub mod reward_desk;
pub mod rewards;
pub mod rules;
pub mod rules_desk;
pub mod team;

pub use lang::{Lang, Theme};
