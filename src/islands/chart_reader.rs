//! What a chart says at a point, for whoever points at it or goes along it by arrow keys.

use leptos::html::Div;
use leptos::prelude::*;

use super::browser;

/// What stands between what is told of a column: its name and each value's name on lines of their own, value after this.
pub const BEFORE_VALUE: char = '\u{2003}';

/// Stands around a drawing whose columns are marked `hit`, from the first to the last, each with a title that says what is to be known of
/// it, `BEFORE_VALUE` between a value and its name, and maybe `data-y`: where its marks are. Without WASM browsers show these titles by
/// themselves, to a mouse. It has no props: reading them would take a JSON parser to every browser.
#[island]
pub fn ChartReader(children: Children) -> impl IntoView {
    let place = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            browser::read_chart(&place);
        }
    });
    view! { <div class="chart-reader" node_ref=place>{children()}</div> }
}
