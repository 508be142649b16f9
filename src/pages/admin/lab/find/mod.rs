//! The page that finds rules: goals and what may change on the left, what was found on the right. `?search=…` shows a search;
//! `?start=draft` starts from the draft.

mod findings;
mod form;

use laurel_domain::lab::scope::Span;
use laurel_domain::rules::rule_set::RuleSet;
use leptos::prelude::*;

use super::{AdminPage, Here};
use crate::pages::admin::rules::TypedForm;
use crate::pages::components::{Card, Chip, Table};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::paths::LAB_FIND;
use findings::FindingsOf;
use form::{Asking, AskingForm};
use laurel_engine::auth::Permission;
use laurel_engine::usecase::lab::find::searches::{self, Search};
use laurel_engine::usecase::lab::runs::RunState;
use laurel_engine::usecase::rules::{self, Overview};

/// How many searches are listed.
const LISTED: i64 = 12;

#[component]
pub fn FindPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let ledger = &context.state.ledger;
        let overview = rules::overview(ledger).await?;
        let typed = TypedForm::of(&context.visit, LAB_FIND);
        let search = shown(&context, context.visit.query("search")).await?;
        // a form that comes back names what it starts from
        let typed_start = typed.as_ref().and_then(|typed| typed.fields.get("start").cloned());
        let start = typed_start.or_else(|| context.visit.query("start"));
        let of_start = match start.as_deref().and_then(|start| start.strip_prefix("search:")) {
            Some(id) => shown(&context, Some(id.to_owned())).await?,
            None => search.clone().filter(|_| start.is_none()),
        };
        let asking = Asking::of(&overview, start.as_deref(), of_start, typed);
        let listed = searches::latest(ledger, LISTED).await?;
        let may_find = staff.role.may(Permission::ManageRules);
        let t = context.lang.lab_find();
        let here = search.as_ref().map(|search| search.id.to_string());
        let of_form = context.clone();
        let left = move || view! { <AskingForm context=of_form asking/> };
        let list = (!listed.is_empty()).then(|| view! { <Searches context=context.clone() searches=listed shown=here/> });
        let head = move || view! { <a class="button small" href="/admin/lab">{context.lang.lab().to_lab}</a> };
        let of_result = context.clone();
        Ok(view! {
            <AdminPage title=t.title here=Here::Lab head>
                <p class="mute measure">{t.about}</p>
                <div class="lab find">
                    <div class="lab-left stack">{may_find.then(left)}</div>
                    <section id="result" class="lab-result stack" aria-label=context.lang.lab().result>
                        <FindingsOf context=of_result search overview may_adopt=may_find/>
                        {list}
                    </section>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

async fn shown(context: &RequestContext, id: Option<String>) -> Result<Option<Search>, crate::api_error::ApiError> {
    match id.and_then(|id| id.parse().ok()) {
        Some(id) => Ok(searches::find(&context.state.ledger, id).await?),
        None => Ok(None),
    }
}

/// The rules that a start is called by, in force where there is no such draft.
fn start_of(overview: &Overview, start: Option<&str>) -> (RuleSet, &'static str) {
    match (start, &overview.draft) {
        (Some("draft"), Some(draft)) => (draft.set.clone(), "draft"),
        _ => (overview.in_force.set.clone(), "in_force"),
    }
}

const fn span_name(span: Span) -> &'static str {
    match span {
        Span::InForce => "in_force",
        _ => "whole",
    }
}

#[component]
fn Searches(context: RequestContext, searches: Vec<Search>, shown: Option<String>) -> impl IntoView {
    let t = context.lang.lab_find();
    let row = |search: Search| {
        let id = search.id.to_string();
        let tone = match search.state {
            RunState::Done => "good",
            RunState::Failed => "bad",
            RunState::Cancelled => "",
            _ => "warn",
        };
        let goals = search.asked.goals.iter().map(|goal| findings::sentence(&context, &search.start, goal));
        let goals = goals.collect::<Vec<_>>().join("; ");
        view! {
            <tr aria-current=(shown.as_ref() == Some(&id)).then_some("true")>
                <th scope="row" class="nowrap"><a href=format!("{LAB_FIND}?search={id}")>{context.moment(search.made_at)}</a></th>
                <td>{goals}</td>
                <td><Chip tone>{context.lang.lab().states[search.state as usize]}</Chip></td>
            </tr>
        }
    };
    let rows = searches.into_iter().map(row).collect_view();
    view! {
        <Card title=t.searches>
            <Table label=t.searches head=vec![context.lang.lab().when, t.goals, context.lang.adjust().state_label]>{rows}</Table>
        </Card>
    }
}
