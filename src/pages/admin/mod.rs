//! The console: for operators, at a desk.

mod dashboard;
mod frame;

use leptos::prelude::*;
use leptos_router::components::{Outlet, ParentRoute, Route};
use leptos_router::path;

pub use frame::{AdminPage, Here};

/// One `<Route>` for each page, all below `/admin`.
#[component(transparent)]
pub fn AdminRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/admin") view=Outlet>
            <Route path=path!("") view=dashboard::DashboardPage/>
        </ParentRoute>
    }
    .into_inner()
}
