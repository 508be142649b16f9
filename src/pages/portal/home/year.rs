//! The member's past year in one picture: what came and what went, month by month.

use laurel_domain::ledger::year::MonthSum;
use laurel_domain::numbers::points::Points;
use leptos::prelude::*;

use crate::i18n::format;
use crate::pages::components::{Chart, Column, Shape};
use crate::server::web::visit::Visit;

/// Nothing before there is something in two months: one column is no picture.
#[component]
pub fn Year(year: Vec<MonthSum>) -> impl IntoView {
    let lang = Visit::current().lang;
    let t = lang.portal();
    if year.iter().filter(|sum| sum.came.is_positive() || sum.went.is_positive()).count() < 2 {
        return ().into_any();
    }
    let total = |of: fn(&MonthSum) -> Points| {
        year.iter().map(of).fold(Points::ZERO, |sum, points| sum.checked_add(points).unwrap_or(sum))
    };
    let sum = (t.year_sum)(&format::points(total(|sum| sum.came)), &format::points(total(|sum| sum.went)));
    let column = |sum: &MonthSum| {
        let first = sum.month.first_day()?;
        Some(Column {
            short: format::short_month(lang, first),
            name: format::month(lang, first),
            up: sum.came.hundredths(),
            down: sum.went.hundredths(),
            cells: vec![format::points(sum.came), format::points(sum.went)],
        })
    };
    let columns = year.iter().filter_map(column).collect();
    view! {
        <section class="year">
            <div class="section-head"><h2>{t.year}</h2><span class="mute small">{sum}</span></div>
            <Chart label=t.year_picture shape=Shape::Columns first=t.month head=vec![t.came, t.went] columns/>
        </section>
    }
    .into_any()
}
