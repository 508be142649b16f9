//! The dashboard's figures by day: members by tier, active members, points by scene. They may be a minute behind the rest of the page,
//! and say so.

use jiff::SignedDuration;
use laurel_domain::rules::tier::TierRank;
use leptos::prelude::*;

use super::pictures::named;
use crate::i18n::format;
use crate::pages::components::{Card, Chart, Column, Part, ProgressBar, Shape, Stacked, tier_class};
use crate::server::web::RequestContext;
use laurel_engine::usecase::programme::figures::{OfOrigin, Origin, Reach};
use laurel_engine::usecase::programme::overview::{Bucket, Overview};

/// What these figures are as of, where they are not of now; `Err` while what there was before is being counted.
pub fn as_of(context: &RequestContext, found: &Overview) -> Result<Option<String>, String> {
    let t = context.lang.dashboard();
    match found.by_day.reach {
        Reach::Counting { done, of } => Err((t.counting)(&format::count(done), &format::count(of))),
        Reach::AsOf(at) if found.as_of.duration_since(at) < SignedDuration::from_secs(1) => Ok(None),
        Reach::AsOf(at) => Ok(Some((t.as_of)(&context.moment(at)))),
    }
}

/// What stands beside a heading: what is shown, and as of when.
fn about(text: &'static str, as_of: Option<String>) -> impl IntoView {
    let as_of = as_of.map(|as_of| view! { <span class="nowrap">" · "{as_of}</span> });
    view! { <span class="mute small">{text}{as_of}</span> }
}

#[component]
fn Counting(title: &'static str, text: String) -> impl IntoView {
    view! { <Card title><p class="mute">{text}</p></Card> }
}

/// How many members each tier has at the end of each day or month.
#[component]
pub fn TiersPicture(context: RequestContext, found: Overview) -> impl IntoView {
    let t = context.lang.dashboard();
    let as_of = match as_of(&context, &found) {
        Ok(as_of) => as_of,
        Err(text) => return view! { <Counting title=t.tiers_picture text/> }.into_any(),
    };
    let most = found.by_day.tiers.iter().filter_map(|tiers| tiers.keys().next_back().copied()).max().unwrap_or(1);
    let most = most.max(found.rules.set.ladder.tiers.len() as i64);
    let ranks: Vec<i64> = (1..=most).collect();
    let part = |rank: &i64| {
        let rank = u16::try_from(*rank).ok().and_then(TierRank::new).unwrap_or(TierRank::FIRST);
        let is_there = rank.index() < found.rules.set.ladder.tiers.len();
        let name = if is_there { context.lang.of(&found.rules.tier(rank).name).to_owned() } else { (t.tier)(rank.get()) };
        Part { name, class: tier_class(rank) }
    };
    let parts: Vec<Part> = ranks.iter().map(part).collect();
    let (mut columns, mut values) = (Vec::new(), Vec::new());
    for (at, (bucket, tiers)) in found.buckets.iter().zip(&found.by_day.tiers).enumerate() {
        let members: Vec<i64> = ranks.iter().map(|rank| tiers.get(rank).copied().unwrap_or(0)).collect();
        let whole: i64 = members.iter().sum();
        let cells = members.iter().chain([&whole]).map(|members| format::count(*members)).collect();
        columns.push(Column { up: in_hundredths(whole), cells, ..named(&context, &found, at, bucket) });
        values.push(members.into_iter().map(in_hundredths).collect());
    }
    view! {
        <section class="card graph">
            <div class="section-head"><h2>{t.tiers_picture}</h2>{about(t.tiers_picture_about, as_of)}</div>
            <Stacked label=t.tiers_picture first=t.when parts whole=context.lang.admin().members columns values/>
        </section>
    }
    .into_any()
}

/// How many members did something in each day or month.
#[component]
pub fn ActivePicture(context: RequestContext, found: Overview) -> impl IntoView {
    let t = context.lang.dashboard();
    let as_of = match as_of(&context, &found) {
        Ok(as_of) => as_of,
        Err(text) => return view! { <Counting title=t.active text/> }.into_any(),
    };
    let column = |(at, (bucket, active)): (usize, (&Bucket, &i64))| {
        let cells = vec![format::count(*active)];
        Column { up: in_hundredths(*active), cells, ..named(&context, &found, at, bucket) }
    };
    let columns = found.buckets.iter().zip(&found.by_day.active).enumerate().map(column).collect();
    view! {
        <section class="card graph">
            <div class="section-head"><h2>{t.active}</h2>{about(t.active_about, as_of)}</div>
            <Chart label=t.active shape=Shape::Columns first=t.when head=vec![t.active] columns/>
        </section>
    }
    .into_any()
}

/// What was issued for what, a bar each, and the number of events.
#[component]
pub fn ByScene(context: RequestContext, found: Overview) -> impl IntoView {
    let t = context.lang.dashboard();
    let as_of = match as_of(&context, &found) {
        Ok(as_of) => as_of,
        Err(text) => return view! { <Counting title=t.by_scene text/> }.into_any(),
    };
    let lines: Vec<OfOrigin> = found.by_day.origins.iter().filter(|of| of.origin != Origin::Refund).copied().collect();
    if lines.is_empty() {
        return view! { <Card title=t.by_scene><p class="mute">{t.nothing_issued}</p></Card> }.into_any();
    }
    let most = lines.iter().map(|of| of.points.hundredths()).max().unwrap_or(0);
    let all: i64 = lines.iter().map(|of| of.points.hundredths()).fold(0, i64::saturating_add);
    let row = |of: OfOrigin| {
        let name = origin_name(&context, of.origin);
        let label = format!("{name}: {}", format::points(of.points));
        let events = (context.lang.console().events)(&format::count(of.events));
        view! {
            <tr>
                <th scope="row">{name}<small class="mute">{events}</small></th>
                <td class="wide"><ProgressBar value=of.points.hundredths() most label/></td>
                <td class="num amount">{format::points(of.points)}</td>
                <td class="num mute">{format::share(of.points.hundredths(), all)}</td>
            </tr>
        }
    };
    let rows = lines.into_iter().map(row).collect_view();
    view! {
        <section class="card">
            <div class="section-head"><h2>{t.by_scene}</h2>{about(t.by_scene_about, as_of)}</div>
            <table class="plain bars by-scene">
                <caption class="unseen">{t.by_scene}</caption>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

pub fn origin_name(context: &RequestContext, origin: Origin) -> &'static str {
    let t = context.lang.dashboard();
    match origin {
        Origin::Payment(scene) => context.lang.rules().scene(scene),
        Origin::Referral => t.referrals,
        Origin::Review => t.reviews,
        Origin::Refund => t.refunds,
    }
}

/// As pictures have their values.
fn in_hundredths(number: i64) -> i64 {
    number.max(0).saturating_mul(100)
}
