//! The list of members. `?q=…&tier=…&status=…&only=debt|idle&sort=-available`; `page` and `back` are its pages, by keyset.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use laurel_domain::member::Status;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::tier::TierRank;
use leptos::prelude::*;

use super::{StatusChip, name_of};
use crate::i18n::{Lang, format};
use crate::pages::admin::list::{
    Beside, ChooseColumns, Chosen, Column, ExportLink, FilterChips, FilterSelect, ListTable, Pages, PickCell, Picks, ROWS,
    Views, filter, query_of,
};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{EmptyState, Hidden, Icon, TierBadge};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::paths::MEMBERS_CSV;
use crate::server::web::visit::{Facts, Visit};
use laurel_engine::auth::{Permission, Role};
use laurel_engine::store::members::roll::{Cursor, Filter, Sort, SortBy};
use laurel_engine::usecase::access::saved_views;
use laurel_engine::usecase::members::search::{self, Counted};
use laurel_engine::usecase::members::view::MemberView;

/// Whoever nothing has happened to for so long is inactive.
const IDLE_DAYS: i64 = 90;

const ORDERS: [(&str, SortBy); 3] = [("since", SortBy::Since), ("available", SortBy::Available), ("earned", SortBy::Earned)];

#[component]
pub fn MembersPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let ledger = &context.state.ledger;
        let wanted = Filter { from: asked_place(&context.visit), most: ROWS, ..asked_members(&context) };
        let found = search::page(ledger, &wanted).await?;
        let counted = search::count(ledger, &wanted).await?;
        let own = saved_views::of(context.db(), &staff, "members").await?;
        let rulebook = ledger.rulebook().await?;
        let rules = rulebook.general().at(context.now()).set.clone();
        let beside = Beside::both(found.next.map(written), found.previous.map(written));
        let rows = found.members.len();
        let list = match found.members.is_empty() {
            true => nobody(context.lang, wanted.restricts()),
            false => view! {
                <Roll context=context.clone() members=found.members last_activity=found.last_activity sort=wanted.sort counted role=staff.role/>
                <Pages rows beside counted=Some(counted)/>
            }
            .into_any(),
        };
        let only = (wanted.text.is_some() && !counted.is_exact).then(|| {
            view! { <p class="mute small">{(context.lang.lists().found_only)(&format::count(counted.number))}</p> }
        });
        let ordered = found.ordered_at.map(|at| {
            view! { <p class="mute small">{(context.lang.lists().ordered_at)(&context.moment(at))}</p> }
        });
        let views = built_in(context.lang, &rules);
        Ok(view! {
            <AdminPage title=context.lang.admin().members here=Here::Members>
                <Views list="members" built_in=views own/>
                <Filters context=context.clone() rules=rules.clone() wanted=wanted.clone()/>
                <ChosenOnes context=context.clone() rules wanted counted/>
                {only}
                {ordered}
                {list}
            </AdminPage>
        }
        .into_any())
    })
}

/// What the address asks for, its place in the list aside. What it does not understand it ignores.
pub fn asked_members(context: &RequestContext) -> Filter {
    asked_of(&context.visit, context)
}

/// The same of a query that stands elsewhere.
pub fn asked_in(context: &RequestContext, query: &str) -> Filter {
    let visit = Visit::new(Facts { path: format!("/?{query}"), ..Facts::default() });
    asked_of(&visit, context)
}

fn asked_of(visit: &Visit, context: &RequestContext) -> Filter {
    let value = |name| filter(visit, name);
    let only = value("only");
    let idle = context.now() - SignedDuration::from_hours(24 * IDLE_DAYS);
    Filter {
        text: value("q"),
        tier: value("tier").and_then(|rank| TierRank::new(rank.parse().ok()?)),
        status: value("status").and_then(|name| Status::named(&name)),
        in_debt: only.as_deref() == Some("debt"),
        idle_since: (only.as_deref() == Some("idle")).then_some(idle),
        sort: value("sort").and_then(|name| sort_named(&name)).unwrap_or_default(),
        from: None,
        most: ROWS,
    }
}

fn sort_named(text: &str) -> Option<Sort> {
    let name = text.strip_prefix('-');
    let by = ORDERS.iter().find(|(known, _)| *known == name.unwrap_or(text)).map(|(_, by)| *by)?;
    Some(Sort { by, ascending: name.is_none() })
}

