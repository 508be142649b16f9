//! Who stands at the till: name, tier, what they have, what waits to be used.

use laurel_domain::member::Status;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::benefits::UseBenefitUp;
use crate::i18n::format;
use crate::pages::admin::members::{StatusChip, name_of};
use crate::pages::components::{Form, Hidden, Icon, Notice, PostForm, Submit, TierBadge, Tone, tier_class};
use crate::pages::portal::benefit_icon;
use crate::server::web::RequestContext;
use laurel_engine::usecase::benefits::claims::Claim;
use laurel_engine::usecase::benefits::of_member::Held;
use laurel_engine::usecase::members::card::Shown;

#[component]
pub fn MemberAtTill(context: RequestContext, shown: Shown) -> impl IntoView {
    let (lang, t) = (context.lang, context.lang.card());
    let Shown { member, benefits } = shown;
    let rank = member.tier.rank;
    let name = name_of(lang, member.name.clone(), &member.external_id);
    let is_active = member.status == Status::Active;
    let warning = (!is_active).then(|| view! { <Notice tone=Tone::Bad><p>{t.not_active}</p></Notice> });
    let since = (t.since)(&format::date(lang, context.local(member.registered_at).date()));
    let held = benefits.held.into_iter().map(|held| view! { <Row context=context.clone() held/> }).collect::<Vec<_>>();
    let held = match held.is_empty() {
        true => view! { <p class="mute">{t.nothing_held}</p> }.into_any(),
        false => view! { <ul class=format!("list held {}", tier_class(rank))>{held}</ul> }.into_any(),
    };
    let open = benefits.open.into_iter().map(|claim| view! { <Open context=context.clone() claim is_active/> });
    let open = open.collect::<Vec<_>>();
    let open = match open.is_empty() {
        true => view! { <p class="mute">{t.nothing_claimed}</p> }.into_any(),
        false => view! { <ul class="list">{open}</ul> }.into_any(),
    };
    view! {
        <section class=format!("card till-member {}", tier_class(rank))>
            <div class="till-who">
                <TierBadge rank name=lang.of(&member.tier.name).to_owned()/>
                <h2><a href=format!("/admin/members/{}", member.id)>{name}</a></h2>
                <StatusChip lang status=member.status/>
                <p class="mute small">{since}</p>
            </div>
            <p class="till-points"><span class="label">{t.points}</span><b>{format::points(member.points.available)}</b></p>
        </section>
        {warning}
        <div class="halves">
            <section class="card"><h2>{t.claimed}</h2>{open}</section>
            <section class="card"><h2>{lang.admin().benefits}</h2>{held}</section>
        </div>
    }
}

#[component]
fn Row(context: RequestContext, held: Held) -> impl IntoView {
    let (t, benefits) = (context.lang.card(), context.lang.benefits());
    let text = context.lang.of(&held.benefit.text).to_owned();
    let how = match held.room {
        None => t.always.to_owned(),
        Some(room) if room.left == 0 => (benefits.none_left)(&context.day(context.local(room.until).date())),
        Some(room) => {
            let left = (benefits.left)(room.left, &context.day(context.last_day(room.until)));
            format!("{} · {left}", t.may_claim)
        }
    };
    view! { <li><span class="tile"><Icon name=benefit_icon(held.benefit.kind)/></span><div>{text}<small>{how}</small></div></li> }
}

#[component]
fn Open(context: RequestContext, claim: Claim, is_active: bool) -> impl IntoView {
    let t = context.lang.benefits();
    let text = context.lang.of(&claim.benefit.text).to_owned();
    let until = format::date(context.lang, context.last_day(claim.row.valid_until));
    let code = claim.row.code.to_string();
    let use_up = is_active.then(|| {
        let code = code.clone();
        view! {
            <PostForm form=Form::about(UseBenefitUp::PATH, "code", &code) class="inline">
                <Hidden name="code" value=code.clone()/>
                <Submit label=t.use_up kind="small"/>
            </PostForm>
        }
    });
    view! { <li><span class="tile"><Icon name="ticket"/></span><div>{text}<small>{t.good_until}" "{until}</small></div>{use_up}</li> }
}
