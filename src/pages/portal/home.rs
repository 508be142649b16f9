//! The member's home.

use leptos::prelude::*;

use super::{Here, PortalPage};
use crate::pages::page;
use crate::server::http::Ask;

#[component]
pub fn HomePage() -> impl IntoView {
    page(async {
        let (ask, _member) = Ask::member()?;
        Ok(view! { <PortalPage title=ask.lang.portal().home here=Here::Home plain_title=true><p></p></PortalPage> }.into_any())
    })
}
