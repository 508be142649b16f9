//! What the rules that somebody is typing come to, and what they change: worked again at every edit, by the same rules as
//! the server's.
//!
//! The page renders it first; from then on it is built anew here at every edit.

use jiff::civil::Date;
use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::numbers::points::Points;
use laurel_domain::rules::changes::changes;
use laurel_domain::rules::form::{self, Fields};
use laurel_domain::rules::lasting::Lasting;
use laurel_domain::rules::preview::{Earned, Preview, Rung};
use laurel_domain::rules::tier::{Basis, TierRank};
use leptos::html::Div;
use leptos::prelude::*;

use super::browser;
use super::markup::{El, el};
use crate::i18n::rules::terms::ChangeInWords;
use crate::i18n::{Lang, format};

/// Stands in the editor's form, around what [`sheets`] gives. Without WASM it is as of the last time that the form was sent.
///
/// It goes by `data-` attributes around it rather than props, whose reading would take a JSON parser to every browser: `lang`,
/// `currency`, `today` where the programme is, and `in-force`, the rules as the fields of a form in a query string.
#[island]
pub fn RulesPreview(children: Children) -> impl IntoView {
    let place = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get()
            && let Some((lang, currency, today, in_force)) = given(&place)
        {
            let form = place.clone();
            browser::watch_form_around(&form, move |fields| {
                let typed = fields.into_iter().collect();
                browser::fill(&place, &sheets(lang, currency, today, &in_force, &typed));
                let faults = Preview::of(&typed, currency, today).err().unwrap_or_default();
                faults.into_iter().map(|fault| (fault.field, lang.fault(&fault.fault))).collect()
            });
        }
    });
    view! { <div class="preview" node_ref=place>{children()}</div> }
}

/// What the attributes around it say.
fn given(place: &leptos::web_sys::Element) -> Option<(Lang, Currency, Date, Fields)> {
    let data = |name| browser::data(place, name);
    let currency = data("currency")?.parse().ok()?;
    let today = data("today")?;
    let mut parts = today.splitn(3, '-');
    let today = Date::new(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?).ok()?;
    let in_force = browser::pairs(&data("in-force")?).into_iter().collect();
    Some((Lang::parse(&data("lang")?)?, currency, today, in_force))
}

/// Worked examples of what is typed, and what it changes.
pub fn sheets(lang: Lang, currency: Currency, today: Date, in_force: &Fields, typed: &Fields) -> Vec<El> {
    let words = lang.rules();
    let examples = match Preview::of(typed, currency, today) {
        Ok(preview) => worked(lang, &preview),
        Err(faults) => {
            let lines =
                faults.iter().map(|fault| el("li").text(format!("{} {}", words.label(&fault.field), lang.fault(&fault.fault))));
            vec![el("p").class("preview-fault").text(words.cannot_preview), el("ul").class("preview-faults").children(lines)]
        }
    };
    let changes = match (form::rule_set(in_force), form::rule_set(typed)) {
        (Ok(before), Ok(after)) => changed(lang, lang.changes(&changes(&before, &after), &[&after, &before])),
        _ => el("p").class("mute").text(words.cannot_preview),
    };
    let sheet =
        |title: &'static str, content: Vec<El>| el("section").class("card").child(el("h2").text(title)).children(content);
    vec![sheet(words.preview, examples), sheet(words.what_changes, vec![changes])]
}

/// The list of changes; also what the page that asks before publishing shows.
pub fn changed(lang: Lang, changes: Vec<ChangeInWords>) -> El {
    if changes.is_empty() {
        return el("p").class("mute").text(lang.rules().nothing_changes);
    }
    let line = |change: ChangeInWords| {
        let before = change.before.map(|before| el("del").text(before));
        let after = change.after.map(|after| el("ins").text(after));
        // apart also for those who hear or copy it: 1 that becomes 2.5 is not 12.5
        let change_of = el("span").class("change").children(before).text(" ").children(after);
        el("li").child(el("span").text(change.what)).child(change_of)
    };
    el("ul").class("changes").children(changes.into_iter().map(line))
}

