//! Events that were refused, and why: for whoever looks after the systems that send them. `?state=dismissed&reason=invalid&source=…&key=…`;
//! `page` and `back` are its pages, by keyset.

use laurel_domain::ledger::event::Activity;
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::usecase::members::search::Counted;
use laurel_engine::usecase::refused::{Desk, Filter, Holder, Listed, RefusedState, desk};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::refused::DismissRefused;
use crate::i18n::{Lang, Language, format};
use crate::pages::admin::list::{
    Beside, Chosen, Column, ExportLink, FilterChips, FilterSelect, ListTable, Pages, PickCell, Picks, asked_place, filter,
};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Chip, EmptyState, Form, Hidden, PostForm, Submit};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::csv::Cell;
use crate::server::web::paths::REFUSED_CSV;
use crate::server::web::visit::Visit;

const PATH: &str = "/admin/refused";

#[component]
pub fn RefusedPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let t = context.lang.refused();
        let (wanted, from) = (asked_refused(&context.visit), asked_place(&context.visit, |id| id.parse().ok()));
        let found = desk(&context.state.ledger, Authority::from(&staff), wanted.clone(), from).await?;
        let tab = |(one, count): (RefusedState, i64)| {
            let href = format!("{PATH}?state={}", one.name());
            let label = format!("{} {}", t.states[one as usize], format::many(count));
            view! { <a href=href aria-current=(one as i16 == wanted.state).then_some("page")>{label}</a> }
        };
        let tabs = RefusedState::ALL.into_iter().zip(found.counts).map(tab).collect_view();
        let is_narrowed = Filter { state: wanted.state, ..Filter::default() } != wanted;
        let list = match (found.page.rows.is_empty(), is_narrowed) {
            (true, true) => view! { <p class="mute">{context.lang.lists().nothing_found}</p> }.into_any(),
            (true, false) => {
                let at = usize::try_from(wanted.state).unwrap_or(0);
                view! { <EmptyState icon="check" title=t.none[at]><p>{t.none_about}</p></EmptyState> }.into_any()
            }
            (false, _) => {
                let may_dismiss = wanted.state == RefusedState::Open as i16 && staff.role.may(Permission::DismissRefused);
                view! { <List context=context.clone() found=found.clone() wanted=wanted.clone() may_dismiss/> }.into_any()
            }
        };
        Ok(view! {
            <AdminPage title=t.title here=Here::Refused>
                <p class="mute measure">{t.about}</p>
                <nav class="tabs" aria-label=t.states_label>{tabs}</nav>
                <Filters context=context.clone() found wanted/>
                {list}
            </AdminPage>
        }
        .into_any())
    })
}

/// What the address asks for: what waits, if it says nothing that there is.
pub fn asked_refused(visit: &Visit) -> Filter {
    let state = filter(visit, "state").and_then(|name| RefusedState::named(&name)).unwrap_or_default();
    Filter {
        state: state as i16,
        reason: filter(visit, "reason").unwrap_or_default(),
        source: filter(visit, "source").unwrap_or_default(),
        api_key: filter(visit, "key").and_then(|key| key.parse().ok()),
    }
}

/// What a reason is called; its code where there is no word for it.
fn reason_name(lang: Lang, code: &str) -> String {
    let t = lang.refused();
    t.reasons.iter().find(|[known, _]| *known == code).map_or_else(|| code.to_owned(), |[_, name]| (*name).to_owned())
}

