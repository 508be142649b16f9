//! Changing one's password.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::members::ChangePassword;
use crate::pages::components::{Field, Form, PostForm, Submit};
use crate::server::web::visit::Visit;

/// Folded away until it is wanted, or was sent and refused.
#[component]
pub fn PasswordForm(sign_in_name: Option<String>) -> impl IntoView {
    let (t, form) = (Visit::current().lang.account(), Form::of(ChangePassword::PATH));
    view! {
        <details class="card fold" open=form.is_refused()>
            <summary><h2>{t.change_password}</h2></summary>
            <PostForm form>
                // for password managers: whose password this is
                <input type="text" hidden autocomplete="username" value=sign_in_name.unwrap_or_default()/>
                <Field form name="current_password" label=t.current_password kind="password" autocomplete="current-password" required=true/>
                <Field form name="password" label=t.new_password hint=t.password_hint kind="password" autocomplete="new-password" required=true/>
                <Submit label=t.change_password/>
            </PostForm>
        </details>
    }
}
