//! Members by how recently, how often and how much they have paid, and what each rule set gives them.

use laurel_domain::lab::segments::{SegmentRow, Segments};
use leptos::prelude::*;

use super::words;
use crate::i18n::Lang;
use crate::pages::components::{Card, Table};
use laurel_domain::numbers::money::Currency;

#[component]
pub fn SegmentsCard(lang: Lang, run: String, segments: Segments, currency: Currency) -> impl IntoView {
    let t = lang.lab();
    // what was simulated before there were segments has none
    if segments.rows.is_empty() {
        return ().into_any();
    }
    let row = |row: &SegmentRow| {
        let (issued, mean) = (row.issued, row.mean);
        let tiers = match (row.raised, row.lowered) {
            (0, 0) => "–".to_owned(),
            (up, down) => format!("↑ {} ↓ {}", words::count(up), words::count(down)),
        };
        view! {
            <tr>
                <th scope="row">{t.segments[row.segment as usize]}</th>
                <td class="num">{words::count(row.members)}</td>
                <td class="num">{words::count(row.payments)}</td>
                <td class="num">{words::money(row.paid, currency)}</td>
                <td class="num">{words::points(issued.baseline)}</td>
                <td class="num">{words::points(issued.draft)}</td>
                <td class="num">{words::points_change(issued.draft - issued.baseline)}</td>
                <td class="num">{words::points(mean.baseline)}" → "{words::points(mean.draft)}</td>
                <td class="num nowrap">{tiers}</td>
            </tr>
        }
    };
    let rows = segments.rows.iter().map(row).collect_view();
    let dividing = segments.dividing;
    let about = (t.segments_about)(
        &dividing.recent_days.to_string(),
        &dividing.often.to_string(),
        &words::money(dividing.much, currency),
    );
    let head = vec![
        t.segment,
        t.members_column,
        t.payments_column,
        t.paid_column,
        t.issued_in_force,
        t.issued_draft,
        t.change_column,
        t.per_member,
        t.moves_column,
    ];
    view! {
        <Card>
            <div class="spread"><h2>{t.segments_title}</h2><a class="small" href=format!("/admin/lab/csv?run={run}&table=segments")>{t.csv}</a></div>
            <p class="mute small measure">{about}</p>
            <Table label=t.segments_title head>{rows}</Table>
        </Card>
    }
    .into_any()
}
