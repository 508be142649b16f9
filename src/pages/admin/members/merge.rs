//! Merging a portal registration into a member whom the payment system knows: into whom, then what it comes to and why.
//! `?into=m-1`.

use laurel_domain::ledger::account::Account;
use laurel_domain::member::Status;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::name_of;
use crate::api::admin::members::MergeMember;
use crate::api_error::ApiError;
use crate::i18n::{Lang, format};
use crate::pages::admin::list::filter;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Field, Form, Hidden, Notice, PostForm, Submit, Table};
use crate::pages::page;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::{Authority, Permission, Role};
use laurel_engine::store::members::member::{By, Member};
use laurel_engine::usecase::members::merge::{Preview, merged_into, preview};
use laurel_engine::usecase::members::search::File;
use laurel_engine::usecase::members::view;

#[component]
pub fn MergeMemberPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::CloseMembers)?;
        let (ledger, t) = (&context.state.ledger, context.lang.merging());
        let path = context.visit.path.split('?').next().unwrap_or_default();
        let id = path.rsplit('/').nth(1).and_then(|id| id.parse().ok()).ok_or_else(|| errors::not_found(context.lang))?;
        let member = view::find(ledger, By::Id(id)).await?.ok_or_else(|| errors::not_found(context.lang))?;
        let title = (t.title_of)(&called(context.lang, &member));
        let typed = filter(&context.visit, "into");
        let (shown, wrong) = match &typed {
            None => (None, None),
            Some(into) => match preview(ledger, Authority::from(&staff), id, into).await {
                Ok(shown) => (Some(shown), None),
                Err(error) => match ApiError::from(error) {
                    error if error.status < 500 => (None, Some(error.message)),
                    error => return Err(error),
                },
            },
        };
        let can = member.external_id.is_none() && member.status != Status::Closed;
        let typed = typed.unwrap_or_default();
        let confirm = shown.map(|shown| view! { <Confirm lang=context.lang id=id.to_string() into=typed.clone() shown/> });
        let content = match can {
            true => view! { <Card title=t.title><IntoForm lang=context.lang typed wrong/></Card>{confirm} }.into_any(),
            false => view! { <Notice>{t.not_here}</Notice> }.into_any(),
        };
        Ok(view! {
            <AdminPage title here=Here::Members>
                <div class="stack narrow">{content}<p><a href=format!("/admin/members/{id}")>{context.lang.common().back}</a></p></div>
            </AdminPage>
        }
        .into_any())
    })
}

fn called(lang: Lang, member: &Member) -> String {
    let external_id = member.external_id.as_ref().map(|id| id.as_str().to_owned());
    name_of(lang, member.name.clone(), &external_id)
}

/// Only asks: the page that it leads to shows what it comes to.
#[component]
fn IntoForm(
    lang: Lang,
    #[prop(optional)] typed: String,
    #[prop(optional_no_strip)] wrong: Option<String>,
    #[prop(optional, into)] action: Option<String>,
) -> impl IntoView {
    let t = lang.merging();
    let described = if wrong.is_some() { "merge-into-hint merge-into-error" } else { "merge-into-hint" };
    let invalid = wrong.is_some().then_some("true");
    let error = wrong.map(|wrong| view! { <p class="error" role="alert" id="merge-into-error">{wrong}</p> });
    view! {
        <form method="get" class="form" action=action>
            <p class="mute small">{t.about}</p>
            <div class="field">
                <label for="merge-into">{t.into}</label>
                <input
                    id="merge-into"
                    name="into"
                    value=typed
                    autocomplete="off"
                    maxlength="128"
                    aria-describedby=described
                    aria-invalid=invalid
                />
                <p class="hint" id="merge-into-hint">{t.into_hint}</p>
                {error}
            </div>
            <button class="button">{t.go_on}</button>
        </form>
    }
}

#[component]
fn Confirm(lang: Lang, id: String, into: String, shown: Preview) -> impl IntoView {
    let (t, form) = (lang.merging(), Form::of(MergeMember::PATH));
    let row = |name: String, account: &Account| {
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="num">{format::points(account.available)}</td>
                <td class="num">{format::points(account.pending)}</td>
                <td class="num">{format::points(account.debt)}</td>
                <td class="num">{format::points(account.earned)}</td>
            </tr>
        }
    };
    let named = |label: &str, member: &Member| format!("{label} ({})", called(lang, member));
    let rows = [
        row(named(t.ends, &shown.ended), &shown.ended.account),
        row(named(t.goes_on, &shown.survivor), &shown.before),
        row(t.afterwards.to_owned(), &shown.after),
    ];
    let head = vec![t.who, t.available, t.pending, t.debt, t.earned];
    view! {
        <Card title=t.afterwards><Table label=t.afterwards head>{rows.into_iter().collect_view()}</Table></Card>
        <section class="card confirm" aria-label=t.do_it>
            <p>{t.what_happens}</p>
            <PostForm form>
                <Hidden name="id" value=id/>
                <Hidden name="into" value=into/>
                <Field form name="reason" label=t.reason hint=t.reason_hint maxlength=500 required=true/>
                <Submit label=t.do_it kind="danger"/>
            </PostForm>
        </section>
    }
}

/// On the member's page: the way to merging, for a registration that the payment system does not know.
#[component]
pub fn Merging(context: RequestContext, file: File, role: Role) -> impl IntoView {
    let t = context.lang.merging();
    let can = file.view.status != Status::Closed && file.view.external_id.is_none() && role.may(Permission::CloseMembers);
    let action = format!("/admin/members/{}/merge", file.view.id);
    can.then(|| view! { <Card title=t.title><IntoForm lang=context.lang action/></Card> })
}

/// Where a member's account went, if it was merged.
pub async fn merged_notice(context: &RequestContext, member_no: i64) -> Result<Option<AnyView>, ApiError> {
    let Some((member, at)) = merged_into(&context.state.ledger, member_no).await? else { return Ok(None) };
    let when = format::date_time(context.lang, context.local(at));
    let told = (context.lang.merging().merged_into)(&when);
    let href = format!("/admin/members/{}", member.id());
    let name = called(context.lang, &member);
    Ok(Some(view! { <Notice>{told}" "<a href=href>{name}</a></Notice> }.into_any()))
}
