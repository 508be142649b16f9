//! One account of the staff: its role, whether it is enabled, and the link by which its owner sets a password.

use laurel_domain::ids::StaffId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::staff::{StateChip, roles};
use crate::api::admin::access::staff::{ChangeStaff, InviteStaff};
use crate::i18n::Lang;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, CheckBox, Field, Form, Hidden, PostForm, Select, Submit};
use crate::pages::page;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::{Authority, Permission, Role};
use laurel_engine::store::access::staff::StaffRow;
use laurel_engine::usecase::access::staff;

#[component]
pub fn AccountPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id");
    page(async move {
        let (context, session) = RequestContext::staff(Permission::ManageStaff)?;
        let id: StaffId = id.and_then(|id| id.parse().ok()).ok_or_else(|| errors::not_found(context.lang))?;
        let account = staff::find(context.db(), Authority::from(&session), id).await?;
        let head = {
            let (lang, account) = (context.lang, account.clone());
            move || view! { <StateChip lang account/><a class="button small" href="/admin/staff">{lang.team().all_staff}</a> }
        };
        Ok(view! {
            <AdminPage title=account.name.clone() here=Here::Staff head>
                <div class="narrow stack">
                    <Change lang=context.lang account=account.clone()/>
                    <Invite lang=context.lang account/>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Change(lang: Lang, account: StaffRow) -> impl IntoView {
    let (t, form) = (lang.team(), Form::of(ChangeStaff::PATH));
    let role = Role::from_number(account.role).unwrap_or(Role::Viewer);
    view! {
        <Card title=t.account>
            <PostForm form>
                <p class="mute">{account.email}</p>
                <Hidden name="id" value=account.id.to_string()/>
                <Field form name="name" label=t.name value=account.name maxlength=100 required=true autocomplete="off"/>
                <Select form name="role" label=t.role options=roles(lang) value=role.as_str() hint=t.change_about/>
                <p class="small"><a href="/admin/staff#rights">{t.rights}</a></p>
                <CheckBox form name="enabled" label=t.enabled checked=account.disabled_at.is_none()/>
                <Submit label=lang.common().save/>
            </PostForm>
        </Card>
    }
}

/// Not for who may not come in.
#[component]
fn Invite(lang: Lang, account: StaffRow) -> impl IntoView {
    let t = lang.team();
    let label = if account.password_hash.is_some() { t.invite_again } else { t.invite };
    account.disabled_at.is_none().then(|| {
        view! {
            <Card>
                <PostForm form=Form::of(InviteStaff::PATH)>
                    <p class="mute small">{t.invite_about}</p>
                    <Hidden name="id" value=account.id.to_string()/>
                    <Submit label kind=""/>
                </PostForm>
            </Card>
        }
    })
}
