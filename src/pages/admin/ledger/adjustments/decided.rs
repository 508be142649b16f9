//! What was decided of what had been proposed: `?state=rejected`; `page` and `back` are its pages, by keyset.

use std::collections::HashMap;

use laurel_domain::ledger::adjustment::AdjustmentState;
use leptos::prelude::*;

use super::{called, member, reason};
use crate::pages::admin::list::{
    Beside, Chosen, Column, ExportLink, FilterChips, FilterSelect, ListTable, Pages, ROWS, asked_place, filter,
};
use crate::pages::components::{Chip, PointsChange};
use crate::server::web::RequestContext;
use crate::server::web::csv::Cell;
use crate::server::web::paths::ADJUSTMENTS_CSV;
use crate::server::web::visit::Visit;
use laurel_engine::store::keyset::{Slice, Window};
use laurel_engine::store::ledger::adjustments::{Adjustment, DecidedAt};
use laurel_engine::usecase::ledger::adjustments::Decided;
use laurel_engine::usecase::members::search::Counted;

/// What can have become of a proposal, as the address has it.
const STATES: [(&str, AdjustmentState); 3] =
    [("posted", AdjustmentState::Posted), ("rejected", AdjustmentState::Rejected), ("withdrawn", AdjustmentState::Withdrawn)];

/// What the address asks for. What it does not understand it ignores.
pub fn asked_decided(visit: &Visit) -> Decided {
    let named = |name: String| STATES.iter().find(|(known, _)| *known == name).map(|(_, state)| *state);
    Decided {
        state: filter(visit, "state").and_then(named),
        page: Window {
            from: asked_place(visit, |key| key.parse::<DecidedAt>().ok()),
            ..Window::first(usize::try_from(ROWS).unwrap_or(1))
        },
    }
}

#[component]
pub fn DecidedOnes(
    context: RequestContext,
    names: HashMap<String, String>,
    found: Slice<Adjustment, DecidedAt>,
    counted: Counted,
    wanted: Decided,
) -> impl IntoView {
    let (t, common) = (context.lang.adjust(), context.lang.common());
    let (shown, beside) = (found.rows.len(), Beside::of(&found));
    let rows = found.rows.into_iter().map(|row| view! { <Row context=context.clone() names=&names row/> }).collect_view();
    let columns = [t.when, t.member, t.points_column, t.reason, t.proposed_by, t.decided_by, t.state_label].map(Column::plain);
    let list = match (shown, wanted.state) {
        (0, None) => {
            return view! { <section class="stack"><h2>{t.decided}</h2><p class="mute">{t.nothing_decided}</p></section> }
                .into_any();
        }
        (0, Some(_)) => view! { <p class="mute">{context.lang.lists().nothing_found}</p> }.into_any(),
        _ => view! {
            <ListTable label=t.decided columns=columns.to_vec()>{rows}</ListTable>
            <Pages rows=shown beside counted=Some(counted)/>
        }
        .into_any(),
    };
    let options = STATES.map(|(name, state)| (name.to_owned(), t.state(state).to_owned()));
    let chosen: Vec<Chosen> =
        wanted.state.map(|state| ("state", t.state_label, t.state(state).to_owned())).into_iter().collect();
    let name = STATES.iter().find(|(_, state)| wanted.state == Some(*state)).map(|(name, _)| (*name).to_owned());
    view! {
        <section class="stack">
            <h2>{t.decided}</h2>
            <form class="filters" method="get">
                <FilterSelect name="state" label=t.state_label any=common.all options=options.to_vec() chosen=name/>
                <button class="button">{common.filter}</button>
            </form>
            <div class="list-foot"><FilterChips chosen/><ExportLink page="/admin/adjustments" file=ADJUSTMENTS_CSV counted/></div>
            {list}
        </section>
    }
    .into_any()
}

#[component]
fn Row<'a>(context: RequestContext, names: &'a HashMap<String, String>, row: Adjustment) -> impl IntoView + use<> {
    let t = context.lang.adjust();
    let tone = match row.approval.state {
        AdjustmentState::Posted => "good",
        AdjustmentState::Rejected => "bad",
        AdjustmentState::Proposed | AdjustmentState::Withdrawn => "",
    };
    let by = row.approval.decided_by.map(|by| called(names, by));
    let objection = row.approval.objection.clone().map(|objection| view! { <br/><small class="mute">{objection}</small> });
    view! {
        <tr>
            <td class="small nowrap">{row.approval.decided_at.map(|at| context.moment(at))}</td>
            <th scope="row" class="card-name">{member(&context, &row)}</th>
            <td class="num card-sum"><PointsChange points=row.points/></td>
            <td class="card-wide">{reason(context.lang, &row)}</td>
            <td>{called(names, row.approval.made_by)}</td>
            <td class="card-more">{by}</td>
            <td class="card-state"><Chip tone>{t.state(row.approval.state)}</Chip>{objection}</td>
        </tr>
    }
}

/// A line of the list for a spreadsheet.
pub fn adjustment_cells(context: &RequestContext, names: &HashMap<String, String>, row: &Adjustment) -> [Cell; 9] {
    let at = row.approval.decided_at.map(|at| context.local(at).strftime("%Y-%m-%d %H:%M:%S").to_string());
    [
        Cell::text(at.unwrap_or_default()),
        Cell::text(row.member_name.clone().unwrap_or_default()),
        Cell::text(row.external_id.clone().unwrap_or_default()),
        Cell::number(row.points),
        Cell::text(reason(context.lang, row)),
        Cell::text(called(names, row.approval.made_by)),
        Cell::text(row.approval.decided_by.map(|by| called(names, by)).unwrap_or_default()),
        Cell::text(context.lang.adjust().state(row.approval.state)),
        Cell::text(row.approval.objection.clone().unwrap_or_default()),
    ]
}
