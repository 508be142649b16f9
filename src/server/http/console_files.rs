//! What the console shows, as files for a spreadsheet: just what the page shows that leads to them.

use axum::extract::{Request, State};
use axum::response::Response;

use super::answer::{self, Asked};
use crate::pages::admin::asked_span;
use crate::server::AppState;
use crate::server::web::csv::{Cell, Csv};
use crate::server::web::visit::Visit;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::Permission;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::programme::overview::{self, Bucket};

/// The dashboard's numbers, a line for each day or month of the span that it shows.
pub async fn overview(State(state): State<AppState>, request: Request) -> Response {
    answer_with(state, request, Permission::Read, async |context| {
        let found = overview::overview(&context.state.ledger, asked_span(&context.visit)).await?;
        let mut csv = Csv::new(&context.lang.dashboard().columns)?;
        for bucket in &found.buckets {
            csv.row(cells(bucket))?;
        }
        csv.attachment(&file_name(&context, &format!("overview-{}", found.span.name())))
    })
    .await
}

fn cells(bucket: &Bucket) -> [Cell; 9] {
    let flows = bucket.flows;
    [
        Cell::text(bucket.first.to_string()),
        Cell::text(bucket.last.to_string()),
        Cell::number(flows.issued),
        Cell::number(flows.clawed_back),
        Cell::number(flows.redeemed),
        Cell::number(flows.expired),
        Cell::number(flows.adjusted),
        Cell::number(bucket.outstanding),
        Cell::number(flows.events),
    ]
}

/// `laurel-members-2026-11-28.csv`
fn file_name(context: &RequestContext, what: &str) -> String {
    format!("laurel-{what}-{}.csv", context.local(context.now()).date())
}

async fn answer_with<F>(state: AppState, request: Request, permission: Permission, make: F) -> Response
where
    F: AsyncFnOnce(RequestContext) -> Result<Response, AppError>,
{
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let lang = visit.lang;
    let made = match &visit.staff {
        None => return answer::not_signed_in(&asked),
        Some(staff) if !staff.role.may(permission) => Err(AppError::Forbidden),
        Some(_) => make(RequestContext { state, visit, lang }).await,
    };
    match made {
        Ok(response) => response,
        Err(error) => answer::refuse(&asked, lang.errors().refused_title, &errors::of_app(lang, error)),
    }
}
