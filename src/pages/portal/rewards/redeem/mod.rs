//! Points to cash: the amount with its quote. `?points=150` is the amount; without WASM a button asks for its quote.

mod confirm;
mod list;
mod receipt;

use laurel_domain::numbers::money::Money;
use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::cash::{cash_for, cost_of};
use laurel_domain::rules::tier::Basis;
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::islands::{CASH, KEPT, RedeemQuote, Words};
use crate::pages::components::{Card, Icon, Notice, Tone};
use crate::pages::page;
use crate::pages::portal::rules::tiers::unit;
use crate::pages::portal::{Here, PortalPage};
use crate::server::web::RequestContext;
pub use confirm::{ConfirmPage, once_key};
use laurel_engine::store::rewards::redemptions::{Filter, Which};
use laurel_engine::usecase::rewards::offer::{Obstacle, Offer, offer};
use laurel_engine::usecase::rewards::redeem;
pub use list::{RedemptionList, RedemptionsPage, tone};
pub use receipt::ReceiptPage;

const LATEST: i64 = 3;

#[component]
pub fn RedeemPage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::member()?;
        let t = context.lang.redeem();
        let offer = offer(&context.state.ledger, session.no).await?;
        let latest = Filter { which: Which::OfMember(session.no), after: None, most: LATEST };
        let latest = redeem::list(&context.state.ledger, latest).await?;
        let typed = context.visit.query("points");
        Ok(view! {
            <PortalPage title=t.title here=Here::Rewards>
                <div class="portal-columns even">
                    <div>
                        <Amount lang=context.lang offer=offer.clone() typed/>
                    </div>
                    <div>
                        <HowItWorks lang=context.lang basis=offer.basis/>
                        <section>
                            <div class="section-head"><h2>{t.mine}</h2><a href="/redemptions">{t.all}</a></div>
                            <RedemptionList context redemptions=latest/>
                        </section>
                    </div>
                </div>
            </PortalPage>
        }
        .into_any())
    })
}

/// What there is to redeem, and the form, or why there is none.
#[component]
fn Amount(lang: Lang, offer: Offer, typed: Option<String>) -> impl IntoView {
    let t = lang.redeem();
    let unit = unit(offer.terms.currency);
    let rate = cost_of(&offer.terms, unit).map(|cost| (lang.portal().rate)(&format::points(cost), &format::money(unit)));
    let form = match offer.obstacle {
        None => {
            let typed = typed.unwrap_or_else(|| everything(&offer));
            let words = words(lang, &offer);
            view! { <RedeemQuote words terms=offer.terms available=offer.available typed/> }.into_any()
        }
        Some(obstacle) => {
            let earn = matches!(obstacle, Obstacle::TooFew(..) | Obstacle::Debt(_)).then(|| {
                view! { <p><a href="/tiers">{lang.portal().how_to_earn}</a></p> }
            });
            view! { <Notice tone=Tone::Warn><p>{why_not(lang, obstacle)}</p>{earn}</Notice> }.into_any()
        }
    };
    view! {
        <section class="card redeem-card">
            <div class="redeem-head">
                <div><p class="label">{t.available}</p><p class="redeem-available">{format::points(offer.available)}</p></div>
                <p class="mute small">{rate}</p>
            </div>
            {form}
        </section>
    }
}

/// What the form says about this offer, as the island hears it.
fn words(lang: Lang, offer: &Offer) -> String {
    let t = lang.quote();
    let cash = Money::from_minor(1, offer.terms.currency).ok();
    let least = cash.and_then(|cash| cost_of(&offer.terms, cash)).zip(cash);
    let too_few = least.map(|(cost, cash)| (t.too_few)(&format::points(cost), &format::money(cash))).unwrap_or_default();
    let too_many = (t.too_many)(&format::points(offer.available));
    let kept = (t.kept)(&CASH.to_string(), &KEPT.to_string());
    Words::told([
        t.label,
        t.slider,
        t.half,
        t.all,
        t.you_get,
        t.taken,
        t.left,
        t.ask,
        t.go_on,
        &kept,
        t.not_a_number,
        t.two_decimals,
        &too_few,
        &too_many,
    ])
}

/// What all that is there would take: where the form starts.
fn everything(offer: &Offer) -> String {
    let most = cash_for(&offer.terms, offer.available).and_then(|cash| cost_of(&offer.terms, cash)).unwrap_or(Points::ZERO);
    let text = most.to_string();
    text.strip_suffix(".00").unwrap_or(&text).to_owned()
}

fn why_not(lang: Lang, obstacle: Obstacle) -> String {
    let t = lang.redeem();
    match obstacle {
        Obstacle::Suspended => t.suspended.to_owned(),
        Obstacle::Closed => t.closed.to_owned(),
        Obstacle::Debt(points) => (t.debt)(&format::points(points)),
        Obstacle::TooFew(points, cash) => (t.too_few)(&format::points(points), &format::money(cash)),
    }
}

#[component]
fn HowItWorks(lang: Lang, basis: Basis) -> impl IntoView {
    let t = lang.redeem();
    let tier = match basis {
        Basis::PointsBalance => t.how_tier_balance,
        Basis::PointsEarned | Basis::AmountSpent => t.how_tier,
    };
    let row = |icon: &'static str, text: &'static str| view! { <li><Icon name=icon/><span>{text}</span></li> };
    view! {
        <Card title=t.how class="quiet">
            <ul class="points-list">{row("cash", t.how_paid)}{row("undo", t.how_cancel)}{row("star", tier)}</ul>
        </Card>
    }
}
