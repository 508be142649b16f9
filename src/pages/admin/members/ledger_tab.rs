//! A member's ledger as a table: every entry with its number, its year, what caused it, by which rules, and the balance after it.

use std::sync::Arc;

use laurel_domain::ledger::entry::EntryKind;
use laurel_domain::member::Status;
use laurel_domain::numbers::points::Points;
use laurel_domain::rules::rule_set::Rulebook;
use leptos::prelude::*;

use super::ledger_filter::{LedgerChosen, LedgerFilters, asked_ledger, name_of_order};
use crate::api_error::ApiError;
use crate::i18n::format;
use crate::pages::admin::list::{Beside, Column, ListTable, Pages};
use crate::pages::components::{Chart, Column as Mark, EmptyState, PointsChange, Shape};
use crate::pages::portal::ledger::entries::{about, title};
use crate::pages::portal::ledger::explanation::Why;
use crate::server::web::RequestContext;
use laurel_engine::auth::Permission;
use laurel_engine::store::ledger::entry_list::EntryOrder;
use laurel_engine::usecase::ledger::activity::{Detail, Line, first};
use laurel_engine::usecase::ledger::entry_list::{EntryList, list};
use laurel_engine::usecase::members::search::File;

pub async fn content(context: &RequestContext, file: &File) -> Result<AnyView, ApiError> {
    let ledger = &context.state.ledger;
    let wanted = asked_ledger(context);
    let found = list(ledger, file.member.no, wanted).await?;
    let may_adjust = context.visit.staff.as_ref().is_some_and(|staff| staff.role.may(Permission::AdjustPoints));
    let adjust = (may_adjust && file.view.status != Status::Closed).then(|| format!("/admin/members/{}/adjust", file.view.id));
    let Some(since) = first(ledger, file.member.no).await?.map(|at| context.local(at).date()) else {
        return Ok(view! { <EmptyState icon="list" title=context.lang.console().no_entries/> }.into_any());
    };
    let rulebook = ledger.rulebook().await?;
    let (context, counted) = (context.clone(), found.counted);
    let f = context.lang.member_file();
    let list = match found.page.rows.is_empty() {
        true => {
            let all = format!("/admin/members/{}", file.view.id);
            view! { <EmptyState icon="search" title=f.none_match><a href=all>{f.clear}</a></EmptyState> }.into_any()
        }
        false => view! { <Entries context=context.clone() rulebook found ascending=wanted.page.ascending adjust/> }.into_any(),
    };
    let (filter, columns) = (wanted.filter, columns(&context, true));
    Ok(view! {
        <LedgerFilters context=context.clone() wanted=filter since/>
        <LedgerChosen context member=file.member.id() wanted=filter counted columns/>
        {list}
    }
    .into_any())
}

/// Number, time, what, source, rules, points, balance: as the texts name them.
fn columns(context: &RequestContext, has_orders: bool) -> Vec<Column> {
    let [number, when, what, source, rules, points, balance] = context.lang.member_file().ledger_columns;
    let sorted = |name, sort| if has_orders { Column::falling(name, sort) } else { Column::plain(name) };
    vec![
        Column::falling(number, "no").key("no"),
        sorted(when, "at").key("at"),
        Column::plain(what),
        Column::plain(source).key("source"),
        Column::plain(rules).key("rules"),
        sorted(points, "points"),
        Column::plain(balance).key("balance"),
    ]
}

#[component]
fn Entries(
    context: RequestContext,
    rulebook: Arc<Rulebook>,
    found: EntryList,
    ascending: bool,
    adjust: Option<String>,
) -> impl IntoView {
    let (shown, beside) = (found.page.rows.len(), Beside::of(&found.page));
    // a balance runs from entry to entry, and by points there is no way from one to the next
    let is_in_time = found.order != EntryOrder::Points;
    let balances = is_in_time.then(|| view! { <Balances context=context.clone() lines=&found.page.rows/> });
    let rows = found.page.rows.into_iter().map(|line| {
        view! { <Row context=context.clone() rulebook=rulebook.clone() line adjust=adjust.clone()/> }
    });
    let rows = rows.collect_view();
    let (columns, sorted) = (columns(&context, found.has_orders), name_of_order(found.order, ascending));
    view! {
        {balances}
        <div class="ledger"><ListTable label=context.lang.console().ledger columns sorted is_flat=true list="ledger">{rows}</ListTable></div>
        <Pages rows=shown beside counted=Some(found.counted)/>
    }
}

