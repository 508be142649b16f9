//! The member's home: what they have, what they can get for it, what they are about to lose or reach, and what happened last.

mod lasting;
mod pass;
mod reach;
mod year;

use laurel_domain::member::Status;
use laurel_domain::rules::rule_set::Rules;
use laurel_domain::rules::tier::TierRank;
use leptos::prelude::*;

use crate::i18n::format;
use crate::pages::components::{EmptyState, Icon, Notice, Tone};
use crate::pages::page;
use crate::pages::portal::ledger::entries::EntryList;
use crate::pages::portal::rules::notices::Notices;
use crate::pages::portal::rules::tiers::{BenefitList, HowToEarn};
use crate::pages::portal::{Here, PortalPage};
use crate::server::web::RequestContext;
use crate::server::web::visit::Visit;
use lasting::Lasting;
use laurel_engine::usecase::members::home::{Home, home};
use laurel_engine::usecase::members::view::{self, MemberView};
use laurel_engine::usecase::rules::told;
use pass::Pass;
pub use pass::TierProgress;
use reach::WithinReach;
use year::Year;

const LATEST: i64 = 5;

#[component]
pub fn HomePage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::member()?;
        let (t, ledger) = (context.lang.portal(), &context.state.ledger);
        let Home { member, rulebook, activity: latest, reach, year } = home(ledger, session.no, LATEST).await?;
        let rules = rulebook.of(session.member).at(context.now()).clone();
        let view = view::view_at(&rulebook, context.now(), &member);
        let progress = view::progress(&rulebook, context.now(), &member);
        let told = told(ledger, (session.no, session.member)).await?;
        let (rank, is_linked, is_new) = (view.tier.rank, view.external_id.is_some(), latest.lines.is_empty());
        let latest = match is_new {
            true => view! { <FirstSteps rules=rules.clone() is_linked/> }.into_any(),
            false => view! {
                <section>
                    <div class="section-head"><h2>{t.latest}</h2><a href="/activity">{t.all_activity}</a></div>
                    <EntryList context=context.clone() rulebook=rulebook.clone() lines=latest.lines/>
                </section>
            }
            .into_any(),
        };
        Ok(view! {
            <PortalPage title=t.title here=Here::Home plain_title=true>
                <div class="portal-columns">
                    <div>
                        <Pass context=context.clone() member=view.clone() progress terms=rules.cash_terms()/>
                        <Notices context=context.clone() told/>
                        <Shortcuts/>
                        <Troubles member=view.clone()/>
                        <WithinReach reach/>
                        <Lasting context=context.clone() member=view/>
                        <Year year/>
                    </div>
                    <div>
                        {latest}
                        <Benefits rules rank/>
                    </div>
                </div>
            </PortalPage>
        }
        .into_any())
    })
}

#[component]
fn Shortcuts() -> impl IntoView {
    let t = Visit::current().lang.portal();
    let links = [
        ("/rewards", "gift", t.rewards),
        ("/activity", "clock", t.activity),
        ("/benefits", "star", t.benefits),
        ("/invite", "invite", t.invite),
    ];
    let link = |(path, icon, label)| view! { <a href=path><span class="tile"><Icon name=icon/></span>{label}</a> };
    view! { <nav class="shortcuts" aria-label=t.title>{links.map(link).collect_view()}</nav> }
}

/// What keeps the member from redeeming.
#[component]
fn Troubles(member: MemberView) -> impl IntoView {
    let t = Visit::current().lang.portal();
    let suspended = (member.status == Status::Suspended).then(|| {
        view! { <Notice tone=Tone::Warn><b>{t.suspended_title}</b><p class="mute small">{t.suspended_about}</p></Notice> }
    });
    let debt = member.points.debt.is_positive().then(|| {
        let title = (t.debt_title)(&format::points(member.points.debt));
        view! { <Notice tone=Tone::Warn><b>{title}</b><p class="mute small">{t.debt_about}</p></Notice> }
    });
    view! { {suspended}{debt} }
}

/// What the member's tier gives, and what the next one would besides.
#[component]
fn Benefits(rules: Rules, rank: TierRank) -> impl IntoView {
    let lang = Visit::current().lang;
    let t = lang.portal();
    let tier = rules.tier(rank).clone();
    let next = rules.set.ladder.tiers.get(rank.index() + 1).cloned().map(|mut next| {
        next.benefits.retain(|benefit| tier.benefits.iter().all(|own| own.key != benefit.key));
        next
    });
    let next = next.filter(|next| !next.benefits.is_empty() || next.multiplier > tier.multiplier);
    let none = tier.benefits.is_empty().then(|| view! { <p class="mute">{(t.no_benefits)(lang.of(&tier.name))}</p> });
    let promise = next.zip(TierRank::new(rank.get() + 1)).map(|(next, rank)| {
        let title = (t.next_brings)(lang.of(&next.name));
        view! { <div class="promise"><p class="label">{title}</p><BenefitList rules=rules.clone() rank tier=next/></div> }
    });
    view! {
        <section>
            <div class="section-head"><h2>{t.my_benefits}</h2><a href="/tiers">{t.all_tiers}</a></div>
            {none}
            <BenefitList rules=rules.clone() rank tier/>
            {promise}
        </section>
    }
}

/// For who has no entry yet: what to do.
#[component]
fn FirstSteps(rules: Rules, is_linked: bool) -> impl IntoView {
    let t = Visit::current().lang.portal();
    let link = (!is_linked).then(|| {
        view! { <p>{t.link_first}</p><p><a class="button" href="/profile">{t.link_account}</a></p> }
    });
    let about = is_linked.then(|| view! { <p>{t.nothing_yet_about}</p> });
    view! {
        <section>
            <EmptyState title=t.nothing_yet>{about}{link}</EmptyState>
        </section>
        <section><h2>{t.how_to_earn}</h2><HowToEarn rules/></section>
    }
}
