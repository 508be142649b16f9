//! Which entries to list.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use laurel_domain::ledger::entry::EntryKind;
use leptos::prelude::*;

use crate::i18n::format;
use crate::server::web::RequestContext;
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::ledger::entry_list::EntryFilter;

const LINES: i64 = 20;
/// On one page, for paper.
const LINES_TO_PRINT: i64 = 500;
/// Ten years to choose from.
const MOST_MONTHS: usize = 120;
/// What there is no way to yet is not offered, though the URL understands it.
const OFFERED: [EntryKind; 4] = [EntryKind::Earn, EntryKind::Clawback, EntryKind::Redeem, EntryKind::Restore];

/// What the URL asks for. What it does not understand it ignores.
#[derive(Clone)]
pub struct Filter {
    kind: Option<EntryKind>,
    /// The first of the month.
    month: Option<Date>,
    pub before: Option<i64>,
    /// More on a page: `?lines=all`.
    is_long: bool,
    zone: TimeZone,
}

impl Filter {
    pub fn asked(context: &RequestContext) -> Filter {
        let month = context.visit.query("month").and_then(|month| format!("{month}-01").parse().ok());
        Filter {
            kind: context.visit.query("kind").and_then(|kind| EntryKind::named(&kind)),
            month,
            before: context.visit.query("before").and_then(|seq| seq.parse().ok()),
            is_long: context.visit.query("lines").is_some_and(|lines| lines == "all"),
            zone: TimeZone::get(&context.programme().time_zone).unwrap_or(TimeZone::UTC),
        }
    }

    pub fn is_any(&self) -> bool {
        self.kind.is_some() || self.month.is_some()
    }

    /// The first of the month.
    pub fn month(&self) -> Option<Date> {
        self.month
    }

    /// What it lets through, its place in the list aside.
    pub fn entries(&self) -> EntryFilter {
        let Page { from, to, .. } = self.page();
        EntryFilter { kind: self.kind, from, to }
    }

    pub fn page(&self) -> Page {
        let all = Page { kind: self.kind, ..Page::newest(if self.is_long { LINES_TO_PRINT } else { LINES }) };
        let start = |day: Date| day.to_zoned(self.zone.clone()).ok().map(|at| at.timestamp());
        let next = |month: Date| month.checked_add(1.month()).ok();
        let span = self.month.and_then(|month| start(month).zip(start(next(month)?)));
        let (from, to) = span.unwrap_or((all.from, all.to));
        Page { before_seq: self.before.unwrap_or(all.before_seq), from, to, ..all }
    }

    /// This list, from another place on.
    pub fn link(&self, before: Option<i64>) -> String {
        self.link_to("/activity", before, self.is_long)
    }

    /// What this list shows, all of it, at another address.
    pub fn whole(&self, path: &str, is_long: bool) -> String {
        self.link_to(path, None, is_long)
    }

    fn link_to(&self, path: &str, before: Option<i64>, is_long: bool) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(kind) = self.kind {
            query.append_pair("kind", kind.name());
        }
        if let Some(month) = self.month {
            query.append_pair("month", &month_code(month));
        }
        if let Some(before) = before {
            query.append_pair("before", &before.to_string());
        }
        if is_long {
            query.append_pair("lines", "all");
        }
        match query.finish().as_str() {
            "" => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }
}

/// What there is a way to, and what the URL asks for.
pub fn offered_kinds(chosen: Option<EntryKind>) -> Vec<EntryKind> {
    let mut kinds = OFFERED.to_vec();
    kinds.extend(chosen.filter(|kind| !OFFERED.contains(kind)));
    kinds
}

/// `since`: when the member's history begins.
#[component]
pub fn FilterForm(context: RequestContext, filter: Filter, since: Option<Date>) -> impl IntoView {
    let (t, path) = (context.lang.activity(), "/activity");
    let kinds = offered_kinds(filter.kind).into_iter().map(|kind| {
        view! { <option value=kind.name() selected={filter.kind == Some(kind)}>{(t.kinds)(kind)}</option> }
    });
    let months = offered_months(&context, filter.month, since).into_iter().map(|month| {
        view! { <option value=month_code(month) selected={filter.month == Some(month)}>{format::month(context.lang, month)}</option> }
    });
    let clear = filter.is_any().then(|| view! { <a class="button quiet" href=path>{t.clear}</a> });
    view! {
        <form class="filters" method="get" action=path role="search" aria-label=t.filter>
            <div class="field">
                <label for="filter-kind">{t.kind}</label>
                <select id="filter-kind" name="kind"><option value="">{t.all_kinds}</option>{kinds.collect_view()}</select>
            </div>
            <div class="field">
                <label for="filter-month">{t.month}</label>
                <select id="filter-month" name="month"><option value="">{t.all_months}</option>{months.collect_view()}</select>
            </div>
            <button type="submit" class="button">{t.show}</button>
            {clear}
        </form>
    }
}

/// From the present month back to the first entry's, and the one that the URL asks for.
pub fn offered_months(context: &RequestContext, chosen: Option<Date>, since: Option<Date>) -> Vec<Date> {
    let now = context.local(context.now()).date().first_of_month();
    let first = since.unwrap_or(now).first_of_month().min(now);
    let back = std::iter::successors(Some(now), |month| month.checked_sub(1.month()).ok());
    let mut months: Vec<Date> = back.take_while(|month| *month >= first).take(MOST_MONTHS).collect();
    months.extend(chosen.filter(|month| !months.contains(month)));
    months
}

/// `2026-11`.
pub fn month_code(month: Date) -> String {
    format!("{:04}-{:02}", month.year(), month.month())
}
