//! The interactive pieces, compiled for the server (their HTML) and for browsers. Small, one a file; they never name `server`.
//!
//! Every island costs all who open its page a WASM: first ask whether a link, a plain form or `<details>` would do.
//! A page without islands loads none (see `pages/loader.js`).

pub mod browser;
mod copy_button;
pub mod markup;
mod redeem_quote;
mod rules_preview;
mod unsaved_guard;

pub use copy_button::CopyButton;
pub use redeem_quote::RedeemQuote;
pub use rules_preview::{RulesPreview, changed, sheets};
pub use unsaved_guard::UnsavedGuard;
