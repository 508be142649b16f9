//! A member's ledger as a table: every entry with its number, its year, what caused it, by which rules, and the balance after it.

use std::sync::Arc;

use laurel_domain::ledger::entry::EntryKind;
use laurel_domain::rules::rule_set::Rulebook;
use leptos::prelude::*;

use crate::api_error::ApiError;
use crate::i18n::format;
use crate::pages::admin::list::{Beside, Pages};
use crate::pages::components::{EmptyState, Icon, PointsChange, Table};
use crate::pages::portal::ledger::activity::{Filter, FilterForm};
use crate::pages::portal::ledger::entries::{about, title};
use crate::pages::portal::ledger::explanation::Why;
use crate::server::web::RequestContext;
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::usecase::ledger::activity::{Activity, Detail, Line, activity, first};
use laurel_engine::usecase::members::search::File;

const ROWS: i64 = 30;

pub async fn content(context: &RequestContext, file: &File) -> Result<AnyView, ApiError> {
    let ledger = &context.state.ledger;
    let filter = Filter::asked(context);
    let found = activity(ledger, file.member.no, Page { most: ROWS, ..filter.page() }).await?;
    let since = first(ledger, file.member.no).await?.map(|at| context.local(at).date());
    let rulebook = ledger.rulebook().await?;
    let context = context.clone();
    if since.is_none() {
        return Ok(view! { <EmptyState icon="list" title=context.lang.console().no_entries/> }.into_any());
    }
    let path = format!("/admin/members/{}", file.view.id);
    let export = filter.whole(&format!("{path}/ledger.csv"), false);
    let f = context.lang.member_file();
    let list = match found.lines.is_empty() {
        true => {
            let all = path.clone();
            view! { <EmptyState icon="search" title=f.none_match><a href=all>{f.clear}</a></EmptyState> }.into_any()
        }
        false => view! { <Entries context=context.clone() rulebook found/> }.into_any(),
    };
    Ok(view! {
        <div class="list-head">
            <FilterForm context filter since path/>
            <a class="button small" href=export download=""><Icon name="download"/>{f.export}</a>
        </div>
        {list}
    }
    .into_any())
}

#[component]
fn Entries(context: RequestContext, rulebook: Arc<Rulebook>, found: Activity) -> impl IntoView {
    let next = found.next.map(|seq| seq.to_string());
    let shown = found.lines.len();
    let rows = found.lines.into_iter().map(|line| view! { <Row context=context.clone() rulebook=rulebook.clone() line/> });
    let rows = rows.collect_view();
    let head = context.lang.member_file().ledger_columns.to_vec();
    view! {
        <div class="ledger"><Table label=context.lang.console().ledger head>{rows}</Table></div>
        <Pages rows=shown beside=Beside::onward(next)/>
    }
}

#[component]
fn Row(context: RequestContext, rulebook: Arc<Rulebook>, line: Line) -> impl IntoView {
    let entry = line.entry.clone();
    let is_loss = entry.kind == EntryKind::Clawback;
    let about = about(&context, &line).map(|about| view! { <small class="mute">{about}</small> });
    let what = title(context.lang, &line);
    let source = source(&line);
    view! {
        <tr id=format!("entry-{}", entry.seq)>
            <td class="num mute">{format::count(entry.seq)}</td>
            <td class="small nowrap"><time datetime=entry.occurred_at.to_string()>{format::date_time(context.lang, context.local(entry.occurred_at))}</time></td>
            <td class="ledger-what"><span>{what}</span>{about}<Why context=context.clone() rulebook line/></td>
            <td class="small">{source}</td>
            <td class="small mute">{(context.lang.member_file().version)(entry.rules)}</td>
            <td class="num"><PointsChange points=entry.points is_loss/></td>
            <td class="num">{format::points(entry.balance)}</td>
        </tr>
    }
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
