//! Pictures over time, drawn by the server: SVG that needs no script, with a table of the same numbers below it.
//!
//! The plot is as wide as there is room and 160 pixels high whatever its width, so all that must not be stretched (numbers, names
//! of months) stands beside it. Pointing at a column names its numbers: in the console an island does (arrow keys and a finger work, too);
//! in the portal, whose pages fetch no WASM for a picture, the browser itself.

use laurel_domain::numbers::points::Points;
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::islands::{BEFORE_VALUE, ChartReader};
use crate::server::web::visit::Visit;

pub(super) const HEIGHT: i64 = 160;
/// Room above and below the marks, so that a line at the very top is seen whole.
const EDGE: i64 = 6;
/// How wide a column is in the units of the plot, which the browser stretches.
pub(super) const WIDE: i64 = 60;

/// How values are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// What came stands above the line, what went hangs below it.
    Columns,
    /// One line with the area below it: `up`, which may lie below zero, where `down` says how far.
    Area,
}

/// One column: values in hundredths, and what the table says of it.
#[derive(Clone, Debug)]
pub struct Column {
    /// Below the plot; may be empty where there is no room for each.
    pub short: String,
    pub name: String,
    pub up: i64,
    pub down: i64,
    pub cells: Vec<String>,
}

/// `label` says what the picture shows; `head` names the columns of its table after the first. `is_bare`: the table of its numbers
/// stands beside it on the page already.
#[component]
pub fn Chart(
    #[prop(into)] label: String,
    shape: Shape,
    #[prop(into)] first: String,
    head: Vec<&'static str>,
    columns: Vec<Column>,
    #[prop(optional)] is_bare: bool,
) -> impl IntoView {
    let scale = Scale::of(&columns);
    let marks = match shape {
        Shape::Columns => bars(&columns, scale),
        Shape::Area => area(&columns, scale),
    };
    let head: Vec<String> = head.into_iter().map(str::to_owned).collect();
    // a line has a point at each column; bars are as wide as that themselves
    let dots = match shape {
        Shape::Columns => Vec::new(),
        Shape::Area => columns.iter().map(|column| scale.y(column.up)).collect(),
    };
    view! { <Plot label first head columns scale marks dots is_bare/> }
}

/// Marks in their frame: the scale beside them, names below, numbers on hovering and in a table.
#[component]
pub(super) fn Plot(
    label: String,
    first: String,
    head: Vec<String>,
    columns: Vec<Column>,
    scale: Scale,
    marks: AnyView,
    #[prop(optional)] dots: Vec<i64>,
    is_bare: bool,
) -> impl IntoView {
    let lang = Visit::current().lang;
    let width = WIDE * i64::try_from(columns.len().max(1)).unwrap_or(1);
    let hits = columns.iter().enumerate().map(|(at, column)| {
        let values = head.iter().zip(&column.cells).map(|(name, cell)| format!("{name}{BEFORE_VALUE}{cell}"));
        let title = format!("{}\n{}", column.name, values.collect::<Vec<_>>().join("\n"));
        let dot = dots.get(at).map(i64::to_string);
        view! { <rect class="hit" data-y=dot x=(WIDE * at as i64).to_string() y="0" width=WIDE.to_string() height=HEIGHT.to_string()><title>{title}</title></rect> }
    });
    let hits = hits.collect_view();
    let labels = columns.iter().map(|column| view! { <span>{column.short.clone()}</span> }).collect_view();
    let lines = scale.lines().into_iter();
    let lines =
        lines.map(|y| view! { <line class="grid" x1="0" x2=width.to_string() y1=y.to_string() y2=y.to_string()></line> });
    let drawing = view! {
        <svg class="chart" viewBox=format!("0 0 {width} {HEIGHT}") height=HEIGHT.to_string() preserveAspectRatio="none" role="img" aria-label=label.clone()>
            {lines.collect_view()}
            {marks}
            {hits}
        </svg>
    };
    view! {
        <figure class="chart-figure">
            <div class="chart-plot">
                {scale_of(lang, scale)}
                <ReadAlong>{drawing}</ReadAlong>
                <div class="chart-labels" aria-hidden="true">{labels}</div>
            </div>
            {(!is_bare).then(|| view! { <Numbers label first head columns/> })}
        </figure>
    }
}

/// Around a drawing: on a page of the console an island that tells its columns. The portal's pages fetch no WASM for a picture, and a part
/// that a script puts into a page has no islands.
#[component]
pub fn ReadAlong(children: Children) -> impl IntoView {
    match Visit::current().is_in_console() && Owner::current_shared_context().is_some() {
        true => view! { <ChartReader>{children()}</ChartReader> }.into_any(),
        false => children().into_any(),
    }
}

