//! A member's statement as a file: with proofs as JSON, for a spreadsheet as CSV.

use axum::extract::{Request, State};
use axum::response::Response;

use super::answer::{self, Asked};
use crate::pages::portal::ledger::activity::Filter;
use crate::pages::portal::ledger::entries::{about, title};
use crate::server::AppState;
use crate::server::web::csv::{Cell, Csv, attachment};
use crate::server::web::visit::Visit;
use crate::server::web::{RequestContext, errors};
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::ledger::activity::{Line, activity};
use laurel_engine::usecase::ledger::statement;

/// Entries read at a time for the CSV.
pub(super) const CHUNK: i64 = 500;

/// Everything that there is of the member, filter or not: a chain with parts left out proves nothing.
pub async fn json(State(state): State<AppState>, request: Request) -> Response {
    answer_with(state, request, async |context, member_no| {
        let statement = statement::statement(&context.state.ledger, member_no).await?;
        let bytes = serde_json::to_vec_pretty(&statement).map_err(|error| AppError::Internal(error.into()))?;
        Ok(attachment(bytes, "application/json", &file_name(&context, "json")))
    })
    .await
}

/// What the activity page shows, with the same filter, newest first.
pub async fn csv(State(state): State<AppState>, request: Request) -> Response {
    answer_with(state, request, async |context, member_no| {
        let mut csv = Csv::new(&context.lang.proof().columns)?;
        let mut page = Page { most: CHUNK, ..Filter::asked(&context).page() };
        loop {
            let found = activity(&context.state.ledger, member_no, page).await?;
            for line in &found.lines {
                csv.row(cells(&context, line))?;
            }
            match found.next {
                Some(before) => page.before_seq = before,
                None => return csv.attachment(&file_name(&context, "csv")),
            }
        }
    })
    .await
}

async fn answer_with<F>(state: AppState, request: Request, make: F) -> Response
where
    F: AsyncFnOnce(RequestContext, i64) -> Result<Response, AppError>,
{
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let Some(member_no) = visit.member.as_ref().map(|member| member.no) else { return answer::not_signed_in(&asked) };
    let lang = visit.lang;
    match make(RequestContext { state, visit, lang }, member_no).await {
        Ok(response) => response,
        Err(error) => answer::refuse(&asked, lang.errors().refused_title, &errors::of_app(lang, error)),
    }
}

fn file_name(context: &RequestContext, ending: &str) -> String {
    format!("laurel-statement-{}.{ending}", context.local(context.now()).date())
}

pub(super) fn cells(context: &RequestContext, line: &Line) -> [Cell; 11] {
    let entry = &line.entry;
    let local = context.local(entry.occurred_at);
    let event = entry.cause.event().map(|event| format!("{}/{}", event.source, event.id)).unwrap_or_default();
    [
        Cell::number(entry.seq),
        Cell::text(local.strftime("%Y-%m-%d %H:%M:%S").to_string()),
        Cell::text((context.lang.activity().kinds)(entry.kind)),
        Cell::text(title(context.lang, line)),
        Cell::text(about(context, line).unwrap_or_default()),
        Cell::number(entry.points),
        Cell::number(entry.balance),
        Cell::number(entry.tier.get()),
        Cell::number(entry.rules),
        Cell::text(event),
        Cell::text(entry.hash.to_string()),
    ]
}
