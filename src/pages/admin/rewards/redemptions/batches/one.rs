//! A payout batch: its file for the bank, its payouts, and settling it. `?reference=…&failures=…&failed[]=…&reason=…` shows what
//! settling it so comes to, before it is done.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::redemption::RedemptionState;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;

use super::{BatchChip, PATH};
use crate::api::admin::rewards::payouts::SettlePayoutBatch;
use crate::i18n::format;
use crate::pages::admin::list::{Column, ListTable, filter};
use crate::pages::admin::members::name_of;
use crate::pages::admin::rewards::redemptions::short;
use crate::pages::admin::rewards::redemptions::steps::{StateChip, path_of};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Form, Hidden, Icon, PostForm, Submit};
use crate::pages::page;
use crate::server::web::{RequestContext, describe_redemption, errors};
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::store::rewards::redemptions::Redemption;
use laurel_engine::usecase::rewards::fulfil;
use laurel_engine::usecase::rewards::payouts::{self, Batch};

#[component]
pub fn BatchPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::ManageRedemptions)?;
        let (ledger, t) = (&context.state.ledger, context.lang.payouts());
        let path = context.visit.path.split('?').next().unwrap_or_default();
        let id: Uuid = path.rsplit('/').next().and_then(|id| id.parse().ok()).ok_or_else(|| errors::not_found(context.lang))?;
        let (batch, items) = payouts::find(ledger, Authority::from(&staff), id).await?;
        let sum = fulfil::sum(ledger, &items)?;
        let asked = Asked::of(&context);
        let review = match (&batch.settled, filter(&context.visit, "reference")) {
            (None, Some(_)) => Some(review(&context, &batch, &items, &asked)?),
            _ => None,
        };
        let head = {
            let (context, is_settled) = (context.clone(), batch.settled.is_some());
            move || view! { <BatchChip context is_settled/> }
        };
        let above = vec![(t.batches.to_owned(), PATH.to_owned())];
        let (title, number) = ((t.batch)(batch.number), (t.number)(sum.count));
        let figures = view! { <p class="read-back">{format::money(sum.cash)}<span class="mute">" · "{number}</span></p> };
        let settle = batch.settled.is_none().then(|| view! { <Settle context=context.clone() asked=asked.clone()/> });
        let picks = batch.settled.is_none();
        let why = payouts::reasons(ledger, &items).await?;
        let items = view! { <Items context=context.clone() items why asked picks/> };
        Ok(view! {
            <AdminPage title here=Here::Redemptions head above>
                <div class="stack">
                    <Card title=t.file>{figures}<Facts context=context.clone() batch/></Card>
                    {review}
                    {settle}
                    {items}
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

/// What was typed into the form that asks.
#[derive(Clone, Default)]
struct Asked {
    reference: String,
    failures: String,
    ticked: Vec<RedemptionId>,
    reason: String,
}

impl Asked {
    fn of(context: &RequestContext) -> Asked {
        let text = |name| context.visit.query(name).unwrap_or_default();
        Asked {
            reference: text("reference"),
            failures: text("failures"),
            ticked: context.visit.queries("failed[]").iter().filter_map(|id| id.parse().ok()).collect(),
            reason: text("reason"),
        }
    }

    /// Those that were ticked, as lines below those that were typed.
    fn lines(&self) -> String {
        let mut lines = self.failures.trim_end().to_owned();
        for id in &self.ticked {
            let _ = write!(lines, "\n{id}, {}", self.reason.trim());
        }
        lines
    }
}

#[component]
fn Facts(context: RequestContext, batch: Batch) -> impl IntoView {
    let t = context.lang.payouts();
    let name = |name: Option<String>| name.unwrap_or_else(|| context.lang.console().actor_named("command_line").to_owned());
    let made = (t.made_by)(&name(batch.made_by.clone()), &context.moment(batch.made_at));
    let settled = batch.settled.clone().map(|settled| {
        let told = (t.settled_by)(&name(settled.by), &context.moment(settled.at));
        view! { <p class="mute small">{told}" · "{t.reference}" "<span class="mono">{settled.reference}</span></p> }
    });
    let file = batch.settled.is_none().then(|| {
        view! {
            <p class="mute small measure">{t.file_about}</p>
            <p><a class="button main" href=format!("{PATH}/{}/file.csv", batch.id) download=""><Icon name="download"/>{t.file}</a></p>
        }
    });
    view! { <p class="mute small">{made}</p>{settled}{file} }
}

#[component]
fn Settle(context: RequestContext, asked: Asked) -> impl IntoView {
    let t = context.lang.payouts();
    view! {
        <Card title=t.settle>
            <p class="mute measure">{t.settle_about}</p>
            <form method="get" class="form" id="settle">
                <div class="field">
                    <label for="reference">{t.reference}</label>
                    <input id="reference" name="reference" value=asked.reference maxlength="200" required="" autocomplete="off"
                        aria-describedby="reference-hint"/>
                    <p class="hint" id="reference-hint">{t.reference_hint}</p>
                </div>
                <div class="field">
                    <label for="failures">{t.failures}<span class="optional">{context.lang.common().optional}</span></label>
                    <textarea id="failures" name="failures" rows="3" aria-describedby="failures-hint">{asked.failures}</textarea>
                    <p class="hint" id="failures-hint">{t.failures_hint}</p>
                </div>
                <div class="field">
                    <label for="reason">{t.ticked_reason}<span class="optional">{context.lang.common().optional}</span></label>
                    <input id="reason" name="reason" value=asked.reason maxlength="200" autocomplete="off" aria-describedby="reason-hint"/>
                    <p class="hint" id="reason-hint">{t.ticked_reason_hint}</p>
                </div>
                <div class="row"><button class="button">{t.review}</button></div>
            </form>
        </Card>
    }
}

/// What it comes to, with the button that does it; or every line that cannot be taken.
fn review(
    context: &RequestContext,
    batch: &Batch,
    items: &[Redemption],
    asked: &Asked,
) -> Result<AnyView, crate::api_error::ApiError> {
    let (t, ledger) = (context.lang.payouts(), &context.state.ledger);
    let lines = asked.lines();
    let failures = match payouts::read_failures(items, &lines) {
        Ok(failures) => failures,
        Err(faults) => {
            let lines = faults.into_iter().map(|fault| view! { <li>{(t.line_fault)(fault.line, fault.fault)}</li> });
            let lines = lines.collect_view();
            return Ok(view! {
                <div class="notice bad" role="alert">
                    <Icon name="alert"/>
                    <div class="notice-text"><b>{context.lang.common().check_form}</b><ul>{lines}</ul></div>
                </div>
            }
            .into_any());
        }
    };
    let (failed, rest): (Vec<Redemption>, Vec<Redemption>) =
        items.iter().cloned().partition(|one| failures.contains_key(&one.id));
    let paid: Vec<Redemption> = rest.into_iter().filter(|one| one.state == RedemptionState::Processing).collect();
    let (paid, failed) = (fulfil::sum(ledger, &paid)?, fulfil::sum(ledger, &failed)?);
    let label = (t.settle_confirm)(paid.count, &format::money(paid.cash), failed.count);
    let form = Form::of(SettlePayoutBatch::PATH);
    let (id, reference, told) = (batch.id.to_string(), asked.reference.clone(), asked.reference.clone());
    let reasons = reasons(context, items, &failures);
    Ok(view! {
        <section class="card confirm narrow" aria-label=t.review>
            <dl class="sum">
                <div><dt>{t.reference}</dt><dd class="mono">{told}</dd></div>
                <div><dt>{t.paid_sum}" ("{paid.count}")"</dt><dd>{format::money(paid.cash)}</dd></div>
                <div><dt>{t.failed_sum}" ("{failed.count}")"</dt><dd>{format::points(failed.points)}</dd></div>
            </dl>
            {reasons}
            <PostForm form>
                <Hidden name="batch" value=id/>
                <Hidden name="reference" value=reference/>
                <Hidden name="failures" value=lines/>
                <div class="row">
                    <Submit label/>
                    <a class="button" href="#settle">{t.change}</a>
                </div>
            </PostForm>
        </section>
    }
    .into_any())
}

/// Who gets their points back, and why.
fn reasons(context: &RequestContext, items: &[Redemption], failures: &BTreeMap<RedemptionId, String>) -> AnyView {
    let rows = items.iter().filter_map(|one| Some((one, failures.get(&one.id)?))).map(|(one, reason)| {
        let name = name_of(context.lang, one.member_name.clone(), &one.external_id);
        view! { <li>{name}" · "{describe_redemption(context.lang, &one.redeemed_for)}" · "<span class="mute">{reason.clone()}</span></li> }
    });
    if failures.is_empty() {
        ().into_any()
    } else {
        view! { <ul class="plain-list small">{rows.collect_view()}</ul> }.into_any()
    }
}

/// Its payouts; while it is open, each with a box for those that failed, which belong to the form above.
#[component]
fn Items(
    context: RequestContext,
    items: Vec<Redemption>,
    why: HashMap<RedemptionId, String>,
    asked: Asked,
    picks: bool,
) -> impl IntoView {
    let (t, console) = (context.lang.payouts(), context.lang.console());
    let row = |one: Redemption| {
        let id = one.id.to_string();
        let name = name_of(context.lang, one.member_name.clone(), &one.external_id);
        let what = describe_redemption(context.lang, &one.redeemed_for);
        let reason = why.get(&one.id).map(|reason| view! { <small class="down">{reason.clone()}</small> });
        let pick = picks.then(|| {
            let checked = asked.ticked.contains(&one.id);
            let label = format!("{}: {name}, {what}", t.failed_column);
            let is_open = one.state == RedemptionState::Processing;
            let pick = is_open.then(|| view! { <input type="checkbox" name="failed[]" form="settle" value=id.clone() checked=checked aria-label=label/> });
            view! { <td class="pick">{pick}</td> }
        });
        view! {
            <tr>
                {pick}
                <th scope="row" class="card-name"><a href=format!("/admin/members/{}", one.member)>{name}</a></th>
                <td class="num amount card-sum">{what}</td>
                <td class="num">{format::points(one.points)}</td>
                <td class="card-state"><StateChip lang=context.lang kind=one.kind() state=one.state/>{reason}</td>
                <td class="small nowrap">{context.moment(one.created_at)}</td>
                <td class="card-more"><a class="mono small nowrap" href=path_of(&id) title=id.clone()>{short(&id)}</a></td>
            </tr>
        }
    };
    let rows = items.into_iter().map(row).collect_view();
    let names =
        [console.member, console.cash_column, console.points_column, console.state_label, console.requested, console.number];
    let columns = picks.then_some(t.failed_column).into_iter().chain(names).map(Column::plain).collect();
    view! { <ListTable label=context.lang.admin().redemptions columns>{rows}</ListTable> }
}
