//! A QR code, drawn by the server.

use leptos::prelude::*;

use crate::server::web::qr_path;

/// `label` says what it is for those who cannot see it; the text itself has to stand beside it.
#[component]
pub fn Qr(#[prop(into)] text: String, #[prop(into)] label: String) -> impl IntoView {
    qr_path(&text).map(|(path, size)| {
        view! {
            <svg class="qr" viewBox=format!("0 0 {size} {size}") role="img" aria-label=label shape-rendering="crispEdges">
                <path d=path></path>
            </svg>
        }
    })
}
