//! What is asked before many members are suspended: who, and why. `?ids[]=…`, or `?all=yes&list=tier%3D3` for all of a list.

use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{StatusChip, asked_in, name_of};
use crate::api::admin::members::SuspendMembers;
use crate::api_error::ApiError;
use crate::i18n::format;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{ErrorSummary, Field, Form, Hidden, Notice, PostForm, Submit, Table, TierBadge, Tone};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::Permission;
use laurel_engine::store::members::roll::Filter;
use laurel_engine::usecase::members::search;
use laurel_engine::usecase::members::suspend::MOST;
use laurel_engine::usecase::members::view::MemberView;

pub const PATH: &str = "/admin/members/selected";

/// How many are named; the rest is counted.
const NAMED: usize = 100;

#[component]
pub fn SelectedMembersPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::SuspendMembers)?;
        let t = context.lang.lists();
        let list = context.visit.query("list").unwrap_or_default();
        let back = if list.is_empty() { "/admin/members".to_owned() } else { format!("/admin/members?{list}") };
        let found = picked(&context, &list).await?;
        let selected = found.len();
        let found: Vec<MemberView> = found.into_iter().filter(|member| member.status == Status::Active).collect();
        let left_out = selected - found.len();
        let (title, content) = match found.len() {
            0 => (context.lang.admin().members.to_owned(), refused(&context, t.none_to_suspend.to_owned(), back)),
            _ if selected > MOST => (context.lang.admin().members.to_owned(), refused(&context, (t.too_many)(MOST), back)),
            count => {
                let left_out = (left_out > 0).then(|| view! { <Notice tone=Tone::Warn>{(t.left_out)(left_out)}</Notice> });
                let question = view! { {left_out}<Question context=context.clone() found back/> }.into_any();
                ((t.suspend_title)(count), question)
            }
        };
        Ok(view! { <AdminPage title here=Here::Members><div class="stack confirm-page">{content}</div></AdminPage> }.into_any())
    })
}

/// Who was ticked, or all of the list; one more than can be suspended tells that there are too many.
async fn picked(context: &RequestContext, list: &str) -> Result<Vec<MemberView>, ApiError> {
    let ledger = &context.state.ledger;
    if context.visit.query("all").is_some() {
        let wanted = Filter { most: MOST as i64 + 1, ..asked_in(context, list) };
        return Ok(search::page_for_file(ledger, &wanted).await?.members);
    }
    let ids = context.visit.queries("ids[]");
    let ids: Vec<MemberId> = ids.iter().take(MOST + 1).filter_map(|id| id.parse().ok()).collect();
    Ok(search::with_ids(ledger, &ids).await?)
}

fn refused(context: &RequestContext, message: String, back: String) -> AnyView {
    let error = ApiError::new(422, "invalid", message);
    view! { <ErrorSummary error/><p><a class="button" href=back>{context.lang.common().back}</a></p> }.into_any()
}

#[component]
fn Question(context: RequestContext, found: Vec<MemberView>, back: String) -> impl IntoView {
    let (t, console, form) = (context.lang.lists(), context.lang.console(), Form::of(SuspendMembers::PATH));
    let count = found.len();
    let ids = found.iter().map(|member| view! { <Hidden name="ids[]" value=member.id.clone()/> }).collect_view();
    let row = |member: MemberView| {
        let href = format!("/admin/members/{}", member.id);
        view! {
            <tr>
                <th scope="row"><a href=href>{name_of(context.lang, member.name, &member.external_id)}</a></th>
                <td class="mono small">{member.external_id}</td>
                <td><TierBadge rank=member.tier.rank name=context.lang.of(&member.tier.name).to_owned()/></td>
                <td class="num amount">{format::points(member.points.available)}</td>
                <td><StatusChip lang=context.lang status=member.status/></td>
            </tr>
        }
    };
    let rows = found.into_iter().take(NAMED).map(row).collect_view();
    let more = count.checked_sub(NAMED).filter(|more| *more > 0);
    let more = more.map(|more| view! { <tr><td colspan="5" class="mute">{format!("+ {more}")}</td></tr> });
    let head = vec![console.name, console.external_id, console.tier, console.available_column, console.status_label];
    view! {
        <p class="mute">{console.suspend_about}</p>
        <section class="card narrow">
            <PostForm form>
                {ids}
                <Hidden name="back" value=back.clone()/>
                <Field form name="reason" label=t.reason hint=t.reason_hint maxlength=500 required=true
                    suggestions=t.suspend_reasons.to_vec()/>
                <div class="row">
                    <Submit label=(t.suspend_confirm)(count) kind="danger"/>
                    <a class="button" href=back>{context.lang.common().cancel}</a>
                </div>
            </PostForm>
        </section>
        <Table label=context.lang.admin().members head>{rows}{more}</Table>
    }
}
