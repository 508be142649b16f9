//! Who may open which page and call which function, decided before anything is rendered or run.
//!
//! What is not listed as open is closed: a new page is a member's, below `/admin` it is for staff. Finer rights
//! (which member, which role) are the function's own first line.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::answer::{self, Asked};
use crate::server::AppState;
use crate::server::web::paths::{is_console, sign_in_then};
use crate::server::web::visit::Visit;

/// Who a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Anyone,
    Members,
    Staff,
}

/// Routes that nobody needs to be signed in for, as they stand in the router.
const OPEN: &[&str] = &[
    "/sign-in",
    "/register",
    "/activate",
    "/forgotten",
    "/unsubscribe",
    "/confirm-email",
    "/statement/verify",
    "/admin/sign-in",
    "/admin/activate",
    "/admin/forgotten",
    "/admin/first",
    "/api/portal/sign-in",
    "/api/portal/register",
    "/api/portal/activate",
    "/api/portal/forgotten",
    "/api/portal/unsubscribe",
    "/api/portal/confirm-email",
    "/api/admin/sign-in",
    "/api/admin/activate",
    "/api/admin/forgotten",
    "/api/admin/first",
    "/preferences/language",
    "/preferences/theme",
];

/// The rule for a route by its path in the router.
pub fn audience(route: &str) -> Audience {
    match route {
        open if OPEN.contains(&open) => Audience::Anyone,
        _ if is_console(route) => Audience::Staff,
        _ => Audience::Members,
    }
}

pub async fn guard(State(_state): State<AppState>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("/", MatchedPath::as_str).to_owned();
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let sign_in = match audience(&route) {
        Audience::Anyone => return next.run(request).await,
        Audience::Members if visit.member.is_some() => return next.run(request).await,
        Audience::Staff if visit.staff.is_some() => return next.run(request).await,
        Audience::Members => "/sign-in",
        Audience::Staff => "/admin/sign-in",
    };
    if request.method().is_safe() && !route.starts_with("/api/") {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, sign_in_then(sign_in, &visit.path))]).into_response();
    }
    answer::not_signed_in(&Asked::of(&request))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_closed() {
        for (route, expected) in [
            ("/", Audience::Members),
            ("/anything/{id}", Audience::Members),
            ("/admin", Audience::Staff),
            ("/admin/members/{id}", Audience::Staff),
            ("/administer", Audience::Members),
            ("/api/admin/x", Audience::Staff),
            ("/api/portal/x", Audience::Members),
            ("/sign-in", Audience::Anyone),
        ] {
            assert_eq!(audience(route), expected, "{route}");
        }
    }
}
