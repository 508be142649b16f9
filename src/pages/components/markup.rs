//! What a browser can build anew as well, rendered by the server.

use leptos::html::custom;
use leptos::prelude::*;

use crate::islands::markup::{El, Part};

#[component]
pub fn Markup(content: Vec<El>) -> impl IntoView {
    content.into_iter().map(element).collect_view()
}

fn element(el: El) -> AnyView {
    let class = (!el.class.is_empty()).then_some(el.class);
    let part = |part: Part| match part {
        Part::Text(text) => text.into_any(),
        Part::Element(el) => element(el),
    };
    let is_region = el.region.is_some();
    custom(el.name)
        .attr("class", class)
        .attr("role", is_region.then_some("region"))
        .attr("tabindex", is_region.then_some("0"))
        .attr("aria-label", el.region)
        .child(el.content.into_iter().map(part).collect_view())
        .into_any()
}
