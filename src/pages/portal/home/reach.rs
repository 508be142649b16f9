//! What the member can have for their points today, and what they nearly can.

use laurel_domain::rewards::reward::Reward;
use leptos::prelude::*;

use crate::i18n::format;
use crate::pages::components::{Icon, RewardPicture};
use crate::server::web::visit::Visit;
use laurel_engine::usecase::members::home::Reach;

/// Nothing at all where nothing is within reach.
#[component]
pub fn WithinReach(reach: Reach) -> impl IntoView {
    let lang = Visit::current().lang;
    let t = lang.portal();
    if reach.rewards.is_empty() && reach.nearest.is_none() {
        return ().into_any();
    }
    let card = |reward: Reward| {
        let name = lang.of(&reward.terms.name).to_owned();
        let price = (lang.rewards().price)(&format::points(reward.terms.price));
        view! {
            <li>
                <a href=format!("/rewards/{}", reward.id)>
                    <RewardPicture of=&reward alt="" sizes="(min-width: 900px) 180px, 30vw" first=true/>
                    <span class="reach-name">{name}</span>
                    <b>{price}</b>
                </a>
            </li>
        }
    };
    let cards = (!reach.rewards.is_empty())
        .then(|| view! { <ul class="reach">{reach.rewards.into_iter().map(card).collect_view()}</ul> });
    let near = reach.nearest.map(|(reward, missing)| {
        let text = (t.near_miss)(&format::points(missing), lang.of(&reward.terms.name));
        view! { <p class="near"><Icon name="gift"/><span>{text}</span></p> }
    });
    let title = if cards.is_some() { t.within_reach } else { t.rewards };
    let number = reach.number;
    let all = if number > 0 { (t.all_rewards)(number) } else { t.all_activity.to_owned() };
    view! {
        <section class="within-reach">
            <div class="section-head"><h2>{title}</h2><a href="/rewards">{all}</a></div>
            {cards}
            {near}
        </section>
    }
    .into_any()
}
