//! Becoming a member without the payment system, maybe by a friend's link: `?ref=CODE`.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::access::Register;
use crate::pages::Gate;
use crate::pages::components::{Field, Form, Notice, PageTitle, PostForm, Submit, Tone};
use crate::server::web::visit::Visit;

#[component]
pub fn RegisterPage() -> impl IntoView {
    let visit = Visit::current();
    let (t, form) = (visit.lang.account(), Form::of(Register::PATH));
    let referral_code = visit.query("ref").unwrap_or_default();
    let invited = (!referral_code.is_empty()).then(|| view! { <Notice tone=Tone::Good>{t.invited}</Notice> });
    view! {
        <PageTitle text=t.register/>
        <Gate title=t.register>
            {invited}
            <PostForm form>
                <Field form name="name" label=t.name hint=t.name_hint autocomplete="name" maxlength=100 required=true autofocus=true/>
                <Field form name="sign_in_name" label=t.sign_in_name hint=t.sign_in_name_hint autocomplete="username" required=true/>
                <Field form name="password" label=t.password hint=t.password_hint kind="password" autocomplete="new-password" required=true/>
                <Field form name="referral_code" label=t.referral_code hint=t.referral_hint value=referral_code autocomplete="off"/>
                <Submit label=t.register/>
            </PostForm>
            <p class="gate-other">{t.registered_already}" "<a href="/sign-in">{t.sign_in}</a></p>
        </Gate>
    }
}
