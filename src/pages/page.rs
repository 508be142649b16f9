//! Loading what a page shows, and what is shown when that fails.

use axum::http::StatusCode;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::components::PageTitle;
use super::gate::Gate;
use crate::api::ApiError;
use crate::server::http::visit::Visit;

/// Renders what `load` makes, or its error as a page with the error's status.
pub fn page<F>(load: F) -> AnyView
where
    F: Future<Output = Result<AnyView, ApiError>> + Send + 'static,
{
    let content = Suspend::new(async move {
        match load.await {
            Ok(view) => view,
            Err(error) => view! { <Failed error/> }.into_any(),
        }
    });
    view! { <Suspense>{content}</Suspense> }.into_any()
}

/// An error is shown as an error: never as 0 points or an empty list.
#[component]
fn Failed(error: ApiError) -> impl IntoView {
    let visit = Visit::current();
    set_status(StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    let words = visit.lang.errors();
    let title = match error.status {
        403 => words.forbidden_title,
        404 => words.not_found_title,
        500.. => words.internal_title,
        _ => words.refused_title,
    };
    view! {
        <PageTitle text=title/>
        <Gate title=title>
            <p class="mute">{error.message}</p>
            <p><a class="button main" href=home(&visit)>{visit.lang.common().home}</a></p>
        </Gate>
    }
}

/// The start page of the part of Laurel that somebody is in.
pub fn home(visit: &Visit) -> &'static str {
    if visit.path.starts_with("/admin") { "/admin" } else { "/" }
}

pub fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}
