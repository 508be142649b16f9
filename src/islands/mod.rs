//! The interactive pieces, compiled for the server (their HTML) and for browsers. Small, one a file; they never name `server`.
//!
//! Every island costs all who open its page a WASM: first ask whether a link, a plain form or `<details>` would do.
//! A page without islands loads none (see `pages/loader.js`). Members and staff get a file each (`.ci/wasm`): the portal's islands
//! are behind the feature `portal`, the console's behind `console`, here and nowhere else.

pub mod browser;
#[cfg(any(feature = "ssr", feature = "console"))]
mod chart_reader;
mod copy_button;
pub mod markup;
#[cfg(any(feature = "ssr", feature = "portal"))]
mod redeem_quote;
#[cfg(any(feature = "ssr", feature = "console"))]
mod rules_preview;
mod unsaved_guard;

#[cfg(any(feature = "ssr", feature = "console"))]
pub use chart_reader::{BEFORE_VALUE, ChartReader};
pub use copy_button::CopyButton;
#[cfg(any(feature = "ssr", feature = "portal"))]
pub use redeem_quote::{CASH, KEPT, RedeemQuote, Words};
#[cfg(any(feature = "ssr", feature = "console"))]
pub use rules_preview::{RulesPreview, changed, lasting, sheets};
pub use unsaved_guard::UnsavedGuard;
