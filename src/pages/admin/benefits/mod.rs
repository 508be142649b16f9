//! What each tier gives, in both languages, and the codes that members bring: checked, and used up.

mod check;

use laurel_domain::benefits::benefit::Benefit;
use laurel_domain::rules::rule_set::Rules;
use laurel_domain::rules::tier::{Tier, TierRank};
use leptos::prelude::*;

use crate::i18n::Lang;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Table, TierBadge};
use crate::pages::page;
use crate::server::web::RequestContext;
use check::{Check, UsedLast};
use laurel_engine::auth::Permission;

#[component]
pub fn BenefitsPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let t = context.lang.benefits();
        let rules = context.state.ledger.timeline().await?.at(context.now()).clone();
        let checked = match staff.role.may(Permission::UseBenefits) {
            true => Some(check::checked(&context).await?),
            false => None,
        };
        let used = check::used_last(&context).await?;
        let check = checked.map(|checked| view! { <Check context=context.clone() checked/> });
        let may_edit = staff.role.may(Permission::ManageRules);
        let edit = move || may_edit.then(|| view! { <a class="button small" href="/admin/rules/draft">{t.edit}</a> });
        Ok(view! {
            <AdminPage title=context.lang.admin().benefits here=Here::Benefits head=edit>
                <div class="narrow stack">{check}</div>
                <p class="mute measure">{t.about}</p>
                <Tiers lang=context.lang rules/>
                <Card title=t.used_last><UsedLast context used/></Card>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Tiers(lang: Lang, rules: Rules) -> impl IntoView {
    let t = lang.benefits();
    let tiers = (1..).zip(&rules.set.ladder.tiers).filter_map(|(rank, tier)| Some((TierRank::new(rank)?, tier)));
    let rows = tiers.map(|(rank, tier)| of_tier(lang, rank, tier)).collect_view();
    let head = vec![lang.console().tier, t.in_chinese, t.in_english, t.kind, t.how_often];
    view! { <Table label=lang.console().tiers head>{rows}</Table> }
}

/// The tier stands before the first of its benefits.
fn of_tier(lang: Lang, rank: TierRank, tier: &Tier) -> AnyView {
    let t = lang.benefits();
    let name = lang.of(&tier.name).to_owned();
    let head = |rows: usize| {
        view! { <th scope="rowgroup" rowspan=rows.max(1).to_string()><TierBadge rank name=name.clone()/></th> }
    };
    if tier.benefits.is_empty() {
        return view! { <tr>{head(1)}<td colspan="4" class="faint">{t.no_benefits}</td></tr> }.into_any();
    }
    let row = |(at, benefit): (usize, &Benefit)| {
        let head = (at == 0).then(|| head(tier.benefits.len()));
        let kind = lang.rules().choice("kind", benefit.kind.name()).unwrap_or_default();
        let percent = benefit.percent.map(|percent| format!(" {percent}%"));
        let times = benefit.quota.map_or_else(|| t.no_code_needed.to_owned(), t.times);
        view! {
            <tr>
                {head}
                <td lang="zh-CN">{benefit.text.zh.clone()}</td>
                <td lang="en">{benefit.text.en.clone()}</td>
                <td class="nowrap">{kind}{percent}</td>
                <td class="nowrap">{times}</td>
            </tr>
        }
    };
    tier.benefits.iter().enumerate().map(row).collect_view().into_any()
}
