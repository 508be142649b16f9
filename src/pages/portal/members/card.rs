//! The card that a member shows at a till: a code for some minutes, as QR and as digits.

use jiff::Timestamp;
use laurel_domain::card::CardCode;
use laurel_domain::member::Status;
use leptos::prelude::*;

use crate::i18n::Lang;
use crate::pages::components::{Icon, Notice, Qr, TierBadge, Tone, tier_class};
use crate::pages::page;
use crate::pages::portal::{Here, PortalPage};
use crate::server::web::{RequestContext, errors};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::members::view::MemberView;
use laurel_engine::usecase::members::{card, view};

#[component]
pub fn CardPage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::member()?;
        let (t, ledger) = (context.lang.card(), &context.state.ledger);
        let member = view::find(ledger, By::No(session.no)).await?.ok_or_else(|| errors::not_found(context.lang))?;
        let member = view::view(ledger, &member).await?;
        let content = match member.status {
            Status::Active => {
                let (code, until) = card::code(ledger, session.no).await?;
                view! { <MemberCard context=context.clone() member code until/> }.into_any()
            }
            Status::Suspended | Status::Closed => view! { <Notice tone=Tone::Warn><p>{t.suspended}</p></Notice> }.into_any(),
        };
        Ok(view! {
            <PortalPage title=t.title here=Here::Me>
                <div class="portal-columns even">
                    <div>{content}</div>
                    <About lang=context.lang/>
                </div>
            </PortalPage>
        }
        .into_any())
    })
}

#[component]
fn MemberCard(context: RequestContext, member: MemberView, code: CardCode, until: Timestamp) -> impl IntoView {
    let (lang, t) = (context.lang, context.lang.card());
    let rank = member.tier.rank;
    let until = context.local(until).strftime("%H:%M").to_string();
    view! {
        <section class=format!("pass member-card {}", tier_class(rank))>
            <div class="pass-head"><TierBadge rank name=lang.of(&member.tier.name)/>{member.name.map(|name| view! { <span class="pass-name">{name}</span> })}</div>
            <Qr text=code.as_str() label=t.label/>
            <p class="card-digits">{code.to_string()}</p>
            <p class="card-foot"><span>{(t.good_until)(&until)}</span><a class="button small" href="/card">{t.renew}</a></p>
        </section>
    }
}

#[component]
fn About(lang: Lang) -> impl IntoView {
    let t = lang.card();
    view! {
        <div>
            <section class="card quiet">
                <ul class="points-list">
                    <li><Icon name="qr"/><span>{t.about}</span></li>
                    <li><Icon name="shield"/><span>{t.safe}</span></li>
                </ul>
            </section>
            <section class="card">
                <h2>{t.codes}</h2>
                <p class="mute">{t.codes_about}</p>
                <p><a class="button" href="/benefits">{lang.portal().my_benefits}</a></p>
            </section>
        </div>
    }
}
