//! What came of an experiment: each figure by group, the difference with its interval, and how much it can be trusted.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::group_name;
use crate::api::admin::experiments::AskResults;
use crate::i18n::{Lang, format};
use crate::pages::admin::lab::words;
use crate::pages::components::{Card, Chip, Form, Hidden, Notice, PostForm, Submit, Table, Tone};
use crate::server::web::RequestContext;
use laurel_domain::experiments::result::{Balance, Figure, Interval, Results, Trait, Verdict};
use laurel_domain::experiments::tally::Metric;
use laurel_domain::lab::sum::Sum;
use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::numbers::points::Points;
use laurel_domain::rules::experiment::Group;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::usecase::rules::experiments::{Experiment, State};

#[component]
pub fn ResultsCards(
    context: RequestContext,
    experiment: Experiment,
    variant: RuleSet,
    control: RuleSet,
    may_ask: bool,
) -> impl IntoView {
    let t = context.lang.experiments();
    if experiment.state(context.now()) == State::Scheduled {
        return ().into_any();
    }
    let results = experiment.tally.as_ref().map(|tally| Results::of(tally, &experiment.split, experiment.ends_at));
    let label = if results.is_some() { t.work_out_again } else { t.work_out };
    let path = super::experiment_path(experiment.id);
    let asking = match experiment.is_asked {
        true => view! { <Notice><p>{t.working}" "<a href=path>{t.reload}</a></p></Notice> }.into_any(),
        false if !may_ask => ().into_any(),
        false => view! {
            <PostForm form=Form::of(AskResults::PATH)>
                <Hidden name="experiment" value=experiment.id.to_string()/>
                <Submit label kind=""/>
            </PostForm>
        }
        .into_any(),
    };
    let failed = experiment.fault.as_ref().map(|_| view! { <Notice tone=Tone::Bad><p>{t.failed}</p></Notice> });
    let (figures, balance) = match results {
        None => (view! { <p>{t.none_yet}</p> }.into_any(), None),
        Some(results) => {
            let balance = view! { <BalanceCard context=context.clone() rows=results.balance.clone() control=control.clone()/> };
            (view! { <Figures context results variant control/> }.into_any(), Some(balance))
        }
    };
    view! {
        <Card title=t.results_title>{failed}{figures}{asking}</Card>
        {balance}
    }
    .into_any()
}

#[component]
fn Figures(context: RequestContext, results: Results, variant: RuleSet, control: RuleSet) -> impl IntoView {
    let (t, lang, currency) = (context.lang.experiments(), context.lang, context.programme().currency);
    let shares = match results.are_shares_off {
        true => {
            let text = (t.shares_off)(&format!("{:.1e}", results.shares_by_chance));
            view! { <Notice tone=Tone::Bad><p>{text}</p></Notice> }.into_any()
        }
        false => view! { <p class="mute small">{t.shares_fine}</p> }.into_any(),
    };
    let has_holdout = results.members[Group::Holdout as usize] > 0;
    let row = |figure: &Figure| {
        let cell = |group: Group| {
            let rules = if group == Group::Variant { &variant } else { &control };
            mean(lang, figure, group, rules, currency)
        };
        let holdout = has_holdout.then(|| cell(Group::Holdout));
        view! {
            <tr>
                <th scope="row">{t.metrics[figure.of as usize]}</th>
                {cell(Group::Variant)}
                {cell(Group::Control)}
                {holdout}
                <td>{difference(lang, figure, currency)}</td>
                <td>{reading(lang, figure, currency)}</td>
            </tr>
        }
    };
    let rows = results.figures.iter().map(row).collect_view();
    let head = t.figure_columns.iter().copied().enumerate().filter(|(at, _)| *at != 3 || has_holdout).map(|(_, name)| name);
    let head: Vec<&'static str> = head.collect();
    view! {
        <p class="mute small">{(t.as_of)(&context.in_full(results.until))}</p>
        {shares}
        <Table label=t.results_title head>{rows}</Table>
        <p class="mute small">{t.honest}</p>
    }
}

/// A member's mean with its interval, and the sum of the group.
fn mean(lang: Lang, figure: &Figure, group: Group, rules: &RuleSet, currency: Currency) -> AnyView {
    let t = lang.experiments();
    let Some(interval) = figure.means[group as usize] else { return view! { <td class="faint">"–"</td> }.into_any() };
    let told = |value: f64| shown(figure.of, value, currency);
    let sum = figure.sums[group as usize];
    let exact = match figure.of {
        Metric::Active | Metric::Payments => words::count(u64::try_from(sum).unwrap_or(0)),
        Metric::Paid => words::money(laurel_domain::lab::sum::Amount { minor: sum, exponent: currency.exponent() }, currency),
        Metric::Issued | Metric::Redeemed => {
            let worth = words::money(Sum(sum).in_money(rules.rate, currency), currency);
            format!("{}, {} {worth}", words::points(Sum(sum)), t.cost)
        }
    };
    view! {
        <td>
            <b>{told(interval.estimate)}</b><br/>
            <small class="mute">{(t.between)(&told(interval.low.max(0.0)), &told(interval.high))}<br/>{(t.sum)(&exact)}</small>
        </td>
    }
    .into_any()
}

