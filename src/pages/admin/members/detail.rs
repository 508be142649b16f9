//! One member: who they are and what they hold, beside the tabs with everything that led there.

use laurel_domain::member::Status;
use laurel_domain::numbers::points::Points;
use laurel_domain::rules::experiment::Group;
use laurel_domain::view::Progress;
use leptos::prelude::*;

use super::actions::Actions;
use super::close::Leaving;
use super::merge::{Merging, merged_notice};
use super::notes::Notes;
use super::tabs::{Tab, Tabs};
use super::{StatusChip, name_of};
use crate::i18n::{Lang, format};
use crate::islands::CopyButton;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Icon, Notice, ProgressBar, TierBadge, Tone, tier_class};
use crate::pages::page;
use crate::pages::portal::TierProgress;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::{Permission, Role};
use laurel_engine::store::ledger::adjustments::Adjustment;
use laurel_engine::usecase::ledger::adjustments;
use laurel_engine::usecase::members::notes;
use laurel_engine::usecase::members::search::{File, file};
use laurel_engine::usecase::members::view::{self, MemberView};
use laurel_engine::usecase::rules::experiments::{self, Experiment};

#[component]
pub fn MemberPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let path = context.visit.path.split('?').next().unwrap_or_default();
        let id = path.rsplit('/').next().and_then(|id| id.parse().ok()).ok_or_else(|| errors::not_found(context.lang))?;
        let ledger = &context.state.ledger;
        let file = file(ledger, id).await?;
        let tab = Tab::asked(&context.visit);
        let content = tab.content(&context, &file).await?;
        let is_closed = file.view.status == Status::Closed;
        let closed = match merged_notice(&context, file.member.no).await? {
            Some(merged) => Some(merged),
            None => is_closed.then(|| view! { <Notice>{context.lang.closing().is_closed}</Notice> }.into_any()),
        };
        let group = experiments::group_of(ledger, file.member.id()).await?;
        let rulebook = ledger.rulebook().await?;
        let progress = view::progress(&rulebook, context.now(), &file.member);
        let notes = notes::of_member(context.db(), file.member.no).await?;
        let waiting = adjustments::waiting_of(ledger, file.member.no).await?;
        let title = name_of(context.lang, file.view.name.clone(), &file.view.external_id);
        let head = {
            let (lang, view) = (context.lang, file.view.clone());
            let may_adjust = !is_closed && staff.role.may(Permission::AdjustPoints);
            let adjust = may_adjust.then(|| format!("/admin/members/{}/adjust", view.id));
            let adjust =
                adjust.map(|href| view! { <a class="button small main" data-sheet="" href=href>{lang.adjust().title}"…"</a> });
            move || view! { <TierBadge rank=view.tier.rank name=lang.of(&view.tier.name).to_owned()/><StatusChip lang status=view.status/>{adjust} }
        };
        Ok(view! {
            <AdminPage title here=Here::Members head>
                <Figures context=context.clone() file=file.clone()/>
                {waits(context.lang, &waiting)}
                {closed}
                <div class="file">
                    <div class="stack">
                        <Tabs lang=context.lang tab/>
                        {content}
                    </div>
                    <div class="stack">
                        {(!is_closed).then(|| view! { <Tier context=context.clone() view=file.view.clone() progress/> })}
                        <Lots context=context.clone() view=file.view.clone()/>
                        <Facts context=context.clone() file=file.clone() role=staff.role group/>
                        <Notes context=context.clone() file=file.clone() notes staff=staff.clone()/>
                        <Actions context=context.clone() file=file.clone() role=staff.role/>
                        <Merging context=context.clone() file=file.clone() role=staff.role/>
                        <Leaving context file role=staff.role/>
                    </div>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Figures(context: RequestContext, file: File) -> impl IntoView {
    let t = context.lang.console();
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

/// A text; an address can be broken after its `@` and its dots, and then is nowhere else where that will do.
fn breakable(text: String) -> AnyView {
    if !text.contains('@') {
        return text.into_any();
    }
    let parts = text.split_inclusive('@').flat_map(|part| part.split_inclusive('.'));
    parts.map(|part| view! { {part.to_owned()}<wbr/> }).collect_view().into_any()
}

/// What a second person has still to decide.
fn waits(lang: Lang, waiting: &[Adjustment]) -> Option<impl IntoView + use<>> {
    let t = lang.adjust();
    let points: Vec<String> = waiting.iter().map(|one| format::points_change(one.points)).collect();
    (!points.is_empty()).then(|| {
        view! { <Notice tone=Tone::Warn>{t.waiting}": "{points.join(" · ")}" "<a href="/admin/adjustments">{t.proposals}</a></Notice> }
    })
}

#[component]
fn Facts(context: RequestContext, file: File, role: Role, group: Option<(Experiment, Group)>) -> impl IntoView {
    let t = context.lang.console();
    let may_edit = role.may(Permission::EditMembers) && file.member.erased_at.is_none();
    let edit = may_edit.then(|| {
        let href = format!("/admin/members/{}/edit", file.view.id);
        view! { <a class="button small" href=href><Icon name="pen"/>{context.lang.lists().edit}</a> }
    });
    let view = file.view;
    let fact = |name: &'static str, value: Option<String>| {
        let value = match value {
            Some(value) => view! { <dd>{breakable(value)}</dd> }.into_any(),
            None => view! { <dd class="faint">"–"</dd> }.into_any(),
        };
        view! { <dt>{name}</dt>{value} }
    };
    let erased_at = file.member.erased_at.map(|at| format::date_time(context.lang, context.local(at)));
    let group = group.map(|(one, group)| {
        let words = context.lang.experiments();
        let name = crate::pages::admin::experiments::group_name(context.lang, group);
        let path = crate::pages::admin::experiments::experiment_path(one.id);
        view! { <dt>{context.lang.admin().experiments}</dt><dd><a href=path>{(words.of_member)(name, &one.name)}</a></dd> }
    });
    let erased = erased_at.map(|at| fact(context.lang.closing().erased_at, Some(at)));
    let unconfirmed = file.unconfirmed_email.map(|email| fact(context.lang.mail_desk().unconfirmed, Some(email)));
    let lang = context.lang;
    let day = move |at| format::date_time(lang, context.local(at));
    view! {
        <Card title=t.details>
            <dl class="facts">
                {match view.external_id {
                    Some(id) => view! {
                        <dt>{t.external_id}</dt>
                        <dd class="copied">{breakable(id.clone())}<CopyButton lang text=id/></dd>
                    }.into_any(),
                    None => fact(t.external_id, None).into_any(),
                }}
                {fact(t.email, view.email)}
                {unconfirmed}
                {fact(t.phone, view.phone)}
                {fact(t.sign_in_name, file.sign_in_name)}
                {fact(t.member_since, Some(day(view.registered_at)))}
                {fact(t.last_sign_in, view.last_sign_in_at.map(&day))}
                {fact(t.referral_code, file.member.referral_code)}
                {group}
                {erased}
                {view.tier.until.map(|until| fact(t.tier_until, Some(day(until))))}
            </dl>
            {edit}
        </Card>
    }
}

/// How far the next tier is and what keeps this one, as the member's home says it: who asks about it has that before them.
#[component]
fn Tier(context: RequestContext, view: MemberView, progress: Progress) -> impl IntoView {
    let tier = context.lang.of(&view.tier.name).to_owned();
    view! {
        <Card title=context.lang.member_file().tier_seen>
            <div class=format!("tier-progress {}", tier_class(view.tier.rank))><TierProgress context tier progress/></div>
        </Card>
    }
}

/// What there is by the day it goes, and what is pending by the time it comes.
#[component]
fn Lots(context: RequestContext, view: MemberView) -> impl IntoView {
    let t = context.lang.console();
    let most = view.lots.iter().map(|lot| lot.points).chain(view.pending.iter().map(|held| held.points)).max();
    let most = most.map_or(1, Points::hundredths);
    let row = |when: String, points: Points| {
        let label = format!("{when}: {}", format::points(points));
        view! {
            <tr>
                <th scope="row" class="nowrap">{when}</th>
                <td class="wide"><ProgressBar value=points.hundredths() most label/></td>
                <td class="num amount">{format::points(points)}</td>
            </tr>
        }
    };
    let lots: Vec<_> = view
        .lots
        .iter()
        .map(|lot| row(lot.day.map_or_else(|| t.never_expires.to_owned(), |day| format::date(context.lang, day)), lot.points))
        .collect();
    let pending: Vec<_> =
        view.pending.iter().map(|held| row(format::date_time(context.lang, context.local(held.until)), held.points)).collect();
    // without any day there is nothing to say beyond the figures on top
    if pending.is_empty() && view.lots.iter().all(|lot| lot.day.is_none()) {
        return ().into_any();
    }
    let list = |title: &'static str, rows: Vec<_>| {
        (!rows.is_empty()).then(|| view! { <h3>{title}</h3><table class="plain bars lots"><caption class="unseen">{title}</caption><tbody>{rows}</tbody></table> })
    };
    view! { <Card title=t.lots>{list(t.lot_day, lots)}{list(t.available_from, pending)}</Card> }.into_any()
}