fn name_of_sort(sort: Sort) -> String {
    let name = ORDERS.iter().find(|(_, by)| *by == sort.by).map_or("", |(name, _)| *name);
    if sort.ascending { name.to_owned() } else { format!("-{name}") }
}

/// `page=` and `back=`: a member's place in the order, and who they are.
fn asked_place(visit: &Visit) -> Option<Cursor> {
    let read = |text: String, backwards| {
        let (value, member) = text.split_once('_')?;
        Some(Cursor { value: value.parse().ok()?, member: member.parse().ok()?, backwards })
    };
    match filter(visit, "back") {
        Some(text) => read(text, true),
        None => read(filter(visit, "page")?, false),
    }
}

fn written(cursor: Cursor) -> String {
    format!("{}_{}", cursor.value, cursor.member)
}

/// What everybody has to come back to.
fn built_in(lang: Lang, rules: &RuleSet) -> Vec<(String, String)> {
    let t = lang.lists();
    let tiers = &rules.ladder.tiers;
    // those of the last tier but one, or the only one: whoever is about to rise stands on top
    let rising = tiers.len().saturating_sub(2);
    let rising =
        tiers.get(rising).map(|tier| ((t.most_earned_of)(lang.of(&tier.name)), format!("tier={}&sort=-earned", rising + 1)));
    let others = [(t.idle.to_owned(), "only=idle".to_owned()), (t.in_debt.to_owned(), "only=debt".to_owned())];
    rising.into_iter().chain(others).collect()
}

/// What restricts the list; and the list as a file.
#[component]
fn ChosenOnes(context: RequestContext, rules: RuleSet, wanted: Filter, counted: Counted) -> impl IntoView {
    let (t, l) = (context.lang.console(), context.lang.lists());
    let tier = wanted.tier.map(|rank| {
        let tier = rules.ladder.tiers.get(rank.index());
        let name = tier.map_or_else(|| rank.get().to_string(), |tier| context.lang.of(&tier.name).to_owned());
        ("tier", t.tier, name)
    });
    let status = wanted.status.map(|status| ("status", t.status_label, t.status(status).to_owned()));
    let text = wanted.text.map(|text| ("q", context.lang.common().search, text));
    let debt = wanted.in_debt.then(|| ("only", l.standing, l.in_debt.to_owned()));
    let idle = wanted.idle_since.map(|_| ("only", l.standing, l.idle.to_owned()));
    let chosen: Vec<Chosen> = [text, tier, status, debt, idle].into_iter().flatten().collect();
    view! {
        <div class="list-foot">
            <FilterChips chosen/>
            <ChooseColumns list="members" columns=columns(context.lang)/>
            <ExportLink page="/admin/members" file=MEMBERS_CSV counted/>
        </div>
    }
}

#[component]
fn Filters(context: RequestContext, rules: RuleSet, wanted: Filter) -> impl IntoView {
    let lang = context.lang;
    let (t, l, common) = (lang.console(), lang.lists(), lang.common());
    let tiers = rules.ladder.tiers.iter().enumerate().map(|(at, tier)| ((at + 1).to_string(), lang.of(&tier.name).to_owned()));
    let statuses = Status::ALL.map(|status| (status.name().to_owned(), t.status(status).to_owned()));
    let standings = [("debt", l.in_debt), ("idle", l.idle)].map(|(value, text)| (value.to_owned(), text.to_owned()));
    let sort = filter(&context.visit, "sort").map(|sort| view! { <input type="hidden" name="sort" value=sort/> });
    view! {
        <form class="filters" method="get" role="search">
            <div class="field grow">
                <label for="filter-q">{common.search}</label>
                <input type="search" id="filter-q" name="q" value=wanted.text placeholder=t.search_members maxlength="100"
                    aria-keyshortcuts="/" data-search=""/>
            </div>
            <FilterSelect name="tier" label=t.tier any=common.all options=tiers.collect() chosen=wanted.tier.map(|rank| rank.get().to_string())/>
            <FilterSelect name="status" label=t.status_label any=common.all options=statuses.to_vec() chosen=wanted.status.map(|status| status.name().to_owned())/>
            <FilterSelect name="only" label=l.standing any=common.all options=standings.to_vec() chosen=filter(&context.visit, "only")/>
            {sort}
            <button class="button"><Icon name="search"/>{common.search}</button>
        </form>
    }
}

