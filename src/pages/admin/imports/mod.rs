//! Files in and out: what can be imported and what was, one import, and files of everything that there is.

mod exports;
mod kept;
mod one;

use laurel_domain::rewards::reward::Supply;
use laurel_domain::row_refusal::RowRefusal;
use leptos::prelude::*;

use super::{AdminPage, Here};
use crate::i18n::{Lang, format};
use crate::pages::admin::list::{Beside, Column, ListTable, Pages, filter};
use crate::pages::components::{Card, CheckBox, Chip, EmptyState, Field, FileField, Form, Hidden, Notice, Select};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::paths::{EXPORTS, IMPORTS};
use laurel_engine::auth::{Permission, Role};
use laurel_engine::usecase::audit;
use laurel_engine::usecase::imports::{self, Import, MOST_BYTES, State};
use laurel_engine::usecase::rewards::edit;

pub use exports::ExportsPage;
pub use kept::ExportPage;
pub use one::ImportPage;

const ROWS: usize = 20;

/// What a file can hold, as addresses call it, and what somebody needs to import one.
const KINDS: [(&str, Permission); 3] =
    [("members", Permission::ImportMembers), ("events", Permission::ImportEvents), ("codes", Permission::ManageRewards)];

/// The columns of each, those that are required first, and an example.
const COLUMNS: [(&[&str], &[&str], &str); 3] = [
    (
        &["external_id"],
        &["name", "email", "phone", "locale", "registered_at"],
        "external_id,name,phone\nm-1001,Fang Li,+8613912345678",
    ),
    (
        &["event_id", "kind", "member", "occurred_at"],
        &["amount", "currency", "payment", "payment_source", "scene", "referee", "subject"],
        "event_id,kind,member,amount,currency,occurred_at,payment\np-1,payment,m-1001,38.50,CNY,2026-03-01T10:00:00Z,\nr-1,refund,m-1001,8.50,CNY,2026-03-02T09:30:00Z,p-1",
    ),
    (&["code"], &[], "code\nCOFFEE-7K2P\nCOFFEE-9Q4M"),
];

/// A name of [`KINDS`]: members where it is none.
pub fn told_kind(asked: &str) -> &'static str {
    KINDS.iter().map(|(name, _)| *name).find(|name| *name == asked).unwrap_or("members")
}

/// Why a row was refused, in words.
pub fn reason_of_row(lang: Lang, reason: &RowRefusal) -> String {
    let t = lang.imports();
    match reason.refusal() {
        Ok(laurel_domain::refusal::Refusal::Invalid { faults }) => {
            let told = faults.iter().map(|fault| {
                let field = if fault.field == "row" { t.whole_row } else { fault.field.as_str() };
                (t.fault_of)(field, &lang.fault(&fault.fault))
            });
            told.collect::<Vec<_>>().join("; ")
        }
        Ok(refusal) => lang.refusal(&refusal),
        Err(code) => (t.other_fault)(code),
    }
}

/// Import, and export for those who may.
#[component]
fn Tabs(lang: Lang, role: Role, exports: bool) -> impl IntoView {
    let t = lang.imports();
    let link = |href: &'static str, at: usize, is_here: bool| {
        view! { <a href=href aria-current=is_here.then_some("page")>{t.tabs[at]}</a> }
    };
    let export = role.may(Permission::Export).then(|| link(EXPORTS, 1, exports));
    view! { <nav class="tabs" aria-label=t.title>{link(IMPORTS, 0, !exports)}{export}</nav> }
}

