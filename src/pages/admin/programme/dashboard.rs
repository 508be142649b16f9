//! The programme in figures, and what waits to be done.

use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::cash::cash_for;
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::rules::rule_set::Rules;
use laurel_domain::rules::tier::TierRank;
use leptos::prelude::*;

use crate::i18n::format;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, EmptyState, Icon, ProgressBar, TierBadge, tier_class};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::ledger::adjustments;
use laurel_engine::usecase::programme::report::{Report, expiring, report};
use laurel_engine::usecase::rewards::redeem;

/// How many days ahead points are about to expire.
const SOON: u16 = 30;

#[component]
pub fn DashboardPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::Read)?;
        let report = report(context.db()).await?;
        let expiring = expiring(&context.state.ledger, SOON).await?;
        let waiting = redeem::count(&context.state.ledger, RedemptionKind::Cash, RedemptionState::Reserved).await?;
        let processing = redeem::count(&context.state.ledger, RedemptionKind::Cash, RedemptionState::Processing).await?;
        let gifts = redeem::count(&context.state.ledger, RedemptionKind::Gift, RedemptionState::Ordered).await?;
        let proposals = adjustments::number_waiting(&context.state.ledger).await?;
        let rules = context.state.ledger.timeline().await?.at(context.now()).clone();
        let t = context.lang.console();
        let tiers = match report.members {
            0 => view! { <EmptyState icon="people" title=t.no_members><p>{t.no_members_about}</p></EmptyState> }.into_any(),
            _ => view! { <Tiers context=context.clone() report=report.clone() rules=rules.clone()/> }.into_any(),
        };
        Ok(view! {
            <AdminPage title=context.lang.admin().dashboard here=Here::Dashboard>
                <Figures context=context.clone() report=report.clone() rules/>
                <div class="halves">
                    <Card title=t.members_by_tier>{tiers}</Card>
                    <div class="stack">
                        <Waiting context=context.clone() waiting processing gifts/>
                        <Proposals context=context.clone() proposals/>
                        <Flow context report expiring/>
                    </div>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Figures(context: RequestContext, report: Report, rules: Rules) -> impl IntoView {
    let t = context.lang.console();
    let points = &report.points;
    let worth = cash_for(&rules.cash_terms(), points.outstanding).map(|cash| (t.worth)(&format::money(cash)));
    let figure = |label: &'static str, value: String, note: Option<String>| {
        view! { <div class="figure"><small>{label}</small><b>{value}</b><small>{note}</small></div> }
    };
    view! {
        <div class="figures">
            {figure(context.lang.admin().members, format::count(report.members), Some((t.events)(&format::count(report.events))))}
            {figure(t.issued, format::points(points.issued), None)}
            {figure(t.redeemed, format::points(points.redeemed.checked_sub(points.restored).unwrap_or(points.redeemed)), None)}
            {figure(t.outstanding, format::points(points.outstanding), worth)}
        </div>
    }
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

#[component]
fn Waiting(context: RequestContext, waiting: i64, processing: i64, gifts: i64) -> impl IntoView {
    let t = context.lang.console();
    let title = context.lang.admin().redemptions;
    match (waiting, processing, gifts) {
        (0, 0, 0) => view! { <Card title><p class="row mute"><Icon name="check"/>{t.nothing_waits}</p></Card> }.into_any(),
        _ => view! {
            <Card title>
                <dl class="sums">
                    <dt><a href="/admin/redemptions?state=reserved">{t.waiting}</a></dt><dd>{format::many(waiting)}</dd>
                    <dt><a href="/admin/redemptions?state=processing">{t.processing}</a></dt><dd>{format::many(processing)}</dd>
                    <dt><a href="/admin/redemptions?kind=gift">{context.lang.reward_desk().waiting_gifts}</a></dt><dd>{format::many(gifts)}</dd>
                </dl>
            </Card>
        }
        .into_any(),
    }
}

/// What a second person has to decide; nothing when nothing waits.
#[component]
fn Proposals(context: RequestContext, proposals: i64) -> impl IntoView {
    let t = context.lang.adjust();
    (proposals > 0).then(|| {
        view! {
            <Card title=t.proposals>
                <dl class="sums"><dt><a href="/admin/adjustments">{t.waiting}</a></dt><dd>{format::many(proposals)}</dd></dl>
            </Card>
        }
    })
}

/// Where all points came from and went: the lines add up to what is outstanding; below it, what is in it or about to go.
#[component]
fn Flow(context: RequestContext, report: Report, expiring: Points) -> impl IntoView {
    let t = context.lang.console();
    let points = report.points;
    let less = |points: Points| format::points_change(points.checked_neg().unwrap_or(points));
    view! {
        <Card title=t.flow>
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
                <dt>{t.expiring_soon}</dt><dd>{format::points(expiring)}</dd>
            </dl>
        </Card>
    }
}
