//! The member portal: phone first.

mod frame;
mod home;

use leptos::prelude::*;
use leptos_router::components::{Outlet, ParentRoute, Route};
use leptos_router::path;

pub use frame::{Here, PortalPage};

/// One `<Route>` for each page.
#[component(transparent)]
pub fn PortalRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("") view=home::HomePage/>
        </ParentRoute>
    }
    .into_inner()
}
