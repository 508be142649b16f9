//! Asking for a link to set a new password.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::mail::SendResetLink;
use crate::pages::components::{Field, Form, PageTitle, PostForm, Submit};
use crate::pages::{Gate, page};
use crate::server::web::{RequestContext, errors};

#[component]
pub fn ForgottenPage() -> impl IntoView {
    page(async {
        let context = RequestContext::anyone()?;
        if !context.state.ledger.sends_mail() {
            return Err(errors::not_found(context.lang));
        }
        let (t, account, form) = (context.lang.mail(), context.lang.account(), Form::of(SendResetLink::PATH));
        Ok(view! {
            <PageTitle text=t.forgotten_title/>
            <Gate title=t.forgotten_title>
                <p class="mute">{t.forgotten_about}</p>
                <PostForm form>
                    <Field form name="sign_in_name" label=account.sign_in_name autocomplete="username" required=true autofocus=true/>
                    <Submit label=t.forgotten_send/>
                </PostForm>
                <p class="mute small">{t.forgotten_no_address}</p>
                <p class="gate-other"><a href="/sign-in">{t.back_to_sign_in}</a></p>
            </Gate>
        }
        .into_any())
    })
}