/// The difference drawn, with zero marked; the same in words stands beside it.
fn difference(lang: Lang, figure: &Figure, currency: Currency) -> AnyView {
    let Some(interval) = figure.difference else { return view! { <span class="faint">"–"</span> }.into_any() };
    let label = (lang.experiments().chart)(lang.experiments().metrics[figure.of as usize]);
    let text = format!("{}{}", sign(interval.estimate), shown(figure.of, interval.estimate.abs(), currency));
    view! { <b>{text}</b><br/>{drawn(interval, label)} }.into_any()
}

const WIDE: f64 = 160.0;

fn drawn(interval: Interval, label: String) -> impl IntoView {
    // zero in the middle, and the interval never touches the edge
    let reach = interval.low.abs().max(interval.high.abs()).max(f64::MIN_POSITIVE) * 1.1;
    let at = |value: f64| format!("{:.1}", WIDE / 2.0 * (1.0 + value / reach));
    let (low, high, estimate) = (at(interval.low), at(interval.high), at(interval.estimate));
    let zero = at(0.0);
    view! {
        <svg class="interval" viewBox="0 0 160 16" width="160" height="16" role="img" aria-label=label>
            <line x1=zero.clone() x2=zero y1="0" y2="16" stroke="currentColor" stroke-opacity="0.4" stroke-dasharray="2 2"></line>
            <line x1=low x2=high y1="8" y2="8" stroke="currentColor" stroke-width="2"></line>
            <circle cx=estimate cy="8" r="3.5" fill="currentColor"></circle>
        </svg>
    }
}

fn reading(lang: Lang, figure: &Figure, currency: Currency) -> AnyView {
    let t = lang.experiments();
    let told = |one: f64, other: f64| {
        let (near, far) = (one.abs().min(other.abs()), one.abs().max(other.abs()));
        (shown(figure.of, near, currency), shown(figure.of, far, currency))
    };
    match (figure.verdict, figure.difference) {
        (Verdict::More, Some(difference)) => {
            let (near, far) = told(difference.low, difference.high);
            view! { <Chip tone="good">{(t.more)(&near, &far)}</Chip> }.into_any()
        }
        (Verdict::Less, Some(difference)) => {
            let (near, far) = told(difference.low, difference.high);
            view! { <Chip tone="warn">{(t.less)(&near, &far)}</Chip> }.into_any()
        }
        (Verdict::TooFew, _) => view! { <span class="mute">{t.too_few}</span> }.into_any(),
        _ => view! { <span class="mute">{t.inconclusive}</span> }.into_any(),
    }
}

const fn sign(value: f64) -> &'static str {
    if value < 0.0 { "−" } else { "+" }
}

/// A mean as people read it: statistics, so rounded.
fn shown(of: Metric, value: f64, currency: Currency) -> String {
    let whole = value.round() as i64;
    match of {
        Metric::Active => format!("{:.1}%", value * 100.0),
        Metric::Payments => format!("{value:.2}"),
        Metric::Paid => Money::from_minor(whole, currency).map_or_else(|_| format!("{value:.0}"), format::money),
        Metric::Issued | Metric::Redeemed => format::points(Points::from_hundredths(whole)),
    }
}

#[component]
fn BalanceCard(context: RequestContext, rows: Vec<Balance>, control: RuleSet) -> impl IntoView {
    let (t, lang, currency) = (context.lang.experiments(), context.lang, context.programme().currency);
    let row = |one: Balance| {
        let (name, of) = match one.of {
            Trait::Figure(Metric::Payments) => (t.payments_before.to_owned(), Metric::Payments),
            Trait::Figure(of) => (t.paid_before.to_owned(), of),
            Trait::Held => (t.held.to_owned(), Metric::Issued),
            Trait::Tier(rank) => {
                let tier = control.ladder.tiers.get(rank.index());
                let name = tier.map_or_else(|| rank.get().to_string(), |tier| lang.of(&tier.name).to_owned());
                ((t.in_tier)(&name), Metric::Active)
            }
        };
        let off = one.is_off.then(|| view! { " "<Chip tone="warn">{t.is_off}</Chip> });
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="num">{shown(of, one.variant, currency)}</td>
                <td class="num">{shown(of, one.control, currency)}</td>
                <td class="num">{format!("{}{:.3}", sign(one.difference), one.difference.abs())}{off}</td>
            </tr>
        }
    };
    let rows = rows.into_iter().map(row).collect_view();
    let [first, _, _, last] = t.balance_columns;
    let head = vec![first, group_name(lang, Group::Variant), group_name(lang, Group::Control), last];
    view! {
        <Card title=t.balance_title>
            <p class="mute small">{t.balance_about}</p>
            <Table label=t.balance_title head>{rows}</Table>
        </Card>
    }
}
