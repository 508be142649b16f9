//! One rule set as people read it: the formula as sentences with the numbers in place, the tiers as a table, limits and lifetimes
//! by example, redeeming. For the rules in force and for any other version.

use jiff::civil::Date;
use laurel_domain::ledger::event::Scene;
use laurel_domain::numbers::factor::Factor;
use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::rules::form_terms::yes_or_no;
use laurel_domain::rules::lasting::Lasting;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::terms::EarnKind;
use laurel_domain::rules::tier::{Basis, Tier, TierRank};
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::islands::lasting;
use crate::pages::components::{Card, Markup, TierBadge};

/// `today`: the day of the examples.
#[component]
pub fn ReadableRules(lang: Lang, set: RuleSet, currency: Currency, today: Date) -> impl IntoView {
    view! {
        <div class="readable">
            <Formula lang set=set.clone() currency/>
            <TierTable lang set=set.clone() currency/>
            <div class="halves even">
                <Limits lang set=set.clone() currency today/>
                <Redeeming lang set currency/>
            </div>
        </div>
    }
}

#[component]
fn Formula(lang: Lang, set: RuleSet, currency: Currency) -> impl IntoView {
    let (t, words) = (lang.rules_desk(), lang.rules());
    let unit = Money::from_minor(i64::try_from(currency.minor_per_unit()).unwrap_or(1), currency).map(format::money);
    let word = |factor: Factor| lang.noun().after(&factor.to_string());
    let number = |factor: Factor| view! { <b class="number">{factor.to_string()}</b> };
    let [before, after] = (t.payment_earns)(&unit.unwrap_or_default(), word(set.alpha));
    let [referral, referral_after] = (t.referral_earns)(word(set.beta));
    let [review, review_after] = (t.review_earns)(word(set.gamma));
    let scenes: Vec<_> = Scene::ALL.into_iter().filter(|scene| set.scenes.of(*scene) != Factor::ONE).collect();
    let scenes = match scenes.is_empty() {
        true => view! { <p class="mute">{t.scenes_alike}</p> }.into_any(),
        false => {
            let chip = |scene: Scene| {
                let factor = set.scenes.of(scene).to_string();
                view! { <li>{words.scene(scene)}" "<b>"×"{factor}</b></li> }
            };
            view! { <ul class="factors" aria-label=t.scenes>{Scene::ALL.map(chip).collect_view()}</ul> }.into_any()
        }
    };
    let rounding = set.rounding;
    let rounded = (t.rounded)(
        words.choice("precision", rounding.precision.name()).unwrap_or_default(),
        words.choice("mode", rounding.mode.name()).unwrap_or_default(),
    );
    view! {
        <Card title=lang.console().earning>
            <div class="formula">
                <p>{before}{number(set.alpha)}{after}{t.times}</p>
                <p>{referral}{number(set.beta)}{referral_after}" "{review}{number(set.gamma)}{review_after}</p>
            </div>
            {scenes}
            <p class="mute small">{rounded}</p>
        </Card>
    }
}

#[component]
fn TierTable(lang: Lang, set: RuleSet, currency: Currency) -> impl IntoView {
    let (t, words) = (lang.rules_desk(), lang.rules());
    let basis = set.ladder.basis;
    let thresholds = set.ladder.thresholds(currency);
    let from = move |at: usize| match (basis, thresholds.get(at).copied().unwrap_or_default()) {
        (Basis::AmountSpent, minor) => Money::from_minor(minor, currency).map(format::money).unwrap_or_default(),
        (_, hundredths) => format::points(laurel_domain::numbers::points::Points::from_hundredths(hundredths)),
    };
    let row = |(at, tier): (usize, Tier)| {
        let rank = u16::try_from(at + 1).ok().and_then(TierRank::new).unwrap_or(TierRank::FIRST);
        let benefit = |benefit: &laurel_domain::benefits::benefit::Benefit| {
            let times = benefit.quota.map(|quota| (lang.benefits().times)(quota));
            let times = times.map(|times| view! { <small class="mute">" "{times}</small> });
            view! { <li>{lang.of(&benefit.text).to_owned()}{times}</li> }
        };
        let benefits = match tier.benefits.is_empty() {
            true => view! { <span class="mute">{t.no_benefits}</span> }.into_any(),
            false => view! { <ul class="plain-list">{tier.benefits.iter().map(benefit).collect_view()}</ul> }.into_any(),
        };
        view! {
            <tr>
                <th scope="row"><TierBadge rank name=lang.of(&tier.name).to_owned()/></th>
                <td class="num">{from(at)}</td>
                <td class="num">"×"{tier.multiplier.to_string()}</td>
                <td>{benefits}</td>
            </tr>
        }
    };
    let rows = set.ladder.tiers.iter().cloned().enumerate().map(row).collect_view();
    let basis = (t.by)(words.choice("basis", basis.name()).unwrap_or_default());
    view! {
        <Card title=t.tiers>
            <div class="table tier-table" role="region" tabindex="0" aria-label=t.tiers>
                <table>
                    <thead><tr><th>{words.tier}</th><th class="num">{basis}</th><th class="num">{words.multiplier}</th><th>{words.benefits}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Card>
    }
}

#[component]
fn Limits(lang: Lang, set: RuleSet, currency: Currency, today: Date) -> impl IntoView {
    let (t, words) = (lang.rules_desk(), lang.rules());
    let caps = EarnKind::ALL.map(|kind| {
        let cap = set.caps.of(kind);
        let day = cap.day.map(|most| (t.a_day)(&format::points(most)));
        let month = cap.month.map(|most| (t.a_month)(&format::points(most)));
        let parts: Vec<String> = day.into_iter().chain(month).collect();
        let text = if parts.is_empty() { t.no_cap.to_owned() } else { parts.join(" · ") };
        view! { <dt>{(t.cap_of)(words.earned_by(kind))}</dt><dd>{text}</dd> }
    });
    let least = match set.referral_least == Factor::from_millionths(0) {
        true => t.any_payment.to_owned(),
        false => (t.at_least)(&format!("{} {}", set.referral_least, currency.code())),
    };
    let refunded = words.choice("take_back_referral", yes_or_no(set.take_back_referral)).unwrap_or_default();
    view! {
        <Card title=t.limits>
            <Markup content=vec![lasting(lang, &Lasting::of(&set, today))]/>
            <dl class="sums">
                {caps.collect_view()}
                <dt>{t.first_payment}</dt><dd>{least}</dd>
                <dt>{words.take_back_referral}</dt><dd>{refunded}</dd>
            </dl>
        </Card>
    }
}

#[component]
fn Redeeming(lang: Lang, set: RuleSet, currency: Currency) -> impl IntoView {
    let (t, words) = (lang.rules_desk(), lang.rules());
    let unit = Money::from_minor(i64::try_from(currency.minor_per_unit()).unwrap_or(1), currency).map(format::money);
    let rate = (t.rate_is)(&lang.noun().counted(&set.rate.to_string()), &unit.unwrap_or_default());
    let shortfall = words.choice("shortfall", set.shortfall.name()).unwrap_or_default();
    view! {
        <Card title=t.redeeming>
            <dl class="sums">
                <dt>{t.rate}</dt><dd>{rate}</dd>
                <dt>{words.shortfall}</dt><dd>{shortfall}</dd>
            </dl>
        </Card>
    }
}
