//! The account of whoever is at the desk: their password, and where they are signed in. Language and appearance are beside their
//! name in the navigation.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::role_name;
use crate::api::admin::access::account::{ChangeOwnPassword, SignOutEverywhereFromConsole, SignOwnDeviceOut};
use crate::i18n::Lang;
use crate::pages::admin::AdminPage;
use crate::pages::components::{Card, Chip, Field, Form, PostForm, Submit};
use crate::pages::{Devices, page};
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::Permission;
use laurel_engine::store::access::sessions::Owner;
use laurel_engine::usecase::access::{sign_out, staff};

#[component]
pub fn OwnAccountPage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::staff(Permission::Read)?;
        let id = session.staff.uuid();
        let own = staff::own(context.db(), &session).await?.ok_or_else(|| errors::not_found(context.lang))?;
        let devices = sign_out::devices(context.db(), Owner::Staff(id)).await?;
        let t = context.lang.account();
        let (role, email) = (role_name(context.lang, own.role), own.email.clone());
        let head = move || view! { <Chip>{role}</Chip> };
        Ok(view! {
            <AdminPage title=context.lang.admin().account here=None head>
                <div class="columns">
                    <div class="stack">
                        <Card title=t.details>
                            <dl class="facts">
                                <dt>{t.name}</dt><dd>{own.name}</dd>
                                <dt>{t.email}</dt><dd>{email}</dd>
                            </dl>
                        </Card>
                    </div>
                    <div class="stack">
                        <Password lang=context.lang email=own.email/>
                        <Devices context=context.clone() devices present=session.id one=SignOwnDeviceOut::PATH
                            everywhere=SignOutEverywhereFromConsole::PATH/>
                    </div>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Password(lang: Lang, email: String) -> impl IntoView {
    let (t, form) = (lang.account(), Form::of(ChangeOwnPassword::PATH));
    view! {
        <Card title=t.change_password>
            <PostForm form>
                // for password managers: whose password this is
                <input type="text" hidden autocomplete="username" value=email/>
                <Field form name="current_password" label=t.current_password kind="password" autocomplete="current-password" required=true/>
                <Field form name="password" label=t.new_password hint=t.password_hint kind="password" autocomplete="new-password" required=true/>
                <Submit label=t.change_password/>
            </PostForm>
        </Card>
    }
}