fn worked(lang: Lang, preview: &Preview) -> Vec<El> {
    let words = lang.rules();
    let names = preview.rungs.iter().map(|rung| el("th").class("num").text(lang.of(&rung.name)));
    let cell = |earned: &Option<Earned>| match earned {
        Some(earned) => el("td").class("num").text(format::points(earned.counted)).children(cut(lang, *earned)),
        None => el("td").class("num").text(words.too_many_points),
    };
    let rows = preview
        .payments
        .iter()
        .map(|(scene, earned)| el("tr").child(el("th").text(words.scene(*scene))).children(earned.iter().map(cell)));
    let table = el("table")
        .class("plain")
        .child(el("thead").child(el("tr").child(el("td")).children(names)))
        .child(el("tbody").children(rows));
    let paying = (words.paying)(&format::money(preview.paid));
    let redeeming = match preview.pays {
        Some((cash, points)) => (words.redeeming_pays)(&format::money(cash), &format::points(points)),
        None => words.pays_nothing.to_owned(),
    };
    let sums = [
        (words.referral_earns.to_owned(), format::points(preview.referral.counted), cut(lang, preview.referral)),
        (words.review_earns.to_owned(), format::points(preview.review.counted), cut(lang, preview.review)),
        ((words.redeeming)(&format::points(preview.redeemed)), redeeming, None),
    ];
    let sums = sums.into_iter().flat_map(|(name, value, cut)| [el("dt").text(name), el("dd").text(value).children(cut)]);
    let payments = preview.payments.iter().flat_map(|(_, earned)| earned.iter().flatten());
    let is_cut = [&preview.referral, &preview.review].into_iter().chain(payments).any(|earned| earned.is_cut());
    vec![
        ladder(lang, &preview.rungs),
        el("h3").text(&paying),
        el("div").class("scroll").region(&paying).child(table),
        el("dl").class("sums").children(sums),
        el("p").class("hint").children(is_cut.then(|| el("span").text(words.cut_about))),
        el("h3").text(words.lasting),
        lasting(lang, &preview.lasting),
        el("h3").text(words.tier_by[preview.basis as usize]),
        el("ul").class("edges").children(preview.edges.chunks(2).map(|pair| edge(lang, preview, pair))),
    ]
}

/// What the cap left out, if it left out anything.
fn cut(lang: Lang, earned: Earned) -> Option<El> {
    earned.is_cut().then(|| el("small").class("cut").text((lang.rules().cut_from)(&format::points(earned.whole))))
}

/// When points of a day come and go, and what counts for a tier; also on the page of the rules in force.
pub fn lasting(lang: Lang, lasting: &Lasting) -> El {
    let (words, date) = (lang.rules(), |day| format::date(lang, day));
    let today = date(lasting.today);
    let kinds = if lasting.is_same_for_all() { &lasting.kinds[..1] } else { &lasting.kinds[..] };
    let points = kinds.iter().map(|lasts| {
        let kind = (kinds.len() > 1).then(|| words.earned_by(lasts.kind));
        let from = lasts.available_on.map_or_else(|| words.at_once.to_owned(), |day| (words.available_on)(&date(day)));
        let through = lasts.good_through.map_or_else(|| words.never_lapse.to_owned(), |day| (words.good_through)(&date(day)));
        ((words.earned_on)(kind, &today), vec![from, through])
    });
    let counts = match lasting.window {
        None => words.counts_all.to_owned(),
        Some((first, last)) => (words.counts_between)(&date(first), &date(last)),
    };
    let kept = match lasting.kept {
        None => vec![words.tier_follows.to_owned()],
        Some(kept) => {
            let grace = kept.grace_until.map(|day| (words.made_up_until)(&date(day)));
            std::iter::once((words.tier_kept_until)(&date(kept.until))).chain(grace).collect()
        }
    };
    let tiers = [(words.window.to_owned(), vec![counts]), ((words.tier_reached_on)(&today), kept)];
    let rows = points.chain(tiers).flat_map(|(what, parts)| [el("dt").text(what), el("dd").text(parts.join(" · "))]);
    el("dl").class("sums lasting").children(rows)
}

/// What is just short of a threshold, and what is at it.
fn edge(lang: Lang, preview: &Preview, pair: &[(i64, TierRank)]) -> El {
    let side = |(gathered, rank): &(i64, TierRank)| {
        let name = preview.rungs.get(rank.index()).map(|rung| lang.of(&rung.name)).unwrap_or_default();
        let badge = el("b").class(format!("tier tier-{}", rank.get().min(6))).text(name);
        el("span").class("edge").child(el("span").text(amount(preview, *gathered))).child(badge)
    };
    el("li").children(pair.iter().map(side))
}

fn amount(preview: &Preview, gathered: i64) -> String {
    match preview.basis {
        Basis::AmountSpent => Money::from_minor(gathered, preview.paid.currency()).map(format::money).unwrap_or_default(),
        Basis::PointsEarned | Basis::PointsBalance => format::points(Points::from_hundredths(gathered)),
    }
}

/// The tiers as one bar, each as wide as its range is, in its colour.
fn ladder(lang: Lang, rungs: &[Rung]) -> El {
    let rung = |rung: &Rung| {
        let class = format!("tier-{} wide-{}", rung.rank.get().min(6), rung.width);
        el("li").class(class).child(el("b").text(lang.of(&rung.name))).child(el("span").text(&rung.from))
    };
    el("ol").class("ladder").children(rungs.iter().map(rung))
}
