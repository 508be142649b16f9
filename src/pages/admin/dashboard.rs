//! The console's first page.

use leptos::prelude::*;

use super::{AdminPage, Here};
use crate::pages::page;
use crate::server::auth::Permission;
use crate::server::http::Ask;

#[component]
pub fn DashboardPage() -> impl IntoView {
    page(async {
        let (ask, _staff) = Ask::staff(Permission::Read)?;
        Ok(view! { <AdminPage title=ask.lang.admin().dashboard here=Here::Dashboard><p></p></AdminPage> }.into_any())
    })
}
