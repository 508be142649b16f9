//! Finding a page or a member by what is typed at the side of every page. `?q=…`.

use leptos::prelude::*;

use super::members::{StatusChip, name_of};
use super::{AdminPage, Here};
use crate::pages::components::{Card, EmptyState, TierBadge};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::{Permission, StaffSession};
use laurel_engine::store::members::search::Filter;
use laurel_engine::usecase::members::search;
use laurel_engine::usecase::members::view::MemberView;

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
            false => search::list(&context.state.ledger, &asked(&typed)).await?,
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
    Filter { text: Some(typed.to_owned()), tier: None, status: None, before: None, most: MOST as i64 + 1 }
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
