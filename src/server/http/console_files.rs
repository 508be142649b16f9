//! What the console shows, as files for a spreadsheet: just what the page shows that leads to them.

use axum::extract::{Path, Request, State};
use axum::response::Response;

use super::answer::{self, Asked};
use super::statement;
use crate::pages::admin::{
    adjustment_cells, asked_audit, asked_decided, asked_in, asked_ledger, asked_members, asked_span, audit_lines, origin_name,
};
use crate::server::AppState;
use crate::server::web::csv::{Cell, Csv};
use crate::server::web::visit::Visit;
use crate::server::web::{RequestContext, errors};
use laurel_domain::ids::MemberId;
use laurel_engine::auth::Permission;
use laurel_engine::store::audit::Filter as AuditFilter;
use laurel_engine::store::keyset::{Place, Window};
use laurel_engine::store::members::member::By;
use laurel_engine::store::members::roll::Filter;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::audit;
use laurel_engine::usecase::ledger::adjustments::{self, Decided};
use laurel_engine::usecase::ledger::entry_list;
use laurel_engine::usecase::members::search;
use laurel_engine::usecase::members::view::{self, MemberView};
use laurel_engine::usecase::programme::figures::{Origin, Reach};
use laurel_engine::usecase::programme::overview::{self, Bucket, Overview};

/// The dashboard's numbers, a line for each day or month of the span that it shows.
pub async fn overview(State(state): State<AppState>, request: Request) -> Response {
    answer_with(state, request, Permission::Read, async |context| {
        let found = overview::overview(&context.state.ledger, asked_span(&context.visit)).await?;
        overview_file(&context, &found)?.attachment(&file_name(&context, &format!("overview-{}", found.span.name())))
    })
    .await
}

