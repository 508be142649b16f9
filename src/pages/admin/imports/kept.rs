//! One export that is kept: how far it has come, and the file.

use laurel_domain::ids::ExportId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use crate::api::admin::exports::{DiscardExport, StopExport};
use crate::i18n::{Lang, format};
use crate::pages::admin::lab::under_way::UnderWay;
use crate::pages::admin::list::{Column, ListTable};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Chip, Form, Hidden, Icon, Notice, PostForm, Submit, Tone};
use crate::pages::page;
use crate::server::web::paths::EXPORTS;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::Permission;
use laurel_engine::auth::{Authority, Role};
use laurel_engine::usecase::audit;
use laurel_engine::usecase::exports::kept::{self, KEPT_FOR, Kept, State};

#[component]
pub fn ExportPage() -> impl IntoView {
    let id: Option<ExportId> = use_params_map().get_untracked().get("id").and_then(|id| id.parse().ok());
    page(async move {
        let (context, staff) = RequestContext::staff(Permission::Export)?;
        let t = context.lang.imports();
        let id = id.ok_or_else(|| errors::not_found(context.lang))?;
        let found = kept::find(&context.state.ledger, Authority::from(&staff), id).await?;
        let names = audit::staff_names(context.db()).await?;
        let by = found.made_by.and_then(|id| names.get(&id.to_string()).cloned()).unwrap_or_default();
        let begun = (t.started_by)(&by, &context.moment(found.made_at));
        let ended = found.ended_at.map(|at| (t.ended_at)(&context.moment(at)));
        let facts: Vec<String> = [Some(begun), ended].into_iter().flatten().collect();
        let (lang, shown) = (context.lang, found.clone());
        let head = move || view! { <KeptChip lang kept=shown.clone()/> };
        let (title, kind) = (found.file.clone(), t.exports[found.wanted.what as usize]);
        let content = match found.state {
            State::UnderWay => view! { <Writing lang kept=found/> }.into_any(),
            State::Done => view! { <File lang kept=found/> }.into_any(),
            State::Stopped | State::Failed => view! { <BrokenOff lang kept=found/> }.into_any(),
            State::Forsaken => view! { <Outdated context=context.clone() kept=found/> }.into_any(),
        };
        Ok(view! {
            <AdminPage title here=Here::Transfers head>
                <p class="mute small">{kind}" · "{facts.join(" · ")}</p>
                <div class="stack">{content}</div>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Writing(lang: Lang, kept: Kept) -> impl IntoView {
    let t = lang.imports();
    let told = match kept.total {
        Some(total) => {
            // rows that have come since then
            let total = total.max(kept.seen);
            (t.export_progress)(&format::share(kept.seen, total), &format::count(kept.written), &size(kept.bytes))
        }
        None => t.export_counting.to_owned(),
    };
    let (address, stop, id) = (format!("{EXPORTS}/{}", kept.id), Form::of(StopExport::PATH), kept.id.to_string());
    let total = kept.total.unwrap_or(1).max(kept.seen);
    let forsaken = kept.is_forsaken.then(|| view! { <Notice tone=Tone::Warn>{t.export_forsaken}</Notice> });
    view! {
        {forsaken}
        <UnderWay lang done=kept.seen total label=t.export_under_way told address stop name="export" id/>
        <p class="mute small">{t.export_leave}</p>
    }
}

#[component]
fn File(lang: Lang, kept: Kept) -> impl IntoView {
    let t = lang.imports();
    let href = format!("{EXPORTS}/{}/file", kept.id);
    view! {
        <Card title=t.export_ready>
            <p>{(t.export_has)(&format::count(kept.written), &size(kept.bytes))}" "{(t.export_kept_for)(KEPT_FOR.as_hours() / 24)}</p>
            <div class="row">
                <a class="button main" href=href download=kept.file.clone()><Icon name="download"/>{t.export_fetch}</a>
                <Discard lang id=kept.id/>
            </div>
        </Card>
    }
}

/// It was stopped, or something is wrong with it: it goes on by the button, on whichever server that reaches.
#[component]
fn BrokenOff(lang: Lang, kept: Kept) -> impl IntoView {
    let t = lang.imports();
    let why = match kept.state {
        State::Stopped => t.export_stopped,
        _ => t.export_broke_off,
    };
    let action = format!("{EXPORTS}/{}/go-on", kept.id);
    view! {
        <Card title=t.result>
            <Notice tone=Tone::Warn>{why}" "{(t.export_has)(&format::count(kept.written), &size(kept.bytes))}</Notice>
            <div class="row">
                <form class="inline" method="post" action=action>
                    <button class="button main">{(t.export_go_on)(&format::count(kept.written + 1))}</button>
                </form>
                <Discard lang id=kept.id/>
            </div>
        </Card>
    }
}

/// Why there is no file any more.
#[component]
fn Outdated(context: RequestContext, kept: Kept) -> impl IntoView {
    let t = context.lang.imports();
    let why = kept.outdated_at.map(|at| (t.export_outdated_about)(&context.moment(at)));
    view! {
        <Card title=t.export_outdated>
            <p class="measure">{why}</p>
            <div class="row">
                <a class="button main" href=EXPORTS>{t.export_again}</a>
                <Discard lang=context.lang id=kept.id label=t.export_remove/>
            </div>
        </Card>
    }
}

#[component]
fn Discard(lang: Lang, id: ExportId, #[prop(optional)] label: Option<&'static str>) -> impl IntoView {
    view! {
        <PostForm form=Form::of(DiscardExport::PATH) class="inline">
            <Hidden name="export" value=id.to_string()/>
            <Submit label=label.unwrap_or(lang.imports().export_discard) kind="quiet"/>
        </PostForm>
    }
}

/// `38.2 MB`
fn size(bytes: i64) -> String {
    let tenths = bytes.max(0) / 100_000;
    match tenths % 10 {
        _ if bytes < 1_000_000 => format!("{} kB", format::count(bytes.max(0) / 1_000)),
        0 => format!("{} MB", format::count(tenths / 10)),
        tenth => format!("{}.{tenth} MB", format::count(tenths / 10)),
    }
}

#[component]
fn KeptChip(lang: Lang, kept: Kept) -> impl IntoView {
    let state = kept.state;
    let tone = match state {
        State::Done => "good",
        State::Failed => "bad",
        State::UnderWay => "warn",
        State::Stopped | State::Forsaken => "",
    };
    let names = lang.imports().export_states;
    view! { <Chip tone>{names.get(state as usize).copied().unwrap_or_default()}</Chip> }
}

/// Those that are kept, as far as somebody may see them.
#[component]
pub fn KeptExports(context: RequestContext, role: Role, all: Vec<Kept>) -> impl IntoView {
    let t = context.lang.imports();
    let all: Vec<Kept> = all.into_iter().filter(|one| role.may(one.wanted.what.permission())).collect();
    if all.is_empty() {
        return ().into_any();
    }
    let row = |kept: Kept| {
        let done = match (kept.state, kept.total) {
            (State::UnderWay, Some(total)) => format::share(kept.seen, total.max(kept.seen)),
            (State::Forsaken, _) => String::new(),
            _ => size(kept.bytes),
        };
        view! {
            <tr>
                <th scope="row" class="card-name"><a href=format!("{EXPORTS}/{}", kept.id)>{kept.file.clone()}</a></th>
                <td class="card-more">{t.exports[kept.wanted.what as usize]}</td>
                <td class="card-state"><KeptChip lang=context.lang kept=kept.clone()/></td>
                <td class="num card-sum">{format::count(kept.written)}</td>
                <td class="num">{done}</td>
                <td class="small card-wide">{context.moment(kept.made_at)}</td>
            </tr>
        }
    };
    let rows = all.into_iter().map(row).collect_view();
    view! {
        <Card title=t.export_list>
            <ListTable label=t.export_list columns=t.export_columns.map(Column::plain).to_vec()>{rows}</ListTable>
        </Card>
    }
    .into_any()
}
