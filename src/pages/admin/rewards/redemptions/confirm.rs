//! What is asked before redemptions are moved on: which ones, and what they come to.
//! `?to=paid&ids[]=…`; `back` is the page that it came from.

use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::steps::{StateChip, path_of};
use crate::api::admin::rewards::redemptions::AdvanceRedemptions;
use crate::api_error::ApiError;
use crate::i18n::format;
use crate::pages::admin::members::name_of;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{ErrorSummary, Field, Form, Hidden, Notice, PostForm, Submit, Table, Tone};
use crate::pages::page;
use crate::server::web::{RequestContext, describe_redemption, errors};
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::store::rewards::redemptions::Redemption;
use laurel_engine::usecase::rewards::fulfil::{self, Sum};

pub const PATH: &str = "/admin/redemptions/confirm";

#[component]
pub fn ConfirmRedemptionsPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::ManageRedemptions)?;
        let t = context.lang.fulfil();
        let to = context.visit.query("to").and_then(|name| RedemptionState::named(&name)).filter(asks);
        let to = to.ok_or_else(|| errors::not_found(context.lang))?;
        let ids: Vec<RedemptionId> = context.visit.queries("ids[]").iter().filter_map(|id| id.parse().ok()).collect();
        let found = fulfil::selected(&context.state.ledger, Authority::from(&staff), &ids).await?;
        let (found, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|redemption| fulfil::can_go(redemption, to));
        let sum = fulfil::sum(&context.state.ledger, &found)?;
        let back = context.visit.query("back").filter(|path| path.starts_with("/admin/redemptions"));
        let back = back.unwrap_or_else(|| "/admin/redemptions".to_owned());
        let (title, content) = if found.is_empty() {
            let message = if ids.is_empty() { t.nothing_selected } else { t.none_left };
            let error = ApiError::new(422, "invalid", message);
            let way = view! { <ErrorSummary error/><p><a class="button" href=back>{context.lang.common().back}</a></p> };
            (context.lang.admin().redemptions.to_owned(), way.into_any())
        } else {
            let title = (t.ask)(to, sum.count, &amount(to, &sum));
            let left_out =
                (!others.is_empty()).then(|| view! { <Notice tone=Tone::Warn>{(t.left_out)(others.len())}</Notice> });
            (title, view! { {left_out}<Question context=context.clone() to sum found back/> }.into_any())
        };
        Ok(view! { <AdminPage title here=Here::Redemptions><div class="stack confirm-page">{content}</div></AdminPage> }
            .into_any())
    })
}

/// What the staff marks many as.
const fn asks(to: &RedemptionState) -> bool {
    use RedemptionState::{Cancelled, Delivered, Failed, Paid, Processing, Shipped, Used, Voided};
    matches!(to, Processing | Paid | Failed | Used | Voided | Shipped | Delivered | Cancelled)
}

/// What moves by it: money, or points that are given back.
fn amount(to: RedemptionState, sum: &Sum) -> String {
    if to.restores() { format::points(sum.points) } else { format::money(sum.cash) }
}

#[component]
fn Question(context: RequestContext, to: RedemptionState, sum: Sum, found: Vec<Redemption>, back: String) -> impl IntoView {
    let (t, form) = (context.lang.fulfil(), Form::of(AdvanceRedemptions::PATH));
    let label = (t.confirm)(to, &amount(to, &sum));
    let ids = found.iter().map(|redemption| view! { <Hidden name="ids[]" value=redemption.id.to_string()/> }).collect_view();
    let note = match to {
        RedemptionState::Paid => {
            view! { <Field form name="note" label=t.reference hint=t.reference_hint maxlength=200/> }.into_any()
        }
        // one parcel has one number
        RedemptionState::Shipped if sum.count == 1 => {
            view! { <Field form name="tracking" label=context.lang.reward_desk().tracking maxlength=200/> }.into_any()
        }
        _ if !to.restores() => ().into_any(),
        _ => view! { <Field form name="note" label=t.reason hint=t.reason_hint maxlength=200 required=true/> }.into_any(),
    };
    let kind = if to.restores() { "danger" } else { "main" };
    view! {
        <p class="mute">{(t.about)(to)}</p>
        <Which context=context.clone() sum found/>
        <section class="card narrow">
            <PostForm form>
                {ids}
                <Hidden name="to" value=to.name()/>
                <Hidden name="back" value=back.clone()/>
                {note}
                <div class="row"><Submit label kind/><a class="button" href=back>{context.lang.common().cancel}</a></div>
            </PostForm>
        </section>
    }
}

/// All of them, and what they come to.
#[component]
pub(super) fn Which(context: RequestContext, sum: Sum, found: Vec<Redemption>) -> impl IntoView {
    let (t, console) = (context.lang.fulfil(), context.lang.console());
    let is_cash = found.iter().all(|redemption| redemption.kind() == RedemptionKind::Cash);
    let class = if is_cash { "num amount" } else { "" };
    let row = |redemption: Redemption| {
        let id = redemption.id.to_string();
        view! {
            <tr>
                <th scope="row">
                    <a href=format!("/admin/members/{}", redemption.member)>
                        {name_of(context.lang, redemption.member_name.clone(), &redemption.external_id)}
                    </a>
                </th>
                <td class=class>{describe_redemption(context.lang, &redemption.redeemed_for)}</td>
                <td class="num">{format::points(redemption.points)}</td>
                <td><StateChip lang=context.lang kind=redemption.kind() state=redemption.state/></td>
                <td class="small nowrap">{context.moment(redemption.created_at)}</td>
                <td><a class="mono small nowrap" href=path_of(&id) title=id.clone()>{super::short(&id)}</a></td>
            </tr>
        }
    };
    let rows = found.into_iter().map(row).collect_view();
    let cash = if is_cash { format::money(sum.cash) } else { format::count(i64::try_from(sum.count).unwrap_or(i64::MAX)) };
    let what = if is_cash { console.cash_column } else { t.what };
    let head = vec![console.member, what, console.points_column, console.state_label, console.requested, console.number];
    view! {
        <Table label=context.lang.admin().redemptions head>
            {rows}
            <tr class="total">
                <th scope="row">{t.total}</th>
                <td class=class>{cash}</td>
                <td class="num">{format::points(sum.points)}</td>
                <td colspan="3"></td>
            </tr>
        </Table>
    }
}
