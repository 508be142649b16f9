//! Benefits by tier: a row for each benefit, a column for each tier, how often or how much where they meet.

use laurel_domain::benefits::benefit::Benefit;
use laurel_domain::rules::rule_set::Rules;
use laurel_domain::rules::tier::{Tier, TierRank};
use leptos::prelude::*;

use crate::i18n::Lang;
use crate::pages::components::{Icon, TierBadge};
use crate::pages::portal::benefit_icon;

#[component]
pub fn Matrix(lang: Lang, rules: Rules) -> impl IntoView {
    let t = lang.benefits();
    let tiers = rules.set.ladder.tiers;
    let heads = (1..).zip(&tiers).filter_map(|(rank, tier)| {
        let (rank, name) = (TierRank::new(rank)?, lang.of(&tier.name).to_owned());
        Some(view! { <th scope="col" class="matrix-tier"><TierBadge rank name/></th> })
    });
    let heads = heads.collect_view();
    let rows = kinds(&tiers).into_iter().map(|benefit| row(lang, &tiers, benefit)).collect_view();
    let empty = tiers.iter().all(|tier| tier.benefits.is_empty());
    let columns = (tiers.len() + 1).to_string();
    let none = empty.then(|| view! { <tr><td colspan=columns class="faint">{t.no_benefits}</td></tr> });
    view! {
        <div class="table matrix-sheet" tabindex="0" role="region" aria-label=lang.admin().benefits>
            <table class="matrix">
                <thead><tr><th scope="col">{t.benefit}</th>{heads}</tr></thead>
                <tbody>{rows}{none}</tbody>
            </table>
        </div>
    }
}

/// Each benefit once, by its key, in the order in which the tiers bring it; told in the words of the highest tier that has it.
fn kinds(tiers: &[Tier]) -> Vec<&Benefit> {
    let mut found: Vec<&Benefit> = Vec::new();
    for benefit in tiers.iter().flat_map(|tier| &tier.benefits) {
        match found.iter_mut().find(|known| known.key == benefit.key) {
            Some(known) => *known = benefit,
            None => found.push(benefit),
        }
    }
    found
}

fn row(lang: Lang, tiers: &[Tier], benefit: &Benefit) -> AnyView {
    let t = lang.benefits();
    let cells = tiers.iter().map(|tier| {
        let own = tier.benefits.iter().find(|own| own.key == benefit.key);
        match own {
            Some(own) => view! { <td class="matrix-cell">{cell(lang, own, benefit)}</td> }.into_any(),
            None => view! { <td class="matrix-cell faint"><span aria-hidden="true">"–"</span><span class="unseen">{t.not_of_tier}</span></td> }.into_any(),
        }
    });
    let kind = lang.rules().choice("kind", benefit.kind.name()).unwrap_or_default();
    view! {
        <tr>
            <th scope="row">
                <div class="matrix-benefit">
                    <span class="tile"><Icon name=benefit_icon(benefit.kind)/></span>
                    <div>
                        <span lang="zh-CN">{benefit.text.zh.clone()}</span>
                        <small lang="en">{benefit.text.en.clone()}</small>
                        <small>{kind}</small>
                    </div>
                </div>
            </th>
            {cells.collect_view()}
        </tr>
    }
    .into_any()
}

/// What a tier has of a benefit; its words too, where they are others than at the head of the row.
fn cell(lang: Lang, own: &Benefit, head: &Benefit) -> AnyView {
    let t = lang.benefits();
    let percent = own.percent.map(|percent| view! { <b>{format!("{percent}%")}</b> });
    let times = match own.quota {
        Some(quota) => view! { <span>{(t.times)(quota)}</span> }.into_any(),
        None => view! { <span class="matrix-always"><Icon name="check"/>{t.no_code_needed}</span> }.into_any(),
    };
    let words = (own.text != head.text).then(|| view! { <small>{lang.of(&own.text).to_owned()}</small> });
    view! { {percent}{times}{words} }.into_any()
}
