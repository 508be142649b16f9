//! What restricts the log: `?actor=&action=&subject=&from=&to=&sort=at`; `page` and `back` are its pages, by keyset.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use leptos::prelude::*;
use uuid::Uuid;

use super::words::action_name;
use crate::i18n::format;
use crate::pages::admin::list::{ChooseColumns, Chosen, Column, ExportLink, FilterChips, FilterSelect, asked_place, filter};
use crate::server::web::RequestContext;
use crate::server::web::paths::AUDIT_CSV;
use laurel_engine::store::audit::Filter;
use laurel_engine::usecase::audit;
use laurel_engine::usecase::members::search::Counted;

/// What the address asks for. What it does not understand it ignores.
pub fn asked_audit(context: &RequestContext) -> Filter {
    let visit = &context.visit;
    let start = |day: Date| context.start_of(day);
    Filter {
        actor: filter(visit, "actor").and_then(|id| id.parse().ok()),
        action: filter(visit, "action"),
        subject: filter(visit, "subject"),
        since: asked_day(context, "from").and_then(start),
        until: asked_day(context, "to").and_then(|day| start(day.checked_add(1.day()).ok()?)),
        ascending: filter(visit, "sort").as_deref() == Some("at"),
        from: asked_place(visit, |id| id.parse::<Uuid>().ok()),
        limit: 1,
    }
}

fn asked_day(context: &RequestContext, name: &str) -> Option<Date> {
    filter(&context.visit, name).and_then(|day| day.parse().ok())
}

/// The staff by name, those of the log among them who are not in the team any more.
fn by_name(people: &HashMap<String, String>) -> Vec<(String, String)> {
    let mut people: Vec<(String, String)> = people.iter().map(|(id, name)| (id.clone(), name.clone())).collect();
    people.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
    people
}

#[component]
pub fn Filters(context: RequestContext, wanted: Filter, people: HashMap<String, String>) -> impl IntoView {
    let (t, l, common) = (context.lang.console(), context.lang.lists(), context.lang.common());
    let actions = audit::ACTIONS.map(|action| (action.to_owned(), action_name(context.lang, action).to_owned()));
    let kept = ["subject", "sort"].into_iter().filter_map(|name| {
        let value = filter(&context.visit, name)?;
        Some(view! { <input type="hidden" name=name value=value/> })
    });
    let kept = kept.collect_view();
    let day = |name: &'static str, label: &'static str| {
        let value = asked_day(&context, name).map(|day| day.to_string());
        let max = context.today().to_string();
        view! {
            <div class="field">
                <label for=format!("filter-{name}")>{label}</label>
                <input type="date" id=format!("filter-{name}") name=name value=value max=max/>
            </div>
        }
    };
    view! {
        <form class="filters" method="get">
            <FilterSelect name="actor" label=t.who any=common.all options=by_name(&people) chosen=wanted.actor.map(|id| id.to_string())/>
            <FilterSelect name="action" label=t.what any=common.all options=actions.to_vec() chosen=wanted.action/>
            {day("from", l.from_day)}
            {day("to", l.to_day)}
            {kept}
            <button class="button">{common.filter}</button>
        </form>
    }
}

/// What restricts the list; and the list as a file. `subject`: what the thing is called that it is about.
#[component]
pub fn ChosenOnes(
    context: RequestContext,
    wanted: Filter,
    people: HashMap<String, String>,
    subject: Option<String>,
    counted: Counted,
    columns: Vec<Column>,
) -> impl IntoView {
    let (t, l) = (context.lang.console(), context.lang.lists());
    let day = |name: &str| asked_day(&context, name).map(|day| format::date(context.lang, day));
    let on = |at: Option<Timestamp>, name: &str| at.and_then(|_| day(name));
    let actor = wanted.actor.map(|id| people.get(&id.to_string()).cloned().unwrap_or_else(|| id.to_string()));
    let action = wanted.action.map(|action| action_name(context.lang, &action).to_owned());
    let chosen: Vec<Chosen> = [
        actor.map(|name| ("actor", t.who, name)),
        action.map(|name| ("action", t.what, name)),
        subject.map(|name| ("subject", t.whom, name)),
        on(wanted.since, "from").map(|day| ("from", l.from_day, day)),
        on(wanted.until, "to").map(|day| ("to", l.to_day, day)),
    ]
    .into_iter()
    .flatten()
    .collect();
    view! {
        <div class="list-foot">
            <FilterChips chosen/>
            <ChooseColumns list="audit" columns/>
            <ExportLink page="/admin/audit" file=AUDIT_CSV counted/>
        </div>
    }
}
