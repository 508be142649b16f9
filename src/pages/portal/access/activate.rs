//! What a one-time link opens: a first password for a member whom the payment system enrolled, or a new one.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::access::Activate;
use crate::pages::components::{Field, Form, Hidden, PageTitle, PostForm, Submit};
use crate::pages::{Gate, page};
use crate::server::web::RequestContext;
use crate::server::web::visit::Visit;
use laurel_engine::usecase::access::activate::{Opened, open};

#[component]
pub fn ActivatePage() -> impl IntoView {
    page(async {
        let context = RequestContext::anyone()?;
        let code = context.visit.query("code").unwrap_or_default();
        let opened = open(context.db(), &code, context.now()).await?;
        let t = context.lang.account();
        let title = if opened.sign_in_name.is_some() { t.reset } else { t.activate };
        let hello = opened.name.as_deref().map(|name| view! { <p class="mute">{(t.activate_hello)(name)}</p> });
        Ok(view! {
            <PageTitle text=title/>
            <Gate title=title>
                {hello}
                <ActivateForm code opened/>
            </Gate>
        }
        .into_any())
    })
}

#[component]
fn ActivateForm(code: String, opened: Opened) -> impl IntoView {
    let (t, form) = (Visit::current().lang.account(), Form::of(Activate::PATH));
    let name = match opened.sign_in_name {
        // hidden, so that a password manager knows whose password it keeps
        Some(name) => view! {
            <p>{(t.signs_in_with)(&name)}</p>
            <input type="text" hidden autocomplete="username" value=name/>
        }
        .into_any(),
        None => view! {
            <Field form name="sign_in_name" label=t.sign_in_name hint=t.sign_in_name_hint autocomplete="username"
                value=opened.suggested.unwrap_or_default() required=true/>
        }
        .into_any(),
    };
    view! {
        <PostForm form>
            {name}
            <Field form name="password" label=t.new_password hint=t.password_hint kind="password" autocomplete="new-password" required=true/>
            <Hidden name="code" value=code/>
            <Submit label=t.set_password/>
        </PostForm>
    }
}
