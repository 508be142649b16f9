//! Every entry of a member. Filter and page are in the URL: `?kind=earn&month=2026-11&before=120`.

mod filter;
mod statement;

use jiff::civil::Date;
use leptos::prelude::*;

use crate::i18n::format;
use crate::pages::components::EmptyState;
use crate::pages::page;
use crate::pages::portal::ledger::entries::EntryList;
use crate::pages::portal::{Here, PortalPage};
use crate::server::web::RequestContext;
pub use filter::{Filter, FilterForm, month_code, offered_kinds, offered_months};
use laurel_engine::usecase::ledger::activity::{Line, activity, first};
use statement::StatementCard;

#[component]
pub fn ActivityPage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::member()?;
        let (t, ledger) = (context.lang.activity(), &context.state.ledger);
        let filter = Filter::asked(&context);
        let first = first(ledger, session.no).await?;
        let found = activity(ledger, session.no, filter.page()).await?;
        let rulebook = ledger.rulebook().await?;
        let since = first.map(|at| context.local(at).date());
        let empty = found.lines.is_empty().then(|| match filter.is_any() {
            true => view! { <EmptyState title=t.none_found icon="search"><p>{t.none_found_about}</p></EmptyState> }.into_any(),
            false => view! { <EmptyState title=t.none icon="list"><p>{t.none_about}</p></EmptyState> }.into_any(),
        });
        let older = found.next.map(|seq| view! { <a class="button" rel="next" href=filter.link(Some(seq))>{t.older}</a> });
        let newest = filter.before.map(|_| view! { <a class="button" rel="first" href=filter.link(None)>{t.newest}</a> });
        let months = months(&context, found.lines).into_iter().map(|(month, lines)| {
            view! {
                <section class="month">
                    <h2>{format::month(context.lang, month)}</h2>
                    <EntryList context=context.clone() rulebook=rulebook.clone() lines/>
                </section>
            }
        });
        let months = months.collect_view();
        Ok(view! {
            <PortalPage title=t.title here=Here::Activity>
                <p class="mute page-about">{t.about}</p>
                <FilterForm context=context.clone() filter=filter.clone() since/>
                {empty}
                <div class="months">{months}</div>
                <div class="pager">{newest}{older}</div>
                {(since.is_some()).then(|| view! { <StatementCard filter/> })}
            </PortalPage>
        }
        .into_any())
    })
}

/// Neighbouring lines of the same month stand together. Posting order is kept, so a late event opens its month once more.
fn months(context: &RequestContext, lines: Vec<Line>) -> Vec<(Date, Vec<Line>)> {
    let mut months: Vec<(Date, Vec<Line>)> = Vec::new();
    for line in lines {
        let month = context.local(line.entry.occurred_at).date().first_of_month();
        match months.last_mut() {
            Some((last, lines)) if *last == month => lines.push(line),
            _ => months.push((month, vec![line])),
        }
    }
    months
}
