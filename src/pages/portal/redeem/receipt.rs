//! One redemption: what it pays, where it is, and the way back while there is one.

use laurel_domain::redemption::RedemptionState;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::list::tone;
use crate::api::portal::redeem::CancelRedemption;
use crate::i18n::{Lang, format};
use crate::pages::components::{Card, Chip, Form, Hidden, Icon, PostForm, Submit};
use crate::pages::page;
use crate::pages::portal::{Here, PortalPage};
use crate::server::http::{Ask, errors, what_in_words};
use crate::server::store::redemptions::{Redemption, StateSince};
use crate::server::usecase::redeem::{self, Found, Redeemed};

#[component]
pub fn ReceiptPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id");
    page(async move {
        let (ask, session) = Ask::member()?;
        let nothing = || errors::not_found(ask.lang);
        let id = id.and_then(|id| id.parse().ok()).ok_or_else(nothing)?;
        let Found { redeemed, states, .. } = redeem::find(&ask.state.ledger, id).await?.ok_or_else(nothing)?;
        // another member's is none
        if redeemed.redemption.member_no != session.no {
            return Err(nothing());
        }
        let t = ask.lang.redeem();
        let redemption = redeemed.redemption.clone();
        let cancel = redemption.state.can_be_cancelled(redemption.kind()).then(|| {
            view! { <Cancel lang=ask.lang redemption=redemption.clone()/> }
        });
        Ok(view! {
            <PortalPage title=t.receipt here=Here::Rewards>
                <div class="portal-columns even">
                    <div><Receipt ask=ask.clone() redeemed/></div>
                    <div>
                        <Card title=t.progress><Progress ask=ask.clone() redemption=redemption.clone() states/></Card>
                        {cancel}
                    </div>
                </div>
                <p class="confirm-back"><a href="/redemptions">{t.mine}</a></p>
            </PortalPage>
        }
        .into_any())
    })
}

#[component]
fn Receipt(ask: Ask, redeemed: Redeemed) -> impl IntoView {
    let (t, redemption) = (ask.lang.redeem(), redeemed.redemption);
    let made = format::date_time(ask.lang, ask.local(redemption.created_at));
    let after = redeemed.balance_after;
    let before = after.checked_add(redemption.points).unwrap_or(after);
    let (label, cash) = match redemption.state.restores() {
        true => (t.amount, "redeem-cash undone"),
        false => (t.you_get, "redeem-cash"),
    };
    let asked = (redemption.asked != redemption.points).then(|| {
        view! { <div><dt>{t.asked}</dt><dd>{format::points(redemption.asked)}</dd></div> }
    });
    view! {
        <section class="card receipt">
            <div class="spread">
                <p class="label">{label}</p>
                <Chip tone=tone(redemption.state)>{(t.state)(redemption.state)}</Chip>
            </div>
            <p class=cash>{what_in_words(ask.lang, &redemption.what)}</p>
            <p class="mute">{(t.state_about)(redemption.kind(), redemption.state)}</p>
            <dl class="sum">
                <div><dt>{t.total_before}</dt><dd>{format::points(before)}</dd></div>
                {asked}
                <div><dt>{t.points_taken}</dt><dd>{format!("−{}", format::points(redemption.points))}</dd></div>
                <div class="total"><dt>{t.total_after}</dt><dd>{format::points(after)}</dd></div>
                <div><dt>{t.made}</dt><dd><time datetime=redemption.created_at.to_string()>{made}</time></dd></div>
                <div><dt>{t.rules}</dt><dd>{(t.by_rules)(redemption.rules_version)}</dd></div>
            </dl>
            <p class="label">{t.number}</p>
            <p class="receipt-number"><code>{redemption.id.to_string()}</code></p>
        </section>
    }
}

/// The states it went through with their times, and those still ahead.
#[component]
fn Progress(ask: Ask, redemption: Redemption, states: Vec<StateSince>) -> impl IntoView {
    let (t, state) = (ask.lang.redeem(), redemption.state);
    let been = states.into_iter().map(|since| {
        let at = format::date_time(ask.lang, ask.local(since.at));
        let class = if matches!(since.state, RedemptionState::Failed | RedemptionState::Voided) { "bad" } else { "" };
        let current = (since.state == state).then_some("step");
        let icon = if since.state.restores() || since.state == RedemptionState::Expired { "close" } else { "check" };
        view! {
            <li class=class aria-current=current>
                <span class="step-mark"><Icon name=icon/></span>
                <div>{(t.state)(since.state)}<small><time datetime=since.at.to_string()>{at}</time></small></div>
            </li>
        }
    });
    // the first way on is the one that all is meant to go
    let way = std::iter::successors(Some(state), |state| state.next(redemption.kind()).first().copied());
    let ahead: Vec<RedemptionState> = way.skip(1).collect();
    let ahead = ahead.iter().map(|state| {
        view! { <li class="ahead"><span class="step-mark"></span><div>{(t.state)(*state)}<small>{t.next}</small></div></li> }
    });
    view! { <ol class="steps">{been.collect_view()}{ahead.collect_view()}</ol> }
}

/// Asks first: the button that does it is behind one that opens.
#[component]
fn Cancel(lang: Lang, redemption: Redemption) -> impl IntoView {
    let (t, form) = (lang.redeem(), Form::of(CancelRedemption::PATH));
    view! {
        <details class="ask">
            <summary class="button danger">{t.cancel}</summary>
            <div class="card">
                <p>{(t.cancel_sure)(&format::points(redemption.points))}</p>
                <PostForm form class="form">
                    <Hidden name="redemption" value=redemption.id.to_string()/>
                    <Submit label=t.cancel_yes kind="danger"/>
                </PostForm>
            </div>
        </details>
    }
}
