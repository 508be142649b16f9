//! How staff come in: with a password, by the code an administrator made, or as the very first.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use laurel_engine::usecase::access::staff_entry;

use crate::api::admin::access::entry::{CreateFirstStaff, SendStaffResetLink, StaffActivate, StaffSignIn};
use crate::pages::components::{Field, Form, Hidden, PageTitle, PostForm, Submit};
use crate::pages::{Gate, page};
use crate::server::AppState;
use crate::server::web::visit::Visit;
use crate::server::web::{RequestContext, errors};

#[component]
pub fn StaffSignInPage() -> impl IntoView {
    let visit = Visit::current();
    let (t, form) = (visit.lang.account(), Form::of(StaffSignIn::PATH));
    let sends_mail = use_context::<AppState>().is_some_and(|state| state.ledger.sends_mail());
    let forgotten = match sends_mail {
        true => view! { <p class="gate-other"><a href="/admin/forgotten">{t.forgotten}</a></p> }.into_any(),
        false => {
            view! { <details class="gate-help"><summary>{t.forgotten}</summary><p class="mute">{t.forgotten_staff_help}</p></details> }
                .into_any()
        }
    };
    view! {
        <PageTitle text=t.sign_in_to_console/>
        <Gate title=t.sign_in_to_console>
            <PostForm form>
                <Field form name="sign_in_name" label=t.email autocomplete="username" inputmode="email" required=true autofocus=true/>
                <Field form name="password" label=t.password kind="password" autocomplete="current-password" required=true/>
                <Hidden name="next" value=visit.query("next").unwrap_or_default()/>
                <Submit label=t.sign_in/>
            </PostForm>
            {forgotten}
        </Gate>
    }
}

/// Asking for a link to set a new password.
#[component]
pub fn StaffForgottenPage() -> impl IntoView {
    page(async {
        let context = RequestContext::anyone()?;
        if !context.state.ledger.sends_mail() {
            return Err(errors::not_found(context.lang));
        }
        let (t, account, form) = (context.lang.mail(), context.lang.account(), Form::of(SendStaffResetLink::PATH));
        Ok(view! {
            <PageTitle text=t.forgotten_title/>
            <Gate title=t.forgotten_title>
                <p class="mute">{t.forgotten_staff_about}</p>
                <PostForm form>
                    <Field form name="email" label=account.email autocomplete="username" inputmode="email" required=true autofocus=true/>
                    <Submit label=t.forgotten_send/>
                </PostForm>
                <p class="mute small">{account.forgotten_staff_help}</p>
                <p class="gate-other"><a href="/admin/sign-in">{t.back_to_sign_in}</a></p>
            </Gate>
        }
        .into_any())
    })
}

#[component]
pub fn StaffActivatePage() -> impl IntoView {
    page(async {
        let context = RequestContext::anyone()?;
        let (t, form) = (context.lang.account(), Form::of(StaffActivate::PATH));
        let code = context.visit.query("code").unwrap_or_default();
        let resets = staff_entry::resets_password(context.db(), &code, context.now()).await?;
        let title = if resets { t.reset } else { t.activate };
        Ok(view! {
            <PageTitle text=title/>
            <Gate title=title>
                <PostForm form>
                    <Field form name="password" label=t.new_password hint=t.password_hint kind="password" autocomplete="new-password" required=true/>
                    <Hidden name="code" value=code/>
                    <Submit label=t.set_password/>
                </PostForm>
            </Gate>
        }
        .into_any())
    })
}

#[component]
pub fn FirstStaffPage() -> impl IntoView {
    let visit = Visit::current();
    let (t, form) = (visit.lang.account(), Form::of(CreateFirstStaff::PATH));
    view! {
        <PageTitle text=t.first_title/>
        <Gate title=t.first_title>
            <p class="mute">{t.first_about}</p>
            <PostForm form>
                <Field form name="name" label=t.name autocomplete="name" maxlength=100 required=true/>
                <Field form name="email" label=t.email kind="email" autocomplete="username" required=true/>
                <Field form name="password" label=t.password hint=t.password_hint kind="password" autocomplete="new-password" required=true/>
                <Hidden name="code" value=visit.query("code").unwrap_or_default()/>
                <Submit label=t.make_account/>
            </PostForm>
        </Gate>
    }
}
