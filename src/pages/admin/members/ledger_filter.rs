//! What restricts a member's ledger and what it is ordered by: `?kind=earn&month=2026-11&sort=-points`; `page` and `back` are its
//! pages, by keyset, and `before` is a page that begins behind the entry with this number.

use jiff::civil::Date;
use laurel_domain::ids::MemberId;
use leptos::prelude::*;

use crate::i18n::format;
use crate::pages::admin::list::{
    ChooseColumns, Chosen, Column, ExportLink, FilterChips, FilterSelect, ROWS, asked_place, filter,
};
use crate::pages::portal::ledger::activity::{Filter as Activity, month_code, offered_kinds, offered_months};
use crate::server::web::RequestContext;
use laurel_engine::store::keyset::{Place, Window};
use laurel_engine::store::ledger::entry_list::{EntryFilter, EntryOrder, EntryPlace};
use laurel_engine::usecase::ledger::entry_list::Wanted;
use laurel_engine::usecase::members::search::Counted;

pub const ORDERS: [(&str, EntryOrder); 3] =
    [("no", EntryOrder::Posted), ("at", EntryOrder::Occurred), ("points", EntryOrder::Points)];

/// What the address asks for. What it does not understand it ignores.
pub fn asked_ledger(context: &RequestContext) -> Wanted {
    let visit = &context.visit;
    let sort = filter(visit, "sort").unwrap_or_default();
    let name = sort.strip_prefix('-').unwrap_or(&sort);
    let order = ORDERS.iter().find(|(known, _)| *known == name).map(|(_, order)| *order);
    let before = filter(visit, "before").and_then(|seq| seq.parse().ok()).map(EntryPlace::of_seq);
    let from = asked_place(visit, |key| key.parse::<EntryPlace>().ok());
    Wanted {
        filter: Activity::asked(context).entries(),
        order: order.unwrap_or_default(),
        page: Window {
            from: from.or(before.map(|key| Place { key, backwards: false })),
            ascending: order.is_some() && !sort.starts_with('-'),
            most: usize::try_from(ROWS).unwrap_or(1),
        },
    }
}

/// The order as the address has it.
pub fn name_of_order(order: EntryOrder, ascending: bool) -> String {
    let name = ORDERS.iter().find(|(_, known)| *known == order).map_or("", |(name, _)| *name);
    if ascending { name.to_owned() } else { format!("-{name}") }
}

/// `since`: the day of the member's first entry.
#[component]
pub fn LedgerFilters(context: RequestContext, wanted: EntryFilter, since: Date) -> impl IntoView {
    let (t, lang) = (context.lang.activity(), context.lang);
    let kinds = offered_kinds(wanted.kind).into_iter().map(|kind| (kind.name().to_owned(), (t.kinds)(kind).to_owned()));
    let month = Activity::asked(&context).month();
    let months = offered_months(&context, month, Some(since));
    let months = months.into_iter().map(|month| (month_code(month), format::month(lang, month)));
    let sort = filter(&context.visit, "sort").map(|sort| view! { <input type="hidden" name="sort" value=sort/> });
    view! {
        <form class="filters" method="get" role="search" aria-label=t.filter>
            <FilterSelect name="kind" label=t.kind any=t.all_kinds options=kinds.collect() chosen=wanted.kind.map(|kind| kind.name().to_owned())/>
            <FilterSelect name="month" label=t.month any=t.all_months options=months.collect() chosen=month.map(month_code)/>
            {sort}
            <button type="submit" class="button">{t.show}</button>
        </form>
    }
}

/// What restricts the ledger; and the ledger as a file.
#[component]
pub fn LedgerChosen(
    context: RequestContext,
    member: MemberId,
    wanted: EntryFilter,
    counted: Counted,
    columns: Vec<Column>,
) -> impl IntoView {
    let t = context.lang.activity();
    let kind = wanted.kind.map(|kind| ("kind", t.kind, (t.kinds)(kind).to_owned()));
    let month = Activity::asked(&context).month().map(|month| ("month", t.month, format::month(context.lang, month)));
    let chosen: Vec<Chosen> = [kind, month].into_iter().flatten().collect();
    let page = format!("/admin/members/{member}");
    let file = format!("{page}/ledger.csv");
    view! { <div class="list-foot"><FilterChips chosen/><ChooseColumns list="ledger" columns/><ExportLink page file counted/></div> }
}
