//! Loading what a page shows, and what is shown when that fails.

use axum::http::StatusCode;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::admin;
use super::error_page::ErrorPage;
use crate::api_error::ApiError;
use crate::server::web::visit::Visit;

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
    let (title, message) = match (error.status, &visit.staff) {
        (403, Some(staff)) if visit.is_in_console() => {
            (words.forbidden_title, (words.role_too_low)(admin::role_name(visit.lang, staff.role.number())))
        }
        (403, _) => (words.forbidden_title, error.message),
        (404, _) => (words.not_found_title, error.message),
        (500.., _) => (words.internal_title, error.message),
        _ => (words.refused_title, error.message),
    };
    view! { <ErrorPage title message/> }
}

pub fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}
