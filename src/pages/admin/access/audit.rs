//! Who did what, when, and what it was before and after.

use std::collections::BTreeSet;
use std::sync::Arc;

use laurel_domain::member::Status;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::rewards::reward::Period;
use laurel_domain::rules::changes::Change;
use laurel_domain::rules::rule_set::{RuleSet, Rulebook};
use leptos::prelude::*;
use serde_json::Value;

use crate::api_error::ApiError;
use crate::i18n::Lang;
use crate::i18n::rules::terms::ChangeInWords;
use crate::islands::changed;
use crate::pages::admin::list::{Beside, FilterSelect, Pages, filter};
use crate::pages::admin::{AdminPage, Here, role_name};
use crate::pages::components::{EmptyState, Markup, Table};
use crate::pages::page;
use crate::server::web::{RequestContext, describe_redemption};
use laurel_engine::auth::{Permission, Role};
use laurel_engine::store::audit::{AuditRow, Filter};
use laurel_engine::store::timestamp;
use laurel_engine::usecase::audit::{self, Objects};

const ROWS: usize = 50;

#[component]
pub fn AuditPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::Read)?;
        let wanted = Filter {
            actor: None,
            action: filter(&context.visit, "action"),
            subject: filter(&context.visit, "subject"),
            before: filter(&context.visit, "before").and_then(|id| id.parse().ok()),
            limit: ROWS as i64 + 1,
        };
        let mut rows = audit::list(context.db(), &wanted).await?;
        let more = rows.len() > ROWS;
        rows.truncate(ROWS);
        let shown = rows.len();
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        let rulebook = context.state.ledger.rulebook().await?;
        let t = context.lang.console();
        let list = match rows.is_empty() {
            true => view! { <EmptyState icon="list" title=t.no_audit><p>{t.no_audit_about}</p></EmptyState> }.into_any(),
            false => {
                let objects = audit::objects(&context.state.ledger, &rows).await?;
                view! { <Rows context=context.clone() rulebook objects rows/><Pages rows=shown beside=Beside::onward(next)/> }
                    .into_any()
            }
        };
        let actions = audit::ACTIONS.map(|action| (action.to_owned(), action_name(context.lang, action).to_owned()));
        let about = wanted.subject.map(|subject| view! { <input type="hidden" name="subject" value=subject/> });
        Ok(view! {
            <AdminPage title=context.lang.admin().audit here=Here::Audit>
                <form class="filters" method="get">
                    <FilterSelect name="action" label=t.what any=context.lang.common().all options=actions.to_vec() chosen=wanted.action/>
                    {about}
                    <button class="button">{context.lang.common().filter}</button>
                </form>
                {list}
            </AdminPage>
        }
        .into_any())
    })
}

/// What was done to one thing, the newest first.
pub async fn of_subject(context: &RequestContext, subject: String) -> Result<AnyView, ApiError> {
    let wanted = Filter {
        subject: Some(subject),
        before: filter(&context.visit, "before").and_then(|id| id.parse().ok()),
        limit: ROWS as i64 + 1,
        ..Filter::default()
    };
    let mut rows = audit::list(context.db(), &wanted).await?;
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let shown = rows.len();
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    if rows.is_empty() {
        let t = context.lang.console();
        return Ok(view! { <EmptyState icon="list" title=t.no_audit><p>{t.no_audit_about}</p></EmptyState> }.into_any());
    }
    let rulebook = context.state.ledger.rulebook().await?;
    let objects = audit::objects(&context.state.ledger, &rows).await?;
    Ok(view! { <Rows context=context.clone() rulebook objects rows/><Pages rows=shown beside=Beside::onward(next)/> }
        .into_any())
}

#[component]
fn Rows(context: RequestContext, rulebook: Arc<Rulebook>, objects: Objects, rows: Vec<AuditRow>) -> impl IntoView {
    let t = context.lang.console();
    let row = |row: AuditRow| {
        let when = timestamp(row.at).map(|at| context.moment(at)).unwrap_or_default();
        let who = row.actor_name.clone().unwrap_or_else(|| t.actor(row.actor_kind).to_owned());
        view! {
            <tr>
                <td class="small nowrap">{when}</td>
                <td>{who}</td>
                <td>{action_name(context.lang, &row.action).to_owned()}</td>
                <td class="small">{object(&context, &objects, &row)}</td>
                <td>{difference(&context, &rulebook, &objects, &row)}</td>
            </tr>
        }
    };
    let rows = rows.into_iter().map(row).collect_view();
    view! { <Table label=context.lang.admin().audit head=vec![t.when, t.who, t.what, t.whom, t.before_after]>{rows}</Table> }
}

fn action_name(lang: Lang, action: &str) -> &str {
    let at = audit::ACTIONS.iter().position(|known| *known == action);
    at.and_then(|at| lang.console().action_names.get(at)).copied().unwrap_or(action)
}

