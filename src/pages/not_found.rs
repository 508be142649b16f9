//! The page for an address that nothing has.

use axum::http::StatusCode;
use leptos::prelude::*;

use super::components::PageTitle;
use super::gate::Gate;
use super::page::{home, set_status};
use crate::server::http::visit::Visit;

#[component]
pub fn NotFound() -> impl IntoView {
    set_status(StatusCode::NOT_FOUND);
    let visit = Visit::current();
    let words = visit.lang.errors();
    view! {
        <PageTitle text=words.not_found_title/>
        <Gate title=words.not_found_title>
            <p class="mute">{words.not_found}</p>
            <p><a class="button main" href=home(&visit)>{visit.lang.common().home}</a></p>
        </Gate>
    }
}
