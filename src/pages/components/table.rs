//! A table that scrolls sideways by itself where the page is narrow, also by keyboard.

use leptos::prelude::*;

/// `head`: the columns' names; those that begin with `>` are of numbers and stand on the right, those with `~` are only heard.
/// Rows are the children.
#[component]
pub fn Table(#[prop(into)] label: String, head: Vec<&'static str>, children: Children) -> impl IntoView {
    let columns = head.into_iter().map(|name| match (name.strip_prefix('>'), name.strip_prefix('~')) {
        (Some(name), _) => view! { <th scope="col" class="num">{name}</th> }.into_any(),
        (_, Some(name)) => view! { <th scope="col"><span class="unseen">{name}</span></th> }.into_any(),
        _ => view! { <th scope="col">{name}</th> }.into_any(),
    });
    view! {
        <div class="table" role="region" aria-label=label tabindex="0">
            <table>
                <thead><tr>{columns.collect_view()}</tr></thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}
