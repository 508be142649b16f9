//! The interactive pieces, compiled for the server (their HTML) and for browsers. Small, one a file; they never name `server`.
//!
//! Every island costs all who open its page a WASM: first ask whether a link, a plain form or `<details>` would do.
//! A page without islands loads none (see `pages/loader.js`). Members get a file without the console's islands (`.ci/wasm`);
//! the console's are behind the feature `console`, here and nowhere else.

pub mod browser;
mod copy_button;
pub mod markup;
mod redeem_quote;
#[cfg(any(feature = "ssr", feature = "console"))]
mod rules_preview;
mod unsaved_guard;

pub use copy_button::CopyButton;
pub use redeem_quote::RedeemQuote;
#[cfg(any(feature = "ssr", feature = "console"))]
pub use rules_preview::{RulesPreview, changed, lasting, sheets};
pub use unsaved_guard::UnsavedGuard;
