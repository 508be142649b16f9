//! Codes that a member gives to others: to friends, and to the payment system.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::members::MakeLinkCode;
use crate::pages::components::{Card, Form, PostForm, Submit};
use crate::server::web::visit::Visit;

/// The way to what the member gives to friends.
#[component]
pub fn Invite() -> impl IntoView {
    let t = Visit::current().lang.account();
    view! {
        <Card title=t.invite>
            <p class="mute">{t.invite_about}</p>
            <p><a class="button" href="/invite">{t.your_link}</a></p>
        </Card>
    }
}

/// For who registered here first: the payment system has to learn who they are.
#[component]
pub fn Link() -> impl IntoView {
    let t = Visit::current().lang.account();
    view! {
        <Card title=t.link>
            <p class="mute">{t.link_about}</p>
            <PostForm form=Form::of(MakeLinkCode::PATH)><Submit label=t.make_link_code kind=""/></PostForm>
        </Card>
    }
}
