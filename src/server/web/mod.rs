//! What pages, server functions and routes use of a request: who is asking and everything they may reach ([`RequestContext`]),
//! what a plain form is told afterwards ([`reply`], [`flash`]), cookies, paths, files of the site, and refusals in the
//! caller's language ([`errors`]). It stands below pages and server functions and names neither of them.

pub mod assets;
pub mod cookies;
pub mod csv;
pub mod errors;
pub mod flash;
pub mod headers;
pub mod links;
pub mod list_choices;
pub mod news;
pub mod paths;
pub mod pictures;
mod qr;
mod redemption;
pub mod reply;
mod request_context;
pub mod session;
pub mod visit;

pub use assets::asset_url;
pub use cookies::Cookie;
pub use news::unsubscribing;
pub use paths::local_path;
pub use qr::qr_path;
pub use redemption::describe_redemption;
pub use reply::{flash_message, offer_undo, offer_undo_as, redirect_to, show_secret};
pub use request_context::RequestContext;
