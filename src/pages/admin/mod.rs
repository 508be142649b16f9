//! The console: for operators, at a desk.

mod dashboard;
mod entry;
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
            <Route path=path!("/sign-in") view=entry::StaffSignInPage/>
            <Route path=path!("/activate") view=entry::StaffActivatePage/>
            <Route path=path!("/first") view=entry::FirstStaffPage/>
        </ParentRoute>
    }
    .into_inner()
}
