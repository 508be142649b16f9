//! How staff come in: with a password, by the code an administrator made, or as the very first.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::access::entry::{CreateFirstStaff, StaffActivate, StaffSignIn};
use crate::pages::Gate;
use crate::pages::components::{Field, Form, Hidden, PageTitle, PostForm, Submit};
use crate::server::web::visit::Visit;

#[component]
pub fn StaffSignInPage() -> impl IntoView {
    let visit = Visit::current();
    let (t, form) = (visit.lang.account(), Form::of(StaffSignIn::PATH));
    view! {
        <PageTitle text=t.sign_in_to_console/>
        <Gate title=t.sign_in_to_console>
            <PostForm form>
                <Field form name="sign_in_name" label=t.email autocomplete="username" inputmode="email" required=true autofocus=true/>
                <Field form name="password" label=t.password kind="password" autocomplete="current-password" required=true/>
                <Hidden name="next" value=visit.query("next").unwrap_or_default()/>
                <Submit label=t.sign_in/>
            </PostForm>
            <details class="gate-help"><summary>{t.forgotten}</summary><p class="mute">{t.forgotten_staff_help}</p></details>
        </Gate>
    }
}

#[component]
pub fn StaffActivatePage() -> impl IntoView {
    let visit = Visit::current();
    let (t, form) = (visit.lang.account(), Form::of(StaffActivate::PATH));
    view! {
        <PageTitle text=t.activate/>
        <Gate title=t.activate>
            <PostForm form>
                <Field form name="password" label=t.new_password hint=t.password_hint kind="password" autocomplete="new-password" required=true/>
                <Hidden name="code" value=visit.query("code").unwrap_or_default()/>
                <Submit label=t.set_password/>
            </PostForm>
        </Gate>
    }
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
