//! Redemptions to work off, kind by kind: what waits comes first, and of that what has waited longest. `?kind=`, `?state=`;
//! `?q=` finds them by member, number or voucher code.

mod batches;
mod confirm;
mod one;
mod slips;
mod steps;
mod tracking;
mod work;

use std::collections::HashMap;

use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::pages::admin::list::{Beside, ChooseColumns, FilterChips, Pages, ROWS, filter};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{EmptyState, Icon};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::paths::REDEMPTIONS_CSV;
use crate::server::web::visit::Visit;
use laurel_engine::auth::Permission;
use laurel_engine::store::rewards::redemptions::Redemption;
use laurel_engine::usecase::members::search::Counted;
use laurel_engine::usecase::rewards::parcels::Answer;
use laurel_engine::usecase::rewards::queue::{self, Cursor, Wanted};
use laurel_engine::usecase::rewards::redeem;

pub use batches::{BatchPage, BatchesPage, MakeBatchPage};
pub use confirm::ConfirmRedemptionsPage;
pub use one::RedemptionPage;
pub use slips::SlipsPage;
pub use steps::{StateChip, state_label};
pub use tracking::TrackingPage;
use work::{Work, columns};

/// Why a line of tracking numbers comes to nothing; none for what is, or can be, marked as shipped by it.
pub fn answer_words(lang: Lang, answer: &Answer) -> Option<String> {
    let t = lang.payouts();
    let told = match answer {
        Answer::Shipped => return None,
        Answer::WasShipped => t.was_shipped,
        Answer::Twice => t.gift_twice,
        Answer::Unknown => t.unknown_gift,
        Answer::Several => t.several,
        Answer::NoTracking => t.no_tracking,
        Answer::TooLong => t.too_long,
        Answer::Refused(is) => return Some((t.in_state)(lang.console().state(*is))),
    };
    Some(told.to_owned())
}

/// What the staff has to do something about, by kind.
const WORK: [(RedemptionKind, &[RedemptionState]); 3] = [
    (RedemptionKind::Cash, &[RedemptionState::Reserved, RedemptionState::Processing]),
    (RedemptionKind::Voucher, &[]),
    (RedemptionKind::Gift, &[RedemptionState::Ordered, RedemptionState::Shipped]),
];

#[component]
pub fn RedemptionsPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let ledger = &context.state.ledger;
        let counts = counts(&context).await?;
        let asked = asked_redemptions(&context.visit);
        let typed = filter(&context.visit, "q");
        let (found, beside, counted) = match &typed {
            Some(typed) => (queue::find(ledger, typed).await?, Beside::default(), None),
            None => {
                let page = queue::page(ledger, asked).await?;
                let beside = Beside::both(page.next.map(written), page.previous.map(written));
                (page.redemptions, beside, counted_of(&counts, &asked))
            }
        };
        let contacts = redeem::contacts_of(ledger, &found).await?;
        let may_act = staff.role.may(Permission::ManageRedemptions);
        let (kind, rows) = (asked.kind, found.len());
        let list = match found.is_empty() {
            true => view! { <Nothing lang=context.lang kind state=asked.state is_search=typed.is_some()/> }.into_any(),
            false if typed.is_some() => {
                let kinds = RedemptionKind::ALL.into_iter();
                let parts = kinds.map(|kind| {
                    let rows: Vec<Redemption> = found.iter().filter(|one| one.kind() == kind).cloned().collect();
                    let part =
                        view! { <Work context=context.clone() kind rows=rows.clone() contacts=contacts.clone() may_act/> };
                    (!rows.is_empty()).then(|| view! { <h2>{context.lang.reward_desk().kinds[kind as usize]}</h2>{part} })
                });
                parts.collect_view().into_any()
            }
            false => view! { <Work context=context.clone() kind rows=found contacts may_act/><Pages rows beside counted/> }
                .into_any(),
        };
        let wanted = asked.state.map_or("all", RedemptionState::name);
        let filters = match &typed {
            Some(typed) => {
                let chosen = vec![("q", context.lang.common().search, typed.clone())];
                view! { <FilterChips chosen/> }.into_any()
            }
            None => view! {
                <div class="work-filters">
                    <Kinds lang=context.lang kind counts=counts.clone()/>
                    <States lang=context.lang kind wanted counts/>
                </div>
            }
            .into_any(),
        };
        let head = {
            let lang = context.lang;
            move || may_act.then(|| view! { <Ways lang kind/> })
        };
        Ok(view! {
            <AdminPage title=context.lang.admin().redemptions here=Here::Redemptions head>
                <Find lang=context.lang typed=typed.clone()/>
                {filters}
                {typed.is_none().then(|| view! { <Export context=context.clone() kind/> })}
                {list}
            </AdminPage>
        }
        .into_any())
    })
}

