//! The programme in figures, and what waits to be done.

mod by_day;
mod needs;
mod pictures;
mod steps;

pub use by_day::origin_name;

use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::cash::cash_for;
use laurel_domain::rules::rule_set::Rules;
use laurel_domain::rules::tier::TierRank;
use leptos::prelude::*;

use crate::i18n::format;
use crate::pages::admin::list::filter;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, EmptyState, Icon, ProgressBar, TierBadge, tier_class};
use crate::pages::page;
use crate::server::web::paths::OVERVIEW_CSV;
use crate::server::web::{RequestContext, visit::Visit};
use by_day::{ActivePicture, ByScene, TiersPicture, as_of};
use laurel_engine::auth::Permission;
use laurel_engine::usecase::programme::overview::{Flows, Overview, Span, overview};
use laurel_engine::usecase::programme::report::Report;
use needs::Needs;
use pictures::{FlowsPicture, OutstandingPicture};
use steps::FirstSteps;

#[component]
pub fn DashboardPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let found = overview(&context.state.ledger, asked_span(&context.visit)).await?;
        let t = context.lang.console();
        let tiers = match found.report.members {
            0 => view! { <EmptyState icon="people" title=t.no_members><p>{t.no_members_about}</p></EmptyState> }.into_any(),
            _ => view! { <Tiers context=context.clone() report=found.report.clone() rules=found.rules.clone()/> }.into_any(),
        };
        let steps = found.is_beginning().then(|| view! { <FirstSteps lang=context.lang steps=found.steps role=staff.role/> });
        let head = {
            let (context, span) = (context.clone(), found.span);
            move || view! { <Spans context span/> }
        };
        // of nothing there is no picture; what is there are the rules
        if found.report.events == 0 && found.report.members == 0 {
            return Ok(view! {
                <AdminPage title=context.lang.admin().dashboard here=Here::Dashboard>
                    {steps}
                    <div class="halves even">
                        <Card title=t.members_by_tier>{tiers}</Card>
                        <InForce context rules=found.rules/>
                    </div>
                </AdminPage>
            }
            .into_any());
        }
        Ok(view! {
            <AdminPage title=context.lang.admin().dashboard here=Here::Dashboard head>
                {steps}
                <Figures context=context.clone() found=found.clone()/>
                <div class="halves">
                    <div class="stack">
                        <OutstandingPicture context=context.clone() found=found.clone()/>
                        <FlowsPicture context=context.clone() found=found.clone()/>
                        <TiersPicture context=context.clone() found=found.clone()/>
                        <ActivePicture context=context.clone() found=found.clone()/>
                    </div>
                    <div class="stack">
                        <Needs context=context.clone() found=found.clone()/>
                        <Card title=t.members_by_tier>{tiers}</Card>
                        <ByScene context=context.clone() found=found.clone()/>
                        <Lapsing context=context.clone() found=found.clone()/>
                    </div>
                </div>
                <div class="halves even">
                    <Flow context=context.clone() report=found.report.clone()/>
                    <InForce context rules=found.rules/>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

/// What the address asks for; a year where it asks for nothing that there is.
pub fn asked_span(visit: &Visit) -> Span {
    filter(visit, "span").and_then(|name| Span::named(&name)).unwrap_or_default()
}

#[component]
fn Spans(context: RequestContext, span: Span) -> impl IntoView {
    let t = context.lang.dashboard();
    let link = |one: Span| {
        let current = (one == span).then_some("true");
        view! { <a href=format!("/admin?span={}", one.name()) aria-current=current>{t.spans[one as usize]}</a> }
    };
    view! {
        <nav class="segments" aria-label=t.span>{Span::ALL.map(link).collect_view()}</nav>
        <a class="button small" href=format!("{OVERVIEW_CSV}?span={}", span.name()) download=""><Icon name="download"/>{t.export}</a>
    }
}

/// Figures of more characters than these are set smaller, so that millions stay within their cards.
const WIDE: usize = 10;

#[component]
fn Figures(context: RequestContext, found: Overview) -> impl IntoView {
    let (t, d) = (context.lang.console(), context.lang.dashboard());
    let worth = cash_for(&found.rules.cash_terms(), found.report.points.outstanding);
    let worth = worth.map(|cash| (t.worth)(&format::money(cash)));
    let figure = |label: &'static str, value: String, notes: Vec<String>| {
        let notes = notes.into_iter().map(|note| view! { <small>{note}</small> }).collect_view();
        let class = (value.chars().count() > WIDE).then_some("long");
        view! { <div class="figure"><small>{label}</small><b class=class>{value}</b>{notes}</div> }
    };
    let (now, before) = (found.flows, found.before);
    let compared = |of: fn(&Flows) -> Points| {
        compare(&context, found.span, of(&now).hundredths(), before.as_ref().map(of).map(Points::hundredths))
    };
    let refunds = format::share(now.clawed_back.hundredths(), now.issued.hundredths());
    let points = &found.report;
    let members = (d.of_members)(&format::count(points.members));
    let (active, active_notes) = match as_of(&context, &found) {
        Ok(_) => {
            let before = found.before.is_some().then_some(found.by_day.active_before);
            let compared = compare(&context, found.span, found.by_day.active_in_span, before);
            (format::count(found.by_day.active_in_span), compared.into_iter().chain([members]).collect())
        }
        Err(_) => ("–".to_owned(), vec![d.being_counted.to_owned(), members]),
    };
    view! {
        <div class="figures">
            {figure(t.outstanding, format::points(points.points.outstanding), worth.into_iter().collect())}
            {figure(d.issued, format::points(now.issued), compared(|flows| flows.issued))}
            {figure(t.redeemed, format::points(now.redeemed), compared(|flows| flows.redeemed))}
            {figure(t.expired, format::points(now.expired), compared(|flows| flows.expired))}
            {figure(d.refund_rate, format::points(now.clawed_back), vec![(d.of_issued)(&refunds)])}
            {figure(d.active, active, active_notes)}
        </div>
    }
}

/// How it compares with the span before; nothing for all there ever was.
fn compare(context: &RequestContext, span: Span, now: i64, before: Option<i64>) -> Vec<String> {
    let t = context.lang.dashboard();
    if span == Span::Ever {
        return Vec::new();
    }
    let Some(before) = before.filter(|before| *before > 0) else { return vec![t.no_before.to_owned()] };
    vec![match format::change(now, before) {
        Some(change) => (t.than_before)(&change),
        None => t.as_before.to_owned(),
    }]
}

/// A bar a tier, with its number beside it.
#[component]
fn Tiers(context: RequestContext, report: Report, rules: Rules) -> impl IntoView {
    let t = context.lang.console();
    let ranks = (1..=rules.set.ladder.tiers.len()).filter_map(|rank| TierRank::new(u16::try_from(rank).ok()?));
    let row = |rank: TierRank| {
        let members = report.tiers.iter().find(|tier| tier.rank == i64::from(rank.get())).map_or(0, |tier| tier.members);
        let share = format::share(members, report.members);
        let name = context.lang.of(&rules.tier(rank).name).to_owned();
        let label = format!("{name}: {}", format::count(members));
        view! {
            <tr>
                <th scope="row"><a class="plain-link" href=format!("/admin/members?tier={}", rank.get())><TierBadge rank name/></a></th>
                <td class=format!("wide {}", tier_class(rank))><ProgressBar value=members most=report.members label/></td>
                <td class="num amount">{format::count(members)}</td>
                <td class="num mute">{share}</td>
            </tr>
        }
    };
    let rows = ranks.map(row).collect_view();
    view! {
        <table class="plain bars">
            <caption class="unseen">{t.members_by_tier}</caption>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// What goes by itself in the next weeks, each line with those before it.
#[component]
fn Lapsing(context: RequestContext, found: Overview) -> impl IntoView {
    let t = context.lang.dashboard();
    let terms = found.rules.cash_terms();
    if found.lapsing.iter().all(|(_, points)| points.is_zero()) {
        return view! { <Card title=t.lapsing><p class="mute">{t.nothing_lapses}</p></Card> }.into_any();
    }
    let row = |(days, points): (u16, Points)| {
        let worth = cash_for(&terms, points).map(format::money);
        view! { <dt>{(t.within)(days)}</dt><dd>{format::points(points)}<small class="mute">{worth.map(|worth| format!(" · {worth}"))}</small></dd> }
    };
    let rows = found.lapsing.map(row).collect_view();
    view! {
        <Card title=t.lapsing>
            <p class="mute small">{t.lapsing_about}</p>
            <dl class="sums">{rows}</dl>
        </Card>
    }
    .into_any()
}

/// Where all points came from and went: the lines add up to what is outstanding; below it, what is in it.
#[component]
fn Flow(context: RequestContext, report: Report) -> impl IntoView {
    let t = context.lang.console();
    let points = report.points;
    let less = |points: Points| format::points_change(points.checked_neg().unwrap_or(points));
    view! {
        <Card title=context.lang.dashboard().all_time>
            <dl class="sums">
                <dt>{t.issued}</dt><dd>{format::points_change(points.issued)}</dd>
                <dt>{t.clawed_back}</dt><dd>{less(points.clawed_back)}</dd>
                <dt>{t.redeemed_gross}</dt><dd>{less(points.redeemed)}</dd>
                <dt>{t.restored}</dt><dd>{format::points_change(points.restored)}</dd>
                <dt>{t.expired}</dt><dd>{less(points.expired)}</dd>
                <dt>{t.adjusted}</dt><dd>{format::points_change(points.adjusted)}</dd>
                <dt class="total">{t.outstanding}</dt><dd class="total">{format::points(points.outstanding)}</dd>
            </dl>
            <dl class="sums">
                <dt>{t.pending}</dt><dd>{format::points(points.pending)}</dd>
                <dt>{t.owed}</dt><dd>{format::points(points.debt)}</dd>
            </dl>
        </Card>
    }
}

/// The weights and thresholds that everything above came by.
#[component]
fn InForce(context: RequestContext, rules: Rules) -> impl IntoView {
    let (t, set) = (context.lang.dashboard(), rules.set.clone());
    let since = match rules.version {
        1 => (context.lang.console().version)(1),
        version => (t.since)(version, &format::date(context.lang, context.local(rules.from.time()).date())),
    };
    let tiers = set.ladder.tiers.iter().zip(rules.thresholds()).enumerate().filter_map(|(at, (tier, from))| {
        let rank = TierRank::new(u16::try_from(at + 1).ok()?)?;
        let from = crate::pages::portal::gathered(set.ladder.basis, rules.currency, *from);
        Some(view! { <dt><TierBadge rank name=context.lang.of(&tier.name).to_owned()/></dt><dd>{from}<small class="mute">" · ×"{tier.multiplier.to_string()}</small></dd> })
    });
    let tiers = tiers.collect_view();
    let [alpha, beta, gamma] = [set.alpha, set.beta, set.gamma].map(|weight| weight.to_string());
    view! {
        <Card title=t.in_force>
            <p class="row"><span class="mute">{since}</span><a href="/admin/rules">{context.lang.admin().rules}</a></p>
            <ul class="factors">
                <li>"α "<b>{alpha}</b></li>
                <li>"β "<b>{beta}</b></li>
                <li>"γ "<b>{gamma}</b></li>
            </ul>
            <dl class="sums">{tiers}</dl>
        </Card>
    }
}
