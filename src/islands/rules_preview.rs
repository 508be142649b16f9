//! What the rules that somebody is typing come to, and what they change: worked again at every edit, by the same rules as
//! the server's.

use laurel_domain::form::{self, Fields};
use laurel_domain::money::{Currency, Money};
use laurel_domain::points::Points;
use laurel_domain::preview::{Preview, Rung};
use laurel_domain::rules::RuleSet;
use laurel_domain::tier::{Basis, TierRank};
use leptos::html::Div;
use leptos::prelude::*;

use super::browser;
use crate::i18n::rules::ChangeInWords;
use crate::i18n::{Lang, format};

/// Stands in the editor's form. Without WASM it is as of the last time that the form was sent.
#[island]
pub fn RulesPreview(lang: Lang, currency: Currency, in_force: RuleSet, fields: Vec<(String, String)>) -> impl IntoView {
    let typed: RwSignal<Fields> = RwSignal::new(fields.into_iter().collect());
    let place = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            browser::watch_form_around(&place, move |fields| {
                typed.set(fields.into_iter().collect());
                let faults = Preview::of(&typed.read_untracked(), currency).err().unwrap_or_default();
                faults.into_iter().map(|fault| (fault.field, lang.fault(&fault.fault))).collect()
            });
        }
    });
    let examples = move || match Preview::of(&typed.read(), currency) {
        Ok(preview) => worked(lang, &preview),
        Err(faults) => {
            let line = |(field, text)| view! { <li>{lang.rules().label(field)}" "{text}</li> };
            let faults: Vec<_> = faults.iter().map(|fault| line((&fault.field, lang.fault(&fault.fault)))).collect();
            view! { <p class="preview-fault">{lang.rules().cannot_preview}</p><ul class="preview-faults">{faults}</ul> }
                .into_any()
        }
    };
    let changes = move || match form::rule_set(&typed.read()) {
        Ok(set) => changed(lang, lang.changes(&form::changes(&in_force, &set), &[&set, &in_force])),
        Err(_) => view! { <p class="mute">{lang.rules().cannot_preview}</p> }.into_any(),
    };
    view! {
        <div class="preview" node_ref=place>
            <section class="card"><h2>{lang.rules().preview}</h2>{examples}</section>
            <section class="card"><h2>{lang.rules().what_changes}</h2>{changes}</section>
        </div>
    }
}

/// The list of changes; also what the page that asks before publishing shows.
pub fn changed(lang: Lang, changes: Vec<ChangeInWords>) -> AnyView {
    if changes.is_empty() {
        return view! { <p class="mute">{lang.rules().nothing_changes}</p> }.into_any();
    }
    let line = |change: ChangeInWords| {
        // one element each: the server, whose views are erased, ends several with a marker that the browser's would stumble on
        let before = change.before.map(|before| view! { <del>{before}</del> });
        let after = change.after.map(|after| view! { <ins>{after}</ins> });
        view! { <li><span>{change.what}</span><span class="change">{before}" "{after}</span></li> }
    };
    view! { <ul class="changes">{changes.into_iter().map(line).collect_view()}</ul> }.into_any()
}

fn worked(lang: Lang, preview: &Preview) -> AnyView {
    let words = lang.rules();
    let names = preview
        .rungs
        .iter()
        .map(|rung| view! { <th scope="col" class="num">{lang.of(&rung.name).to_owned()}</th> })
        .collect_view();
    let cell = |points: &Option<Points>| {
        let text = points.map_or_else(|| words.too_many_points.to_owned(), format::points);
        view! { <td class="num">{text}</td> }
    };
    let rows = preview.payments.iter().map(|(scene, earned)| {
        let cells = earned.iter().map(cell).collect_view();
        view! { <tr><th scope="row">{words.scene(*scene)}</th>{cells}</tr> }
    });
    let rows = rows.collect_view();
    let redeeming = match preview.pays {
        Some((cash, points)) => (words.redeeming_pays)(&format::money(cash), &format::points(points)),
        None => words.pays_nothing.to_owned(),
    };
    let paying = (words.paying)(&format::money(preview.paid));
    let edges = preview.edges.chunks(2).map(|pair| edge(lang, preview, pair)).collect_view();
    view! {
        {ladder(lang, &preview.rungs)}
        <h3>{paying.clone()}</h3>
        <div class="scroll" role="region" aria-label=paying tabindex="0"><table class="plain"><thead><tr><td></td>{names}</tr></thead><tbody>{rows}</tbody></table></div>
        <dl class="sums">
            <dt>{words.referral_earns}</dt><dd>{format::points(preview.referral)}</dd>
            <dt>{words.review_earns}</dt><dd>{format::points(preview.review)}</dd>
            <dt>{(words.redeeming)(&format::points(preview.redeemed))}</dt><dd>{redeeming}</dd>
        </dl>
        <h3>{(words.tier_by)(words.choice("basis", preview.basis.name()).unwrap_or_default())}</h3>
        <ul class="edges">{edges}</ul>
    }
    .into_any()
}

/// What is just short of a threshold, and what is at it.
fn edge(lang: Lang, preview: &Preview, pair: &[(i64, TierRank)]) -> AnyView {
    let side = |(gathered, rank): &(i64, TierRank)| {
        let name = preview.rungs.get(rank.index()).map(|rung| lang.of(&rung.name).to_owned()).unwrap_or_default();
        view! { <span class="edge">{amount(preview, *gathered)}" "<b class=format!("tier tier-{}", rank.get().min(6))>{name}</b></span> }
    };
    view! { <li>{pair.iter().map(side).collect_view()}</li> }.into_any()
}

fn amount(preview: &Preview, gathered: i64) -> String {
    match preview.basis {
        Basis::AmountSpent => Money::from_minor(gathered, preview.paid.currency()).map(format::money).unwrap_or_default(),
        Basis::PointsEarned | Basis::PointsBalance => format::points(Points::from_hundredths(gathered)),
    }
}

/// The tiers as one bar, each as wide as its range is, in its colour.
pub fn ladder(lang: Lang, rungs: &[Rung]) -> AnyView {
    let rung = |rung: &Rung| {
        let class = format!("tier-{} wide-{}", rung.rank.get().min(6), rung.width);
        view! { <li class=class><b>{lang.of(&rung.name).to_owned()}</b><span>{rung.from.clone()}</span></li> }
    };
    view! { <ol class="ladder" aria-label=lang.rules().ladder>{rungs.iter().map(rung).collect_view()}</ol> }.into_any()
}
