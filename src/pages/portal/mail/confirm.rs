//! What the link to confirm an e-mail address opens, and what the profile says until it is followed.

use laurel_engine::usecase::members::address;
use laurel_engine::usecase::{AccountError, AppError};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::mail::ConfirmEmail;
use crate::api::portal::members::SendConfirmation;
use crate::pages::components::{Form, Hidden, Notice, PageTitle, PostForm, Submit, Tone};
use crate::pages::{Gate, page};
use crate::server::web::RequestContext;
use crate::server::web::visit::Visit;

/// Opening it changes nothing: mailboxes open links on their own.
#[component]
pub fn ConfirmEmailPage() -> impl IntoView {
    page(async {
        let context = RequestContext::anyone()?;
        let code = context.visit.query("code").unwrap_or_default();
        let t = context.lang.mail();
        let email = match address::open(context.db(), &code, context.now()).await {
            Ok(email) => email,
            // most people who follow the link a second time want to know just this
            Err(AppError::Account(AccountError::AddressConfirmed)) => {
                return Ok(view! {
                    <PageTitle text=t.confirm_title/>
                    <Gate title=t.confirm_title><p>{t.confirmed_before}</p><p><a class="button main" href="/">{t.confirmed_on}</a></p></Gate>
                }
                .into_any());
            }
            Err(error) => return Err(error.into()),
        };
        Ok(view! {
            <PageTitle text=t.confirm_title/>
            <Gate title=t.confirm_title>
                <p>{(t.confirm_about)(&email)}</p>
                <PostForm form=Form::of(ConfirmEmail::PATH)>
                    <Hidden name="code" value=code/>
                    <Submit label=t.confirm_yes/>
                </PostForm>
            </Gate>
        }
        .into_any())
    })
}

/// Which address waits to be confirmed, and where e-mails go until then.
#[component]
pub fn Unconfirmed(email: String, so_far: Option<String>) -> impl IntoView {
    let t = Visit::current().lang.mail();
    view! {
        <Notice tone=Tone::Warn>
            <p>{(t.unconfirmed)(&email, so_far.as_deref())}</p>
            <PostForm form=Form::of(SendConfirmation::PATH) class="inline"><Submit label=t.confirm_again kind="small"/></PostForm>
        </Notice>
    }
}
