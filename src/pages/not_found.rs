//! The page for an address that nothing has.

use axum::http::StatusCode;
use leptos::prelude::*;

use super::error_page::ErrorPage;
use super::page::set_status;
use crate::server::web::visit::Visit;

#[component]
pub fn NotFound() -> impl IntoView {
    set_status(StatusCode::NOT_FOUND);
    let words = Visit::current().lang.errors();
    view! { <ErrorPage title=words.not_found_title message=words.not_found/> }
}
