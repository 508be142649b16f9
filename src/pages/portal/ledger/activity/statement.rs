//! The statement: to keep, to print, to check.

use leptos::prelude::*;

use super::Filter;
use crate::pages::components::Card;
use crate::server::web::paths::{STATEMENT_CSV as CSV, STATEMENT_JSON as JSON};
use crate::server::web::visit::Visit;

/// CSV and paper show what the list shows; the file with proofs has everything.
#[component]
pub fn StatementCard(filter: Filter) -> impl IntoView {
    let t = Visit::current().lang.proof();
    view! {
        <Card title=t.statement class="no-print statement">
            <p class="mute">{t.statement_about}</p>
            <div class="choices">
                <a class="button" href=JSON download="">{t.as_json}</a>
                <a class="button" href=filter.whole(CSV, false) download="">{t.as_csv}</a>
                <a class="button" href=filter.whole("/activity", true)>{t.to_print}</a>
                <a class="button quiet" href="/statement/verify">{t.check}</a>
            </div>
        </Card>
    }
}
