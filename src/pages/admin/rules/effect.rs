//! What publishing a draft does to members there and then: how many move, and what points are worth.

use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::safety::{Effect, Move};
use laurel_domain::rules::tier::TierRank;
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::pages::components::{Card, TierBadge};

/// `before` and `after`: the rules in force and the draft, for the names of their tiers.
#[component]
pub fn EffectCard(lang: Lang, effect: Effect, before: RuleSet, after: RuleSet) -> impl IntoView {
    let t = lang.rules_safety();
    let stay = effect.members - effect.fallen.min(effect.members) - effect.risen.min(effect.members - effect.fallen);
    let part = |n: u64, told: fn(&str, bool) -> String, class: &'static str| {
        view! { <li class=class>{told(&format::count(i64::try_from(n).unwrap_or(i64::MAX)), n == 1)}</li> }
    };
    let points = format::points(effect.outstanding);
    let (was, becomes) = (format::money(effect.worth_before), format::money(effect.worth_after));
    let worth = match effect.worth_change() {
        0 => (t.worth_same)(&points, &was),
        _ => (t.worth_changes)(&points, &was, &becomes),
    };
    view! {
        <Card title=t.effect_title>
            <p class="mute small">{t.effect_about}</p>
            <ul class="factors effect">
                {part(effect.fallen, t.fallen, if effect.fallen > 0 { "bad" } else { "" })}
                {part(effect.risen, t.risen, if effect.risen > 0 { "good" } else { "" })}
                {part(stay, t.stay, "")}
            </ul>
            <p>{worth}</p>
            <Moves lang effect before after/>
        </Card>
    }
}

/// From which tier to which, as a matrix; those who stay are on the diagonal.
#[component]
fn Moves(lang: Lang, effect: Effect, before: RuleSet, after: RuleSet) -> impl IntoView {
    let t = lang.rules_safety();
    let (old, new) = (before.ladder.tiers, after.ladder.tiers);
    let name = |tier: &laurel_domain::rules::tier::Tier| lang.of(&tier.name).to_owned();
    let rank = |at: usize| u16::try_from(at + 1).ok().and_then(TierRank::new).unwrap_or(TierRank::FIRST);
    let heads = new.iter().map(|tier| view! { <th scope="col" class="num">{name(tier)}</th> }).collect_view();
    let row = |(at, tier): (usize, &laurel_domain::rules::tier::Tier)| {
        let same = new.iter().position(|other| other.key == tier.key).unwrap_or(at.min(new.len() - 1));
        let cell = |to: usize| {
            let is_it = |found: &&Move| (found.from, found.to) == (rank(at), rank(to));
            let members = effect.moves.iter().find(is_it).map_or(0, |found| found.members);
            let class = match (members, to.cmp(&same)) {
                (0, _) => "num mute",
                (_, std::cmp::Ordering::Less) => "num down",
                (_, std::cmp::Ordering::Greater) => "num up",
                _ => "num",
            };
            let text = if members == 0 { "–".to_owned() } else { format::count(i64::try_from(members).unwrap_or(i64::MAX)) };
            view! { <td class=class>{text}</td> }
        };
        view! { <tr><th scope="row"><TierBadge rank=rank(at) name=name(tier)/></th>{(0..new.len()).map(cell).collect_view()}</tr> }
    };
    let rows = old.iter().enumerate().map(row).collect_view();
    view! {
        <div class="table matrix" role="region" tabindex="0" aria-label=t.who_moves>
            <table>
                <thead><tr><th scope="col">{t.from_to}</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