#[component]
pub fn ImportsPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::ImportMembers)?;
        let (lang, t) = (context.lang, context.lang.imports());
        let asked = context.visit.query("kind").unwrap_or_default();
        let kind = KINDS.iter().position(|(name, _)| *name == told_kind(&asked)).unwrap_or_default();
        let kind = if staff.role.may(KINDS[kind].1) { kind } else { 0 };
        let before = filter(&context.visit, "before").and_then(|id| id.parse().ok());
        let mut listed = imports::latest(&context.state.ledger, before, ROWS as i64 + 1).await?;
        let has_more = listed.len() > ROWS;
        listed.truncate(ROWS);
        let pools = match kind {
            2 => {
                let rewards = edit::list(&context.state.ledger).await?;
                let pools = rewards.into_iter().filter(|reward| reward.supply == Supply::Pool && !reward.is_retired);
                pools.map(|reward| (reward.id.to_string(), lang.of(&reward.terms.name).to_owned())).collect()
            }
            _ => Vec::new(),
        };
        let links = KINDS.iter().enumerate().filter(|(_, (_, permission))| staff.role.may(*permission));
        let links = links.map(|(at, (name, _))| {
            view! { <li><a href=format!("{IMPORTS}?kind={name}") aria-current=(at == kind).then_some("page")>{t.kinds[at]}</a></li> }
        });
        let links = links.collect_view();
        let next = listed.last().filter(|_| has_more).map(|last| last.id.to_string());
        let names = audit::staff_names(context.db()).await?;
        let shown = listed.len();
        let list = match listed.is_empty() {
            true => view! { <EmptyState icon="upload" title=t.none><p>{t.none_about}</p></EmptyState> }.into_any(),
            false => {
                let row = |import: Import| {
                    let by = import.made_by.and_then(|id| names.get(&id.to_string()).cloned());
                    let may_open = staff.role.may(import.permission());
                    view! { <Row context=context.clone() import by may_open/> }
                };
                let rows = listed.into_iter().map(row).collect_view();
                view! {
                    <ListTable label=t.list columns=t.list_columns.map(Column::plain).to_vec()>{rows}</ListTable>
                    <Pages rows=shown beside=Beside::onward(next)/>
                }
                .into_any()
            }
        };
        let of_form = context.clone();
        Ok(view! {
            <AdminPage title=t.title here=Here::Transfers>
                <Tabs lang role=staff.role exports=false/>
                <p class="mute measure">{t.about}</p>
                <nav class="views" aria-label=t.content><ul>{links}</ul></nav>
                <div class="halves">
                    <UploadForm context=of_form kind pools/>
                    <ColumnsOf lang kind/>
                </div>
                <Card title=t.list>{list}</Card>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn UploadForm(context: RequestContext, kind: usize, pools: Vec<(String, String)>) -> impl IntoView {
    let (t, form) = (context.lang.imports(), Form::of(IMPORTS));
    let lacks_pool = kind == 2 && pools.is_empty();
    let of_kind = match kind {
        1 => view! {
            <Field form name="source" label=t.source hint=t.source_hint value="default" maxlength=60 required=true/>
            <CheckBox form name="enrol" label=t.enrol/>
        }
        .into_any(),
        2 if !lacks_pool => {
            let value = context.visit.query("reward").unwrap_or_default();
            view! { <Select form name="reward" label=t.reward options=pools value/> }.into_any()
        }
        _ => ().into_any(),
    };
    let most = (t.file_hint)(MOST_BYTES / (1024 * 1024));
    let accept = if kind == 1 { ".csv,.ndjson,.jsonl,text/csv" } else { ".csv,text/csv" };
    let rest = match lacks_pool {
        true => view! { <Notice>{t.no_pools}</Notice> }.into_any(),
        false => view! {
            <FileField form name="file" label=t.file hint=most accept/>
            <div class="form-foot"><button class="button main">{t.upload}</button></div>
        }
        .into_any(),
    };
    view! {
        <Card title=t.kinds[kind]>
            <p class="mute">{t.kinds_about[kind]}</p>
            // the file comes last: what is to be done with it is known before it comes
            <form class="form" method="post" enctype="multipart/form-data" action=IMPORTS novalidate>
                <Hidden name="kind" value=KINDS[kind].0/>
                {of_kind}
                {rest}
            </form>
        </Card>
    }
}

#[component]
fn ColumnsOf(lang: Lang, kind: usize) -> impl IntoView {
    let t = lang.imports();
    let (required, others, example) = COLUMNS[kind];
    let required =
        required.iter().map(|name| view! { <li><code>{*name}</code>" "<small class="mute">{t.required}</small></li> });
    let others = others.iter().map(|name| view! { <li><code>{*name}</code></li> });
    let lines = (kind == 1).then(|| view! { <p class="mute">{t.lines_about}</p> });
    view! {
        <Card title=t.columns>
            <p class="mute">{t.columns_about}</p>
            <ul class="import-columns">{required.collect_view()}{others.collect_view()}</ul>
            {lines}
            <h3>{t.example}</h3>
            <pre class="import-example" tabindex="0" aria-label=t.example>{example}</pre>
        </Card>
    }
}

#[component]
fn Row(context: RequestContext, import: Import, by: Option<String>, may_open: bool) -> impl IntoView {
    let t = context.lang.imports();
    let number = |count: u64| format::count(i64::try_from(count).unwrap_or(i64::MAX));
    let counts = import.counts;
    let name = match may_open {
        true => view! { <a href=format!("{IMPORTS}/{}", import.id)>{import.file.clone()}</a> }.into_any(),
        false => view! { {import.file.clone()} }.into_any(),
    };
    let kind = t.kinds[import.target.kind() as usize];
    let by = by.map(|by| view! { <small>" · "{by}</small> });
    view! {
        <tr>
            <th scope="row" class="card-name">{name}</th>
            <td class="card-more">{kind}</td>
            <td class="card-state"><StateChip lang=context.lang state=import.state/></td>
            <td class="num card-sum">{number(counts.added + counts.changed)}</td>
            <td class="num">{number(counts.refused)}</td>
            <td class="small card-wide">{context.moment(import.made_at)}{by}</td>
        </tr>
    }
}

#[component]
fn StateChip(lang: Lang, state: State) -> impl IntoView {
    let tone = match state {
        State::Done => "good",
        State::Failed => "bad",
        State::Waiting | State::Running | State::Ready => "warn",
        State::Stopped | State::Uploading => "",
    };
    view! { <Chip tone>{lang.imports().states[state as usize]}</Chip> }
}