/// What the address asks for, by its place in the list, too. What it does not understand it ignores.
pub fn asked_redemptions(visit: &Visit) -> Wanted {
    let kind = filter(visit, "kind").and_then(|name| RedemptionKind::named(&name)).unwrap_or(RedemptionKind::Cash);
    let state = match filter(visit, "state") {
        Some(name) => RedemptionState::named(&name),
        None => Some(first_of(kind)),
    };
    let read = |name: &str, backwards| {
        let text = filter(visit, name)?;
        let (at, id) = text.split_once('_')?;
        let created_at = jiff::Timestamp::from_microsecond(at.parse().ok()?).ok()?;
        Some(Cursor { created_at, id: id.parse().ok()?, backwards })
    };
    let waits = state.is_some_and(|state| WORK.iter().any(|(of, states)| *of == kind && states.contains(&state)));
    let from = read("back", true).or_else(|| read("page", false));
    Wanted { kind, state, oldest_first: waits, from, most: usize::try_from(ROWS).unwrap_or(0) }
}

fn written(cursor: Cursor) -> String {
    format!("{}_{}", cursor.created_at.as_microsecond(), cursor.id)
}

async fn counts(context: &RequestContext) -> Result<Counts, crate::api_error::ApiError> {
    let mut counts = HashMap::new();
    for (kind, states) in WORK {
        for state in states {
            counts.insert((kind, *state), redeem::count(&context.state.ledger, kind, *state).await?);
        }
    }
    Ok(counts)
}

/// Of states that are counted anyway.
fn counted_of(counts: &Counts, asked: &Wanted) -> Option<Counted> {
    let number = *counts.get(&(asked.kind, asked.state?))?;
    let is_exact = number < laurel_engine::store::COUNTED;
    Some(Counted { number: number.min(laurel_engine::store::COUNTED - 1), is_exact })
}

/// Where else redemptions are worked off.
#[component]
fn Ways(lang: Lang, kind: RedemptionKind) -> impl IntoView {
    let t = lang.payouts();
    match kind {
        RedemptionKind::Cash => {
            view! { <a class="button small" href=batches::PATH><Icon name="list"/>{t.batches}</a> }.into_any()
        }
        RedemptionKind::Gift => view! {
            <a class="button small" href=tracking::PATH><Icon name="truck"/>{t.tracking}</a>
            <a class="button small" href=slips::PATH><Icon name="print"/>{t.slips}</a>
        }
        .into_any(),
        RedemptionKind::Voucher => ().into_any(),
    }
}

#[component]
fn Find(lang: Lang, typed: Option<String>) -> impl IntoView {
    let t = lang.payouts();
    view! {
        <form class="filters" method="get" role="search">
            <div class="field grow">
                <label for="find-redemption">{t.search}</label>
                <input type="search" id="find-redemption" name="q" value=typed placeholder=t.search_placeholder maxlength="100"
                    autocomplete="off" aria-keyshortcuts="/" data-search=""/>
            </div>
            <button class="button"><Icon name="search"/>{lang.common().search}</button>
        </form>
    }
}

