//! What the member's tier gives, how much of it is left, and the codes of what they have claimed.

mod codes;

use laurel_domain::member::Status;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::benefits::ClaimBenefit;
use crate::i18n::Lang;
use crate::pages::components::{Card, EmptyState, Form, Hidden, Icon, Notice, OnceKey, PostForm, Tone, field_id, tier_class};
use crate::pages::page;
use crate::pages::portal::rules::tiers::icon;
use crate::pages::portal::{Here, PortalPage};
use crate::server::web::RequestContext;
use codes::{Codes, Earlier};
use laurel_engine::usecase::benefits::of_member::{Benefits, Held, Room, of_member};

#[component]
pub fn BenefitsPage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::member()?;
        let t = context.lang.benefits();
        let benefits = of_member(&context.state.ledger, session.no).await?;
        let suspended = (benefits.status != Status::Active).then(|| {
            view! { <Notice tone=Tone::Warn><p>{t.suspended}</p></Notice> }
        });
        let (open, ended) = (benefits.open.clone(), benefits.ended.clone());
        Ok(view! {
            <PortalPage title=t.title here=Here::Benefits>
                <div class="portal-columns even">
                    <div>
                        {suspended}
                        <Codes context=context.clone() claims=open/>
                        <Yours context=context.clone() benefits/>
                    </div>
                    <div>
                        <HowItWorks lang=context.lang/>
                        <Earlier context claims=ended/>
                    </div>
                </div>
            </PortalPage>
        }
        .into_any())
    })
}

#[component]
fn Yours(context: RequestContext, benefits: Benefits) -> impl IntoView {
    let t = context.lang.benefits();
    let (rank, name) = (benefits.tier.rank, context.lang.of(&benefits.tier.name).to_owned());
    let may_claim = benefits.status == Status::Active;
    let list = match benefits.held.is_empty() {
        true => view! { <EmptyState icon="star" title=(t.nothing)(&name)><p>{t.nothing_about}</p></EmptyState> }.into_any(),
        false => {
            let rows =
                benefits.held.into_iter().map(|held| view! { <Row context=context.clone() held may_claim/> }).collect_view();
            view! { <ul class=format!("list held {}", tier_class(rank))>{rows}</ul> }.into_any()
        }
    };
    view! {
        <section class="card" id=field_id("benefit")>
            <div class="section-head"><h2>{(t.yours)(&name)}</h2><a href="/tiers">{t.all_tiers}</a></div>
            {list}
        </section>
    }
}

#[component]
fn Row(context: RequestContext, held: Held, may_claim: bool) -> impl IntoView {
    let (t, benefit) = (context.lang.benefits(), held.benefit);
    let text = context.lang.of(&benefit.text).to_owned();
    let rest = held.room.map(|room| view! { <small>{(t.times)(room.quota)}" · "{rest(&context, room)}</small> });
    let claim = held.room.filter(|room| may_claim && room.left > 0).map(|_| {
        let form = Form::about(ClaimBenefit::PATH, "benefit", benefit.key.as_str());
        let (key, text) = (benefit.key.to_string(), text.clone());
        view! {
            <PostForm form class="inline">
                <Hidden name="benefit" value=key/>
                <OnceKey form/>
                <button type="submit" class="button small main">{t.claim}<span class="unseen">" · "{text}</span></button>
            </PostForm>
        }
    });
    view! { <li><span class="tile"><Icon name=icon(benefit.kind)/></span><div>{text}{rest}</div>{claim}</li> }
}

fn rest(context: &RequestContext, room: Room) -> String {
    let t = context.lang.benefits();
    match room.left {
        0 => (t.none_left)(&context.day(context.local(room.until).date())),
        left => (t.left)(left, &context.day(context.last_day(room.until))),
    }
}

#[component]
fn HowItWorks(lang: Lang) -> impl IntoView {
    let t = lang.benefits();
    let row = |icon: &'static str, text: &'static str| view! { <li><Icon name=icon/><span>{text}</span></li> };
    view! {
        <Card title=t.how class="quiet">
            <ul class="points-list">
                {row("ticket", t.how_show)}
                {row("clock", t.how_period)}
                {row("shield", t.how_promise)}
                {row("undo", t.how_back)}
            </ul>
        </Card>
    }
}