#[component]
fn Filters(context: RequestContext, found: Desk, wanted: Filter) -> impl IntoView {
    let (t, common) = (context.lang.refused(), context.lang.common());
    let state = RefusedState::ALL.get(usize::try_from(wanted.state).unwrap_or(0)).copied().unwrap_or_default();
    let key_name = wanted.api_key.map(|key| {
        let known = found.keys.iter().find(|(known, _)| *known == key);
        known.map_or_else(|| key.to_string(), |(_, name)| name.clone())
    });
    let chosen: Vec<Chosen> = [
        (!wanted.reason.is_empty()).then(|| ("reason", t.reason, reason_name(context.lang, &wanted.reason))),
        (!wanted.source.is_empty()).then(|| ("source", t.source, wanted.source.clone())),
        key_name.map(|name| ("key", t.key, name)),
    ]
    .into_iter()
    .flatten()
    .collect();
    // a choice of one is none
    let is_choice = found.reasons.len() > 1 || found.sources.len() > 1 || found.keys.len() > 1 || !chosen.is_empty();
    let reasons = found.reasons.iter().map(|code| (code.clone(), reason_name(context.lang, code))).collect();
    let sources = found.sources.iter().map(|source| (source.clone(), source.clone())).collect();
    let keys = found.keys.iter().map(|(key, name)| (key.to_string(), name.clone())).collect();
    let form = is_choice.then(|| {
        let picked = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty());
        view! {
            <form class="filters" method="get">
                <input type="hidden" name="state" value=state.name()/>
                <FilterSelect name="reason" label=t.reason any=common.all options=reasons chosen=picked(&wanted.reason)/>
                <FilterSelect name="source" label=t.source any=common.all options=sources chosen=picked(&wanted.source)/>
                <FilterSelect name="key" label=t.key any=common.all options=keys chosen=wanted.api_key.map(|key| key.to_string())/>
                <button class="button">{common.filter}</button>
            </form>
        }
    });
    let counted = Counted::up_to_counted(found.counted);
    let export = (found.counted > 0).then(|| view! { <ExportLink page=PATH file=REFUSED_CSV counted/> });
    view! { {form}<div class="list-foot"><FilterChips chosen/>{export}</div> }
}

#[component]
fn List(context: RequestContext, found: Desk, wanted: Filter, may_dismiss: bool) -> impl IntoView {
    let (t, l) = (context.lang.refused(), context.lang.lists());
    let counted = Counted::up_to_counted(found.counted);
    let (shown, beside) = (found.page.rows.len(), Beside::of(&found.page));
    let rows = found.page.rows.into_iter().map(|listed| view! { <Row context=context.clone() listed picks=may_dismiss/> });
    let rows = rows.collect_view();
    let columns = t.columns.map(Column::plain).to_vec();
    if !may_dismiss {
        return view! { <ListTable label=t.title columns is_flat=true>{rows}</ListTable><Pages rows=shown beside counted=Some(counted)/> }
            .into_any();
    }
    let all = format::count(counted.number);
    let all = if counted.is_exact { all } else { format!("{all}+") };
    view! {
        <PostForm form=Form::of(DismissRefused::PATH) class="work">
            <Hidden name="reason" value=wanted.reason/>
            <Hidden name="source" value=wanted.source/>
            <Hidden name="key" value=wanted.api_key.map(|key| key.to_string()).unwrap_or_default()/>
            <ListTable label=t.title columns picks=Picks::Rows is_flat=true>{rows}</ListTable>
            <div class="work-bar">
                <span class="mute small">{l.selected}<b data-count="" aria-live="polite"></b></span>
                <div class="check">
                    <input type="checkbox" id="pick-all" name="all" value="yes"/>
                    <label for="pick-all">{(t.all_of_list)(&all)}</label>
                </div>
                <Submit label=t.dismiss/>
            </div>
        </PostForm>
        <Pages rows=shown beside counted=Some(counted)/>
    }
    .into_any()
}

