//! The last look before a reward is taken: `?quantity=2` for gifts.

use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::redemption::RedemptionKind;
use laurel_domain::rewards::reward::Reward;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::{conditions, why_not};
use crate::api::portal::rewards::TakeReward;
use crate::i18n::{Lang, format};
use crate::pages::components::{
    Card, Field, Form, Hidden, Icon, Notice, PostForm, RewardPicture, Submit, TextArea, Tone, kind_icon,
};
use crate::pages::page;
use crate::pages::portal::rewards::redeem::once_key;
use crate::pages::portal::{Here, PortalPage};
use crate::server::web::{RequestContext, errors};
use laurel_engine::store::members::member::{By, Member};
use laurel_engine::usecase::error::AppError;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::catalogue;

/// How many are offered to choose from; the API takes more.
const MOST_CHOICES: i64 = 10;

#[component]
pub fn TakeRewardPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id");
    page(async move {
        let (context, session) = RequestContext::member()?;
        let nothing = || errors::not_found(context.lang);
        let id = id.and_then(|id| id.parse().ok()).ok_or_else(nothing)?;
        let (t, ledger) = (context.lang.rewards(), &context.state.ledger);
        let member = view::find(ledger, By::No(session.no)).await?.ok_or_else(nothing)?;
        let reward = catalogue::find(ledger, id).await?.ok_or_else(nothing)?;
        let form = Form::of(TakeReward::PATH);
        // a refused form comes back with what it was about
        let quantity = form.typed("quantity").or_else(|| context.visit.query("quantity"));
        let quantity = quantity.and_then(|text| text.trim().parse().ok()).unwrap_or(1);
        let quoted = catalogue::quote(ledger, id, quantity, Some(&member)).await;
        let content = match quoted {
            Ok((reward, points)) => {
                view! { <Confirm lang=context.lang form member=member.clone() reward quantity points/> }.into_any()
            }
            Err(AppError::Refused(refusal)) => {
                let why = why_not(context.lang, &refusal, member.account.available);
                view! {
                    <Notice tone=Tone::Warn><p>{why}</p><p><a href="/tiers">{t.how_to_earn}</a></p></Notice>
                }
                .into_any()
            }
            Err(error) => return Err(error.into()),
        };
        let rulebook = ledger.rulebook().await?;
        let conditions = conditions(&context, rulebook.of(session.member).at(context.now()), &reward);
        Ok(view! {
            <PortalPage title=context.lang.of(&reward.terms.name).to_owned() here=Here::Rewards>
                <div class="portal-columns even">
                    <div>{content}</div>
                    <div><About lang=context.lang reward conditions/></div>
                </div>
                <p class="confirm-back"><a href="/rewards">{t.others}</a></p>
            </PortalPage>
        }
        .into_any())
    })
}

#[component]
fn About(lang: Lang, reward: Reward, conditions: Vec<String>) -> impl IntoView {
    let t = lang.rewards();
    let about = lang.of(&reward.terms.about).to_owned();
    let about = (!about.is_empty()).then(|| view! { <p>{about}</p> });
    let conditions = conditions.into_iter().map(|text| view! { <span>{text}</span> }).collect_view();
    let (how, cancel) = match reward.supply.kind() {
        RedemptionKind::Gift => (t.how_gift, t.how_gift_cancel),
        RedemptionKind::Voucher | RedemptionKind::Cash => (t.how_voucher, t.how_voucher_cancel),
    };
    let row = |icon: &'static str, text: &'static str| view! { <li><Icon name=icon/><span>{text}</span></li> };
    let name = lang.of(&reward.terms.name).to_owned();
    view! {
        <div class="reward-picture"><RewardPicture of=&reward alt=name sizes="(min-width: 900px) 560px, 92vw" first=true/></div>
        {about}
        <p class="parts small mute">{conditions}</p>
        <Card title=lang.redeem().how class="quiet">
            <ul class="points-list">{row(kind_icon(reward.supply.kind()), how)}{row("undo", cancel)}</ul>
        </Card>
    }
}

#[component]
fn Confirm(lang: Lang, form: Form, member: Member, reward: Reward, quantity: u32, points: Points) -> impl IntoView {
    let t = lang.rewards();
    let name = lang.of(&reward.terms.name).to_owned();
    let what = if quantity > 1 { format!("{name} × {quantity}") } else { name };
    let available = member.account.available;
    let after = available.checked_sub(points).unwrap_or(Points::ZERO);
    let is_gift = reward.supply.kind() == RedemptionKind::Gift;
    let address = is_gift.then(|| {
        view! {
            <fieldset>
                <legend>{t.deliver_to}</legend>
                <Field form name="recipient" label=t.recipient value=member.name.clone().unwrap_or_default() autocomplete="name" maxlength=60 required=true/>
                <Field form name="phone" label=t.phone value=member.phone.clone().unwrap_or_default() kind="tel" autocomplete="tel" maxlength=30 required=true/>
                <TextArea form name="address" label=t.address hint=t.address_about rows=2 maxlength=300 required=true/>
            </fieldset>
        }
    });
    view! {
        <section class="card confirm">
            <p class="label">{t.you_get}</p>
            <p class="redeem-cash">{what}</p>
            {is_gift.then(|| view! { <Quantity lang reward=reward.clone() quantity/> })}
            <dl class="sum" id="field-price">
                <div><dt>{t.before}</dt><dd>{format::points(available)}</dd></div>
                <div><dt>{t.taken}</dt><dd>{format!("−{}", format::points(points))}</dd></div>
                <div class="total"><dt>{t.after}</dt><dd>{format::points(after)}</dd></div>
            </dl>
            <PostForm form class="form wide-submit">
                <Hidden name="reward" value=reward.id.to_string()/>
                <Hidden name="quantity" value=quantity.to_string()/>
                <Hidden name="points" value=points.to_string()/>
                <Hidden name="key" value=once_key(form)/>
                {address}
                <Submit label=(t.do_it)(&format::points(points))/>
            </PostForm>
        </section>
    }
}

/// A form of its own, which asks for the page with another quantity.
#[component]
fn Quantity(lang: Lang, reward: Reward, quantity: u32) -> impl IntoView {
    let t = lang.rewards();
    let limit = reward.terms.limit.map_or(MOST_CHOICES, |limit| i64::from(limit.most));
    let most = reward.left.unwrap_or(MOST_CHOICES).min(MOST_CHOICES).min(limit);
    let choices = (1..=most.max(i64::from(quantity))).map(|number| {
        let is_chosen = number == i64::from(quantity);
        view! { <option value=number.to_string() selected=is_chosen>{number.to_string()}</option> }
    });
    (most > 1).then(|| {
        view! {
            <form class="row quantity" method="get">
                <label for="quantity">{t.quantity}</label>
                <select id="quantity" name="quantity">{choices.collect_view()}</select>
                <button class="button">{t.change_quantity}</button>
            </form>
        }
    })
}