/// What is still being counted has empty cells.
fn overview_file(context: &RequestContext, found: &Overview) -> Result<Csv, AppError> {
    let (t, by_day) = (context.lang.dashboard(), &found.by_day);
    let is_counted = matches!(by_day.reach, Reach::AsOf(_));
    let tiers = found.rules.set.ladder.tiers.iter().map(|tier| (t.members_of_tier)(context.lang.of(&tier.name)));
    let origins: Vec<usize> = (0..Origin::ALL.len()).filter(|at| Origin::ALL[*at] != Origin::Refund).collect();
    let issued = origins.iter().map(|at| (t.issued_for)(origin_name(context, Origin::ALL[*at])));
    let more: Vec<String> = tiers.chain(issued).collect();
    let columns: Vec<&str> = t.columns.iter().copied().chain(more.iter().map(String::as_str)).collect();
    let mut csv = Csv::new(&columns)?;
    for (at, bucket) in found.buckets.iter().enumerate() {
        let counted = |cell: String| if is_counted { Cell::number(cell) } else { Cell::text("") };
        let active = counted(by_day.active[at].to_string());
        let ranks = 1..=found.rules.set.ladder.tiers.len() as i64;
        let tiers = ranks.map(|rank| counted(by_day.tiers[at].get(&rank).copied().unwrap_or(0).to_string()));
        let issued = origins.iter().map(|origin| counted(by_day.issued[at][*origin].to_string()));
        csv.row(cells(bucket).into_iter().chain([active]).chain(tiers).chain(issued))?;
    }
    Ok(csv)
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

/// A member's ledger with the filter of their file and in its order.
pub async fn ledger(State(state): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    answer_with(state, request, Permission::Read, async |context| {
        let id = id.parse().map_err(|_| AppError::NotFound)?;
        let member = view::find(&context.state.ledger, By::Id(id)).await?.ok_or(AppError::NotFound)?;
        let mut csv = Csv::new(&context.lang.proof().columns)?;
        let mut wanted = asked_ledger(&context);
        wanted.page = Window { from: None, most: usize::try_from(statement::CHUNK).unwrap_or(1), ..wanted.page };
        loop {
            let found = entry_list::list(&context.state.ledger, member.no, wanted).await?;
            for line in &found.page.rows {
                csv.row(statement::cells(&context, line))?;
            }
            match found.page.next {
                Some(key) => wanted.page.from = Some(Place { key, backwards: false }),
                None => return csv.attachment(&file_name(&context, "ledger")),
            }
        }
    })
    .await
}

const CHUNK_OF_MEMBERS: i64 = 2_000;

/// The members that the list shows with this filter and in its order; of those that are ticked (`ids[]`), them. `all=yes`: all of
/// the list that those were ticked in.
pub async fn members(State(state): State<AppState>, request: Request) -> Response {
    answer_with(state, request, Permission::Read, async |context| {
        let mut csv = Csv::new(&context.lang.member_file().csv_columns)?;
        let picked: Vec<MemberId> = context.visit.queries("ids[]").iter().filter_map(|id| id.parse().ok()).collect();
        let list = context.visit.query("list");
        if list.is_some() && context.visit.query("all").is_none() {
            for member in search::with_ids(&context.state.ledger, &picked).await? {
                csv.row(member_cells(&context, &member))?;
            }
            return csv.attachment(&file_name(&context, "members"));
        }
        let asked = list.map_or_else(|| asked_members(&context), |list| asked_in(&context, &list));
        let mut wanted = Filter { most: CHUNK_OF_MEMBERS, ..asked };
        let mut written = 0;
        loop {
            let found = search::page_for_file(&context.state.ledger, &wanted).await?;
            for member in &found.members {
                csv.row(member_cells(&context, member))?;
            }
            written += found.members.len() as i64;
            wanted.from = found.next;
            if wanted.from.is_none() || written >= search::MOST_EXPORTED {
                return csv.attachment(&file_name(&context, "members"));
            }
        }
    })
    .await
}

pub(super) fn member_cells(context: &RequestContext, member: &MemberView) -> [Cell; 11] {
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

/// Read at a time of other lists, and where their files end.
const CHUNK: i64 = 500;
const MOST: usize = 100_000;

/// The audit log with the filter of its page and in its order.
pub async fn audit_log(State(state): State<AppState>, request: Request) -> Response {
    answer_with(state, request, Permission::Read, async |context| {
        let mut csv = Csv::new(&context.lang.lists().audit_columns)?;
        let mut wanted = AuditFilter { limit: CHUNK, from: None, ..asked_audit(&context) };
        let mut written = 0;
        loop {
            let found = audit::page(context.db(), &wanted).await?;
            for line in audit_lines(&context, &found.rows).await? {
                csv.row(line)?;
            }
            written += found.rows.len();
            wanted.from = found.next.map(|key| Place { key, backwards: false });
            if wanted.from.is_none() || written >= MOST {
                return csv.attachment(&file_name(&context, "audit"));
            }
        }
    })
    .await
}

/// The adjustments that were decided, with the filter of their page and in its order.
pub async fn adjusted(State(state): State<AppState>, request: Request) -> Response {
    answer_with(state, request, Permission::Read, async |context| {
        let mut csv = Csv::new(&context.lang.lists().adjustment_columns)?;
        let names = audit::staff_names(context.db()).await?;
        let asked = asked_decided(&context.visit);
        let mut wanted = Decided { page: Window::first(usize::try_from(CHUNK).unwrap_or(1)), ..asked };
        let mut written = 0;
        loop {
            let found = adjustments::decided(&context.state.ledger, &wanted).await?;
            for row in &found.rows {
                csv.row(adjustment_cells(&context, &names, row))?;
            }
            written += found.rows.len();
            wanted.page.from = found.next.map(|key| Place { key, backwards: false });
            if wanted.page.from.is_none() || written >= MOST {
                return csv.attachment(&file_name(&context, "adjustments"));
            }
        }
    })
    .await
}

/// `laurel-members-2026-11-28.csv`
pub(super) fn file_name(context: &RequestContext, what: &str) -> String {
    format!("laurel-{what}-{}.csv", context.local(context.now()).date())
}

pub(super) async fn answer_with<F>(state: AppState, request: Request, permission: Permission, make: F) -> Response
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