#[component]
fn Row(context: RequestContext, listed: Listed, picks: bool) -> impl IntoView {
    let t = context.lang.refused();
    let event = listed.event_id.clone().unwrap_or_else(|| t.no_id.to_owned());
    let pick = picks.then(|| view! { <PickCell id=listed.id.to_string() label=(context.lang.lists().select)(&event)/> });
    let kind = listed
        .kind
        .as_deref()
        .map(|kind| t.kinds.iter().find(|[known, _]| *known == kind).map_or(kind, |[_, name]| *name).to_owned());
    let who = listed.member.clone().map(|member| {
        // the list of members finds by any of their ids, and says so where there is nobody
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", &member).finish();
        view! { <a href=format!("/admin/members?{query}")>{member.clone()}</a> }
    });
    let times = (listed.times > 1).then(
        || view! { <small class="mute">{(t.times)(&format::count(listed.times), &context.moment(listed.first_at))}</small> },
    );
    let told = told(context.lang, &listed);
    let sent = listed
        .body
        .clone()
        .map(|body| view! { <details><summary>{t.sent}</summary><pre class="mono small">{body}</pre></details> });
    let (tone, state) = match listed.state {
        RefusedState::Open => ("bad", reason_name(context.lang, &listed.reason)),
        RefusedState::Settled => ("good", t.states[1].to_owned()),
        RefusedState::Dismissed => ("", t.states[2].to_owned()),
    };
    let advice = (listed.state == RefusedState::Open).then(|| {
        let found = t.advice.iter().find(|[code, _]| *code == listed.reason);
        view! { <span class="refused-advice">{found.map_or(t.other_advice, |[_, advice]| *advice)}</span> }
    });
    let holder = listed.holder.clone().map(|holder| view! { <HolderOf context=context.clone() holder/> });
    let reason = (listed.state != RefusedState::Open).then(|| view! { <b>{reason_name(context.lang, &listed.reason)}</b> });
    view! {
        <tr class="refused-row">
            {pick}
            <td class="small card-more">
                <time datetime=listed.last_at.to_string() title=context.in_full(listed.last_at)>{context.moment(listed.last_at)}</time>{times}
            </td>
            <th scope="row" class="card-name"><span class="mono breaks">{event}</span><small class="mute">{kind}</small></th>
            <td class="card-sum">{who}</td>
            <td class="card-wide refused-why">{reason}<span class="told">{told}</span>{holder}{advice}{sent}</td>
            <td class="small">{listed.key_name.clone().unwrap_or_else(|| t.key_gone.to_owned())}<small class="mute">{listed.source.clone()}</small></td>
            <td class="card-state"><Chip tone>{state}</Chip></td>
        </tr>
    }
}

/// The accepted event that has the id, in words, and the way to its entry.
#[component]
fn HolderOf(context: RequestContext, holder: Holder) -> impl IntoView {
    let t = context.lang.refused();
    let (kind, amount) = match &holder.event.activity {
        Activity::Payment { amount, .. } => ("payment", Some(*amount)),
        Activity::Refund { amount, .. } => ("refund", Some(*amount)),
        Activity::Referral { .. } => ("referral", None),
        Activity::Review { .. } => ("review", None),
    };
    let kind = t.kinds.iter().find(|[known, _]| *known == kind).map_or(kind, |[_, name]| *name);
    let amount = amount.map(|amount| format!(" {}", format::money(amount))).unwrap_or_default();
    let what = format!("{kind}{amount} · {} · {}", holder.event.member, context.moment(holder.event.occurred_at));
    let href = format!("/admin/members/{}?before={}#entry-{}", holder.member, holder.seq.saturating_add(1), holder.seq);
    view! { <span class="refused-holder">{t.accepted_instead}" "<a href=href>{what}</a></span> }
}

/// What whoever sent it was told, in the language of the page.
fn told(lang: Lang, listed: &Listed) -> String {
    let [zh, en] = &listed.told;
    match lang.language() {
        Language::Zh => zh.clone(),
        Language::En => en.clone(),
    }
}

/// A line of the list for a spreadsheet.
pub fn refused_cells(context: &RequestContext, one: &Listed) -> [Cell; 12] {
    let time = |at| Cell::text(context.local(at).strftime("%Y-%m-%d %H:%M:%S").to_string());
    let maybe = |text: &Option<String>| Cell::text(text.clone().unwrap_or_default());
    [
        time(one.first_at),
        time(one.last_at),
        Cell::number(one.times),
        maybe(&one.event_id),
        maybe(&one.kind),
        maybe(&one.member),
        Cell::text(one.reason.clone()),
        Cell::text(told(context.lang, one)),
        Cell::text(one.source.clone()),
        maybe(&one.key_name),
        Cell::text(context.lang.refused().states[one.state as usize]),
        maybe(&one.body),
    ]
}
