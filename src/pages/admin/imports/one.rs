//! One import: what is in the file, how far it has come, or what came of it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::{StateChip, reason_of_row};
use crate::api::admin::imports::{DiscardImport, StartImport, StopImport};
use crate::i18n::format;
use crate::pages::admin::lab::under_way::UnderWay;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Form, Hidden, Icon, Notice, PostForm, Submit, Table, Tone};
use crate::pages::page;
use crate::server::web::paths::IMPORTS;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::usecase::audit;
use laurel_engine::usecase::imports::{
    self, FAULTS_KEPT_FOR, FILE_KEPT_FOR, Import, Look, MOST_FAULTS, Refused, State, Target,
};
use laurel_engine::usecase::rewards::edit;

/// How many refused rows a page shows.
const FAULTS: usize = 50;

#[component]
pub fn ImportPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").and_then(|id| id.parse().ok());
    page(async move {
        let (context, staff) = RequestContext::staff(Permission::ImportMembers)?;
        let t = context.lang.imports();
        let id = id.ok_or_else(|| errors::not_found(context.lang))?;
        let ledger = &context.state.ledger;
        let (import, has_file) = imports::find(ledger, Authority::from(&staff), id).await?;
        let after = context.visit.query("after").and_then(|line| line.parse().ok()).unwrap_or(0);
        let refused = imports::fault_chunk(ledger, id, after, FAULTS).await?;
        let names = audit::staff_names(context.db()).await?;
        let name = |id: Option<laurel_domain::ids::StaffId>| {
            let known = id.and_then(|id| names.get(&id.to_string()).cloned());
            known.unwrap_or_else(|| context.lang.console().actor_named("command_line").to_owned())
        };
        let uploaded = (t.uploaded_by)(&name(import.made_by), &context.moment(import.made_at));
        let started = import.started_at.map(|at| (t.started_by)(&name(import.started_by), &context.moment(at)));
        let ended = import.ended_at.map(|at| (t.ended_at)(&context.moment(at)));
        let facts: Vec<String> = [Some(uploaded), started, ended].into_iter().flatten().collect();
        let (lang, state) = (context.lang, import.state);
        let head = move || view! { <StateChip lang state/> };
        let (file, kind) = (import.file.clone(), t.kinds[import.target.kind() as usize]);
        let content = match state {
            State::Uploading | State::Ready => {
                let happens = happens(&context, &import.target).await?;
                view! { <Ready context=context.clone() import happens/> }.into_any()
            }
            State::Waiting | State::Running => view! {
                <Running context=context.clone() import=import.clone()/>
                <Outcome context=context.clone() import refused has_file/>
            }
            .into_any(),
            _ => view! { <Outcome context=context.clone() import refused has_file/> }.into_any(),
        };
        Ok(view! {
            <AdminPage title=file here=Here::Transfers head>
                <p class="mute small">{kind}" · "{facts.join(" · ")}</p>
                <div class="stack">{content}</div>
            </AdminPage>
        }
        .into_any())
    })
}

/// What pressing the button does.
async fn happens(context: &RequestContext, target: &Target) -> Result<String, crate::api_error::ApiError> {
    let t = context.lang.imports();
    Ok(match target {
        Target::Members => t.members_happen.to_owned(),
        Target::Events { source, enrol } => (t.events_happen)(source.as_str(), *enrol),
        Target::Codes { reward } => {
            let reward = edit::file(&context.state.ledger, *reward).await?.reward;
            (t.codes_happen)(context.lang.of(&reward.terms.name))
        }
    })
}

fn number(count: u64) -> String {
    format::count(i64::try_from(count).unwrap_or(i64::MAX))
}

#[component]
fn Ready(context: RequestContext, import: Import, happens: String) -> impl IntoView {
    let t = context.lang.imports();
    let id = import.id.to_string();
    let look = import.look.unwrap_or_default();
    let start = (t.start)(&number(look.rows.saturating_sub(look.at_fault)), &number(look.at_fault));
    let of_start = id.clone();
    view! {
        <InFile context look/>
        <Card title=t.what_happens>
            <p class="measure">{happens}</p>
            <div class="row">
                <PostForm form=Form::of(StartImport::PATH) class="inline">
                    <Hidden name="import" value=of_start/>
                    <Submit label=start/>
                </PostForm>
                <PostForm form=Form::of(DiscardImport::PATH) class="inline">
                    <Hidden name="import" value=id/>
                    <Submit label=t.discard kind="quiet"/>
                </PostForm>
            </div>
        </Card>
    }
}

