//! Redemptions to work off: what waits comes first.

use laurel_domain::redemption::{RedemptionKind, RedemptionState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::list::{Onward, filter};
use super::members::name_of;
use super::{AdminPage, Here};
use crate::api::admin::redemptions::AdvanceRedemptions;
use crate::i18n::{Lang, format};
use crate::pages::components::{Chip, EmptyState, Form, PostForm, Submit, Table};
use crate::pages::page;
use crate::server::auth::Permission;
use crate::server::http::{Ask, what_in_words};
use crate::server::store::redemptions::{Filter, Redemption};
use crate::server::usecase::redeem;

const ROWS: usize = 50;

#[component]
pub fn RedemptionsPage() -> impl IntoView {
    page(async {
        let (ask, staff) = Ask::staff(Permission::Read)?;
        // what waits is what this page is for; `all` restricts nothing
        let wanted = filter(&ask.visit, "state").unwrap_or_else(|| RedemptionState::Reserved.name().to_owned());
        let state = RedemptionState::named(&wanted);
        let after = filter(&ask.visit, "before").and_then(|text| {
            let (at, id) = text.split_once('_')?;
            Some((jiff::Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.parse().ok()?))
        });
        let most = ROWS as i64 + 1;
        let mut rows = redeem::list(&ask.state.ledger, Filter { member_no: None, kind: None, state, after, most }).await?;
        let more = rows.len() > ROWS;
        rows.truncate(ROWS);
        let next = rows.last().filter(|_| more).map(|last| format!("{}_{}", last.created_at.as_microsecond(), last.id));
        let mut counts = Vec::new();
        for state in [RedemptionState::Reserved, RedemptionState::Processing] {
            counts.push((state, redeem::count(&ask.state.ledger, RedemptionKind::Cash, state).await?));
        }
        let may_act = staff.role.may(Permission::ManageRedemptions);
        let t = ask.lang.console();
        let list = match rows.is_empty() {
            true if state == Some(RedemptionState::Reserved) => {
                view! { <EmptyState icon="check" title=t.nothing_waits><p>{t.nothing_waits_about}</p></EmptyState> }.into_any()
            }
            true => view! { <EmptyState icon="cash" title=t.no_redemptions/> }.into_any(),
            false => view! { <Work ask=ask.clone() rows may_act/><Onward next/> }.into_any(),
        };
        Ok(view! {
            <AdminPage title=ask.lang.admin().redemptions here=Here::Redemptions>
                <States lang=ask.lang wanted counts/>
                {list}
            </AdminPage>
        }
        .into_any())
    })
}

/// The filter by state, as links; those where something is to do say how much.
#[component]
fn States(lang: Lang, wanted: String, counts: Vec<(RedemptionState, i64)>) -> impl IntoView {
    let t = lang.console();
    let link = |name: &'static str, label: &'static str, count: Option<i64>| {
        let current = (name == wanted).then_some("page");
        let count = count.filter(|count| *count > 0).map(|count| view! { <span class="count">{format::count(count)}</span> });
        view! { <a href=format!("/admin/redemptions?state={name}") aria-current=current>{label}{count}</a> }
    };
    let states = RedemptionState::ALL.map(|state| {
        let count = counts.iter().find(|(known, _)| *known == state).map(|(_, count)| *count);
        link(state.name(), t.state(state), count)
    });
    view! { <nav class="segments scroll" aria-label=t.state_label>{states.into_iter().collect_view()}{link("all", lang.common().all, None)}</nav> }
}

#[component]
fn Work(ask: Ask, rows: Vec<Redemption>, may_act: bool) -> impl IntoView {
    let t = ask.lang.console();
    let can_do = |state: RedemptionState| may_act && matches!(state, RedemptionState::Reserved | RedemptionState::Processing);
    let acts = rows.iter().any(|row| can_do(row.state));
    let row = |redemption: Redemption| {
        let id = redemption.id.to_string();
        let name = name_of(ask.lang, redemption.member_name, &redemption.external_id);
        let pick = acts.then(|| {
            let pick = can_do(redemption.state).then(|| {
                let label = (t.pick)(&name, &what_in_words(ask.lang, &redemption.what));
                view! { <input type="checkbox" name="ids[]" value=id.clone() aria-label=label/> }
            });
            view! { <td class="pick">{pick}</td> }
        });
        view! {
            <tr>
                {pick}
                <th scope="row"><a href=format!("/admin/members/{}", redemption.member)>{name}</a></th>
                <td class="num amount">{what_in_words(ask.lang, &redemption.what)}</td>
                <td class="num">{format::points(redemption.points)}</td>
                <td><StateChip lang=ask.lang state=redemption.state/></td>
                <td class="small nowrap">{format::date_time(ask.lang, ask.local(redemption.created_at))}</td>
                <td class="mono small faint nowrap">{id}</td>
            </tr>
        }
    };
    let rows = rows.into_iter().map(row).collect_view();
    let mut head = vec![t.member, t.cash_column, t.points_column, t.state_label, t.requested, t.number];
    if acts {
        head.insert(0, t.pick_column);
    }
    let table = view! { <Table label=ask.lang.admin().redemptions head>{rows}</Table> };
    if !acts {
        return table.into_any();
    }
    view! {
        <PostForm form=Form::of(AdvanceRedemptions::PATH) class="work">
            {table}
            <div class="work-bar">
                <span class="mute small">{t.ticked}</span>
                <Submit label=t.mark_paid name="to" value="paid"/>
                <Submit label=t.mark_processing kind="" name="to" value="processing"/>
                <Submit label=t.mark_failed kind="danger" name="to" value="failed"/>
            </div>
        </PostForm>
    }
    .into_any()
}

#[component]
pub fn StateChip(lang: Lang, state: RedemptionState) -> impl IntoView {
    let tone = match state {
        RedemptionState::Reserved => "warn",
        RedemptionState::Paid => "good",
        RedemptionState::Failed => "bad",
        RedemptionState::Issued | RedemptionState::Used | RedemptionState::Delivered => "good",
        RedemptionState::Ordered => "warn",
        RedemptionState::Voided => "bad",
        RedemptionState::Processing | RedemptionState::Cancelled | RedemptionState::Expired | RedemptionState::Shipped => "",
    };
    view! { <Chip tone>{lang.console().state(state)}</Chip> }
}
