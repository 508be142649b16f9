//! Taking a gift back that was sent: what the member gets back, whether the thing goes into stock again, and why.

use laurel_domain::rewards::redemption::RedemptionState;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use crate::api::admin::rewards::redemptions::TakeBackGift;
use crate::i18n::{Lang, format};
use crate::pages::admin::members::name_of;
use crate::pages::admin::rewards::redemptions::StateChip;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{CheckBox, Field, Form, Hidden, Notice, PostForm, Submit};
use crate::pages::page;
use crate::server::web::{RequestContext, describe_redemption, errors};
use laurel_engine::auth::Permission;
use laurel_engine::store::rewards::redemptions::Redemption;
use laurel_engine::usecase::rewards::redeem;

#[component]
pub fn TakeBackPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id");
    page(async move {
        let (context, _) = RequestContext::staff(Permission::ManageRedemptions)?;
        let t = context.lang.reward_desk();
        let nothing = || errors::not_found(context.lang);
        let id = id.and_then(|id| id.parse().ok()).ok_or_else(nothing)?;
        let redemption = redeem::find(&context.state.ledger, id).await?.ok_or_else(nothing)?.redeemed.redemption;
        let can = redemption.state.next(redemption.kind()).contains(&RedemptionState::Returned);
        let content = match can {
            true => view! { <TakeBack lang=context.lang redemption/> }.into_any(),
            false => view! { <Notice>{t.not_to_take_back}</Notice> }.into_any(),
        };
        Ok(view! {
            <AdminPage title=t.take_back_title here=Here::Redemptions>
                <div class="stack narrow">
                    {content}
                    <p><a href="/admin/redemptions?kind=gift&state=shipped">{context.lang.common().back}</a></p>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn TakeBack(lang: Lang, redemption: Redemption) -> impl IntoView {
    let (t, desk, form) = (lang.console(), lang.reward_desk(), Form::of(TakeBackGift::PATH));
    let points = format::points(redemption.points);
    let name = name_of(lang, redemption.member_name.clone(), &redemption.external_id);
    let about = (desk.take_back_about)(&points, &name);
    view! {
        <section class="card confirm" aria-label=desk.take_back_title>
            <dl class="sum">
                <div><dt>{t.member}</dt><dd><a href=format!("/admin/members/{}", redemption.member)>{name}</a></dd></div>
                <div><dt>{desk.what_column}</dt><dd>{describe_redemption(lang, &redemption.redeemed_for)}</dd></div>
                <div><dt>{t.state_label}</dt><dd><StateChip lang kind=redemption.kind() state=redemption.state/></dd></div>
            </dl>
            <p>{about}</p>
            <PostForm form>
                <Hidden name="redemption" value=redemption.id.to_string()/>
                <fieldset>
                    <legend>{desk.take_back_where}</legend>
                    <CheckBox form name="restock" label=desk.take_back_restock/>
                </fieldset>
                <Field form name="reason" label=desk.take_back_reason hint=desk.take_back_reason_about maxlength=500 required=true/>
                <Submit label=(desk.take_back_yes)(&points) kind="danger"/>
            </PostForm>
        </section>
    }
}
