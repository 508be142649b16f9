//! The lab's page: the draft that is tried on the left, what would have come of it on the right. `?run=…` shows a run; its draft is what
//! the form then says.

use std::sync::Arc;

use laurel_domain::lab::scope::Span;
use laurel_domain::rules::form;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

use super::result::ResultOf;
use super::runs::Runs;
use super::{AdminPage, Here, words};
use crate::i18n::Lang;
use crate::pages::admin::rules::{Caps, Earning, Lasting, Redeeming, Sheet, Tiers, TypedForm};
use crate::pages::components::{Card, Notice};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::assets::asset_url;
use crate::server::web::paths::{LAB, LAB_EXACT, LAB_FIND, LAB_KEPT, LAB_LIVE};
use laurel_engine::auth::{Authority, Permission, StaffSession};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::lab::runs::{self, Run};
use laurel_engine::usecase::lab::{self, Reckoned, automatic};
use laurel_engine::usecase::rules::{self, Overview};

/// How many runs are listed.
const LISTED: i64 = 12;

#[component]
pub fn LabPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let ledger = &context.state.ledger;
        let overview = rules::overview(ledger).await?;
        let wanted = context.visit.query("run");
        let run = match wanted.as_deref().and_then(|id| id.parse().ok()) {
            Some(id) => runs::find(ledger, id).await?,
            None => None,
        };
        let restored = TypedForm::of(&context.visit, LAB_KEPT);
        let run = match (&run, &restored) {
            (None, Some(restored)) => of_typed(&context, &staff, &restored.fields).await?,
            _ => run,
        };
        let is_restored = restored.is_some();
        let typed = TypedForm::of(&context.visit, LAB).or(restored);
        let listed = runs::latest(ledger, LISTED).await?;
        let may_run = staff.role.may(Permission::ManageRules);
        let too_large = match may_run {
            true => Some(lab::reckon(ledger, overview.set()).await?).filter(Reckoned::is_too_large),
            false => None,
        };
        let t = context.lang.lab();
        let find = context.lang.lab_find().link;
        let shown = run.as_ref().map(|run| run.id.to_string());
        let is_shown = shown.clone();
        let in_force = overview.in_force.set.clone();
        // made inside the page, which gathers the labels of fields at fault
        let (of_draft, of_run) = (context.clone(), run.clone());
        let left = move || view! { <Draft context=of_draft overview typed is_restored run=of_run too_large/> };
        let list = (!listed.is_empty()).then(|| view! { <Runs context=context.clone() runs=listed shown in_force/> });
        Ok(view! {
            <AdminPage title=t.title here=Here::Lab>
                <p class="mute measure">{t.about}" "<a class="nowrap" href=LAB_FIND>{find}</a></p>
                <div class="lab">
                    <div class="lab-left stack">{may_run.then(left)}</div>
                    <section id="result" class="lab-result stack" aria-label=t.result>
                        {may_run.then(|| view! { <Live lang=context.lang/> })}
                        <div id="lab-run" class="stack" data-shown=is_shown><ResultOf context run/></div>
                        {list}
                    </section>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

/// The exact run that began by itself of what was typed, once it is done.
async fn of_typed(context: &RequestContext, staff: &StaffSession, fields: &form::Fields) -> Result<Option<Run>, AppError> {
    let ledger = &context.state.ledger;
    let Ok(set) = form::whole_rule_set(fields, ledger.programme.currency) else { return Ok(None) };
    if !staff.role.may(Permission::ManageRules) {
        return Ok(None);
    }
    let run = automatic::find(ledger, Authority::from(staff), &set, span(fields)).await?;
    Ok(run.filter(|run| run.report.is_some()))
}

/// To which part of the history the form applies the draft.
pub fn span(fields: &form::Fields) -> Span {
    if fields.get("span").is_some_and(|span| span == "in_force") { Span::InForce } else { Span::Whole }
}

/// Where `public/lab.js` puts the estimate of what is typed.
#[component]
fn Live(lang: Lang) -> impl IntoView {
    view! {
        <p id="lab-said" class="unseen" aria-live="polite"></p>
        <div id="lab-exact" data-from=LAB_EXACT></div>
        <div id="lab-live" class="stack" data-from=LAB_LIVE data-failed=lang.lab().live_failed></div>
        <script type="module" src=asset_url("lab.js") nonce=use_nonce()></script>
    }
}

/// The form: the editor's own sheets, each folded but those that differ from the rules in force.
#[component]
fn Draft(
    context: RequestContext,
    overview: Overview,
    typed: Option<TypedForm>,
    is_restored: bool,
    run: Option<Run>,
    too_large: Option<Reckoned>,
) -> impl IntoView {
    let (lang, t) = (context.lang, context.lang.lab());
    let currency = overview.in_force.currency;
    let error = typed.as_ref().and_then(|typed| typed.error.clone());
    // of what was too large there is nothing but the error
    let typed = typed.filter(|typed| !typed.fields.is_empty());
    let span = typed.as_ref().and_then(|typed| typed.fields.get("span").cloned());
    let span = span.unwrap_or_else(|| match run.as_ref().map(|run| run.span) {
        Some(Span::InForce) => "in_force".to_owned(),
        _ => "whole".to_owned(),
    });
    let set = run.as_ref().filter(|run| !run.is_check).map_or_else(|| overview.set().clone(), |run| run.set.clone());
    let fields = typed.map_or_else(|| form::fields(&set).into_iter().collect(), |typed| typed.fields);
    let before = form::fields(&overview.in_force.set);
    let sheet = Sheet {
        lang,
        fields: Arc::new(fields),
        before: Arc::new(before.into_iter().collect()),
        faults: Arc::new(error.map(|error| error.fields).unwrap_or_default()),
        currency,
    };
    let option = |value: &'static str, label: &'static str| {
        let is_chosen = value == span;
        view! { <option value=value selected=is_chosen>{label}</option> }
    };
    view! {
        <form id="lab" class="rules lab-draft" method="post" action=LAB novalidate aria-label=t.draft>
            // what Enter in a field does
            <button class="unseen" name="do" value="estimate" tabindex="-1" aria-hidden="true"></button>
            <div class="lab-bar">
                <button class="button main" name="do" value="run">{t.run}</button>
                <button class="button" name="do" value="estimate">{t.estimate}</button>
                <details class="ask">
                    <summary class="button quiet">{t.take_over}</summary>
                    <div class="card"><p>{t.take_over_sure}</p><button class="button main" name="do" value="draft">{lang.rules_safety().return_yes}</button></div>
                </details>
                // below the form on a narrow screen
                <a class="button quiet lab-jump" href="#result">{t.result}</a>
            </div>
            {too_large.map(|reckoned| view! { <Notice>{words::too_large(lang, reckoned.into())}</Notice> })}
            <Typing lang is_restored/>
            <div class="field">
                <label for="lab-span">{t.span}</label>
                <select id="lab-span" name="span">{option("whole", t.span_whole)}{option("in_force", t.span_in_force)}</select>
            </div>
            <input type="hidden" name="base" value=overview.base.to_string()/>
            <input type="hidden" name="revision" value=overview.draft.as_ref().map_or(0, |draft| draft.revision).to_string()/>
            <Sheets sheet/>
        </form>
        <Card class="lab-check">
            <p class="mute small">{t.check_about}</p>
            <form method="post" action=LAB class="inline"><button class="button small" name="do" value="check">{t.check}</button></form>
        </Card>
    }
}

/// That what is typed is kept but not saved, and the way to drop it. Hidden until `public/lab.js` has kept something.
#[component]
fn Typing(lang: Lang, is_restored: bool) -> impl IntoView {
    let t = lang.lab();
    view! {
        <div id="lab-typing" class="notice lab-typing" hidden=!is_restored data-to=LAB_KEPT data-kept=t.typing_kept>
            <p>{if is_restored { t.typing_restored } else { t.typing_kept }}</p>
            <button class="button small quiet" name="do" value="forget">{t.typing_drop}</button>
        </div>
    }
}

/// The editor's own sheets, each with how many of its fields differ from the rules in force.
#[component]
fn Sheets(sheet: Sheet) -> impl IntoView {
    let desk = sheet.lang.console();
    let fold = |title: &'static str, prefixes: &[&str], is_open: bool, content: AnyView| {
        let count = changed(&sheet, prefixes);
        let is_open = is_open || count > 0;
        let mark = (count > 0).then(|| view! { <span class="chip warn">{(sheet.lang.rules().changed)(count)}</span> });
        view! {
            <details class="lab-sheet" open=is_open>
                <summary><h2>{title}</h2>{mark}</summary>
                {content}
            </details>
        }
    };
    let of = || sheet.clone();
    view! {
        {fold(desk.earning, &["alpha", "beta", "gamma", "scenes", "precision", "mode"], true, view! { <Earning sheet=of()/> }.into_any())}
        {fold(desk.tiers, &["tiers", "basis", "window", "validity"], true, view! { <Tiers sheet=of()/> }.into_any())}
        {fold(desk.redeeming, &["rate", "shortfall"], true, view! { <Redeeming sheet=of()/> }.into_any())}
        {fold(desk.lasting, &["expiry", "holding"], false, view! { <Lasting sheet=of()/> }.into_any())}
        {fold(desk.caps, &["caps", "referral_least", "take_back_referral"], false, view! { <Caps sheet=of()/> }.into_any())}
    }
}

/// How many fields with these names, or below them, differ from the rules in force.
fn changed(sheet: &Sheet, prefixes: &[&str]) -> usize {
    let is_of = |name: &str| prefixes.iter().any(|prefix| name == *prefix || name.starts_with(&format!("{prefix}.")));
    let names = sheet.fields.keys().chain(sheet.before.keys()).filter(|name| is_of(name));
    let mut names: Vec<&String> = names.filter(|name| sheet.fields.get(*name) != sheet.before.get(*name)).collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}
