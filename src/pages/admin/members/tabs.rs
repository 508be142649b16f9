//! The tabs of a member's file: `?tab=`. The ledger comes first and is the file's own address.

use laurel_domain::ledger::posting::{ChangedBy, TierChange};
use laurel_domain::rules::rule_set::Rules;
use leptos::prelude::*;

use super::benefits_tab::BenefitsTab;
use super::ledger_tab;
use crate::api_error::ApiError;
use crate::i18n::{Lang, format};
use crate::pages::admin::access::audit;
use crate::pages::admin::list::filter;
use crate::pages::admin::mail;
use crate::pages::admin::rewards::redemptions::StateChip;
use crate::pages::components::{EmptyState, Table, TierBadge};
use crate::server::web::visit::Visit;
use crate::server::web::{RequestContext, describe_redemption};
use laurel_engine::store::rewards::redemptions::Redemption;
use laurel_engine::usecase::benefits::of_member::of_member;
use laurel_engine::usecase::members::search::File;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Ledger,
    Redemptions,
    Benefits,
    Tiers,
    Mail,
    Log,
}

impl Tab {
    const ALL: [Tab; 6] = [Tab::Ledger, Tab::Redemptions, Tab::Benefits, Tab::Tiers, Tab::Mail, Tab::Log];

    const fn name(self) -> &'static str {
        match self {
            Tab::Ledger => "ledger",
            Tab::Redemptions => "redemptions",
            Tab::Benefits => "benefits",
            Tab::Tiers => "tiers",
            Tab::Mail => "mail",
            Tab::Log => "log",
        }
    }

    /// What the address asks for; the ledger where it asks for nothing that there is.
    pub fn asked(visit: &Visit) -> Tab {
        let name = filter(visit, "tab");
        Tab::ALL.into_iter().find(|tab| name.as_deref() == Some(tab.name())).unwrap_or(Tab::Ledger)
    }

    /// Reads only what the tab shows beyond the file.
    pub async fn content(self, context: &RequestContext, file: &File) -> Result<AnyView, ApiError> {
        let (context, ledger) = (context.clone(), &context.state.ledger);
        Ok(match self {
            Tab::Ledger => ledger_tab::content(&context, file).await?,
            Tab::Redemptions => view! { <Redemptions context redemptions=file.redemptions.clone()/> }.into_any(),
            Tab::Benefits => {
                let benefits = of_member(ledger, file.member.no).await?;
                view! { <BenefitsTab context benefits/> }.into_any()
            }
            Tab::Tiers => {
                let rules = ledger.rulebook().await?.of(file.member.id()).at(context.now()).clone();
                view! { <TierHistory context rules tiers=file.tiers.clone()/> }.into_any()
            }
            Tab::Mail => mail::tab(&context, file.member.no).await?,
            Tab::Log => audit::of_subject(&context, format!("member:{}", file.view.id)).await?,
        })
    }
}

#[component]
pub fn Tabs(lang: Lang, tab: Tab) -> impl IntoView {
    let visit = Visit::current();
    let path = visit.path.split('?').next().unwrap_or_default().to_owned();
    let t = lang.member_file();
    let link = |one: Tab| {
        let href = if one == Tab::Ledger { path.clone() } else { format!("{path}?tab={}", one.name()) };
        view! { <a href=href aria-current=(one == tab).then_some("page")>{t.tabs[one as usize]}</a> }
    };
    view! { <nav class="tabs" aria-label=t.tabs_label>{Tab::ALL.map(link).collect_view()}</nav> }
}

#[component]
fn Redemptions(context: RequestContext, redemptions: Vec<Redemption>) -> impl IntoView {
    let t = context.lang.console();
    if redemptions.is_empty() {
        return view! { <EmptyState icon="gift" title=context.lang.member_file().no_redemptions/> }.into_any();
    }
    let row = |redemption: Redemption| {
        view! {
            <tr>
                <td class="small nowrap">{format::date_time(context.lang, context.local(redemption.created_at))}</td>
                <td class="num">{format::points(redemption.points)}</td>
                <td class="num amount">
                    <a href=format!("/admin/redemptions/{}", redemption.id)>{describe_redemption(context.lang, &redemption.redeemed_for)}</a>
                </td>
                <td><StateChip lang=context.lang kind=redemption.kind() state=redemption.state/></td>
            </tr>
        }
    };
    let rows = redemptions.into_iter().map(row).collect_view();
    let head = vec![t.when, t.points_column, t.cash_column, t.state_label];
    view! { <Table label=context.lang.admin().redemptions head>{rows}</Table> }.into_any()
}

#[component]
fn TierHistory(context: RequestContext, rules: Rules, tiers: Vec<TierChange>) -> impl IntoView {
    let (t, f) = (context.lang.console(), context.lang.member_file());
    if tiers.is_empty() {
        return view! { <EmptyState icon="star" title=f.no_tier_changes/> }.into_any();
    }
    let row = |change: TierChange| {
        let by = match change.by {
            ChangedBy::Entry => {
                let path = context.visit.path.split('?').next().unwrap_or_default();
                let href = format!("{path}?before={}#entry-{}", change.seq + 1, change.seq);
                view! { <a href=href>{(t.by_entry)(change.seq)}</a> }.into_any()
            }
            ChangedBy::Rules { version } => (t.by_rules)(version).into_any(),
            ChangedBy::Month => t.by_month.into_any(),
            ChangedBy::Period => t.by_period.into_any(),
        };
        view! {
            <tr>
                <td class="small nowrap">{format::date_time(context.lang, context.local(change.at.time()))}</td>
                <td><TierBadge rank=change.to name=context.lang.of(&rules.tier(change.to).name).to_owned()/></td>
                <td>{by}</td>
            </tr>
        }
    };
    let rows = tiers.into_iter().rev().take(50).map(row).collect_view();
    view! { <Table label=t.tier_history head=f.tier_columns.to_vec()>{rows}</Table> }.into_any()
}
