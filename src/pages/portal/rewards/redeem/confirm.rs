//! The last look before points are taken: `?points=150`. An amount that cannot be redeemed stands in the form again.

use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::cash::{Quote, cost_of, quote};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{Amount, HowItWorks};
use crate::api::portal::rewards::redeem::Redeem;
use crate::i18n::{Lang, format};
use crate::pages::components::{Form, Hidden, PostForm, Submit};
use crate::pages::page;
use crate::pages::portal::rules::tiers::unit;
use crate::pages::portal::{Here, PortalPage};
use crate::server::web::RequestContext;
use crate::server::web::visit::Visit;
use laurel_engine::random;
use laurel_engine::usecase::rewards::offer::{Offer, offer};

#[component]
pub fn ConfirmPage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::member()?;
        let t = context.lang.redeem();
        let offer = offer(&context.state.ledger, session.no).await?;
        let typed = context.visit.query("points").unwrap_or_default();
        let asked = typed.trim().parse::<Points>().ok().filter(|asked| *asked <= offer.available && offer.obstacle.is_none());
        let quoted = asked.and_then(|asked| Some((asked, quote(&offer.terms, asked).ok()?)));
        let (title, content) = match quoted {
            Some((asked, quote)) => {
                (t.confirm, view! { <Confirm lang=context.lang offer=offer.clone() asked quote/> }.into_any())
            }
            None => (t.title, view! { <Amount lang=context.lang offer=offer.clone() typed=Some(typed)/> }.into_any()),
        };
        Ok(view! {
            <PortalPage title here=Here::Rewards>
                <div class="portal-columns even">
                    <div>{content}</div>
                    <div><HowItWorks lang=context.lang basis=offer.basis/></div>
                </div>
            </PortalPage>
        }
        .into_any())
    })
}

#[component]
fn Confirm(lang: Lang, offer: Offer, asked: Points, quote: Quote) -> impl IntoView {
    let (t, form) = (lang.redeem(), Form::of(Redeem::PATH));
    let cash = format::money(quote.cash);
    let [after, kept] = [offer.available, asked].map(|from| from.checked_sub(quote.points).unwrap_or(Points::ZERO));
    let note = (!kept.is_zero()).then(|| {
        let note = (t.kept)(&format::points(asked), &cash, &format::points(kept));
        view! { <p class="hint">{note}</p> }
    });
    let unit = unit(offer.terms.currency);
    let rate = cost_of(&offer.terms, unit).map(|cost| (lang.portal().rate)(&format::points(cost), &format::money(unit)));
    view! {
        <section class="card confirm" id="field-points">
            <p class="label">{t.you_get}</p>
            <p class="redeem-cash">{cash.clone()}</p>
            <dl class="sum" id="field-rules_version">
                <div><dt>{t.balance_before}</dt><dd>{format::points(offer.available)}</dd></div>
                <div><dt>{t.points_taken}</dt><dd>{format!("−{}", format::points(quote.points))}</dd></div>
                <div class="total"><dt>{t.balance_after}</dt><dd>{format::points(after)}</dd></div>
                <div><dt>{t.rate}</dt><dd>{rate}</dd></div>
            </dl>
            {note}
            <PostForm form class="form wide-submit">
                <Hidden name="points" value=asked.to_string()/>
                <Hidden name="rules_version" value=quote.rules_version.to_string()/>
                <Hidden name="key" value=once_key(form)/>
                <Submit label=(t.do_it)(&cash)/>
            </PostForm>
            <p class="confirm-back"><a href=format!("/redeem?points={asked}")>{t.change}</a></p>
        </section>
    }
}

/// Made when the form is: sent twice, it counts once. A form that comes back keeps it, because what became of the first try may
/// be unknown; unless the key turned out to be spent.
pub fn once_key(form: Form) -> String {
    let visit = Visit::current();
    let error = visit.flash.as_ref().and_then(|flash| flash.error.as_ref());
    let is_spent = error.is_some_and(|error| error.code == "idempotency_conflict");
    form.typed("key").filter(|key| !is_spent && !key.is_empty()).unwrap_or_else(|| hex::encode(random::bytes::<16>()))
}
