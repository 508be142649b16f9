//! Leaving: what closing one's account does, and the last question.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::members::closing::CloseAccount;
use crate::i18n::Lang;
use crate::pages::closing::WhatClosingDoes;
use crate::pages::components::{Card, CheckBox, Field, Form, Hidden, PostForm, Submit};
use crate::pages::page;
use crate::pages::portal::{Here, PortalPage};
use crate::server::web::RequestContext;
use laurel_engine::usecase::members::close::{Preview, preview};
use laurel_engine::usecase::members::profile::own;

#[component]
pub fn CloseAccountPage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::member()?;
        let t = context.lang.closing();
        let preview = preview(&context.state.ledger, session.no).await?;
        let sign_in_name = own(context.db(), &session).await?.sign_in_name;
        let form =
            preview.waits.is_empty().then(|| view! { <Confirm lang=context.lang preview=preview.clone() sign_in_name/> });
        Ok(view! {
            <PortalPage title=t.close_mine here=Here::Me>
                <div class="narrow">
                    <Card class="confirm">
                        <p class="mute">{t.for_ever}</p>
                        <WhatClosingDoes context=context.clone() preview=preview.clone()/>
                        {form}
                        <p class="confirm-back"><a href="/profile">{context.lang.common().back}</a></p>
                    </Card>
                </div>
            </PortalPage>
        }
        .into_any())
    })
}

#[component]
fn Confirm(lang: Lang, preview: Preview, sign_in_name: Option<String>) -> impl IntoView {
    let (t, form) = (lang.closing(), Form::of(CloseAccount::PATH));
    view! {
        <PostForm form>
            // for password managers: whose password this is
            <input type="text" hidden autocomplete="username" value=sign_in_name.unwrap_or_default()/>
            <Hidden name="removes" value=preview.removes.to_string()/>
            <CheckBox form name="erase" label=t.erase_mine/>
            <p class="hint">{t.erase_mine_about}</p>
            <CheckBox form name="sure" label=t.sure/>
            <Field form name="current_password" label=t.password kind="password" autocomplete="current-password" required=true/>
            <Submit label=t.close_now kind="danger"/>
        </PostForm>
    }
}
