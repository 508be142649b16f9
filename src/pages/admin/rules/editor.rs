//! The editor's sheets: earning, tiers and their benefits, redeeming.

use laurel_domain::benefits::benefit::{BenefitKind, Period};
use laurel_domain::ledger::event::Scene;
use laurel_domain::numbers::rounding::{Mode, Precision};
use laurel_domain::rules::form_terms::WINDOWS;
use laurel_domain::rules::rule_set::Shortfall;
use laurel_domain::rules::tier::{Basis, Ladder};
use leptos::prelude::*;

use super::sheet::Sheet;
use crate::pages::components::{Card, Icon, field_id};

#[component]
pub fn Earning(sheet: Sheet) -> impl IntoView {
    let (words, desk) = (sheet.lang.rules(), sheet.lang.console());
    let scenes = Scene::ALL.map(|scene| sheet.number(&format!("scenes.{}", scene.name()), words.scene(scene)));
    view! {
        <Card title=desk.earning>
            <div class="weights">
                {sheet.number("alpha", words.alpha)}
                {sheet.number("beta", words.beta)}
                {sheet.number("gamma", words.gamma)}
            </div>
            <h3>{desk.scene_multipliers}</h3>
            <div class="fields tight">{scenes.into_iter().collect_view()}</div>
            <h3>{desk.rounding}</h3>
            <div class="fields">
                {sheet.choice("precision", "precision", words.precision, &Precision::ALL.map(Precision::name))}
                {sheet.choice("mode", "mode", words.mode, &Mode::ALL.map(Mode::name))}
            </div>
        </Card>
    }
}

#[component]
pub fn Redeeming(sheet: Sheet) -> impl IntoView {
    let (words, desk) = (sheet.lang.rules(), sheet.lang.console());
    view! {
        <Card title=desk.redeeming>
            <div class="fields">
                {sheet.number("rate", words.rate)}
                {sheet.choice("shortfall", "shortfall", words.shortfall, &Shortfall::ALL.map(Shortfall::name))}
            </div>
        </Card>
    }
}

#[component]
pub fn Tiers(sheet: Sheet) -> impl IntoView {
    let (words, desk) = (sheet.lang.rules(), sheet.lang.console());
    let count = sheet.count("tiers");
    let tiers = (0..count).map(|at| view! { <TierSheet sheet=sheet.clone() at count/> }).collect_view();
    sheet.place("tiers", "tier-sheets");
    view! {
        <Card title=desk.tiers>
            <span id="tier-sheets"></span>
            {sheet.choice("basis", "basis", words.basis, &Basis::ALL.map(Basis::name))}
            <Counting sheet/>
            {tiers}
        </Card>
    }
}

/// What counts for a tier, and how long one is kept.
#[component]
fn Counting(sheet: Sheet) -> impl IntoView {
    let (words, desk) = (sheet.lang.rules(), sheet.lang.console());
    view! {
        <div class="kinds stack">
            {sheet.choice("window.kind", "window.kind", words.window, &WINDOWS)}
            <div class="fields hinted of-months">
                {sheet.hinted_number("window.months", words.window_months, desk.window_months_hint)}
            </div>
            <p class="hint">{desk.window_hint}</p>
        </div>
        <div class="fields hinted">
            {sheet.hinted_number("validity.months", words.validity_months, desk.validity_hint)}
            {sheet.hinted_number("validity.grace_days", words.grace_days, desk.grace_hint)}
        </div>
    }
}

#[component]
fn TierSheet(sheet: Sheet, at: usize, count: usize) -> impl IntoView {
    let (words, desk) = (sheet.lang.rules(), sheet.lang.console());
    let field = |name: &str| format!("tiers.{at}.{name}");
    let name = match sheet.value(&field(&format!("name.{}", sheet.lang.code()))) {
        empty if empty.is_empty() => desk.unnamed_tier.to_owned(),
        name => name,
    };
    let number = sheet.count(&field("benefits"));
    let benefits = (0..number).map(|j| view! { <BenefitRow sheet=sheet.clone() tier=at at=j/> });
    let remove = (count > 1).then(|| edit(format!("remove-tier.{at}"), desk.remove_tier, "small quiet danger"));
    let add_benefit = (number < Ladder::MOST_BENEFITS).then(|| edit(format!("add-benefit.{at}"), desk.add_benefit, "small"));
    let add_tier = (count < Ladder::MOST_TIERS).then(|| edit(format!("add-tier.{at}"), desk.add_tier, "small"));
    let id = field_id(&field("sheet"));
    sheet.place(&field("benefits"), &id);
    view! {
        <fieldset id=id class=format!("tier-sheet tier-{}", (at + 1).min(6))>
            <legend><span class="tier">{name}</span></legend>
            {sheet.hidden(&field("key"))}
            <div class="tier-fields">
                {sheet.text(&field("name.zh"), words.name_zh)}
                {sheet.text(&field("name.en"), words.name_en)}
                {sheet.number(&field("from"), words.from)}
                {sheet.number(&field("multiplier"), words.multiplier)}
            </div>
            {benefits.collect_view()}
            <div class="tier-actions">{add_benefit}{add_tier}{remove}</div>
        </fieldset>
    }
}

#[component]
fn BenefitRow(sheet: Sheet, tier: usize, at: usize) -> impl IntoView {
    let (words, desk) = (sheet.lang.rules(), sheet.lang.console());
    let field = |name: &str| format!("tiers.{tier}.benefits.{at}.{name}");
    // the first is none
    let periods: Vec<&str> = std::iter::once("").chain(Period::ALL.map(Period::name)).collect();
    let remove = view! {
        <button class="button small quiet icon-only" name="do" value=format!("remove-benefit.{tier}.{at}") aria-label=desk.remove_benefit title=desk.remove_benefit>
            <Icon name="close"/>
        </button>
    };
    view! {
        <div class="benefit-row" role="group" aria-label=desk.benefit>
            {sheet.hidden(&field("key"))}
            {sheet.choice(&field("kind"), "kind", words.kind, &BenefitKind::ALL.map(BenefitKind::name))}
            {sheet.text(&field("text.zh"), words.text_zh)}
            {sheet.text(&field("text.en"), words.text_en)}
            {sheet.number(&field("percent"), words.percent)}
            {sheet.number(&field("quota.count"), words.quota_count)}
            {sheet.choice(&field("quota.period"), "period", words.quota_period, &periods)}
            {remove}
        </div>
    }
}

/// A button that changes the form's shape and comes back to it.
fn edit(what: String, label: &'static str, kind: &'static str) -> impl IntoView {
    view! { <button class=format!("button {kind}") name="do" value=what>{label}</button> }
}