/// Just what the list shows, as a file.
#[component]
fn Export(context: RequestContext, kind: RedemptionKind) -> impl IntoView {
    let href = crate::pages::admin::list::without(&context.visit.path, &[]).replacen("/admin/redemptions", REDEMPTIONS_CSV, 1);
    view! {
        <div class="list-foot">
            <span></span>
            <ChooseColumns list="redemptions" columns=columns(context.lang, kind)/>
            <a class="button small" href=href download=""><Icon name="download"/>{context.lang.member_file().export}</a>
        </div>
    }
}

/// What waits is what the page is for; `all` restricts nothing.
fn first_of(kind: RedemptionKind) -> RedemptionState {
    match kind {
        RedemptionKind::Voucher => RedemptionState::Issued,
        RedemptionKind::Cash | RedemptionKind::Gift => kind.first(),
    }
}

/// Every state that a kind can be in, in the order of the way.
fn states_of(kind: RedemptionKind) -> Vec<RedemptionState> {
    let mut states = vec![kind.first()];
    let mut at = 0;
    while let Some(state) = states.get(at).copied() {
        let new = |next: &&RedemptionState| **next != RedemptionState::Cancelled && !states.contains(next);
        let next: Vec<RedemptionState> = state.next(kind).iter().filter(new).copied().collect();
        states.extend(next);
        at += 1;
    }
    states.push(RedemptionState::Cancelled);
    states
}

type Counts = HashMap<(RedemptionKind, RedemptionState), i64>;

fn counted(count: i64) -> Option<AnyView> {
    (count > 0).then(|| view! { <span class="count">{format::many(count)}</span> }.into_any())
}

#[component]
fn Kinds(lang: Lang, kind: RedemptionKind, counts: Counts) -> impl IntoView {
    let t = lang.reward_desk();
    let link = |of: RedemptionKind| {
        let current = (of == kind).then_some("page");
        let count = counted(counts.iter().filter(|((counted, _), _)| *counted == of).map(|(_, count)| count).sum());
        view! { <a href=format!("/admin/redemptions?kind={}", of.name()) aria-current=current>{t.kinds[of as usize]}{count}</a> }
    };
    view! { <nav class="segments scroll" aria-label=t.kind_label>{RedemptionKind::ALL.map(link).collect_view()}</nav> }
}

/// The filter by state, as links; those where something is to do say how much.
#[component]
fn States(lang: Lang, kind: RedemptionKind, wanted: &'static str, counts: Counts) -> impl IntoView {
    let link = |name: &'static str, label: &'static str, count: i64| {
        let current = (name == wanted).then_some("page");
        let href = format!("/admin/redemptions?kind={}&state={name}", kind.name());
        view! { <a href=href aria-current=current>{label}{counted(count)}</a> }
    };
    let states = states_of(kind).into_iter().map(|state| {
        let count = counts.get(&(kind, state)).copied().unwrap_or(0);
        link(state.name(), state_label(lang, kind, state), count)
    });
    let states = states.collect_view();
    view! { <nav class="segments scroll" aria-label=lang.console().state_label>{states}{link("all", lang.common().all, 0)}</nav> }
}

#[component]
fn Nothing(lang: Lang, kind: RedemptionKind, state: Option<RedemptionState>, is_search: bool) -> impl IntoView {
    let t = lang.console();
    match (is_search, kind, state) {
        (true, ..) => {
            let t = lang.payouts();
            view! { <EmptyState icon="search" title=t.nothing_found><p>{t.nothing_found_about}</p></EmptyState> }.into_any()
        }
        (false, RedemptionKind::Cash, Some(RedemptionState::Reserved)) => {
            view! { <EmptyState icon="check" title=t.nothing_waits><p>{t.nothing_waits_about}</p></EmptyState> }.into_any()
        }
        _ => view! { <EmptyState icon="cash" title=t.no_redemptions/> }.into_any(),
    }
}

/// Ids begin with their time: those of one day differ in the end.
pub fn short(id: &str) -> String {
    format!("…{}", id.get(id.len().saturating_sub(8)..).unwrap_or(id))
}
