//! Redemptions in a table, and what is done with those that are ticked.

use std::collections::HashMap;

use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::rewards::reward::Contact;
use leptos::prelude::*;

use super::steps::{StateChip, Steps, can_do, path_of};
use super::{WORK, batches, confirm, short, slips};
use crate::i18n::{Lang, format};
use crate::pages::admin::list::{Column, ListTable, PickCell, Picks};
use crate::pages::admin::members::name_of;
use crate::pages::components::{Hidden, Icon};
use crate::server::web::{RequestContext, describe_redemption};
use laurel_engine::store::rewards::redemptions::Redemption;

/// What has waited for more days than these is late, and than those very late.
const LATE_DAYS: [i64; 2] = [1, 3];

#[component]
pub fn Work(
    context: RequestContext,
    kind: RedemptionKind,
    rows: Vec<Redemption>,
    contacts: HashMap<RedemptionId, Contact>,
    may_act: bool,
) -> impl IntoView {
    let desk = context.lang.reward_desk();
    let acts = may_act && rows.iter().any(can_do);
    let row = |redemption: Redemption| {
        let contact = contacts.get(&redemption.id).cloned();
        view! { <WorkRow context=context.clone() kind redemption contact may_act picks=acts/> }
    };
    let rows = rows.into_iter().map(row).collect_view();
    let columns = columns(context.lang, kind);
    let picks = if acts { Picks::Rows } else { Picks::None };
    // a search has a table for each kind
    let label = desk.kinds[kind as usize];
    let table = view! { <ListTable label columns picks list="redemptions">{rows}</ListTable> };
    if !acts {
        return table.into_any();
    }
    let words = context.lang.payouts();
    let batch = (kind == RedemptionKind::Cash).then(|| {
        view! { <button type="submit" class="button main" formaction=batches::MAKE>{words.make}</button> }
    });
    let print = (kind == RedemptionKind::Gift).then(|| {
        view! { <button type="submit" class="button" formaction=slips::PATH><Icon name="print"/>{words.slips}</button> }
    });
    view! {
        <form class="work" method="get" action=confirm::PATH>
            <Hidden name="back" value=context.visit.path.clone()/>
            {table}
            <div class="work-bar">
                <span class="mute small">{context.lang.fulfil().selected}<b data-count="" aria-live="polite"></b></span>
                {batch}
                <Steps lang=context.lang kind/>
                {print}
            </div>
        </form>
    }
    .into_any()
}

/// Those of gifts have where they are sent to.
pub fn columns(lang: Lang, kind: RedemptionKind) -> Vec<Column> {
    let (t, desk) = (lang.console(), lang.reward_desk());
    let what = if kind == RedemptionKind::Cash { t.cash_column } else { desk.what_column };
    let mut columns = vec![
        Column::plain(t.member),
        Column::plain(what),
        Column::plain(t.points_column).key("points"),
        Column::plain(t.state_label).key("status"),
        Column::plain(t.requested).key("requested"),
        Column::plain(t.number).key("number"),
    ];
    if kind == RedemptionKind::Gift {
        columns.insert(4, Column::plain(desk.deliver_to).key("address"));
    }
    columns
}

/// `picks`: whether the table has a column of boxes to tick.
#[component]
fn WorkRow(
    context: RequestContext,
    kind: RedemptionKind,
    redemption: Redemption,
    contact: Option<Contact>,
    may_act: bool,
    picks: bool,
) -> impl IntoView {
    let (t, desk) = (context.lang.console(), context.lang.reward_desk());
    let id = redemption.id.to_string();
    let what = describe_redemption(context.lang, &redemption.redeemed_for);
    let name = name_of(context.lang, redemption.member_name.clone(), &redemption.external_id);
    let pick = picks.then(|| match can_do(&redemption) {
        true => view! { <PickCell id=id.clone() label=(t.pick)(&name, &what)/> }.into_any(),
        false => view! { <td class="pick"></td> }.into_any(),
    });
    let parcel = (kind == RedemptionKind::Gift).then(|| view! { <Parcel contact tracking=redemption.tracking.clone()/> });
    let can_return = may_act && redemption.state.next(kind).contains(&RedemptionState::Returned);
    let take_back = can_return.then(|| {
        view! { <br/><a class="small" href=format!("/admin/redemptions/{id}/return")>{desk.take_back}</a> }
    });
    let waits = WORK.iter().any(|(of, states)| *of == kind && states.contains(&redemption.state));
    let age = waits.then(|| {
        let days = -context.days_until(redemption.created_at);
        let class = match LATE_DAYS.map(|late| days > late) {
            [_, true] => "age very late",
            [true, _] => "age late",
            _ => "age",
        };
        view! { <small class=class>{(context.lang.dashboard().ago)(days)}</small> }
    });
    let class = if kind == RedemptionKind::Cash { "num amount card-sum" } else { "card-sum" };
    view! {
        <tr>
            {pick}
            <th scope="row" class="card-name"><a href=path_of(&id)>{name}</a></th>
            <td class=class>{what}</td>
            <td class="num">{format::points(redemption.points)}</td>
            <td class="card-state"><StateChip lang=context.lang kind state=redemption.state/>{take_back}</td>
            {parcel}
            <td class="small nowrap card-more">{format::date_time(context.lang, context.local(redemption.created_at))}{age}</td>
            <td><a class="mono small nowrap" href=path_of(&id) title=id.clone()>{short(&id)}</a></td>
        </tr>
    }
}

#[component]
fn Parcel(contact: Option<Contact>, tracking: Option<String>) -> impl IntoView {
    let contact = contact.map(|contact| {
        view! {
            <span>{contact.recipient}" · "{contact.phone}</span>
            <span class="mute">{contact.address}</span>
        }
    });
    let tracking = tracking.map(|tracking| view! { <span class="mono">{tracking}</span> });
    view! { <td class="small parcel card-wide">{contact}{tracking}</td> }
}
