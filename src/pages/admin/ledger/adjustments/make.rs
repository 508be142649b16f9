//! Giving or taking points of one member: how many, then what it comes to and why. `?points=-50&reason=…`, and
//! `&reverses=12` if it takes back what an entry did. A page of its own, and
//! with scripts a sheet beside the page that leads to it: what carries `data-sheet-page`.

use std::collections::HashMap;

use laurel_domain::member::Status;
use laurel_domain::numbers::points::Points;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::ledger::AdjustPoints;
use crate::i18n::{Lang, format};
use crate::pages::admin::list::filter;
use crate::pages::admin::members::name_of;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, CheckBox, Field, Form, Hidden, Notice, OnceKey, PostForm, Submit, Tone};
use crate::pages::page;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::store::ledger::reversals::Reversing;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::audit;
use laurel_engine::usecase::ledger::adjustments::{Preview, Room, preview, room};
use laurel_engine::usecase::ledger::reversals::reversals;
use laurel_engine::usecase::members::view;

#[component]
pub fn AdjustPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::AdjustPoints)?;
        let ledger = &context.state.ledger;
        let path = context.visit.path.split('?').next().unwrap_or_default();
        let id = path.rsplit('/').nth(1).and_then(|id| id.parse().ok()).ok_or_else(|| errors::not_found(context.lang))?;
        let member = view::find(ledger, By::Id(id)).await?.ok_or_else(|| errors::not_found(context.lang))?;
        let room = room(ledger, Authority::from(&staff), member.no).await?;
        let typed = filter(&context.visit, "points");
        let previewed = match &typed {
            Some(points) => Some(preview(ledger, Authority::from(&staff), id, points).await),
            None => None,
        };
        let t = context.lang.adjust();
        let external_id = member.external_id.as_ref().map(|id| id.as_str().to_owned());
        let title = (t.title_of)(&name_of(context.lang, member.name.clone(), &external_id));
        let is_closed = member.status == Status::Closed;
        // a refusal is told beside the number; what is no refusal is a page of its own
        let (shown, wrong) = match previewed {
            Some(Ok(shown)) => (Some(shown), None),
            Some(Err(error)) => match crate::api_error::ApiError::from(error) {
                error if error.status < 500 => {
                    (None, Some(error.fields.into_iter().next().map_or(error.message, |field| field.message)))
                }
                error => return Err(error),
            },
            None => (None, None),
        };
        let (typed, reason) = (typed.unwrap_or_default(), filter(&context.visit, "reason").unwrap_or_default());
        let reverses = filter(&context.visit, "reverses").and_then(|seq| seq.parse::<i64>().ok());
        let reversed = match reverses {
            Some(seq) => reversals(ledger, Authority::from(&staff), id, seq).await?,
            None => Vec::new(),
        };
        let names = match reversed.is_empty() {
            true => HashMap::new(),
            false => audit::staff_names(context.db()).await?,
        };
        let is_reversed = !reversed.is_empty();
        let lines = told(&context, &reversed, &names).into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        let reversed = is_reversed.then(|| view! { <Notice tone=Tone::Warn>{lines}</Notice> });
        let confirm = shown.map(|shown| {
            let reversal = reverses.map(|seq| (seq, is_reversed));
            view! { <Confirm lang=context.lang id=id.to_string() typed=typed.clone() reason=reason.clone() room shown reversal/> }
        });
        let content = match is_closed {
            true => view! { <Notice>{t.closed}</Notice> }.into_any(),
            false => view! { {reversed}<Amount lang=context.lang typed=typed.clone() reason wrong room reverses/>{confirm} }
                .into_any(),
        };
        Ok(view! {
            <AdminPage title here=Here::Members>
                <div class="stack narrow">
                    <div class="stack" data-sheet-page=context.lang.common().close>{content}</div>
                    <p><a href=format!("/admin/members/{id}")>{context.lang.common().back}</a></p>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

/// What took an entry back already, a line each.
pub(super) fn told(context: &RequestContext, reversed: &[Reversing], names: &HashMap<String, String>) -> Vec<String> {
    let t = context.lang.adjust();
    let line = |one: &Reversing| {
        let by = names.get(&one.made_by.to_string()).map_or_else(|| one.made_by.to_string(), Clone::clone);
        let (points, at) = (format::points_change(one.points), format::date_time(context.lang, context.local(one.at)));
        match one.seq {
            Some(seq) => (t.was_reversed)(one.reverses, seq, &points, &at, &by),
            None => (t.reversal_waits)(one.reverses, &points, &at, &by),
        }
    };
    reversed.iter().map(line).collect()
}

#[component]
fn Amount(
    lang: Lang,
    typed: String,
    reason: String,
    wrong: Option<String>,
    room: Room,
    reverses: Option<i64>,
) -> impl IntoView {
    let t = lang.adjust();
    let [give, take, limit] = [room.left.given, room.left.taken, room.limit.points].map(format::points);
    view! {
        <Card title=t.title>
            <p class="mute">{t.about}" "{(t.about_limit)(&give, &take, &limit, room.limit.hours)}</p>
            <AmountForm lang typed reason wrong reverses/>
        </Card>
    }
}

/// Only asks: the page that it leads to shows what it comes to.
#[component]
fn AmountForm(lang: Lang, typed: String, reason: String, wrong: Option<String>, reverses: Option<i64>) -> impl IntoView {
    let t = lang.adjust();
    let described = if wrong.is_some() { "adjust-points-hint adjust-points-error" } else { "adjust-points-hint" };
    let invalid = wrong.is_some().then_some("true");
    let error = wrong.map(|wrong| view! { <p class="error" role="alert" id="adjust-points-error">{wrong}</p> });
    view! {
        <form method="get" class="form">
            <div class="field">
                <label for="adjust-points">{t.points}</label>
                <input
                    id="adjust-points"
                    name="points"
                    value=typed
                    inputmode="text"
                    autocomplete="off"
                    maxlength="20"
                    aria-describedby=described
                    aria-invalid=invalid
                />
                <p class="hint" id="adjust-points-hint">{t.points_hint}</p>
                {error}
            </div>
            {(!reason.is_empty()).then(|| view! { <Hidden name="reason" value=reason/> })}
            {reverses.map(|seq| view! { <Hidden name="reverses" value=seq.to_string()/> })}
            <button class="button">{t.go_on}</button>
        </form>
    }
}

/// `reversal`: the entry that it takes back, and whether that was taken back already.
#[component]
fn Confirm(
    lang: Lang,
    id: String,
    typed: String,
    reason: String,
    room: Room,
    shown: Preview,
    reversal: Option<(i64, bool)>,
) -> impl IntoView {
    let (t, form) = (lang.adjust(), Form::of(AdjustPoints::PATH));
    let size = format::points(Points::from_hundredths(shown.points.hundredths().saturating_abs()));
    let (change, label) = if shown.points.is_positive() { (t.given, (t.give)(&size)) } else { (t.taken, (t.take)(&size)) };
    let row = |name: &'static str, value: String, class: &'static str| view! { <div class=class><dt>{name}</dt><dd>{value}</dd></div> };
    let debt = (!shown.debt.is_zero()).then(|| {
        view! { {row(t.debt_before, format::points(shown.debt), "")}{row(t.debt_after, format::points(shown.debt_after), "")} }
    });
    let large = shown.needs_a_second.then(|| {
        let left = if shown.points.is_negative() { room.left.taken } else { room.left.given };
        let told = (t.large)(&format::points(left), &format::points(room.limit.points), room.limit.hours);
        view! { <Notice tone=Tone::Warn>{told}</Notice> }
    });
    let reverses = reversal.map(|(seq, _)| view! { <Hidden name="reverses" value=seq.to_string()/> });
    let again = reversal.filter(|(_, is_reversed)| *is_reversed);
    let again = again.map(|_| view! { <CheckBox form name="again" label=t.reverse_again/> });
    let label = if shown.needs_a_second { t.propose.to_owned() } else { label };
    view! {
        <section class="card confirm" id="field-points" aria-label=t.after>
            <dl class="sum">
                {row(t.before, format::points(shown.available), "")}
                {row(change, format::points_change(shown.points), "")}
                {debt}
                {row(t.after, format::points(shown.after), "total")}
            </dl>
            {large}
            <PostForm form>
                <Hidden name="id" value=id/>
                <Hidden name="points" value=typed/>
                <OnceKey form/>
                <Field form name="reason" value=reason label=t.reason hint=t.reason_hint maxlength=500 required=true
                    suggestions=lang.lists().adjust_reasons.to_vec()/>
                {reverses}
                {again}
                <Submit label/>
            </PostForm>
        </section>
    }
}
