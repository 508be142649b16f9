//! Codes that a member gives to others: to friends, and to the payment system.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::members::MakeLinkCode;
use crate::islands::CopyButton;
use crate::pages::components::{Card, Form, PostForm, Submit};
use crate::server::AppState;
use crate::server::web::links;
use crate::server::web::visit::Visit;

/// The member's referral code and the link that carries it.
#[component]
pub fn Invite(code: String) -> impl IntoView {
    let lang = Visit::current().lang;
    let t = lang.account();
    let link = use_context::<AppState>().map(|state| links::invitation(&state.config.public_url, &code));
    let row = move |label: &'static str, text: String| {
        view! {
            <p class="label">{label}</p>
            <div class="copyable"><code>{text.clone()}</code><CopyButton lang text/></div>
        }
    };
    view! {
        <Card title=t.invite>
            <p class="mute">{t.invite_about}</p>
            {row(t.your_referral_code, code)}
            {link.map(|link| row(t.your_link, link))}
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
