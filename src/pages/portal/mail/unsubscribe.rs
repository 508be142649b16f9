//! What the link at the end of an e-mail opens. Opening it changes nothing: mailboxes open links on their own.

use laurel_engine::usecase::mail::choices;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::mail::Unsubscribe;
use crate::pages::components::{Form, Hidden, PageTitle, PostForm, Submit};
use crate::pages::{Gate, page};
use crate::server::web::news::topic;
use crate::server::web::{RequestContext, unsubscribing};

#[component]
pub fn UnsubscribePage() -> impl IntoView {
    page(async {
        let context = RequestContext::anyone()?;
        let asked = |name: &str| context.visit.query(name).unwrap_or_default();
        let (member, kind, token) = (asked("member"), asked("kind"), asked("token"));
        let (who, what) = unsubscribing(context.lang, &member, &kind)?;
        choices::check(&context.state.ledger, who, what, &token).await?;
        let t = context.lang.mail();
        Ok(view! {
            <PageTitle text=t.unsubscribe/>
            <Gate title=t.unsubscribe>
                <p>{(t.unsubscribe_about)((t.topic)(topic(what)))}</p>
                <PostForm form=Form::of(Unsubscribe::PATH)>
                    <Hidden name="member" value=member/>
                    <Hidden name="kind" value=kind/>
                    <Hidden name="token" value=token/>
                    <Submit label=t.unsubscribe_yes/>
                </PostForm>
                <p class="gate-other"><a href="/profile#emails">{t.choose}</a></p>
            </Gate>
        }
        .into_any())
    })
}
