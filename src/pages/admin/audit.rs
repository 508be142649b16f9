//! Who did what, when, and what it was before and after.

use leptos::prelude::*;
use serde_json::Value;

use super::list::{FilterSelect, Onward, filter};
use super::{AdminPage, Here};
use crate::i18n::{Lang, format};
use crate::pages::components::{EmptyState, Table};
use crate::pages::page;
use crate::server::auth::Permission;
use crate::server::http::Ask;
use crate::server::store::audit::{AuditRow, Filter};
use crate::server::store::timestamp;
use crate::server::usecase::trail;

const ROWS: usize = 50;

#[component]
pub fn AuditPage() -> impl IntoView {
    page(async {
        let (ask, _staff) = Ask::staff(Permission::Read)?;
        let wanted = Filter {
            actor: None,
            action: filter(&ask.visit, "action"),
            subject: filter(&ask.visit, "subject"),
            before: filter(&ask.visit, "before").and_then(|id| id.parse().ok()),
            limit: ROWS as i64 + 1,
        };
        let mut rows = trail::list(ask.db(), &wanted).await?;
        let more = rows.len() > ROWS;
        rows.truncate(ROWS);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        let t = ask.lang.console();
        let list = match rows.is_empty() {
            true => view! { <EmptyState icon="list" title=t.no_audit><p>{t.no_audit_about}</p></EmptyState> }.into_any(),
            false => view! { <Rows ask=ask.clone() rows/><Onward next/> }.into_any(),
        };
        let actions = trail::ACTIONS.map(|action| (action.to_owned(), action_name(ask.lang, action).to_owned()));
        let about = wanted.subject.map(|subject| view! { <input type="hidden" name="subject" value=subject/> });
        Ok(view! {
            <AdminPage title=ask.lang.admin().audit here=Here::Audit>
                <form class="filters" method="get">
                    <FilterSelect name="action" label=t.what any=ask.lang.common().all options=actions.to_vec() chosen=wanted.action/>
                    {about}
                    <button class="button">{ask.lang.common().filter}</button>
                </form>
                {list}
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Rows(ask: Ask, rows: Vec<AuditRow>) -> impl IntoView {
    let t = ask.lang.console();
    let row = |row: AuditRow| {
        let when = timestamp(row.at).map(|at| format::date_time(ask.lang, ask.local(at))).unwrap_or_default();
        let who = row.actor_name.clone().unwrap_or_else(|| t.actor(row.actor_kind).to_owned());
        view! {
            <tr>
                <td class="small nowrap">{when}</td>
                <td>{who}</td>
                <td>{action_name(ask.lang, &row.action).to_owned()}</td>
                <td class="small">{subject(&row.subject)}</td>
                <td>{difference(&ask, row.before.as_deref(), row.after.as_deref())}</td>
            </tr>
        }
    };
    let rows = rows.into_iter().map(row).collect_view();
    view! { <Table label=ask.lang.admin().audit head=vec![t.when, t.who, t.what, t.whom, t.before_after]>{rows}</Table> }
}

fn action_name(lang: Lang, action: &str) -> &str {
    let at = trail::ACTIONS.iter().position(|known| *known == action);
    at.and_then(|at| lang.console().action_names.get(at)).copied().unwrap_or(action)
}

/// A member has a page to go to.
fn subject(subject: &str) -> AnyView {
    let short = |id: &str| id.get(id.len().saturating_sub(8)..).unwrap_or(id).to_owned();
    match subject.split_once(':') {
        Some(("member", id)) => {
            view! { <a class="mono" href=format!("/admin/members/{id}") title=id.to_owned()>{format!("member …{}", short(id))}</a> }.into_any()
        }
        Some((kind, id)) if id.len() > 12 => view! { <span class="mono" title=id.to_owned()>{format!("{kind} …{}", short(id))}</span> }.into_any(),
        _ => view! { <span class="mono">{subject.to_owned()}</span> }.into_any(),
    }
}

/// Field by field: what it was, what it became.
fn difference(ask: &Ask, before: Option<&str>, after: Option<&str>) -> AnyView {
    let read = |text: Option<&str>| match text.and_then(|text| serde_json::from_str(text).ok()) {
        Some(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (before, after) = (read(before), read(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name))).collect();
    names.sort();
    let side = |value: Option<&Value>| match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    let line = |name: &&String| {
        let label = ask.lang.rules().label(name);
        let was = side(before.get(*name)).map(|was| view! { <del>{was}</del>" " });
        let is = side(after.get(*name)).map(|is| view! { <ins>{is}</ins> });
        view! { <li><span>{label}</span><span class="change">{was}{is}</span></li> }
    };
    view! { <ul class="changes small">{names.iter().map(line).collect_view()}</ul> }.into_any()
}
