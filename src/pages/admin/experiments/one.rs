//! One experiment: its groups, what the variant changes, what came of it, and the ways to end it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::results::ResultsCards;
use super::{AdminPage, Here, StateChip, group_name};
use crate::api::admin::experiments::EndExperiment;
use crate::i18n::format;
use crate::islands::changed;
use crate::pages::admin::rules::{KeptAndTold, Telling};
use crate::pages::components::{Card, Field, Form, Hidden, Markup, PostForm, Submit, Table};
use crate::pages::page;
use crate::server::web::{RequestContext, errors};
use laurel_domain::rules::changes::changes;
use laurel_domain::rules::experiment::{Group, percent};
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::rules;
use laurel_engine::usecase::rules::experiments::{self, Experiment, State};

#[component]
pub fn ExperimentPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id");
    page(async move {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let not_found = || errors::not_found(context.lang);
        let id = id.and_then(|id| id.parse().ok()).ok_or_else(not_found)?;
        let ledger = &context.state.ledger;
        let experiment = experiments::find(ledger, id).await?.ok_or_else(not_found)?;
        // also versions that were withdrawn
        let history = rules::history(ledger).await?;
        let version = history.into_iter().find(|one| one.version == experiment.version).ok_or_else(not_found)?;
        let (variant, control) = (version.set, version.before.ok_or_else(not_found)?);
        let (keeps_until, notice) = (version.keeps_until, version.notice);
        let state = experiment.state(context.now());
        let (lang, may) = (context.lang, staff.role.may(Permission::ManageRules));
        let head = move || view! { <StateChip lang state/> };
        let t = lang.experiments();
        let when = (t.from_until)(&context.in_full(experiment.starts_at), &context.in_full(experiment.ends_at));
        let name = experiment.name.clone();
        let ways = (may && experiment.is_on(context.now())).then(|| {
            view! { <Ways context=context.clone() experiment=experiment.clone() re_rates=control.ladder.rates_otherwise_than(&variant.ladder)/> }
        });
        Ok(view! {
            <AdminPage title=name here=Here::Experiments head>
                <div class="stack">
                    <p class="measure">{experiment.hypothesis.clone()}</p>
                    <p class="mute">{when}</p>
                    <KeptAndTold context=context.clone() keeps_until notice/>
                    <Groups context=context.clone() experiment=experiment.clone()/>
                    <Differs context=context.clone() variant=variant.clone() control=control.clone()/>
                    <ResultsCards context=context.clone() experiment variant control may_ask=may/>
                    {ways}
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Groups(context: RequestContext, experiment: Experiment) -> impl IntoView {
    let t = context.lang.experiments();
    let members = |group: Group| {
        let members = experiment.tally.as_ref().map(|tally| tally.of(group).members);
        members.map_or_else(|| "–".to_owned(), |members| format::count(i64::try_from(members).unwrap_or(i64::MAX)))
    };
    let row = |group: Group| {
        let rules = match group {
            Group::Variant => (context.lang.console().version)(experiment.version),
            _ => context.lang.console().in_force.to_owned(),
        };
        view! {
            <tr>
                <th scope="row">{group_name(context.lang, group)}</th>
                <td class="num">{percent(experiment.split.share(group))}"%"</td>
                <td class="num">{members(group)}</td>
                <td>{rules}</td>
            </tr>
        }
    };
    let rows = Group::ALL.into_iter().filter(|group| experiment.split.share(*group) > 0).map(row).collect_view();
    let [group, share, number, version] = t.group_columns;
    let head = vec![group, share, number, version];
    view! {
        <Card title=t.groups_title>
            <p class="mute small">{t.groups_about}</p>
            <Table label=t.groups_title head>{rows}</Table>
        </Card>
    }
}

#[component]
fn Differs(context: RequestContext, variant: RuleSet, control: RuleSet) -> impl IntoView {
    let changes = context.lang.changes(&changes(&control, &variant), &[&variant, &control]);
    view! { <Card title=context.lang.experiments().differs_title><Markup content=vec![changed(context.lang, changes)]/></Card> }
}

/// The ways to end it, each asked about once more. `re_rates`: whether ending it can take a tier from somebody.
#[component]
fn Ways(context: RequestContext, experiment: Experiment, re_rates: bool) -> impl IntoView {
    let t = context.lang.experiments();
    let is_ahead = experiment.state(context.now()) == State::Scheduled;
    let way = |how: &'static str, title: &'static str, sure: &'static str, yes: &'static str, kind: &'static str| {
        let form = Form::about(EndExperiment::PATH, "how", how);
        let words = context.lang.rules_safety();
        // once on the page, as its label goes by its name; stopping with a date is a thing of the command line
        let keeps = (re_rates && how == "adopt").then(|| {
            view! { <Field form name="keeps_until" kind="date" label=words.keep_through hint=words.keep_hint/> }
        });
        let about = context.clone();
        let telling = (how == "adopt").then(|| view! { <Telling context=about form/> });
        view! {
            <details class="ask" open=form.is_refused()>
                <summary class="button">{title}</summary>
                <div class="card">
                    <p>{sure}</p>
                    <PostForm form>
                        <Hidden name="experiment" value=experiment.id.to_string()/>
                        <Hidden name="how" value=how/>
                        {keeps}
                        {telling}
                        <Submit label=yes kind/>
                    </PostForm>
                </div>
            </details>
        }
    };
    let ways = match is_ahead {
        true => way("withdraw", t.withdraw, t.withdraw_sure, t.withdraw_yes, "danger").into_any(),
        false => view! {
            {way("adopt", t.adopt, t.adopt_sure, t.adopt_yes, "main")}
            {way("stop", t.stop, t.stop_sure, t.stop_yes, "danger")}
        }
        .into_any(),
    };
    view! { <div class="row">{ways}</div> }
}
