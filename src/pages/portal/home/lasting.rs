//! Which points go next, and which come: the first few of each, the rest folded away.

use laurel_domain::numbers::points::Points;
use leptos::prelude::*;

use crate::i18n::format;
use crate::i18n::portal::Portal;
use crate::server::web::RequestContext;
use laurel_engine::usecase::members::view::MemberView;

/// How many are shown at once.
const FEW: usize = 3;

#[component]
pub fn Lasting(context: RequestContext, member: MemberView) -> impl IntoView {
    let (lang, t) = (context.lang, context.lang.portal());
    let day = |day| format::date(lang, day);
    let expiring = member.lots.iter().filter_map(|lot| Some((lot.points, (t.through)(&day(lot.day?))))).collect();
    let awaiting =
        member.pending.iter().map(|held| (held.points, (t.available_on)(&day(context.local(held.until).date())))).collect();
    view! { {list(t, t.expiring, expiring)}{list(t, t.awaiting, awaiting)} }
}

/// Points and their day; nothing at all where there are none.
fn list(t: &'static Portal, title: &'static str, mut parts: Vec<(Points, String)>) -> Option<AnyView> {
    if parts.is_empty() {
        return None;
    }
    let row = |(points, day): (Points, String)| {
        view! { <li><b class="num">{format::points(points)}</b><span class="mute">{day}</span></li> }
    };
    let rest = parts.split_off(parts.len().min(FEW));
    let more = (!rest.is_empty()).then(|| {
        let summary = (t.more)(rest.len());
        view! { <details><summary>{summary}</summary><ul class="list bare days">{rest.into_iter().map(row).collect_view()}</ul></details> }
    });
    let rows = parts.into_iter().map(row).collect_view();
    Some(view! { <section class="lasting"><h2>{title}</h2><ul class="list bare days">{rows}</ul>{more}</section> }.into_any())
}
