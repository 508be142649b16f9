//! What waits for somebody, each with the way to it.

use jiff::Timestamp;
use leptos::prelude::*;

use crate::i18n::format;
use crate::pages::components::{Card, Icon, kind_icon};
use crate::server::web::RequestContext;
use laurel_engine::usecase::programme::overview::Overview;

/// How many rewards that run out are named.
const FEW: usize = 5;

struct Need {
    href: String,
    icon: &'static str,
    text: String,
    more: Option<String>,
}

#[component]
pub fn Needs(context: RequestContext, found: Overview) -> impl IntoView {
    let t = context.lang.dashboard();
    let needs = needs(&context, &found);
    if needs.is_empty() {
        return view! {
            <Card title=t.needs>
                <p class="row"><Icon name="check"/>{t.all_done}</p>
                <p class="mute small">{t.all_done_about}</p>
            </Card>
        }
        .into_any();
    }
    let row = |need: Need| {
        let more = need.more.map(|more| view! { <small>{more}</small> });
        view! { <li><a href=need.href><span class="tile"><Icon name=need.icon/></span><span>{need.text}{more}</span></a></li> }
    };
    let rows = needs.into_iter().map(row).collect_view();
    view! { <Card title=t.needs class="needs"><ul>{rows}</ul></Card> }.into_any()
}

fn needs(context: &RequestContext, found: &Overview) -> Vec<Need> {
    let (t, waiting) = (context.lang.dashboard(), found.waiting);
    let ago = |at: Timestamp| (t.ago)(-context.days_until(at));
    let need =
        |href: &str, icon: &'static str, text: String, more: Option<String>| Need { href: href.to_owned(), icon, text, more };
    let mut needs = Vec::new();
    if waiting.payouts > 0 {
        let oldest = waiting.oldest_payout.map(|at| (t.oldest)(&ago(at)));
        needs.push(need("/admin/redemptions?state=reserved", "cash", (t.payouts)(&format::many(waiting.payouts)), oldest));
    }
    if waiting.in_payment > 0 {
        let text = (t.in_payment)(&format::many(waiting.in_payment));
        needs.push(need("/admin/redemptions?state=processing", "clock", text, None));
    }
    if waiting.gifts > 0 {
        needs.push(need("/admin/redemptions?kind=gift", "truck", (t.gifts)(&format::many(waiting.gifts)), None));
    }
    if waiting.approvals > 0 {
        needs.push(need("/admin/adjustments", "shield", (t.approvals)(&format::many(waiting.approvals)), None));
    }
    if waiting.refused > 0 {
        let t = context.lang.refused();
        let latest = waiting.latest_refused.map(|at| (t.need_latest)(&ago(at)));
        needs.push(need("/admin/refused", "alert", (t.need)(&format::many(waiting.refused)), latest));
    }
    if let Some(at) = waiting.draft_of {
        needs.push(need("/admin/rules/draft", "rules", t.draft.to_owned(), Some((t.draft_of)(&ago(at)))));
    }
    needs.extend(found.running_out.iter().take(FEW).map(|reward| {
        let left = format::count(reward.left.unwrap_or_default());
        let text = (t.running_out)(context.lang.of(&reward.terms.name), &left);
        need(&format!("/admin/rewards/{}", reward.id), kind_icon(reward.supply.kind()), text, None)
    }));
    needs
}
