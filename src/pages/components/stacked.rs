//! A picture over time of parts that make a whole: each column is a stack of them, the lowest part at the bottom.

use leptos::prelude::*;

use super::chart::{Column, Plot, Scale, WIDE};

/// One part: what it is called, and the class that gives it `--part`.
#[derive(Clone, Debug)]
pub struct Part {
    pub name: String,
    pub class: String,
}

/// `columns` have the whole in `up` and the cells of the table; `values` the parts of each, in hundredths as `up` is.
#[component]
pub fn Stacked(
    #[prop(into)] label: String,
    #[prop(into)] first: String,
    parts: Vec<Part>,
    /// What the table has beside the parts, after them.
    #[prop(into)]
    whole: String,
    columns: Vec<Column>,
    values: Vec<Vec<i64>>,
) -> impl IntoView {
    let scale = Scale::of(&columns);
    let marks = values.iter().enumerate().map(|(at, values)| stack(at, values, &parts, scale)).collect_view().into_any();
    let head = parts.iter().map(|part| part.name.clone()).chain([whole]).collect();
    let legend = parts.iter().map(|part| view! { <li class=part.class.clone()>{part.name.clone()}</li> }).collect_view();
    view! {
        <ul class="legend" aria-hidden="true">{legend}</ul>
        <Plot label first head columns scale marks is_bare=false/>
    }
}

fn stack(at: usize, values: &[i64], parts: &[Part], scale: Scale) -> AnyView {
    let (x, wide) = (WIDE * at as i64 + WIDE / 10, WIDE * 4 / 5);
    let mut below = 0_i64;
    let part = |(value, part): (&i64, &Part)| {
        let (bottom, top) = (scale.y(below), scale.y(below.saturating_add(*value)));
        below = below.saturating_add(*value);
        // nothing is drawn of what is not there; whatever there is can be seen
        (*value > 0).then(|| {
            let height = (bottom - top).max(1);
            view! { <rect class=format!("part {}", part.class) x=x.to_string() y=(bottom - height).to_string() width=wide.to_string() height=height.to_string()></rect> }
        })
    };
    values.iter().zip(parts).map(part).collect_view().into_any()
}
