//! The states of redemptions, and the buttons that move them on.

use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::rewards::redemptions::AdvanceRedemptions;
use crate::i18n::Lang;
use crate::pages::components::{Chip, Field, Form};
use laurel_engine::store::rewards::redemptions::Redemption;

use RedemptionState::*;

/// The console's page of a redemption.
pub fn path_of(id: &str) -> String {
    format!("/admin/redemptions/{id}")
}

pub fn state_label(lang: Lang, kind: RedemptionKind, state: RedemptionState) -> &'static str {
    match (kind, state) {
        (RedemptionKind::Voucher, RedemptionState::Reserved) => lang.reward_desk().kept,
        (_, state) => lang.console().state(state),
    }
}

/// What the staff can do with one in this state.
pub fn can_do(redemption: &Redemption) -> bool {
    match redemption.kind() {
        RedemptionKind::Cash => matches!(redemption.state, Reserved | Processing),
        RedemptionKind::Voucher => redemption.state == Issued,
        RedemptionKind::Gift => matches!(redemption.state, Ordered | Shipped),
    }
}

/// Whether the staff gets from one state to another, if need be through the one between.
fn is_on_the_way(kind: RedemptionKind, from: RedemptionState, to: RedemptionState) -> bool {
    let next = from.next(kind);
    let skips = matches!((from, to), (Reserved, Paid | Failed) | (Ordered, Delivered));
    next.contains(&to) || skips && next.iter().any(|between| between.next(kind).contains(&to))
}

/// The buttons that move redemptions on, inside a GET form to the page that asks. Of many all is reviewed there first; of one, in
/// the state `from`, only what gives money or points away, and the rest is done at once.
#[component]
pub fn Steps(lang: Lang, kind: RedemptionKind, #[prop(optional)] from: Option<RedemptionState>) -> impl IntoView {
    let (t, desk) = (lang.console(), lang.reward_desk());
    let form = Form::of(AdvanceRedemptions::PATH);
    let fits = |to| from.is_none_or(|from| is_on_the_way(kind, from, to));
    let context = |to, label, kind| fits(to).then(|| view! { <Asks to label kind/> });
    let step = |to, label, kind| {
        let button = || {
            if from.is_some() { view! { <Step to label kind/> }.into_any() } else { view! { <Asks to label kind/> }.into_any() }
        };
        fits(to).then(button)
    };
    match kind {
        RedemptionKind::Cash => view! {
            // of many, a batch for the bank is what the page is for
            {context(Paid, t.mark_paid, if from.is_some() { "main" } else { "" })}
            {step(Processing, t.mark_processing, "")}
            {context(Failed, t.mark_failed, "danger")}
        }
        .into_any(),
        RedemptionKind::Voucher => view! {
            {step(Used, desk.mark_used, "main")}
            {context(Voided, desk.mark_voided, "danger")}
        }
        .into_any(),
        RedemptionKind::Gift => view! {
            {(from.is_some() && fits(Shipped)).then(|| view! { <Field form name="tracking" label=desk.tracking maxlength=200/> })}
            {step(Shipped, desk.mark_shipped, "main")}
            {step(Delivered, desk.mark_delivered, "")}
            {context(Cancelled, desk.mark_cancelled, "danger")}
        }
        .into_any(),
    }
}

/// Leads to the page that asks.
#[component]
fn Asks(to: RedemptionState, label: &'static str, kind: &'static str) -> impl IntoView {
    view! { <button type="submit" class=format!("button {kind}") name="to" value=to.name()>{label}</button> }
}

/// Does it at once.
#[component]
fn Step(to: RedemptionState, label: &'static str, kind: &'static str) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=format!("button {kind}")
            name="to"
            value=to.name()
            formmethod="post"
            formaction=AdvanceRedemptions::PATH
        >
            {label}
        </button>
    }
}

#[component]
pub fn StateChip(lang: Lang, kind: RedemptionKind, state: RedemptionState) -> impl IntoView {
    let tone = match (kind, state) {
        (RedemptionKind::Cash, Reserved) | (_, Ordered) => "warn",
        (_, Paid | Issued | Used | Delivered) => "good",
        (_, Failed | Voided) => "bad",
        (_, Reserved | Processing | Cancelled | Expired | Shipped | Returned) => "",
    };
    view! { <Chip tone>{state_label(lang, kind, state)}</Chip> }
}
