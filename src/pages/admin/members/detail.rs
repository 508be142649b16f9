//! One member: who they are, what they hold, and everything that led there.

use laurel_domain::account::{ChangedBy, TierChange};
use laurel_domain::ledger::{Cause, Entry};
use laurel_domain::rules::Rules;
use leptos::prelude::*;

use super::actions::Actions;
use super::{StatusChip, name_of};
use crate::i18n::format;
use crate::pages::admin::list::{Onward, filter};
use crate::pages::admin::redemptions::StateChip;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, PointsChange, Table, TierBadge};
use crate::pages::page;
use crate::server::auth::Permission;
use crate::server::http::{Ask, errors};
use crate::server::store::entries::Page;
use crate::server::store::redemptions::Redemption;
use crate::server::usecase::roll::{File, file};

const ROWS: usize = 30;

#[component]
pub fn MemberPage() -> impl IntoView {
    page(async {
        let (ask, staff) = Ask::staff(Permission::Read)?;
        let path = ask.visit.path.split('?').next().unwrap_or_default();
        let id = path.rsplit('/').next().and_then(|id| id.parse().ok()).ok_or_else(|| errors::not_found(ask.lang))?;
        let before_seq = filter(&ask.visit, "before").and_then(|seq| seq.parse().ok()).unwrap_or(i64::MAX);
        let page = Page { before_seq, ..Page::newest(ROWS as i64 + 1) };
        let file = file(&ask.state.ledger, id, page).await?;
        let timeline = ask.state.ledger.timeline().await?;
        let rules = timeline.at(ask.now()).clone();
        let title = name_of(ask.lang, file.view.name.clone(), &file.view.external_id);
        let head = {
            let (lang, view) = (ask.lang, file.view.clone());
            move || view! { <TierBadge rank=view.tier.rank name=lang.of(&view.tier.name).to_owned()/><StatusChip lang status=view.status/> }
        };
        Ok(view! {
            <AdminPage title here=Here::Members head>
                <Figures ask=ask.clone() file=file.clone()/>
                <div class="file">
                    <div class="stack">
                        <Ledger ask=ask.clone() entries=file.entries.clone()/>
                        <Redemptions ask=ask.clone() redemptions=file.redemptions.clone()/>
                    </div>
                    <div class="stack">
                        <Facts ask=ask.clone() file=file.clone()/>
                        <Actions ask=ask.clone() file=file.clone() role=staff.role/>
                        <TierHistory ask rules tiers=file.tiers/>
                    </div>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Figures(ask: Ask, file: File) -> impl IntoView {
    let t = ask.lang.console();
    let points = file.view.points;
    let figure = |label: &'static str, value: String, class: &'static str| view! { <div class="figure"><small>{label}</small><b class=class>{value}</b></div> };
    let debt = (!points.debt.is_zero()).then(|| figure(t.debt, format::points(points.debt), "down"));
    view! {
        <div class="figures">
            {figure(t.available, format::points(points.available), "")}
            {figure(t.pending, format::points(points.pending), "")}
            {debt}
            {figure(t.earned, format::points(points.earned), "")}
        </div>
    }
}

#[component]
fn Facts(ask: Ask, file: File) -> impl IntoView {
    let t = ask.lang.console();
    let view = file.view;
    let fact = |name: &'static str, value: Option<String>| {
        let value = match value {
            Some(value) => view! { <dd>{value}</dd> }.into_any(),
            None => view! { <dd class="faint">"–"</dd> }.into_any(),
        };
        view! { <dt>{name}</dt>{value} }
    };
    let day = move |at| format::date_time(ask.lang, ask.local(at));
    view! {
        <Card title=t.details>
            <dl class="facts">
                {fact(t.external_id, view.external_id)}
                {fact(t.email, view.email)}
                {fact(t.phone, view.phone)}
                {fact(t.sign_in_name, file.sign_in_name)}
                {fact(t.member_since, Some(day(view.registered_at)))}
                {fact(t.last_sign_in, view.last_sign_in_at.map(day))}
                {fact(t.referral_code, file.member.referral_code)}
            </dl>
        </Card>
    }
}

#[component]
fn Ledger(ask: Ask, mut entries: Vec<Entry>) -> impl IntoView {
    let t = ask.lang.console();
    if entries.is_empty() {
        return view! { <Card title=t.ledger><p class="mute">{t.no_entries}</p></Card> }.into_any();
    }
    let more = entries.len() > ROWS;
    entries.truncate(ROWS);
    let next = entries.last().filter(|_| more).map(|entry| entry.seq.to_string());
    let row = |entry: Entry| {
        let is_loss = entry.points.hundredths() < 0;
        view! {
            <tr>
                <td class="num faint">{entry.seq}</td>
                <td class="small nowrap">{format::date_time(ask.lang, ask.local(entry.occurred_at))}</td>
                <td>{cause(&ask, &entry.cause)}<small class="mute block">{(t.by_version)(entry.rules)}</small></td>
                <td class="num"><PointsChange points=entry.points is_loss/></td>
                <td class="num">{format::points(entry.balance)}</td>
            </tr>
        }
    };
    let rows = entries.into_iter().map(row).collect_view();
    let head = vec![t.number_column, t.when, t.what, t.points_column, t.balance_column];
    view! { <Card title=t.ledger><Table label=t.ledger head>{rows}</Table></Card><Onward next/> }.into_any()
}

fn cause(ask: &Ask, cause: &Cause) -> String {
    let t = ask.lang.console();
    match cause {
        Cause::Payment { amount, scene, .. } => {
            format!("{} {} · {}", t.payment, format::money(*amount), ask.lang.rules().scene(*scene))
        }
        Cause::Refund { amount, payment, .. } => format!("{} {} · #{payment}", t.refund, format::money(*amount)),
        Cause::Referral { .. } => t.referral.to_owned(),
        Cause::Review { .. } => t.review.to_owned(),
        Cause::Redemption { .. } => t.redemption.to_owned(),
        Cause::Lapse { .. } => t.lapse.to_owned(),
        Cause::Activation { .. } => t.activation.to_owned(),
        Cause::Staff { .. } => t.by_staff.to_owned(),
    }
}

#[component]
fn Redemptions(ask: Ask, redemptions: Vec<Redemption>) -> impl IntoView {
    let t = ask.lang.console();
    if redemptions.is_empty() {
        return ().into_any();
    }
    let row = |redemption: Redemption| {
        view! {
            <tr>
                <td class="small nowrap">{format::date_time(ask.lang, ask.local(redemption.created_at))}</td>
                <td class="num">{format::points(redemption.points)}</td>
                <td class="num amount">{format::money(redemption.cash)}</td>
                <td><StateChip lang=ask.lang state=redemption.state/></td>
            </tr>
        }
    };
    let rows = redemptions.into_iter().map(row).collect_view();
    let head = vec![t.when, t.points_column, t.cash_column, t.state_label];
    view! { <Card title=ask.lang.admin().redemptions><Table label=ask.lang.admin().redemptions head>{rows}</Table></Card> }
        .into_any()
}

#[component]
fn TierHistory(ask: Ask, rules: Rules, tiers: Vec<TierChange>) -> impl IntoView {
    let t = ask.lang.console();
    if tiers.is_empty() {
        return ().into_any();
    }
    let line = |change: TierChange| {
        let by = match change.by {
            ChangedBy::Entry { seq } => (t.by_entry)(seq),
            ChangedBy::Rules { version } => (t.by_rules)(version),
        };
        let when = format::date(ask.lang, ask.local(change.at).date());
        view! {
            <li>
                <div><TierBadge rank=change.to name=ask.lang.of(&rules.tier(change.to).name).to_owned()/><small>{by}</small></div>
                <span class="mute small">{when}</span>
            </li>
        }
    };
    let lines = tiers.into_iter().rev().take(50).map(line).collect_view();
    view! { <Card title=t.tier_history><ul class="list bare">{lines}</ul></Card> }.into_any()
}