/// What a first look found.
#[component]
fn InFile(context: RequestContext, look: Look) -> impl IntoView {
    let t = context.lang.imports();
    let kinds = t.event_kinds.iter().filter_map(|(kind, name)| {
        let count = look.kinds.get(*kind)?;
        Some(view! { <div class="figure"><small>{*name}</small><b>{number(*count)}</b></div> })
    });
    let kinds = kinds.collect_view();
    let span = look.first.zip(look.last).map(|(first, last)| {
        let day = |at| format::date(context.lang, context.local(at).date());
        view! { <p class="mute">{(t.from_to)(&day(first), &day(last))}</p> }
    });
    let faults = (look.at_fault > 0).then(|| {
        let shown = look.faults.len();
        let lines = look
            .faults
            .iter()
            .map(|(line, reason)| view! { <li>{(t.line_is)(*line, &reason_of_row(context.lang, reason))}</li> });
        let lines = lines.collect_view();
        let some = (look.at_fault > shown as u64).then(|| view! { <p class="small">{(t.at_fault_some)(shown)}</p> });
        view! { <Notice tone=Tone::Warn><p><b>{(t.at_fault)(&number(look.at_fault))}</b></p><ul>{lines}</ul>{some}</Notice> }
    });
    let head = look.columns.iter().map(|name| view! { <th scope="col">{name.clone()}</th> }).collect_view();
    let row = |cells: Vec<String>| {
        let cells = cells.into_iter().map(|cell| view! { <td class="small">{cell}</td> });
        view! { <tr>{cells.collect_view()}</tr> }
    };
    let rows = look.shown.into_iter().map(row).collect_view();
    view! {
        <Card title=t.looked_at>
            <div class="figures">
                <div class="figure"><small>{t.looked_at}</small><b>{(t.rows)(&number(look.rows))}</b></div>
                {kinds}
            </div>
            {span}
            {faults}
            <h3>{t.first_rows}</h3>
            <div class="table" role="region" aria-label=t.first_rows tabindex="0">
                <table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>
            </div>
        </Card>
    }
}

#[component]
fn Running(context: RequestContext, import: Import) -> impl IntoView {
    let (lang, t) = (context.lang, context.lang.imports());
    let whole = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    let (done, total) = (whole(import.done_bytes), whole(import.size));
    let counts = import.counts;
    let rows = number(counts.added + counts.changed + counts.known + counts.refused);
    let told = match (import.state, import.is_stopping) {
        (State::Waiting, _) => t.waiting.to_owned(),
        (_, true) => t.stopping.to_owned(),
        _ => (t.progress)(&format::share(done, total), &rows),
    };
    let (address, stop, id) = (format!("{IMPORTS}/{}", import.id), Form::of(StopImport::PATH), import.id.to_string());
    view! {
        <UnderWay lang done total label=t.under_way told address stop name="import" id/>
        <p class="mute small">{t.leave}</p>
    }
}

#[component]
fn Outcome(context: RequestContext, import: Import, refused: Refused, has_file: bool) -> impl IntoView {
    let t = context.lang.imports();
    let (counts, kind) = (import.counts, import.target.kind() as usize);
    let figure = |label: &'static str, count: u64, tone: &'static str| {
        view! { <div class="figure"><small>{label}</small><b class=tone>{number(count)}</b></div> }
    };
    let updated = (kind == 0).then(|| figure(t.updated, counts.changed, ""));
    let failed = import.fault.as_ref().map(|why| (t.failed)(why));
    let failed = failed.map(|why| view! { <Notice tone=Tone::Bad>{why}</Notice> });
    let id = import.id.to_string();
    let (of_start, of_discard, line) = (id.clone(), id.clone(), import.done_lines + 1);
    let go_on = import.state.can_go_on().then(|| match has_file {
        false => view! { <Notice>{t.file_gone}</Notice> }.into_any(),
        true => view! {
            <p class="mute">{(t.go_on_about)(FILE_KEPT_FOR.as_hours() / 24)}</p>
            <div class="row">
                <PostForm form=Form::of(StartImport::PATH) class="inline">
                    <Hidden name="import" value=of_start/>
                    <Submit label=(t.go_on)(line)/>
                </PostForm>
                <PostForm form=Form::of(DiscardImport::PATH) class="inline">
                    <Hidden name="import" value=of_discard/>
                    <Submit label=t.discard kind="quiet"/>
                </PostForm>
            </div>
        }
        .into_any(),
    });
    let refused = (counts.refused > 0).then(|| view! { <RefusedRows context id count=counts.refused refused/> });
    view! {
        <Card title=t.result>
            <div class="figures">
                {figure(t.added[kind], counts.added, "")}
                {updated}
                {figure(t.known[kind], counts.known, "")}
                {figure(t.refused, counts.refused, if counts.refused > 0 { "bad-text" } else { "" })}
            </div>
            {failed}
            {go_on}
        </Card>
        {refused}
    }
}

#[component]
fn RefusedRows(context: RequestContext, id: String, count: u64, refused: Refused) -> impl IntoView {
    let t = context.lang.imports();
    if refused.faults.is_empty() {
        return view! { <Card title=t.refused_rows><p class="mute">{t.refused_gone}</p></Card> }.into_any();
    }
    let row = |fault: imports::Fault| {
        view! {
            <tr>
                <th scope="row" class="num">{fault.line.to_string()}</th>
                <td>{reason_of_row(context.lang, &fault.reason)}</td>
                <td class="small mono">{fault.cells.join(", ")}</td>
            </tr>
        }
    };
    let next = refused.next.map(|line| {
        view! { <nav class="pager" aria-label=t.refused_rows><a class="button small" rel="next" href=format!("{IMPORTS}/{id}?after={line}")>{t.more}</a></nav> }
    });
    let rows = refused.faults.into_iter().map(row).collect_view();
    let most = (count > MOST_FAULTS).then(|| (t.refused_most)(&number(MOST_FAULTS)));
    view! {
        <Card title=t.refused_rows>
            <p class="mute measure">{(t.refused_about)(FAULTS_KEPT_FOR.as_hours() / 24)}" "{most}</p>
            <p><a class="button small" href=format!("{IMPORTS}/{id}/refused.csv") download=""><Icon name="download"/>{t.refused_csv}</a></p>
            <Table label=t.refused_rows head=t.refused_columns.to_vec()>{rows}</Table>
            {next}
        </Card>
    }
    .into_any()
}
