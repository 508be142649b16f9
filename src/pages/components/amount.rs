//! Points as they stand in lists and tables.

use laurel_domain::numbers::points::Points;
use leptos::prelude::*;

use crate::i18n::format;

#[component]
pub fn PointsAmount(points: Points) -> impl IntoView {
    view! { <span class="amount">{format::points(points)}</span> }
}

/// A change with its sign; coming is green, taken back is red, spent is neither. The sign says it, too.
#[component]
pub fn PointsChange(points: Points, #[prop(optional)] is_loss: bool) -> impl IntoView {
    let tone = match (points.is_positive(), is_loss) {
        (true, _) => "amount up",
        (false, true) => "amount down",
        (false, false) => "amount",
    };
    view! { <b class=tone>{format::points_change(points)}</b> }
}
