//! One redemption: what it pays, where it is, and the way back while there is one.

use laurel_domain::ids::PictureId;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::rewards::reward::Contact;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::list::tone;
use crate::api::portal::rewards::RevealCode;
use crate::api::portal::rewards::redeem::CancelRedemption;
use crate::i18n::{Lang, format};
use crate::pages::components::{Card, Chip, Form, Hidden, Icon, PostForm, Qr, RewardPicture, Shown, Submit};
use crate::pages::page;
use crate::pages::portal::{Here, PortalPage};
use crate::server::web::{RequestContext, describe_redemption, errors};
use laurel_engine::store::rewards::redemptions::{RedeemedFor, Redemption, StateSince};
use laurel_engine::usecase::members::merge;
use laurel_engine::usecase::rewards::redeem::{self, Found, Redeemed};

#[component]
pub fn ReceiptPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id");
    page(async move {
        let (context, session) = RequestContext::member()?;
        let nothing = || errors::not_found(context.lang);
        let id = id.and_then(|id| id.parse().ok()).ok_or_else(nothing)?;
        let Found { redeemed, states, code, contact, picture } =
            redeem::find(&context.state.ledger, id).await?.ok_or_else(nothing)?;
        // another member's is none, unless that account was merged into this one
        if !merge::is_of(&context.state.ledger, redeemed.redemption.member_no, session.no).await? {
            return Err(nothing());
        }
        let t = context.lang.redeem();
        let redemption = redeemed.redemption.clone();
        let cancel = redemption.state.can_be_cancelled(redemption.kind()).then(|| {
            view! { <Cancel lang=context.lang redemption=redemption.clone()/> }
        });
        let reveal = redemption.state.next(redemption.kind()).contains(&RedemptionState::Issued).then(|| {
            view! { <Reveal lang=context.lang redemption=redemption.clone()/> }
        });
        let code = code.map(|code| view! { <Code context=context.clone() redemption=redemption.clone() code/> });
        let parcel = contact.map(|contact| view! { <Parcel lang=context.lang redemption=redemption.clone() contact/> });
        Ok(view! {
            <PortalPage title=t.receipt here=Here::Rewards>
                <div class="portal-columns even">
                    <div>
                        {code}
                        <Receipt context=context.clone() redeemed picture/>
                        {reveal}
                    </div>
                    <div>
                        <Card title=t.progress><Progress context=context.clone() redemption=redemption.clone() states/></Card>
                        {parcel}
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
fn Receipt(context: RequestContext, redeemed: Redeemed, picture: Option<PictureId>) -> impl IntoView {
    let (t, redemption) = (context.lang.redeem(), redeemed.redemption);
    let made = format::date_time(context.lang, context.local(redemption.created_at));
    let after = redeemed.balance_after;
    let before = after.checked_add(redemption.points).unwrap_or(after);
    let (label, cash) = match redemption.state.restores() {
        true => (t.amount, "redeem-cash undone"),
        false => (t.you_get, "redeem-cash"),
    };
    let asked = (redemption.asked != redemption.points).then(|| {
        view! { <div><dt>{t.asked}</dt><dd>{format::points(redemption.asked)}</dd></div> }
    });
    let reason = redemption.returned.as_ref().and_then(|returned| returned.reason.clone());
    let reason = reason.map(|reason| view! { <p>{t.returned_because}": "{reason}</p> });
    let each = match &redemption.redeemed_for {
        RedeemedFor::Reward(bought) if bought.quantity > 1 => Some(format::points(bought.price)),
        _ => None,
    };
    let each = each.map(|price| view! { <div><dt>{context.lang.rewards().unit_price}</dt><dd>{price}</dd></div> });
    let picture = match &redemption.redeemed_for {
        RedeemedFor::Reward(bought) => {
            let shown = Shown { picture, kind: bought.kind, id: bought.reward.uuid() };
            let alt = context.lang.of(&bought.name).to_owned();
            Some(view! { <RewardPicture of=shown alt sizes="(min-width: 900px) 440px, 92vw" first=true/> })
        }
        RedeemedFor::Cash(_) => None,
    };
    view! {
        <section class="card receipt">
            {picture}
            <div class="spread">
                <p class="label">{label}</p>
                <Chip tone=tone(redemption.state)>{(t.state)(redemption.state)}</Chip>
            </div>
            <p class=cash>{describe_redemption(context.lang, &redemption.redeemed_for)}</p>
            <p class="mute">{(t.state_about)(redemption.kind(), redemption.state)}</p>
            {reason}
            <dl class="sum">
                <div><dt>{t.total_before}</dt><dd>{format::points(before)}</dd></div>
                {asked}
                {each}
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
fn Progress(context: RequestContext, redemption: Redemption, states: Vec<StateSince>) -> impl IntoView {
    let (t, state) = (context.lang.redeem(), redemption.state);
    let been = states.into_iter().map(|since| {
        let at = format::date_time(context.lang, context.local(since.at));
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
    let meant = |state: &RedemptionState| state.next(redemption.kind()).first().copied().filter(|next| !next.restores());
    let way = std::iter::successors(Some(state), meant);
    let ahead: Vec<RedemptionState> = way.skip(1).collect();
    let ahead = ahead.iter().map(|state| {
        view! { <li class="ahead"><span class="step-mark"></span><div>{(t.state)(*state)}<small>{t.next}</small></div></li> }
    });
    view! { <ol class="steps">{been.collect_view()}{ahead.collect_view()}</ol> }
}

/// The code as text, which can be marked and copied, and as a picture, which a till can read. Nothing to show at a till once it
/// is used up.
#[component]
fn Code(context: RequestContext, redemption: Redemption, code: String) -> impl IntoView {
    let t = context.lang.rewards();
    let is_good = redemption.state == RedemptionState::Issued;
    let until = redemption.expires_at.map(|at| {
        // the last minute that it is good in
        let last = at.checked_sub(jiff::SignedDuration::from_mins(1)).unwrap_or(at);
        (t.good_until)(&format::date_time(context.lang, context.local(last)))
    });
    let until = until.unwrap_or_else(|| t.good_for_ever.to_owned());
    let class = if is_good { "voucher-code" } else { "voucher-code undone" };
    view! {
        <Card title=t.code class="voucher">
            {is_good.then(|| view! { <Qr text=code.clone() label=t.qr/> })}
            <p class=class><code>{code}</code></p>
            {is_good.then(|| view! { <p class="mute small">{until}</p> })}
        </Card>
    }
}

/// Asks first: what was seen cannot be given back.
#[component]
fn Reveal(lang: Lang, redemption: Redemption) -> impl IntoView {
    let (t, form) = (lang.rewards(), Form::of(RevealCode::PATH));
    view! {
        <details class="ask">
            <summary class="button main">{t.reveal}</summary>
            <div class="card">
                <p>{t.reveal_about}</p>
                <PostForm form class="form">
                    <Hidden name="redemption" value=redemption.id.to_string()/>
                    <Submit label=t.reveal_yes/>
                </PostForm>
            </div>
        </details>
    }
}

/// Where a gift goes, and where it is.
#[component]
fn Parcel(lang: Lang, redemption: Redemption, contact: Contact) -> impl IntoView {
    let t = lang.rewards();
    let tracking = redemption.tracking.map(|tracking| view! { <div><dt>{t.tracking}</dt><dd>{tracking}</dd></div> });
    view! {
        <Card title=t.deliver_to>
            <dl class="sum">
                {tracking}
                <div><dt>{t.recipient}</dt><dd>{contact.recipient}</dd></div>
                <div><dt>{t.phone}</dt><dd>{contact.phone}</dd></div>
                <div><dt>{t.address}</dt><dd>{contact.address}</dd></div>
            </dl>
        </Card>
    }
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
