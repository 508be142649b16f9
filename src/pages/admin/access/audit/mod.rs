//! Who did what, when, and what it was before and after.

mod filter;
mod words;

use std::sync::Arc;

use laurel_domain::rules::rule_set::Rulebook;
use leptos::prelude::*;

use crate::api_error::ApiError;
use crate::i18n::Lang;
use crate::i18n::rules::terms::ChangeInWords;
use crate::islands::changed;
use crate::pages::admin::list::{Beside, Column, ListTable, Pages, ROWS, with, without};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{EmptyState, Icon, Markup};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::csv::Cell;
use laurel_engine::auth::Permission;
use laurel_engine::store::audit::{AuditRow, Filter};
use laurel_engine::store::timestamp;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::audit::{self, Objects, Page};
use laurel_engine::usecase::members::search::Counted;

pub use filter::asked_audit;
use filter::{ChosenOnes, Filters};
use words::{action_name, difference, object_name, object_path};

/// Of a new reward with all its terms a few are shown at once, so that a row stays a row.
const SHOWN: usize = 4;
const SHORT: usize = 24;

#[component]
pub fn AuditPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::Read)?;
        let wanted = Filter { limit: ROWS, ..asked_audit(&context) };
        let found = audit::page(context.db(), &wanted).await?;
        let counted = audit::count(context.db(), &wanted).await?;
        let people = audit::staff_names(context.db()).await?;
        let asked = audit::objects(&context.state.ledger, wanted.subject.as_deref()).await?;
        let subject = wanted.subject.as_deref().map(|subject| object_name(&context, &asked, subject));
        let columns = columns(context.lang);
        let list = list(&context, &wanted, found, counted, without(&context.visit.path, &[])).await?;
        Ok(view! {
            <AdminPage title=context.lang.admin().audit here=Here::Audit>
                <Filters context=context.clone() wanted=wanted.clone() people=people.clone()/>
                <ChosenOnes context wanted people subject counted columns/>
                {list}
            </AdminPage>
        }
        .into_any())
    })
}

/// What was done to one thing, the newest first.
pub async fn of_subject(context: &RequestContext, subject: String) -> Result<AnyView, ApiError> {
    let wanted = Filter { subject: Some(subject), limit: ROWS, ..asked_audit(context) };
    let found = audit::page(context.db(), &wanted).await?;
    let counted = audit::count(context.db(), &wanted).await?;
    list(context, &wanted, found, counted, context.visit.path.clone()).await
}

async fn list(
    context: &RequestContext,
    wanted: &Filter,
    found: Page,
    counted: Counted,
    path: String,
) -> Result<AnyView, ApiError> {
    let t = context.lang.console();
    if found.rows.is_empty() {
        let l = context.lang.lists();
        let is_filtered = wanted.actor.is_some() || wanted.action.is_some() || wanted.since.is_some() || wanted.until.is_some();
        return Ok(match is_filtered {
            true => view! { <EmptyState icon="search" title=l.nothing_found><a href="/admin/audit">{t.clear_filter}</a></EmptyState> }.into_any(),
            false => view! { <EmptyState icon="list" title=t.no_audit><p>{t.no_audit_about}</p></EmptyState> }.into_any(),
        });
    }
    let rulebook = context.state.ledger.rulebook().await?;
    let objects = audit::objects(&context.state.ledger, found.rows.iter().map(|row| row.subject.as_str())).await?;
    let beside = Beside::of(&found);
    let (rows, shown) = (found.rows, wanted.subject.is_some());
    let number = rows.len();
    let columns = columns(context.lang);
    let row = |row: AuditRow| view! { <Row context=context.clone() rulebook=rulebook.clone() objects=&objects row path=path.clone() is_only=shown/> };
    let rows = rows.into_iter().map(row).collect_view();
    let sorted = if wanted.ascending { "at" } else { "-at" };
    Ok(view! {
        <ListTable label=context.lang.admin().audit columns sorted list="audit">{rows}</ListTable>
        <Pages rows=number beside counted=Some(counted)/>
    }
    .into_any())
}

