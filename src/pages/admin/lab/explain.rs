//! One member event by event: what each event made under the rules that were, and what under the draft of a run.
//! `?run=…&member=…`.

use laurel_domain::lab::replay::Made;
use laurel_domain::ledger::entry::{Cause, Entry};
use laurel_domain::numbers::points::Points;
use leptos::prelude::*;

use super::{AdminPage, Here, run_path};
use crate::i18n::{Lang, format};
use crate::pages::components::{Card, Table};
use crate::pages::page;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::Permission;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::lab::{Moment, explain, runs};
use laurel_engine::usecase::members::view;

/// The latest so many events are shown.
const MOST: usize = 400;

#[component]
pub fn ExplainPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::Read)?;
        let (t, lang, ledger) = (context.lang.lab(), context.lang, &context.state.ledger);
        let not_found = || errors::not_found(lang);
        let run = context.visit.query("run").and_then(|id| id.parse().ok()).ok_or_else(not_found)?;
        let run = runs::find(ledger, run).await?.ok_or_else(not_found)?;
        let id = context.visit.query("member").and_then(|id| id.parse().ok()).ok_or_else(not_found)?;
        let member = view::find(ledger, By::Id(id)).await?.ok_or_else(not_found)?;
        let told = explain(ledger, &run.wish(), By::Id(id)).await?.ok_or_else(not_found)?;
        let external = member.external_id.as_ref().map(|id| id.as_str().to_owned());
        let name = crate::pages::admin::members::name_of(lang, member.name.clone(), &external);
        let only = context.visit.query("all").is_none();
        let moments: Vec<&Moment> = told.moments.iter().filter(|moment| !only || moment.differs()).collect();
        let shown = moments.len().saturating_sub(MOST);
        let rows = moments[shown..].iter().rev().map(|moment| row(&context, moment)).collect_view();
        let (was, is) = (&told.account.baseline, &told.account.draft);
        let tier = |rulebook: &laurel_domain::rules::rule_set::Rulebook, account: &laurel_domain::ledger::account::Account| {
            lang.of(&rulebook.of(account.member).latest().tier(account.tier).name).to_owned()
        };
        let balance =
            |account: &laurel_domain::ledger::account::Account| format::points(account.balance().unwrap_or(account.available));
        let here = format!("/admin/lab/explain?run={}&member={id}", run.id);
        let other = match only {
            true => view! { <a href=format!("{here}&all=1")>{t.all_events}</a> }.into_any(),
            false => view! { <a href=here>{t.only_differing}</a> }.into_any(),
        };
        let head = {
            let back = run_path(run.id);
            move || view! { <a class="button small" href=back>{t.back}</a> }
        };
        let sums = view! {
            <tr class="total">
                <th scope="row">{t.ends_with}</th><td></td>
                <td class="num">{balance(was)}<br/><small class="mute">{tier(&told.actual, was)}</small></td>
                <td class="num">{balance(is)}<br/><small class="mute">{tier(&told.supposed.rulebook, is)}</small></td>
                <td></td>
            </tr>
        };
        Ok(view! {
            <AdminPage title=(t.explain_title)(&name) here=Here::Lab head>
                <p class="mute measure">{t.explain_about}" "{other}</p>
                <Card class="explained">
                    <Table label=t.title head=vec![t.when, t.what, t.in_force_column, t.draft_column, t.change_column]>{sums}{rows}</Table>
                </Card>
            </AdminPage>
        }
        .into_any())
    })
}

fn row(context: &RequestContext, moment: &Moment) -> AnyView {
    let t = context.lang.lab();
    let sum = |made: &Made| made.journal.entries.iter().map(|entry| entry.points.hundredths()).fold(0_i64, i64::saturating_add);
    let (was, is) = (sum(&moment.made.baseline), sum(&moment.made.draft));
    let first =
        moment.cause.as_ref().or(moment.made.baseline.journal.entries.first()).or(moment.made.draft.journal.entries.first());
    let when = first.map(|entry| context.moment(entry.occurred_at)).unwrap_or_default();
    let what = moment.cause.as_ref().map_or_else(|| t.due_work.to_owned(), |entry| title(context.lang, entry));
    let class = if moment.differs() { "differs" } else { "" };
    let points = |hundredths: i64| format::points_change(Points::from_hundredths(hundredths));
    let change = if was == is { String::new() } else { points(is.saturating_sub(was)) };
    view! {
        <tr class=class>
            <th scope="row" class="nowrap">{when}</th>
            <td>{what}</td>
            <td class="num">{points(was)}</td>
            <td class="num">{points(is)}</td>
            <td class="num">{change}</td>
        </tr>
    }
    .into_any()
}

/// What happened, as far as the entry itself tells.
fn title(lang: Lang, entry: &Entry) -> String {
    let t = lang.activity();
    match &entry.cause {
        Cause::Payment { amount, scene, .. } => (t.payment)((t.scene)(*scene), &format::money(*amount)),
        Cause::Refund { amount, .. } => (t.refund)(&format::money(*amount)),
        Cause::Referral { .. } => t.referral.to_owned(),
        Cause::Review { .. } => t.review.to_owned(),
        _ => (t.kinds)(entry.kind).to_owned(),
    }
}
