//! The card that a member carries: the one large number, the tier, and how far it is to the next.

use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::cash::{CashTerms, cash_for};
use laurel_domain::rules::tier::Basis;
use laurel_domain::view::Progress;
use leptos::prelude::*;

use crate::i18n::format;
use crate::i18n::portal::Portal;
use crate::pages::components::{Icon, ProgressBar, TierBadge, tier_class};
use crate::pages::portal::rules::tiers::gathered;
use crate::server::web::RequestContext;
use laurel_engine::usecase::members::view::MemberView;

#[component]
pub fn Pass(context: RequestContext, member: MemberView, progress: Progress, terms: CashTerms) -> impl IntoView {
    let (lang, t) = (context.lang, context.lang.portal());
    let (rank, points) = (member.tier.rank, member.points);
    let name = member.name.map(|name| view! { <span class="pass-name">{name}</span> });
    view! {
        <div class=format!("pass {}", tier_class(rank))>
            <span class="pass-mark"><Icon name="leaf"/></span>
            <div class="pass-head"><TierBadge rank name=lang.of(&member.tier.name)/>{name}</div>
            <a class="pass-card" href="/card" aria-label=lang.card().show><Icon name="qr"/></a>
            <p class="pass-label">{t.available}</p>
            <p class="pass-number">{format::points(points.available)}</p>
            <p class="pass-beside">{beside(t, terms, [points.available, points.pending, points.debt])}</p>
            <TierProgress context tier=lang.of(&member.tier.name).to_owned() progress/>
        </div>
    }
}

/// What the number is worth, and what is not in it.
fn beside(t: &'static Portal, terms: CashTerms, [available, pending, debt]: [Points; 3]) -> Vec<AnyView> {
    let cash = cash_for(&terms, available).filter(|cash| cash.minor() > 0);
    let parts = [
        cash.map(|cash| (t.worth)(&format::money(cash))),
        pending.is_positive().then(|| (t.pending)(&format::points(pending))),
        debt.is_positive().then(|| (t.debt)(&format::points(debt))),
    ];
    parts.into_iter().flatten().map(|part| view! { <span>{part}</span> }.into_any()).collect()
}

/// The bar runs from where the tier starts to where the next does. `tier`: the name of the member's own.
#[component]
pub fn TierProgress(context: RequestContext, tier: String, progress: Progress) -> impl IntoView {
    let (lang, t) = (context.lang, context.lang.portal());
    let shown = |counted| gathered(progress.basis, progress.currency, counted);
    let keeping = keeping(&context, &tier, &progress).map(|text| view! { <p class="pass-keep">{text}</p> });
    let Some(next) = progress.next else {
        return view! { <p class="pass-next">{t.highest_tier}</p>{keeping} }.into_any();
    };
    let name = lang.of(&next.tier.name).to_owned();
    let by = progress.by.map(|day| context.day(day));
    let [before, after] = match progress.basis {
        Basis::AmountSpent => (t.spend_to_next)(&name, by.as_deref()),
        Basis::PointsEarned | Basis::PointsBalance => (t.points_to_next)(&name, by.as_deref()),
    };
    let label = (t.progress)(&shown(progress.gathered), &shown(next.from));
    view! {
        <ProgressBar value=progress.gathered.saturating_sub(progress.from) most=next.from - progress.from label/>
        <p class="pass-next">{before}<b>{shown(next.missing)}</b>{after}</p>
        {keeping}
    }
    .into_any()
}

/// What keeps the tier at the end of its period; nothing has to keep the first.
fn keeping(context: &RequestContext, tier: &str, progress: &Progress) -> Option<String> {
    let t = context.lang.portal();
    if let Some(until) = progress.kept_until {
        let day = format::date(context.lang, context.last_day(until));
        return Some((context.lang.rules_safety().kept_for_you)(tier, &day));
    }
    let keeping = progress.keeping.as_ref().filter(|_| progress.from > 0)?;
    let shown = |counted| gathered(progress.basis, progress.currency, counted);
    let by = format::date(context.lang, context.last_day(keeping.until));
    let missing = progress.from.saturating_sub(keeping.gathered);
    Some(match keeping.in_grace {
        _ if missing <= 0 => (t.kept)(tier, &by),
        true => (t.keep_in_grace)(&shown(missing), &by, tier),
        false => (t.keep)(&shown(progress.from), &by, tier, &shown(keeping.gathered.max(0))),
    })
}