fn columns(lang: Lang) -> Vec<Column> {
    let t = lang.console();
    vec![
        Column::falling(t.when, "at").key("at"),
        Column::plain(t.who).key("who"),
        Column::plain(t.what),
        Column::plain(t.whom).key("object"),
        Column::plain(t.before_after).key("change"),
    ]
}

/// `path`: the list, to look for one person or thing there. `is_only`: it is of one thing already.
#[component]
fn Row<'a>(
    context: RequestContext,
    rulebook: Arc<Rulebook>,
    objects: &'a Objects,
    row: AuditRow,
    path: String,
    is_only: bool,
) -> impl IntoView + use<> {
    let l = context.lang.lists();
    let mut changes = difference(&context, &rulebook, objects, &row);
    let rest = if changes.len() > SHOWN + 1 {
        // what takes a line of its own comes last
        changes.sort_by_key(|change| change.after.as_ref().is_some_and(|text| text.chars().count() > SHORT));
        changes.split_off(SHOWN)
    } else {
        Vec::new()
    };
    let rest = (!rest.is_empty()).then(|| {
        let label = (l.more_changes)(rest.len());
        view! { <details class="more"><summary>{label}</summary><Markup content=vec![changed(context.lang, rest)]/></details> }
    });
    let changes = (!changes.is_empty()).then(|| view! { <Markup content=vec![changed(context.lang, changes)]/> });
    let name = object_name(&context, objects, &row.subject);
    let only = (!is_only).then(|| {
        let href = with(&path, &[("subject", &row.subject)]);
        let label = (l.only_about)(&name);
        view! { <a class="only" href=href title=label.clone() aria-label=label><Icon name="search"/></a> }
    });
    let object = match object_path(&row) {
        Some(href) => view! { <a href=href>{name}</a> }.into_any(),
        None => view! { <span>{name}</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="small nowrap card-sum">{moment(&context, &row)}</td>
            <td class="card-more">{who(&context, &row)}</td>
            <th scope="row" class="card-name">{action_name(context.lang, &row.action).to_owned()}</th>
            <td class="small card-state">{object}{only}</td>
            <td class="card-wide">{changes}{rest}</td>
        </tr>
    }
}

fn moment(context: &RequestContext, row: &AuditRow) -> String {
    timestamp(row.at).map(|at| context.moment(at)).unwrap_or_default()
}

fn who(context: &RequestContext, row: &AuditRow) -> String {
    row.actor_name.clone().unwrap_or_else(|| context.lang.console().actor(row.actor_kind).to_owned())
}

/// A page of the log for a spreadsheet, a line for each entry.
pub async fn audit_lines(context: &RequestContext, rows: &[AuditRow]) -> Result<Vec<[Cell; 6]>, AppError> {
    let rulebook = context.state.ledger.rulebook().await?;
    let objects = audit::objects(&context.state.ledger, rows.iter().map(|row| row.subject.as_str())).await?;
    let line = |row: &AuditRow| {
        let at = timestamp(row.at).map(|at| context.local(at).strftime("%Y-%m-%d %H:%M:%S").to_string());
        let changes: Vec<String> = difference(context, &rulebook, &objects, row).into_iter().map(in_a_line).collect();
        [
            Cell::text(at.unwrap_or_default()),
            Cell::text(who(context, row)),
            Cell::text(action_name(context.lang, &row.action)),
            Cell::text(object_name(context, &objects, &row.subject)),
            Cell::text(row.subject.clone()),
            Cell::text(changes.join("; ")),
        ]
    };
    Ok(rows.iter().map(line).collect())
}

fn in_a_line(change: ChangeInWords) -> String {
    match (change.before, change.after) {
        (Some(before), Some(after)) => format!("{}: {before} → {after}", change.what),
        (Some(before), None) => format!("{}: {before} →", change.what),
        (None, after) => format!("{}: {}", change.what, after.unwrap_or_default()),
    }
}