/// By its name, leading to its page if it has one.
fn object(context: &RequestContext, objects: &Objects, row: &AuditRow) -> AnyView {
    let t = context.lang.console();
    let (kind, id) = row.subject.split_once(':').unwrap_or((row.subject.as_str(), ""));
    let name = match kind {
        "redemption" => {
            objects.redemption(&row.subject).map(|redemption| describe_redemption(context.lang, &redemption.redeemed_for))
        }
        _ => objects.name(&row.subject).map(|name| context.lang.of(name).to_owned()),
    };
    let text = match (kind, name, id.parse::<u32>()) {
        (_, Some(name), _) => name,
        ("rules", None, Ok(version)) => (t.version)(version),
        ("rules", None, Err(_)) => t.draft.to_owned(),
        _ => [t.object(kind), short_id(id).as_str()].join(" ").trim_end().to_owned(),
    };
    let href = match kind {
        "member" => Some(format!("/admin/members/{id}")),
        "redemption" => Some(format!("/admin/redemptions/{id}")),
        "reward" => Some(format!("/admin/rewards/{id}")),
        "payout" => Some(format!("/admin/redemptions/batches/{id}")),
        "staff" => Some(format!("/admin/staff/{id}")),
        "key" => Some("/admin/keys".to_owned()),
        "rules" => Some("/admin/rules/history".to_owned()),
        "import" => Some(format!("/admin/audit?subject=import%3A{id}")),
        _ => None,
    };
    match href {
        Some(href) => view! { <a href=href title=id.to_owned()>{text}</a> }.into_any(),
        None => view! { <span title=id.to_owned()>{text}</span> }.into_any(),
    }
}

/// Ids begin with their time: those of one day differ in the end.
fn short_id(id: &str) -> String {
    if id.is_empty() { String::new() } else { crate::pages::admin::rewards::redemptions::short(id) }
}

/// Field by field: what it was, what it became.
fn difference(context: &RequestContext, rulebook: &Rulebook, objects: &Objects, row: &AuditRow) -> AnyView {
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
        // an adjustment is told by its points and its member, and what a note says is not for the log
        .filter(|name| !["adjustment", "note"].contains(&name.as_str()))
        .map(|name| Change { field: name.clone(), before: side(before.get(name)), after: side(after.get(name)) })
        .filter(|change| change.before != change.after)
        .collect();
    let mut changes = match row.action.starts_with("rules.") {
        true => {
            let sets: Vec<&RuleSet> = rulebook.all().iter().rev().map(|rules| &rules.set).collect();
            context.lang.changes(&changes, &sets)
        }
        false => changes.into_iter().map(|change| in_words(context.lang, change)).collect(),
    };
    changes.extend(noted(context, objects, row, after.get("state")));
    match changes.is_empty() {
        true => ().into_any(),
        false => view! { <Markup content=vec![changed(context.lang, changes)]/> }.into_any(),
    }
}

/// The payment's reference, or the reason, that was noted with a redemption's state.
fn noted(context: &RequestContext, objects: &Objects, row: &AuditRow, state: Option<&Value>) -> Option<ChangeInWords> {
    let state = RedemptionState::named(state?.as_str()?)?;
    let note = objects.note(&row.subject, state)?;
    let t = context.lang.console();
    let what = t.audit_word(if state.restores() { "reason" } else { "reference" }).unwrap_or_default();
    Some(ChangeInWords { what: what.to_owned(), before: None, after: Some(note.to_owned()) })
}

fn in_words(lang: Lang, change: Change) -> ChangeInWords {
    let t = lang.console();
    let value = |raw: String| match change.field.as_str() {
        "role" => raw.parse::<Role>().map_or(raw, |role| role_name(lang, role.number()).to_owned()),
        "scopes" => raw
            .split([',', ' '])
            .filter(|scope| !scope.is_empty())
            .map(|scope| lang.team().scope(scope).unwrap_or(scope))
            .collect::<Vec<_>>()
            .join(", "),
        "changed" => raw.split(", ").map(|field| t.audit_word(field).unwrap_or(field)).collect::<Vec<_>>().join(", "),
        "limit" => limit_in_words(lang, &raw).unwrap_or(raw),
        _ => {
            let state = Status::named(&raw).map(|status| t.status(status));
            let state = state.or_else(|| RedemptionState::named(&raw).map(|state| t.state(state)));
            state.or_else(|| t.audit_word(&raw)).map_or(raw, str::to_owned)
        }
    };
    let what = t.audit_word(&change.field).map_or_else(|| change.field.clone(), str::to_owned);
    ChangeInWords { what, before: change.before.map(value), after: change.after.map(value) }
}

/// `2/month`: how many each member can have, in which time.
fn limit_in_words(lang: Lang, raw: &str) -> Option<String> {
    let (most, period) = raw.split_once('/')?;
    Some((lang.rewards().limit)(most.parse().ok()?, Period::named(period)?))
}
