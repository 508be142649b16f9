//! What the console shows, as files for a spreadsheet: just what the page shows that leads to them.

use axum::extract::{Path, Request, State};
use axum::response::Response;

use super::answer::{self, Asked};
use super::statement;
use crate::pages::admin::{asked_members, asked_span};
use crate::pages::portal::ledger::activity::Filter as ActivityFilter;
use crate::server::AppState;
use crate::server::web::csv::{Cell, Csv};
use crate::server::web::visit::Visit;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::Permission;
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::members::member::By;
use laurel_engine::store::members::search::Filter;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::ledger::activity::activity;
use laurel_engine::usecase::members::search;
use laurel_engine::usecase::members::view::{self, MemberView};
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

/// A member's ledger with the filter of their file.
pub async fn ledger(State(state): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    answer_with(state, request, Permission::Read, async |context| {
        let id = id.parse().map_err(|_| AppError::NotFound)?;
        let member = view::find(&context.state.ledger, By::Id(id)).await?.ok_or(AppError::NotFound)?;
        let mut csv = Csv::new(&context.lang.proof().columns)?;
        let mut page = Page { most: statement::CHUNK, ..ActivityFilter::asked(&context).page() };
        loop {
            let found = activity(&context.state.ledger, member.no, page).await?;
            for line in &found.lines {
                csv.row(statement::cells(&context, line))?;
            }
            match found.next {
                Some(before) => page.before_seq = before,
                None => return csv.attachment(&file_name(&context, "ledger")),
            }
        }
    })
    .await
}

/// Beyond these the file ends: more members than that are for the API.
const MOST_MEMBERS: usize = 100_000;
const CHUNK_OF_MEMBERS: i64 = 500;

/// The members that the list shows with this filter, the newest first.
pub async fn members(State(state): State<AppState>, request: Request) -> Response {
    answer_with(state, request, Permission::Read, async |context| {
        let mut csv = Csv::new(&context.lang.member_file().csv_columns)?;
        let mut wanted = Filter { before: None, most: CHUNK_OF_MEMBERS, ..asked_members(&context) };
        let mut written = 0;
        loop {
            let found = search::list(&context.state.ledger, &wanted).await?;
            for member in &found {
                csv.row(member_cells(&context, member))?;
            }
            written += found.len();
            let is_whole = (found.len() as i64) < CHUNK_OF_MEMBERS;
            wanted.before = found.last().and_then(|member| member.id.parse().ok());
            if is_whole || written >= MOST_MEMBERS || wanted.before.is_none() {
                return csv.attachment(&file_name(&context, "members"));
            }
        }
    })
    .await
}

fn member_cells(context: &RequestContext, member: &MemberView) -> [Cell; 11] {
    let text = |text: &Option<String>| Cell::text(text.clone().unwrap_or_default());
    [
        Cell::text(member.id.clone()),
        text(&member.external_id),
        text(&member.name),
        text(&member.email),
        text(&member.phone),
        Cell::text(context.lang.of(&member.tier.name)),
        Cell::text(context.lang.console().status(member.status)),
        Cell::number(member.points.available),
        Cell::number(member.points.pending),
        Cell::number(member.points.debt),
        Cell::text(context.local(member.registered_at).strftime("%Y-%m-%d %H:%M:%S").to_string()),
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