/// How the balance ran over the entries that the table below shows, the oldest first.
#[component]
fn Balances<'a>(context: RequestContext, lines: &'a [Line]) -> impl IntoView + use<> {
    let f = context.lang.member_file();
    // days stand below the second mark and the last but one, so that they do not reach beyond the plot
    let inset = usize::from(lines.len() > 6);
    let [first, last] = [inset, lines.len().saturating_sub(1 + inset)];
    let column = |(at, line): (usize, &Line)| {
        let (entry, day) = (&line.entry, context.day(context.local(line.entry.occurred_at).date()));
        let balance = entry.balance.hundredths();
        Mark {
            short: if at == first || at == last { day.clone() } else { String::new() },
            name: format!("{} · {day}", format::count(entry.seq)),
            up: balance,
            down: balance.saturating_neg().max(0),
            cells: vec![format::points(entry.balance)],
        }
    };
    let mut lines: Vec<&Line> = lines.iter().collect();
    lines.sort_by_key(|line| line.entry.seq);
    let columns: Vec<Mark> = lines.into_iter().enumerate().map(column).collect();
    (columns.len() > 1).then(|| {
        view! { <Chart label=f.balances shape=Shape::Area first=String::new() head=vec![f.balance] columns is_bare=true/> }
    })
}

#[component]
fn Row(context: RequestContext, rulebook: Arc<Rulebook>, line: Line, adjust: Option<String>) -> impl IntoView {
    let entry = line.entry.clone();
    let is_loss = entry.kind == EntryKind::Clawback;
    let about = about(&context, &line).map(|about| view! { <small class="mute">{about}</small> });
    let what = title(context.lang, &line);
    let source = source(&line);
    let reverse = adjust.filter(|_| can_be_reversed(&line)).map(|adjust| {
        let f = context.lang.member_file();
        let href = reversal(&adjust, &line, &(f.reverses)(entry.seq, &what));
        view! { <a class="small" data-sheet="" href=href aria-label=(f.reverse_entry)(entry.seq)>{f.reverse}</a> }
    });
    let reversed = line.reversed.iter().filter_map(|one| one.seq).map(|seq| {
        let href = format!("?before={}#entry-{seq}", seq.saturating_add(1));
        view! { <a class="small" href=href>{(context.lang.member_file().reversed_by)(seq)}</a>" " }
    });
    let reversed = reversed.collect_view();
    view! {
        <tr id=format!("entry-{}", entry.seq)>
            <td class="num mute">{format::count(entry.seq)}</td>
            <td class="small nowrap card-more"><time datetime=entry.occurred_at.to_string()>{format::date_time(context.lang, context.local(entry.occurred_at))}</time></td>
            <td class="ledger-what card-name"><span>{what}</span>{about}<div class="ledger-more"><Why context=context.clone() rulebook line/>{reversed}{reverse}</div></td>
            <td class="small">{source}</td>
            <td class="small mute">{(context.lang.member_file().version)(entry.rules)}</td>
            <td class="num card-sum"><PointsChange points=entry.points is_loss/></td>
            <td class="num">{format::points(entry.balance)}</td>
        </tr>
    }
}

/// A redemption is taken back where it is, and what moved nothing has nothing to reverse.
fn can_be_reversed(line: &Line) -> bool {
    let kinds = [EntryKind::Earn, EntryKind::Clawback, EntryKind::Expire, EntryKind::Adjust];
    kinds.contains(&line.entry.kind) && !line.entry.points.is_zero()
}

/// The adjustment that takes back what an entry did, with its reason filled in.
fn reversal(adjust: &str, line: &Line, reason: &str) -> String {
    let points = Points::from_hundredths(line.entry.points.hundredths().saturating_neg());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("points", &points.to_string()).append_pair("reason", reason);
    query.append_pair("reverses", &line.entry.seq.to_string());
    format!("{adjust}?{}", query.finish())
}

/// What the entry came by: the event as the payment system calls it, or the redemption.
fn source(line: &Line) -> AnyView {
    match (&line.detail, line.entry.cause.event()) {
        (Detail::Redeemed(redemption), _) => {
            let id = redemption.id.to_string();
            let short = crate::pages::admin::rewards::redemptions::short(&id);
            view! { <a class="mono" href=format!("/admin/redemptions/{id}") title=id>{short}</a> }.into_any()
        }
        (_, Some(event)) => {
            let source = event.source.to_string();
            view! { <span class="mono ledger-id" title=source>{event.id.to_string()}</span> }.into_any()
        }
        _ => ().into_any(),
    }
}