fn nobody(lang: Lang, is_filtered: bool) -> AnyView {
    let t = lang.console();
    match is_filtered {
        true => {
            view! { <EmptyState icon="search" title=t.nobody_found><a href="/admin/members">{t.clear_filter}</a></EmptyState> }
                .into_any()
        }
        false => view! { <EmptyState icon="people" title=t.no_members><p>{t.no_members_about}</p></EmptyState> }.into_any(),
    }
}

fn columns(lang: Lang) -> Vec<Column> {
    let (t, l) = (lang.console(), lang.lists());
    vec![
        Column::plain(t.name),
        Column::plain(t.contact).key("contact"),
        Column::plain(t.tier).key("tier"),
        Column::falling(t.available_column, "available").key("available"),
        Column::falling(l.earned, "earned").key("earned"),
        Column::plain(t.status_label).key("status"),
        Column::falling(t.member_since, "since").key("since"),
        Column::plain(l.last_activity).key("activity"),
    ]
}

/// The rows, in a form that leads to what is done with those that are ticked.
#[component]
fn Roll(
    context: RequestContext,
    members: Vec<MemberView>,
    last_activity: HashMap<String, Timestamp>,
    sort: Sort,
    counted: Counted,
    role: Role,
) -> impl IntoView {
    let l = context.lang.lists();
    let columns = columns(context.lang);
    // whoever can do nothing with many has the list alone, whose file is above it
    let picks = role.may(Permission::SuspendMembers);
    let rows = members.into_iter().map(|member| {
        let last_activity = last_activity.get(&member.id).copied();
        view! { <Row context=context.clone() member last_activity picks/> }
    });
    let rows = rows.collect_view();
    let (label, sorted) = (context.lang.admin().members, name_of_sort(sort));
    if !picks {
        return view! { <ListTable label columns sorted list="members">{rows}</ListTable> }.into_any();
    }
    let all = format::count(counted.number);
    let all = if counted.is_exact { all } else { format!("{all}+") };
    view! {
        <form class="work" method="get" action=super::selected::PATH>
            <Hidden name="list" value=query_of(&context.visit.path)/>
            <ListTable label columns sorted picks=Picks::Rows list="members">{rows}</ListTable>
            <div class="work-bar">
                <span class="mute small">{l.selected}<b data-count="" aria-live="polite"></b></span>
                <div class="check">
                    <input type="checkbox" id="pick-all" name="all" value="yes"/>
                    <label for="pick-all">{(l.all_of_filter)(&all)}</label>
                </div>
                <button type="submit" class="button" formaction=MEMBERS_CSV><Icon name="download"/>{l.export_selected}</button>
                <button type="submit" class="button danger" name="do" value="suspend">{l.suspend_selected}</button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Row(context: RequestContext, member: MemberView, last_activity: Option<Timestamp>, picks: bool) -> impl IntoView {
    let l = context.lang.lists();
    let href = format!("/admin/members/{}", member.id);
    let day = |at| format::date(context.lang, context.local(at).date());
    let since = day(member.registered_at);
    let activity = last_activity.map(|at| {
        view! { <time datetime=at.to_string() title=format::date_time(context.lang, context.local(at))>{day(at)}</time> }
    });
    let contact = [member.email, member.phone].into_iter().flatten().map(|text| view! { <span>{text}</span> }).collect_view();
    let name = name_of(context.lang, member.name, &member.external_id);
    let debt = (!member.points.debt.is_zero()).then(|| {
        view! { <small class="down">{context.lang.console().debt}" "{format::points(member.points.debt)}</small> }
    });
    let pick = picks.then(|| view! { <PickCell id=member.id.clone() label=(l.select)(&name)/> });
    view! {
        <tr>
            {pick}
            <th scope="row" class="card-name"><a href=href>{name}</a><small>{member.external_id}</small></th>
            <td class="small mute card-wide contact">{contact}</td>
            <td class="card-more"><TierBadge rank=member.tier.rank name=context.lang.of(&member.tier.name).to_owned()/></td>
            <td class="num amount card-sum">{format::points(member.points.available)}{debt}</td>
            <td class="num">{format::points(member.points.earned)}</td>
            <td class="card-state"><StatusChip lang=context.lang status=member.status/></td>
            <td class="small mute nowrap">{since}</td>
            <td class="small mute nowrap">{activity}</td>
        </tr>
    }
}
