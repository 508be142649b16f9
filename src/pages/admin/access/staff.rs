//! Everybody on the staff, and the form that adds somebody.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::access::staff::AddStaff;
use crate::i18n::Lang;
use crate::pages::admin::list::{Column, ListTable};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Chip, Field, Form, Icon, PostForm, Select, Submit, Table};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::{Authority, Permission, Role};
use laurel_engine::store::access::staff::StaffRow;
use laurel_engine::store::timestamp;
use laurel_engine::usecase::access::staff;

#[component]
pub fn StaffPage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::staff(Permission::ManageStaff)?;
        let accounts = staff::list(context.db(), Authority::from(&session)).await?;
        Ok(view! {
            <AdminPage title=context.lang.admin().staff here=Here::Staff>
                <div class="file">
                    <Accounts context=context.clone() accounts/>
                    <Add lang=context.lang/>
                </div>
                <Rights lang=context.lang/>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Accounts(context: RequestContext, accounts: Vec<StaffRow>) -> impl IntoView {
    let t = context.lang.team();
    let row = |account: StaffRow| {
        let last = account.last_sign_in_at.and_then(|at| timestamp(at).ok());
        let last = last.map_or_else(|| t.never.to_owned(), |at| context.moment(at));
        view! {
            <tr>
                <th scope="row" class="card-name wraps"><a href=format!("/admin/staff/{}", account.id)>{account.name.clone()}</a></th>
                <td class="small mute card-more breaks">{account.email.clone()}</td>
                <td class="card-sum nowrap">{role_name(context.lang, account.role)}</td>
                <td class="card-state"><StateChip lang=context.lang account/></td>
                <td class="small card-wide">{last}</td>
            </tr>
        }
    };
    let rows = accounts.into_iter().map(row).collect_view();
    let columns = [t.name, t.email, t.role, t.state, t.last_sign_in].map(Column::plain).to_vec();
    view! { <ListTable label=context.lang.admin().staff columns>{rows}</ListTable> }
}

pub fn role_name(lang: Lang, number: i16) -> &'static str {
    let at = Role::ALL.iter().position(|role| role.number() == number);
    at.and_then(|at| lang.team().roles.get(at)).copied().unwrap_or_default()
}

#[component]
pub fn StateChip(lang: Lang, account: StaffRow) -> impl IntoView {
    let t = lang.team();
    let (tone, text) = match (account.disabled_at, account.password_hash) {
        (Some(_), _) => ("bad", t.disabled),
        (None, None) => ("warn", t.not_activated),
        (None, Some(_)) => ("good", t.active),
    };
    view! { <Chip tone>{text}</Chip> }
}

/// What the form sends, and what people read.
pub fn roles(lang: Lang) -> Vec<(String, String)> {
    Role::ALL.iter().zip(lang.team().roles).map(|(role, name)| (role.as_str().to_owned(), name.to_owned())).collect()
}

#[component]
fn Add(lang: Lang) -> impl IntoView {
    let (t, form) = (lang.team(), Form::of(AddStaff::PATH));
    let languages = [("zh", t.chinese), ("en", t.english)].map(|(code, name)| (code.to_owned(), name.to_owned()));
    view! {
        <Card title=t.add>
            <PostForm form>
                <p class="mute small">{t.add_about}</p>
                <Field form name="name" label=t.name maxlength=100 required=true autocomplete="off"/>
                <Field form name="email" label=t.email kind="email" required=true autocomplete="off"/>
                <Select form name="role" label=t.role options=roles(lang) value=Role::Viewer.as_str()/>
                <Select form name="locale" label=t.language options=languages.to_vec() value=lang.code()/>
                <Submit label=t.make_account/>
            </PostForm>
        </Card>
    }
}

#[component]
fn Rights(lang: Lang) -> impl IntoView {
    let t = lang.team();
    let row = |(permission, name): (Permission, &'static str)| {
        let cell = |role: Role| {
            match role.may(permission) {
            true => view! { <td class="right-cell good"><Icon name="check"/><span class="unseen">{t.granted}</span></td> }.into_any(),
            false => view! { <td class="right-cell faint"><span aria-hidden="true">"–"</span><span class="unseen">{t.not_granted}</span></td> }.into_any(),
        }
        };
        view! { <tr><th scope="row">{name}</th>{Role::ALL.map(cell).collect_view()}</tr> }
    };
    let rows = Permission::ALL.into_iter().zip(t.permissions).map(row).collect_view();
    let head = std::iter::once(t.right).chain(t.roles).collect();
    view! {
        <section class="stack rights" id="rights">
            <div><h2>{t.rights}</h2><p class="mute small">{t.rights_about}</p></div>
            <Table label=t.rights head>{rows}</Table>
        </section>
    }
}