/// The table behind a picture.
#[component]
fn Numbers(label: String, first: String, head: Vec<String>, columns: Vec<Column>) -> impl IntoView {
    let words = Visit::current().lang.common();
    let names = head.into_iter().map(|name| view! { <th scope="col" class="num">{name}</th> }).collect_view();
    let row = |column: Column| {
        let cells = column.cells.into_iter().map(|cell| view! { <td class="num">{cell}</td> }).collect_view();
        view! { <tr><th scope="row">{column.name}</th>{cells}</tr> }
    };
    let rows = columns.into_iter().rev().map(row).collect_view();
    let region = label.clone();
    view! {
        <details class="chart-numbers">
            <summary>{words.numbers}</summary>
            <div class="chart-scroll" role="region" aria-label=region tabindex="0">
                <table class="plain">
                    <caption class="unseen">{label}</caption>
                    <thead><tr><th scope="col">{first}</th>{names}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

/// From the least to the most, both rounded to what reads well; nothing lies in between without a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    most: i64,
    /// How far it goes below zero; not negative.
    least: i64,
}

impl Scale {
    pub(super) fn of(columns: &[Column]) -> Scale {
        let most = columns.iter().map(|column| column.up).max().unwrap_or(0);
        let least = columns.iter().map(|column| column.down).max().unwrap_or(0);
        let least = if least > 0 { rounded_up(least) } else { 0 };
        Scale { most: if most > 0 || least == 0 { rounded_up(most) } else { 0 }, least }
    }

    /// How far from the top a value is drawn.
    pub(super) fn y(self, value: i64) -> i64 {
        let (room, from_top) = (i128::from(HEIGHT - 2 * EDGE), i128::from(self.most) - i128::from(value));
        let whole = i128::from(self.most).saturating_add(i128::from(self.least)).max(1);
        EDGE + i64::try_from((room * from_top / whole).clamp(0, room)).unwrap_or(0)
    }

    /// Where there is a line: the ends, zero, and half-way to the top.
    fn values(self) -> Vec<i64> {
        let mut values = vec![self.most, self.most / 2, 0, -self.least];
        values.dedup();
        // numbers are whole at the side of a picture: a half would be told as another
        values.retain(|value| value % 100 == 0);
        // numbers that would stand on one another are left out
        values.retain(|value| *value == 0 || *value == self.most || (self.y(*value) - self.y(0)).abs() > 16);
        values
    }

    fn lines(self) -> Vec<i64> {
        self.values().into_iter().map(|value| self.y(value)).collect()
    }
}

/// The next of 1, 2, 2.5, 5 and 10 times a power of ten; at least 1 point.
fn rounded_up(value: i64) -> i64 {
    let mut step: i64 = 100;
    loop {
        for nice in [step, step.saturating_mul(2), step.saturating_mul(5) / 2, step.saturating_mul(5)] {
            if value <= nice {
                return nice;
            }
        }
        step = match step.checked_mul(10) {
            Some(next) => next,
            None => return i64::MAX,
        };
    }
}

fn scale_of(lang: Lang, scale: Scale) -> impl IntoView {
    let text = |value: i64| {
        let shown = format::compact(lang, Points::from_hundredths(value));
        view! { <text x="44" y=(scale.y(value) + 4).to_string()>{shown}</text> }
    };
    let texts = scale.values().into_iter().map(text).collect_view();
    view! { <svg class="chart chart-scale" width="48" height=HEIGHT.to_string() viewBox=format!("0 0 48 {HEIGHT}") aria-hidden="true">{texts}</svg> }
}

fn bars(columns: &[Column], scale: Scale) -> AnyView {
    let zero = scale.y(0);
    let bar = |at: usize, from: i64, to: i64, class: &'static str| {
        // what is there is seen, however little it is
        let height = (to - from).max(2);
        let (x, wide) = (WIDE * at as i64 + WIDE / 5, WIDE * 3 / 5);
        view! { <rect class=class x=x.to_string() y=from.to_string() width=wide.to_string() height=height.to_string()></rect> }
    };
    let pair = |(at, column): (usize, &Column)| {
        let up = (column.up > 0).then(|| bar(at, scale.y(column.up).min(zero - 2), zero, "fill"));
        let down = (column.down > 0).then(|| bar(at, zero, scale.y(-column.down), "fill went"));
        view! { {up}{down} }
    };
    columns.iter().enumerate().map(pair).collect_view().into_any()
}

fn area(columns: &[Column], scale: Scale) -> AnyView {
    let point = |(at, column): (usize, &Column)| format!("{},{}", WIDE * at as i64 + WIDE / 2, scale.y(column.up));
    let points: Vec<String> = columns.iter().enumerate().map(point).collect();
    let (first, last) = (WIDE / 2, WIDE * i64::try_from(columns.len().saturating_sub(1)).unwrap_or(0) + WIDE / 2);
    let (line, zero) = (points.join(" "), scale.y(0));
    let below = format!("{first},{zero} {line} {last},{zero}");
    view! { <polygon class="area" points=below></polygon><polyline class="series" points=line></polyline> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(up: i64, down: i64) -> Column {
        Column { short: String::new(), name: String::new(), up, down, cells: Vec::new() }
    }

    #[test]
    fn a_scale_ends_at_numbers_that_read_well() {
        for (value, end) in [(0, 100), (100, 100), (101, 200), (240, 250), (251, 500), (99_999, 100_000), (i64::MAX, i64::MAX)]
        {
            assert_eq!(rounded_up(value), end, "{value}");
        }
    }

    #[test]
    fn every_value_lies_within_the_plot_and_zero_between_both_sides() {
        let scale = Scale::of(&[column(12_345, 0), column(0, 4_000)]);
        assert_eq!(scale, Scale { most: 20_000, least: 5_000 });
        assert_eq!((scale.y(20_000), scale.y(-5_000)), (EDGE, HEIGHT - EDGE));
        assert!(scale.y(0) > scale.y(12_345) && scale.y(0) < scale.y(-4_000));
        assert_eq!(Scale::of(&[]).y(0), HEIGHT - EDGE, "nothing at all lies on the ground");
        assert_eq!(Scale::of(&[column(100, 0)]).values(), [100, 0], "one member has no half");
        let huge = Scale::of(&[column(i64::MAX, i64::MAX)]);
        assert!((0..=HEIGHT).contains(&huge.y(i64::MAX)) && (0..=HEIGHT).contains(&huge.y(-i64::MAX)));
    }
}
