//! Laurel: membership and points for payment systems.
//!
//! In reading order: the rules are the crate `laurel-domain`; texts and formats; what browsers may ask the server;
//! what runs in the browser; the pages; the server. Only this file, `islands/mod.rs` and
//! `islands/browser.rs` know which side they are on.
#![recursion_limit = "512"]

pub mod i18n;

pub mod api;
pub mod api_error;
pub mod islands;

#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod server;

/// What the loader script calls once before it hydrates the islands of a page.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
