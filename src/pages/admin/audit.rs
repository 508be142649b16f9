//! Who did what, when, and what it was before and after.

use std::collections::BTreeSet;
use std::sync::Arc;

use laurel_domain::member::Status;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::rules::form::Change;
use laurel_domain::rules::rule_set::{RuleSet, Timeline};
use leptos::prelude::*;
use serde_json::Value;

use super::list::{FilterSelect, Onward, filter};
use super::{AdminPage, Here};
use crate::i18n::rules::ChangeInWords;
use crate::i18n::{Lang, format};
use crate::islands::changed;
use crate::pages::components::{EmptyState, Markup, Table};
use crate::pages::page;
use crate::server::auth::Permission;
use crate::server::http::Ask;
use crate::server::store::audit::{AuditRow, Filter};
use crate::server::store::timestamp;
use crate::server::usecase::audit;

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
        let mut rows = audit::list(ask.db(), &wanted).await?;
        let more = rows.len() > ROWS;
        rows.truncate(ROWS);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        let timeline = ask.state.ledger.timeline().await?;
        let t = ask.lang.console();
        let list = match rows.is_empty() {
            true => view! { <EmptyState icon="list" title=t.no_audit><p>{t.no_audit_about}</p></EmptyState> }.into_any(),
            false => view! { <Rows ask=ask.clone() timeline rows/><Onward next/> }.into_any(),
        };
        let actions = audit::ACTIONS.map(|action| (action.to_owned(), action_name(ask.lang, action).to_owned()));
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
fn Rows(ask: Ask, timeline: Arc<Timeline>, rows: Vec<AuditRow>) -> impl IntoView {
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
                <td>{difference(&ask, &timeline, &row)}</td>
            </tr>
        }
    };
    let rows = rows.into_iter().map(row).collect_view();
    view! { <Table label=ask.lang.admin().audit head=vec![t.when, t.who, t.what, t.whom, t.before_after]>{rows}</Table> }
}

fn action_name(lang: Lang, action: &str) -> &str {
    let at = audit::ACTIONS.iter().position(|known| *known == action);
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
fn difference(ask: &Ask, timeline: &Timeline, row: &AuditRow) -> AnyView {
    let read = |text: &Option<String>| match text.as_deref().and_then(|text| serde_json::from_str(text).ok()) {
        Some(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (before, after) = (read(&row.before), read(&row.after));
    let side = |value: Option<&Value>| match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Array(items)) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")),
        Some(other) => Some(other.to_string()),
    };
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changes: Vec<Change> = names
        .into_iter()
        .map(|name| Change { field: name.clone(), before: side(before.get(name)), after: side(after.get(name)) })
        .collect();
    let changes = match row.action.starts_with("rules.") {
        true => {
            let sets: Vec<&RuleSet> = timeline.all().iter().rev().map(|rules| &rules.set).collect();
            ask.lang.changes(&changes, &sets)
        }
        false => changes.into_iter().map(|change| in_words(ask.lang, change)).collect(),
    };
    match changes.is_empty() {
        true => ().into_any(),
        false => view! { <Markup content=vec![changed(ask.lang, changes)]/> }.into_any(),
    }
}

fn in_words(lang: Lang, change: Change) -> ChangeInWords {
    let t = lang.console();
    let state = |raw: &str| {
        let status = Status::named(raw).map(|status| t.status(status));
        status.or_else(|| RedemptionState::named(raw).map(|state| t.state(state))).or_else(|| t.audit_word(raw))
    };
    let value = |raw: Option<String>| raw.map(|raw| state(&raw).map_or(raw, str::to_owned));
    let what = t.audit_word(&change.field).map_or(change.field, str::to_owned);
    ChangeInWords { what, before: value(change.before), after: value(change.after) }
}
