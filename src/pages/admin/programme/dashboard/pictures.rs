//! The dashboard's pictures over time, each with the table of its numbers.

use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::cash::cash_for;
use leptos::prelude::*;

use crate::i18n::format;
use crate::pages::components::{Chart, Column, Shape};
use crate::server::web::RequestContext;
use laurel_engine::usecase::programme::overview::{Bucket, Flows, Overview, Span};

/// How many columns have room for a name below them.
const NAMED: usize = 13;

/// What members hold at the end of each day or month, and what it is worth.
#[component]
pub fn OutstandingPicture(context: RequestContext, found: Overview) -> impl IntoView {
    let (t, d) = (context.lang.console(), context.lang.dashboard());
    let terms = found.rules.cash_terms();
    let column = |(at, bucket): (usize, &Bucket)| {
        let worth = cash_for(&terms, bucket.outstanding).map_or_else(|| "–".to_owned(), format::money);
        let cells = vec![format::points(bucket.outstanding), worth];
        Column { up: bucket.outstanding.hundredths().max(0), down: 0, cells, ..named(&context, &found, at, bucket) }
    };
    let columns = found.buckets.iter().enumerate().map(column).collect();
    let label = (d.outstanding_picture)(d.spans[found.span as usize]);
    view! {
        <section class="card graph">
            <div class="section-head"><h2>{t.outstanding}</h2><span class="mute small">{d.outstanding_about}</span></div>
            <Chart label shape=Shape::Area first=d.when head=vec![t.outstanding, d.worth] columns/>
        </section>
    }
}

/// What was issued, and what went.
#[component]
pub fn FlowsPicture(context: RequestContext, found: Overview) -> impl IntoView {
    let (t, d) = (context.lang.console(), context.lang.dashboard());
    let column = |(at, bucket): (usize, &Bucket)| {
        let Flows { issued, clawed_back, redeemed, expired, adjusted, .. } = bucket.flows;
        let gone = [clawed_back, redeemed, expired].map(Points::hundredths).into_iter().fold(0, i64::saturating_add);
        let cells = [issued, redeemed, expired, clawed_back].map(format::points).into_iter();
        let cells = cells.chain([format::points_change(adjusted)]).collect();
        Column { up: issued.hundredths(), down: gone.max(0), cells, ..named(&context, &found, at, bucket) }
    };
    let columns = found.buckets.iter().enumerate().map(column).collect();
    let head = vec![d.issued, t.redeemed, t.expired, d.clawed_back, t.adjusted];
    view! {
        <section class="card graph">
            <div class="section-head"><h2>{d.flows}</h2><span class="mute small">{d.flows_about}</span></div>
            <Chart label=d.flows_about shape=Shape::Columns first=d.when head columns/>
        </section>
    }
}

/// A column with its names and nothing in it: of many columns only some are named below the picture.
pub(super) fn named(context: &RequestContext, found: &Overview, at: usize, bucket: &Bucket) -> Column {
    let lang = context.lang;
    let by_month = matches!(found.span, Span::Year | Span::Ever);
    let name = if by_month { format::month(lang, bucket.first) } else { format::date(lang, bucket.first) };
    let each = found.buckets.len().div_ceil(NAMED);
    let is_named = (found.buckets.len() - 1 - at).is_multiple_of(each);
    let short = match (is_named, by_month) {
        (false, _) => String::new(),
        (true, true) => format::short_month(lang, bucket.first),
        (true, false) => format!("{}/{}", bucket.first.month(), bucket.first.day()),
    };
    Column { short, name, up: 0, down: 0, cells: Vec::new() }
}
