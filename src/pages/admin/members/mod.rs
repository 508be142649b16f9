//! The roll of members, and one of them.

mod actions;
mod benefits_tab;
mod close;
mod detail;
mod ledger_tab;
mod merge;
mod tabs;

use laurel_domain::member::Status;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::tier::TierRank;
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::pages::admin::list::{FilterSelect, Onward, filter, without};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Chip, EmptyState, Icon, Table, TierBadge};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::paths::MEMBERS_CSV;
use laurel_engine::auth::Permission;
use laurel_engine::store::members::search::Filter;
use laurel_engine::usecase::members::search;
use laurel_engine::usecase::members::view::MemberView;

pub use close::CloseMemberPage;
pub use detail::MemberPage;
pub use merge::MergeMemberPage;

const ROWS: usize = 50;

#[component]
pub fn MembersPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::Read)?;
        let wanted = asked_members(&context);
        let mut members = search::list(&context.state.ledger, &wanted).await?;
        let more = members.len() > ROWS;
        members.truncate(ROWS);
        let next = members.last().filter(|_| more).map(|member| member.id.clone());
        let rulebook = context.state.ledger.rulebook().await?;
        let rules = rulebook.general().at(context.now()).set.clone();
        let is_filtered = wanted.text.is_some() || wanted.tier.is_some() || wanted.status.is_some();
        let list = match members.is_empty() {
            true => nobody(context.lang, is_filtered),
            false => view! { <Rows context=context.clone() members/><Onward next/> }.into_any(),
        };
        Ok(view! {
            <AdminPage title=context.lang.admin().members here=Here::Members>
                <Filters lang=context.lang rules=rules.clone() wanted=wanted.clone()/>
                <Chosen context=context.clone() rules wanted/>
                {list}
            </AdminPage>
        }
        .into_any())
    })
}

/// What the address asks for. What it does not understand it ignores.
pub fn asked_members(context: &RequestContext) -> Filter {
    let value = |name| filter(&context.visit, name);
    Filter {
        text: value("q"),
        tier: value("tier").and_then(|rank| TierRank::new(rank.parse().ok()?)),
        status: value("status").and_then(|name| Status::named(&name)),
        before: value("before").and_then(|id| id.parse().ok()),
        most: ROWS as i64 + 1,
    }
}

/// What restricts the list, each with the way to the list without it; and the list as a file.
#[component]
fn Chosen(context: RequestContext, rules: RuleSet, wanted: Filter) -> impl IntoView {
    let t = context.lang.console();
    let tier = wanted.tier.map(|rank| {
        let tier = rules.ladder.tiers.get(rank.index());
        let name = tier.map_or_else(|| rank.get().to_string(), |tier| context.lang.of(&tier.name).to_owned());
        ("tier", t.tier, name)
    });
    let status = wanted.status.map(|status| ("status", t.status_label, t.status(status).to_owned()));
    let text = wanted.text.map(|text| ("q", context.lang.common().search, text));
    let chip = |(name, label, value): (&'static str, &'static str, String)| {
        let href = without(&context.visit.path, &[name, "before"]);
        let remove = (t.without)(label, &value);
        view! { <a class="filter-chip" href=href aria-label=remove><span>{label}": "</span>{value}<Icon name="close"/></a> }
    };
    let chips = [text, tier, status].into_iter().flatten().map(chip).collect_view();
    let export = without(&context.visit.path, &["before"]).replacen("/admin/members", MEMBERS_CSV, 1);
    view! {
        <div class="list-foot">
            <div class="row">{chips}</div>
            <a class="button small" href=export download=""><Icon name="download"/>{context.lang.member_file().export}</a>
        </div>
    }
}

#[component]
fn Filters(lang: Lang, rules: RuleSet, wanted: Filter) -> impl IntoView {
    let (t, common) = (lang.console(), lang.common());
    let tiers = rules.ladder.tiers.iter().enumerate().map(|(at, tier)| ((at + 1).to_string(), lang.of(&tier.name).to_owned()));
    let statuses = Status::ALL.map(|status| (status.name().to_owned(), t.status(status).to_owned()));
    view! {
        <form class="filters" method="get" role="search">
            <div class="field grow">
                <label for="filter-q">{common.search}</label>
                <input type="search" id="filter-q" name="q" value=wanted.text placeholder=t.search_members maxlength="100"/>
            </div>
            <FilterSelect name="tier" label=t.tier any=common.all options=tiers.collect() chosen=wanted.tier.map(|rank| rank.get().to_string())/>
            <FilterSelect name="status" label=t.status_label any=common.all options=statuses.to_vec() chosen=wanted.status.map(|status| status.name().to_owned())/>
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

#[component]
fn Rows(context: RequestContext, members: Vec<MemberView>) -> impl IntoView {
    let t = context.lang.console();
    let row = |member: MemberView| {
        let href = format!("/admin/members/{}", member.id);
        let since = format::date(context.lang, context.local(member.registered_at).date());
        let contact = [member.email, member.phone].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        view! {
            <tr>
                <th scope="row"><a href=href>{name_of(context.lang, member.name, &member.external_id)}</a></th>
                <td class="mono small">{member.external_id}</td>
                <td class="small mute">{contact}</td>
                <td><TierBadge rank=member.tier.rank name=context.lang.of(&member.tier.name).to_owned()/></td>
                <td class="num amount">{format::points(member.points.available)}</td>
                <td><StatusChip lang=context.lang status=member.status/></td>
                <td class="small mute nowrap">{since}</td>
            </tr>
        }
    };
    let rows = members.into_iter().map(row).collect_view();
    let head = vec![t.name, t.external_id, t.contact, t.tier, t.available_column, t.status_label, t.member_since];
    view! { <div class="members"><Table label=context.lang.admin().members head>{rows}</Table></div> }
}

/// Who has told no name goes by the payment system's id.
pub fn name_of(lang: Lang, name: Option<String>, external_id: &Option<String>) -> String {
    name.or_else(|| external_id.clone()).unwrap_or_else(|| lang.console().nameless.to_owned())
}

#[component]
pub fn StatusChip(lang: Lang, status: Status) -> impl IntoView {
    let tone = match status {
        Status::Active => "good",
        Status::Suspended => "warn",
        Status::Closed => "bad",
    };
    view! { <Chip tone>{lang.console().status(status)}</Chip> }
}
