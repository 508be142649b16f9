//! Signing in to the portal.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::access::SignIn;
use crate::pages::Gate;
use crate::pages::components::{Field, Form, Hidden, PageTitle, PostForm, Submit};
use crate::server::AppState;
use crate::server::web::visit::Visit;

#[component]
pub fn SignInPage() -> impl IntoView {
    let visit = Visit::current();
    let (t, form) = (visit.lang.account(), Form::of(SignIn::PATH));
    let sends_mail = use_context::<AppState>().is_some_and(|state| state.ledger.sends_mail());
    let forgotten = match sends_mail {
        true => view! { <p class="gate-other"><a href="/forgotten">{t.forgotten}</a></p> }.into_any(),
        false => view! {
            <details class="gate-help"><summary>{t.forgotten}</summary><p class="mute">{t.forgotten_help}</p></details>
        }
        .into_any(),
    };
    view! {
        <PageTitle text=t.sign_in/>
        <Gate title=t.sign_in>
            <PostForm form>
                <Field form name="sign_in_name" label=t.sign_in_name autocomplete="username" required=true autofocus=true/>
                <Field form name="password" label=t.password kind="password" autocomplete="current-password" required=true/>
                <Hidden name="next" value=visit.query("next").unwrap_or_default()/>
                <Submit label=t.sign_in/>
            </PostForm>
            {forgotten}
            <p class="gate-other">{t.new_here}" "<a href="/register">{t.register}</a></p>
        </Gate>
    }
}
