//! One redemption: what it is, where it goes, and everything that happened to it: when, by whom, and what they noted.

use laurel_domain::rewards::redemption::RedemptionState;
use leptos::prelude::*;

use super::confirm;
use super::steps::{StateChip, Steps, can_do, path_of, state_label};
use crate::i18n::format;
use crate::pages::admin::members::name_of;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Hidden, Icon};
use crate::pages::page;
use crate::server::web::{RequestContext, describe_redemption, errors};
use laurel_engine::auth::Permission;
use laurel_engine::store::rewards::redemptions::{Redemption, StateSince};
use laurel_engine::usecase::rewards::redeem::{self, Found};

#[component]
pub fn RedemptionPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let path = context.visit.path.split('?').next().unwrap_or_default();
        let id = path.rsplit('/').next().and_then(|id| id.parse().ok()).ok_or_else(|| errors::not_found(context.lang))?;
        let found = redeem::find(&context.state.ledger, id).await?.ok_or_else(|| errors::not_found(context.lang))?;
        let redemption = found.redeemed.redemption.clone();
        let may_act = staff.role.may(Permission::ManageRedemptions) && can_do(&redemption);
        let head = {
            let (lang, kind, state) = (context.lang, redemption.kind(), redemption.state);
            move || view! { <StateChip lang kind state/> }
        };
        let title = describe_redemption(context.lang, &redemption.redeemed_for);
        let next = may_act.then(|| view! { <NextStep context=context.clone() redemption=redemption.clone()/> });
        let can_return = staff.role.may(Permission::ManageRedemptions)
            && redemption.state.next(redemption.kind()).contains(&RedemptionState::Returned);
        let take_back = can_return.then(|| {
            let href = format!("/admin/redemptions/{}/return", redemption.id);
            view! { <p><a class="button" href=href>{context.lang.reward_desk().take_back}</a></p> }
        });
        let list = format!("/admin/redemptions?kind={}", redemption.kind().name());
        Ok(view! {
            <AdminPage title here=Here::Redemptions head>
                <div class="file">
                    <div class="stack"><History context=context.clone() redemption states=found.states.clone()/>{next}{take_back}</div>
                    <div class="stack"><Facts context=context.clone() found/></div>
                </div>
                <p><a href=list>{context.lang.fulfil().to_list}</a></p>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Facts(context: RequestContext, found: Found) -> impl IntoView {
    let (t, console) = (context.lang.fulfil(), context.lang.console());
    let redemption = found.redeemed.redemption;
    let name = name_of(context.lang, redemption.member_name.clone(), &redemption.external_id);
    let member = format!("/admin/members/{}", redemption.member);
    let fact = |name: &'static str, value: String| view! { <dt>{name}</dt><dd>{value}</dd> };
    let good_until = redemption.expires_at.map(|until| fact(t.good_until, format::date(context.lang, context.last_day(until))));
    let tracking = redemption.tracking.clone().map(|tracking| fact(t.tracking, tracking));
    let address = found.contact.map(|to| fact(t.deliver_to, format!("{} · {} · {}", to.recipient, to.phone, to.address)));
    view! {
        <Card title=t.details>
            <dl class="facts">
                <dt>{console.member}</dt>
                <dd><a href=member>{name}</a></dd>
                {fact(t.what, describe_redemption(context.lang, &redemption.redeemed_for))}
                {fact(t.points, format::points(redemption.points))}
                {fact(console.requested, context.moment(redemption.created_at))}
                {tracking}
                {address}
                {good_until}
                {fact(t.rules, console_version(&context, redemption.rules_version))}
                {fact(console.number, redemption.id.to_string())}
            </dl>
        </Card>
    }
}

fn console_version(context: &RequestContext, version: u32) -> String {
    (context.lang.console().version)(version)
}

#[component]
fn History(context: RequestContext, redemption: Redemption, states: Vec<StateSince>) -> impl IntoView {
    let (t, kind) = (context.lang.fulfil(), redemption.kind());
    let now = redemption.state;
    let step = |since: StateSince| {
        let note = since.note.clone().map(|note| {
            let text = if since.state.restores() { (t.noted_reason)(&note) } else { (t.noted_reference)(&note) };
            view! { <small>{text}</small> }
        });
        let is_bad = matches!(since.state, RedemptionState::Failed | RedemptionState::Voided);
        let icon = if since.state.restores() || since.state == RedemptionState::Expired { "close" } else { "check" };
        view! {
            <li class=if is_bad { "bad" } else { "" } aria-current=(since.state == now).then_some("step")>
                <span class="step-mark"><Icon name=icon/></span>
                <div>
                    {state_label(context.lang, kind, since.state)}
                    <small><time datetime=since.at.to_string()>{context.moment(since.at)}</time>" · "{who(&context, &since)}</small>
                    {note}
                </div>
            </li>
        }
    };
    let steps = states.into_iter().map(step).collect_view();
    view! { <Card title=t.history><ol class="steps">{steps}</ol></Card> }
}

fn who(context: &RequestContext, since: &StateSince) -> String {
    let t = context.lang.fulfil();
    match (&since.actor_name, since.actor.as_str()) {
        (Some(name), _) => (t.by)(name),
        (None, "member") => t.member_did.to_owned(),
        (None, kind) => (t.by)(context.lang.console().actor_named(kind)),
    }
}

/// What the staff can do next, from here.
#[component]
fn NextStep(context: RequestContext, redemption: Redemption) -> impl IntoView {
    let (kind, from) = (redemption.kind(), redemption.state);
    let id = redemption.id.to_string();
    view! {
        <Card title=context.lang.fulfil().next_step>
            <form method="get" action=confirm::PATH class="row">
                <Hidden name="ids[]" value=id.clone()/>
                <Hidden name="back" value=path_of(&id)/>
                <Steps lang=context.lang kind from/>
            </form>
        </Card>
    }
}
