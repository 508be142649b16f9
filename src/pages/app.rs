//! The shell around every page, and the table of routes.

use laurel_domain::pictures::PictureKind;
use leptos::hydration::AutoReload;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::{Outlet, ParentRoute, Router, Routes};
use leptos_router::{SsrMode, path};

use super::admin::AdminRoutes;
use super::components::Labels;
use super::not_found::NotFound;
use super::portal::PortalRoutes;
use crate::server::AppState;
use crate::server::web::asset_url;
use crate::server::web::paths::MANIFEST;
use crate::server::web::pictures::{accent_url, picture_url};
use crate::server::web::visit::Visit;

/// The document. Its language and theme are known before anything is rendered, so nothing flashes.
pub fn shell(state: &AppState) -> impl IntoView + use<> {
    let visit = Visit::current();
    let is_console = visit.path.starts_with("/admin");
    let look = state.ledger.look();
    let [icon, touch_icon] = match look.logo {
        Some(logo) => [0, 1].map(|size| picture_url(logo, PictureKind::Logo, PictureKind::Logo.widths()[size])),
        None => ["/favicon.svg".to_owned(), "/apple-touch-icon.png".to_owned()],
    };
    // after the style sheet, whose tokens it changes
    let accent = look.accent.map(|accent| view! { <link rel="stylesheet" href=accent_url(accent)/> });
    let app = (!is_console).then(|| {
        view! {
            <link rel="manifest" href=MANIFEST/>
            <link rel="apple-touch-icon" href=touch_icon/>
        }
    });
    let colours = if visit.theme.attribute().is_some() { visit.theme.code() } else { "light dark" };
    view! {
        <!DOCTYPE html>
        <html lang=visit.lang.tag() data-theme=visit.theme.attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content=colours/>
                <link rel="icon" href=icon/>
                {app}
                <link rel="stylesheet" href=asset_url("pkg/laurel.css")/>
                {accent}
                <script nonce=use_nonce()>{include_str!("once.js")}</script>
                <script type="module" nonce=use_nonce()>{loader(is_console)}</script>
                {is_console.then(|| view! { <script type="module" src=asset_url("console.js") nonce=use_nonce()></script> })}
                <AutoReload options=state.leptos.clone()/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Leptos's own `HydrationScripts` would fetch the WASM on every page; this one only where there is an island, and of the
/// islands those of the portal or those of the console. Development has one file for all, which cargo-leptos keeps up to date.
fn loader(is_console: bool) -> String {
    let [script, wasm] = match is_console || cfg!(debug_assertions) {
        true => ["pkg/laurel.js", "pkg/laurel.wasm"],
        false => ["portal/portal.js", "portal/portal.wasm"],
    };
    include_str!("loader.js").replace("LAUREL_JS", &asset_url(script)).replace("LAUREL_WASM", &asset_url(wasm))
}

/// Every route. It is also run without a request, to list them.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Labels::begin();
    view! {
        <Router>
            <Routes fallback=NotFound>
                // Async: a page is sent when it is whole, so it needs no script and its status is known
                <ParentRoute path=path!("") view=Outlet ssr=SsrMode::Async>
                    <PortalRoutes/>
                    <AdminRoutes/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
