//! Redemptions to work off, kind by kind: what waits comes first. `?kind=`, `?state=`; `?code=` finds a voucher by its code.

mod confirm;
mod one;
mod steps;

use std::collections::HashMap;

use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::rewards::reward::Contact;
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::pages::admin::list::{Onward, filter};
use crate::pages::admin::members::name_of;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{EmptyState, Hidden, Table};
use crate::pages::page;
use crate::server::web::{RequestContext, describe_redemption};
use laurel_engine::auth::Permission;
use laurel_engine::store::rewards::redemptions::{Filter, Redemption, Which};
use laurel_engine::usecase::rewards::redeem;

pub use confirm::ConfirmRedemptionsPage;
pub use one::RedemptionPage;
pub use steps::{StateChip, state_label};
use steps::{Steps, can_do, path_of};

const ROWS: usize = 50;
/// What has waited for more days than these stands out.
const LATE_DAYS: i64 = 3;

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
        let kind = filter(&context.visit, "kind").and_then(|name| RedemptionKind::named(&name)).unwrap_or(RedemptionKind::Cash);
        let wanted = filter(&context.visit, "state").unwrap_or_else(|| first_of(kind).name().to_owned());
        let state = RedemptionState::named(&wanted);
        let code = filter(&context.visit, "code").filter(|_| kind == RedemptionKind::Voucher);
        let ledger = &context.state.ledger;
        let mut rows = match &code {
            Some(code) => redeem::with_code(ledger, code).await?,
            None => {
                let after = filter(&context.visit, "before").and_then(|text| {
                    let (at, id) = text.split_once('_')?;
                    Some((jiff::Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.parse().ok()?))
                });
                let most = ROWS as i64 + 1;
                redeem::list(ledger, Filter { which: Which::OfKind(kind, state), after, most }).await?
            }
        };
        let more = rows.len() > ROWS;
        rows.truncate(ROWS);
        let next = rows.last().filter(|_| more).map(|last| format!("{}_{}", last.created_at.as_microsecond(), last.id));
        let contacts = redeem::contacts_of(ledger, &rows).await?;
        let mut counts = HashMap::new();
        for (kind, states) in WORK {
            for state in states {
                counts.insert((kind, *state), redeem::count(ledger, kind, *state).await?);
            }
        }
        let may_act = staff.role.may(Permission::ManageRedemptions);
        let list = match rows.is_empty() {
            true => view! { <Nothing lang=context.lang kind state is_search=code.is_some()/> }.into_any(),
            false => view! { <Work context=context.clone() kind rows contacts may_act/><Onward next/> }.into_any(),
        };
        let search = (kind == RedemptionKind::Voucher).then(|| view! { <FindCode lang=context.lang code=code.clone()/> });
        let wanted = if code.is_some() { String::new() } else { wanted };
        Ok(view! {
            <AdminPage title=context.lang.admin().redemptions here=Here::Redemptions>
                <div class="work-filters">
                    <Kinds lang=context.lang kind counts=counts.clone()/>
                    <States lang=context.lang kind wanted counts/>
                </div>
                {search}
                {list}
            </AdminPage>
        }
        .into_any())
    })
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
fn States(lang: Lang, kind: RedemptionKind, wanted: String, counts: Counts) -> impl IntoView {
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

/// As it is read off at a till.
#[component]
fn FindCode(lang: Lang, code: Option<String>) -> impl IntoView {
    let t = lang.reward_desk();
    view! {
        <form class="filters" method="get">
            <input type="hidden" name="kind" value="voucher"/>
            <div class="field">
                <label for="find-code">{t.code}</label>
                <input id="find-code" name="code" value=code autocomplete="off" maxlength="64"/>
            </div>
            <button class="button">{t.find_code}</button>
        </form>
    }
}

#[component]
fn Nothing(lang: Lang, kind: RedemptionKind, state: Option<RedemptionState>, is_search: bool) -> impl IntoView {
    let t = lang.console();
    match (is_search, kind, state) {
        (true, ..) => {
            let t = lang.reward_desk();
            view! { <EmptyState icon="search" title=t.no_such_code><p>{t.no_such_code_about}</p></EmptyState> }.into_any()
        }
        (false, RedemptionKind::Cash, Some(RedemptionState::Reserved)) => {
            view! { <EmptyState icon="check" title=t.nothing_waits><p>{t.nothing_waits_about}</p></EmptyState> }.into_any()
        }
        _ => view! { <EmptyState icon="cash" title=t.no_redemptions/> }.into_any(),
    }
}

#[component]
fn Work(
    context: RequestContext,
    kind: RedemptionKind,
    rows: Vec<Redemption>,
    contacts: HashMap<RedemptionId, Contact>,
    may_act: bool,
) -> impl IntoView {
    let (t, desk) = (context.lang.console(), context.lang.reward_desk());
    let acts = may_act && rows.iter().any(can_do);
    let row = |redemption: Redemption| {
        let contact = contacts.get(&redemption.id).cloned();
        view! { <WorkRow context=context.clone() kind redemption contact may_act picks=acts/> }
    };
    let rows = rows.into_iter().map(row).collect_view();
    let what = if kind == RedemptionKind::Cash { t.cash_column } else { desk.what_column };
    let mut head = vec![t.member, what, t.points_column, t.state_label, t.requested, t.number];
    if kind == RedemptionKind::Gift {
        head.insert(4, desk.deliver_to);
    }
    if acts {
        head.insert(0, t.pick_column);
    }
    let table = view! { <Table label=context.lang.admin().redemptions head>{rows}</Table> };
    if !acts {
        return table.into_any();
    }
    view! {
        <form class="work" method="get" action=confirm::PATH>
            <Hidden name="back" value=context.visit.path.clone()/>
            {table}
            <div class="work-bar">
                <span class="mute small">{context.lang.fulfil().selected}</span>
                <Steps lang=context.lang kind/>
            </div>
        </form>
    }
    .into_any()
}

/// `picks`: whether the table has a column of boxes to tick.
#[component]
fn WorkRow(
    context: RequestContext,
    kind: RedemptionKind,
    redemption: Redemption,
    contact: Option<Contact>,
    may_act: bool,
    picks: bool,
) -> impl IntoView {
    let (t, desk) = (context.lang.console(), context.lang.reward_desk());
    let id = redemption.id.to_string();
    let what = describe_redemption(context.lang, &redemption.redeemed_for);
    let name = name_of(context.lang, redemption.member_name.clone(), &redemption.external_id);
    let pick = picks.then(|| {
        let pick = can_do(&redemption).then(|| {
            let label = (t.pick)(&name, &what);
            view! { <input type="checkbox" name="ids[]" value=id.clone() aria-label=label/> }
        });
        view! { <td class="pick">{pick}</td> }
    });
    let parcel = (kind == RedemptionKind::Gift).then(|| view! { <Parcel contact tracking=redemption.tracking.clone()/> });
    let can_return = may_act && redemption.state.next(kind).contains(&RedemptionState::Returned);
    let take_back = can_return.then(|| {
        view! { <br/><a class="small" href=format!("/admin/redemptions/{id}/return")>{desk.take_back}</a> }
    });
    let waits = WORK.iter().any(|(of, states)| *of == kind && states.contains(&redemption.state));
    let age = waits.then(|| {
        let days = -context.days_until(redemption.created_at);
        let class = if days > LATE_DAYS { "age late" } else { "age" };
        view! { <small class=class>{(context.lang.dashboard().ago)(days)}</small> }
    });
    let class = if kind == RedemptionKind::Cash { "num amount" } else { "" };
    view! {
        <tr>
            {pick}
            <th scope="row"><a href=format!("/admin/members/{}", redemption.member)>{name}</a></th>
            <td class=class>{what}</td>
            <td class="num">{format::points(redemption.points)}</td>
            <td><StateChip lang=context.lang kind state=redemption.state/>{take_back}</td>
            {parcel}
            <td class="small nowrap">{format::date_time(context.lang, context.local(redemption.created_at))}{age}</td>
            <td><a class="mono small nowrap" href=path_of(&id) title=id.clone()>{short(&id)}</a></td>
        </tr>
    }
}

/// Ids begin with their time: those of one day differ in the end.
pub fn short(id: &str) -> String {
    format!("…{}", id.get(id.len().saturating_sub(8)..).unwrap_or(id))
}

#[component]
fn Parcel(contact: Option<Contact>, tracking: Option<String>) -> impl IntoView {
    let contact = contact.map(|contact| {
        view! {
            <span>{contact.recipient}" · "{contact.phone}</span>
            <span class="mute">{contact.address}</span>
        }
    });
    let tracking = tracking.map(|tracking| view! { <span class="mono">{tracking}</span> });
    view! { <td class="small parcel">{contact}{tracking}</td> }
}
