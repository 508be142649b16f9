//! Finding a page or a member by what is typed at the side of every page. `?q=…`.

use laurel_domain::member::Status;
use leptos::prelude::*;
use serde::Serialize;

use super::members::{StatusChip, name_of};
use super::{AdminPage, Here};
use crate::api_error::ApiError;
use crate::pages::components::{Card, EmptyState, TierBadge};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::{Permission, StaffSession};
use laurel_engine::store::members::member::By;
use laurel_engine::store::members::roll::Filter;
use laurel_engine::usecase::members::search;
use laurel_engine::usecase::members::view::{self, MemberView};
use laurel_engine::usecase::rules;

/// How many members are shown; the list of members has them all.
const MOST: usize = 8;

/// Longer than anything that can be found.
const LONGEST: usize = 100;

#[component]
pub fn FindPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let t = context.lang.admin();
        let typed: String = context.visit.query("q").unwrap_or_default().trim().chars().take(LONGEST).collect();
        let places = places(&context, &staff, &typed);
        let mut members = match typed.is_empty() {
            true => Vec::new(),
            false => search::page(&context.state.ledger, &asked(&typed)).await?.members,
        };
        let has_more = members.len() > MOST;
        members.truncate(MOST);
        let nothing = places.is_empty() && members.is_empty();
        let of_places = context.clone();
        let places =
            (!places.is_empty()).then(|| view! { <Card title=t.found_pages><Places context=of_places places/></Card> });
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", &typed).finish();
        let all = has_more.then(|| view! { <p><a href=format!("/admin/members?{query}")>{t.all_members_found}</a></p> });
        let members = (!members.is_empty()).then(|| view! { <Card title=t.members><Members context members/>{all}</Card> });
        let empty =
            nothing.then(|| view! { <EmptyState icon="search" title=t.found_nothing><p>{t.find_hint}</p></EmptyState> });
        Ok(view! {
            <AdminPage title=t.find here=None>
                <div class="narrow stack">
                    <form class="filters" method="get" role="search" aria-label=t.find>
                        <div class="field grow">
                            <label for="find-again">{t.find_label}</label>
                            <input type="search" id="find-again" name="q" value=typed maxlength=LONGEST/>
                        </div>
                        <button class="button">{t.find}</button>
                    </form>
                    {places}{members}{empty}
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

/// One more than is shown tells whether there are more.
fn asked(typed: &str) -> Filter {
    Filter { text: Some(typed.to_owned()), most: MOST as i64 + 1, ..Filter::default() }
}

/// The pages whose name has what was typed, in the language of the page; all that one may open if nothing was.
fn places(context: &RequestContext, staff: &StaffSession, typed: &str) -> Vec<Here> {
    let (words, typed) = (context.lang.admin(), typed.to_lowercase());
    let is_called = |place: &Here| place.label(words).to_lowercase().contains(&typed);
    Here::ALL.into_iter().filter(|place| staff.role.may(place.permission()) && is_called(place)).collect()
}

#[component]
fn Places(context: RequestContext, places: Vec<Here>) -> impl IntoView {
    let words = context.lang.admin();
    let one = |place: Here| view! { <li><a href=place.path()>{place.label(words)}</a></li> };
    view! { <ul class="plain-list found-pages">{places.into_iter().map(one).collect_view()}</ul> }
}

#[component]
fn Members(context: RequestContext, members: Vec<MemberView>) -> impl IntoView {
    let one = |member: MemberView| {
        let ids =
            [member.external_id.clone(), member.phone, member.email].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let name = name_of(context.lang, member.name, &member.external_id);
        view! {
            <li>
                <div><a href=format!("/admin/members/{}", member.id)>{name}</a><small>{ids}</small></div>
                <TierBadge rank=member.tier.rank name=context.lang.of(&member.tier.name).to_owned()/>
                <StatusChip lang=context.lang status=member.status/>
            </li>
        }
    };
    view! { <ul class="list found">{members.into_iter().map(one).collect_view()}</ul> }
}

/// Something that the palette leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    pub label: String,
    pub detail: String,
    pub href: String,
}

/// How many actions and pages the palette shows.
const MOST_PAGES: usize = 6;

/// What the palette shows for what was typed: what can be done on the page that it is opened on, pages, and members.
pub async fn hits(context: &RequestContext, staff: &StaffSession) -> Result<Vec<Hit>, ApiError> {
    let typed: String = context.visit.query("q").unwrap_or_default().trim().chars().take(LONGEST).collect();
    let t = context.lang.keys();
    let mut hits = actions(context, staff).await?;
    hits.retain(|hit| hit.label.to_lowercase().contains(&typed.to_lowercase()));
    let page = |place: Here| Hit {
        label: place.label(context.lang.admin()).to_owned(),
        detail: t.page.to_owned(),
        href: place.path().to_owned(),
    };
    hits.extend(places(context, staff, &typed).into_iter().map(page));
    hits.truncate(MOST_PAGES);
    if !typed.is_empty() {
        let found = search::page(&context.state.ledger, &Filter { most: MOST as i64, ..asked(&typed) }).await?;
        hits.extend(found.members.into_iter().map(|member| {
            let ids = [member.external_id.clone(), member.phone, member.email];
            Hit {
                href: format!("/admin/members/{}", member.id),
                detail: ids.into_iter().flatten().collect::<Vec<_>>().join(" · "),
                label: name_of(context.lang, member.name, &member.external_id),
            }
        }));
    }
    Ok(hits)
}

/// What somebody with this role can do from here: with the member whose page `at` is, and with what waits.
async fn actions(context: &RequestContext, staff: &StaffSession) -> Result<Vec<Hit>, ApiError> {
    let (t, l) = (context.lang.keys(), context.lang.payouts());
    let hit = |label: String, href: String| Hit { label, detail: t.action.to_owned(), href };
    let mut hits = Vec::new();
    let at = context.visit.query("at").unwrap_or_default();
    let id = at.strip_prefix("/admin/members/").and_then(|rest| rest.split('/').next()?.parse().ok());
    let member = match id {
        Some(id) => view::find(&context.state.ledger, By::Id(id)).await?,
        None => None,
    };
    if let Some(member) = member {
        let external_id = member.external_id.as_ref().map(|id| id.as_str().to_owned());
        let (name, path) =
            (name_of(context.lang, member.name.clone(), &external_id), format!("/admin/members/{}", member.id()));
        if staff.role.may(Permission::AdjustPoints) && member.status != Status::Closed {
            hits.push(hit((t.adjust)(&name), format!("{path}/adjust")));
        }
        if staff.role.may(Permission::EditMembers) && member.erased_at.is_none() {
            hits.push(hit((t.edit)(&name), format!("{path}/edit")));
        }
        let f = context.lang.member_file();
        hits.push(hit((t.open_tab)(&name, f.tabs[1]), format!("{path}?tab=redemptions")));
        hits.push(hit((t.open_tab)(&name, f.tabs[5]), format!("{path}?tab=log")));
    }
    if staff.role.may(Permission::ManageRules) && rules::overview(&context.state.ledger).await?.draft.is_some() {
        hits.push(hit(t.publish_draft.to_owned(), "/admin/rules/publish".to_owned()));
    }
    if staff.role.may(Permission::ManageRedemptions) {
        hits.push(hit(l.batches.to_owned(), "/admin/redemptions/batches".to_owned()));
        hits.push(hit(l.tracking.to_owned(), "/admin/redemptions/tracking".to_owned()));
        hits.push(hit(l.slips.to_owned(), "/admin/redemptions/slips".to_owned()));
    }
    if staff.role.may(Permission::ManageRewards) {
        hits.push(hit(t.new_reward.to_owned(), "/admin/rewards/new".to_owned()));
    }
    hits.push(hit(t.shortcuts.to_owned(), "/admin/shortcuts".to_owned()));
    Ok(hits)
}
