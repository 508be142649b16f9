//! What closing an account comes to, as the member and the staff are shown it before it is done.

use laurel_domain::numbers::points::Points;
use leptos::prelude::*;

use crate::i18n::format;
use crate::pages::components::{Notice, Tone};
use crate::server::web::{RequestContext, describe_redemption};
use laurel_engine::store::rewards::redemptions::Redemption;
use laurel_engine::usecase::members::close::Preview;

#[component]
pub fn WhatClosingDoes(context: RequestContext, preview: Preview) -> impl IntoView {
    let t = context.lang.closing();
    let waits = (!preview.waits.is_empty()).then(|| {
        let redemptions = view! { <Redemptions context=context.clone() redemptions=preview.waits/> };
        view! { <Notice tone=Tone::Warn><p>{t.waits_about}</p><p>{t.waits}</p>{redemptions}</Notice> }
    });
    let cancels = (!preview.cancels.is_empty()).then(|| {
        view! { <p>{t.cancels}</p><Redemptions context=context.clone() redemptions=preview.cancels/> }
    });
    let vouchers = (preview.vouchers > 0).then(|| view! { <p>{(t.vouchers)(preview.vouchers)}</p> });
    let claims = (preview.claims > 0).then(|| view! { <p>{(t.claims)(preview.claims)}</p> });
    let size = format::points(Points::from_hundredths(preview.removes.hundredths().saturating_abs()));
    let removes = match preview.removes {
        none if none.is_zero() => t.removes_nothing.to_owned(),
        debt if debt.is_negative() => (t.forgives)(&size),
        _ => (t.removes)(&size),
    };
    view! { {waits}{cancels}{vouchers}{claims}<p><b>{removes}</b></p> }
}

#[component]
fn Redemptions(context: RequestContext, redemptions: Vec<Redemption>) -> impl IntoView {
    let line = |one: Redemption| {
        let day = format::date(context.lang, context.local(one.created_at).date());
        view! { <li>{describe_redemption(context.lang, &one.redeemed_for)}" · "{context.lang.noun().counted(&format::points(one.points))}" · "{day}</li> }
    };
    view! { <ul>{redemptions.into_iter().map(line).collect_view()}</ul> }
}
