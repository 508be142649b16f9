//! Which e-mails a member gets.

use laurel_engine::usecase::notifications::Kind;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::mail::ChooseMail;
use crate::pages::components::{Card, CheckBox, Form, PostForm, Submit};
use crate::server::web::news::topic;
use crate::server::web::visit::Visit;

/// `address` is the one on file.
#[component]
pub fn MailChoices(address: Option<String>, wanted: Vec<Kind>) -> impl IntoView {
    let t = Visit::current().lang.mail();
    let form = Form::of(ChooseMail::PATH);
    let body = match address {
        None => view! { <p class="mute">{t.no_address}</p> }.into_any(),
        Some(address) => {
            let boxes = Kind::ALL.map(|kind| {
                let (checked, id) = (wanted.contains(&kind), format!("mail-{}", kind.name()));
                view! { <CheckBox form name="wanted[]" id value=kind.name() label=(t.topic)(topic(kind)) checked/> }
            });
            view! {
                <p class="mute">{(t.choices_about)(&address)}</p>
                <PostForm form><fieldset class="mail-choices"><legend class="unseen">{t.choices_title}</legend>{boxes.collect_view()}</fieldset><Submit label=t.save kind=""/></PostForm>
            }
            .into_any()
        }
    };
    view! { <div id="emails"><Card title=t.choices_title>{body}</Card></div> }
}
