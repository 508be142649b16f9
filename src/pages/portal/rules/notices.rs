//! What members are told of new rules, until they put it aside.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::rules::PutNoticeAside;
use crate::i18n::format;
use crate::pages::components::{Form, Hidden, Icon, PostForm, Submit};
use crate::server::web::RequestContext;
use laurel_engine::usecase::rules::Told;

#[component]
pub fn Notices(context: RequestContext, told: Vec<Told>) -> impl IntoView {
    let (lang, t) = (context.lang, context.lang.rules_safety());
    let one = |told: Told| {
        // what is in force is no news of a day to come
        let from = (told.from > context.now()).then(|| {
            let at = format::date(lang, context.local(told.from).date());
            view! { <p class="mute small">{(lang.console().in_force_from)(&at)}</p> }
        });
        view! {
            <div class="notice info news">
                <Icon name="info"/>
                <div class="notice-text">
                    <p>{lang.of(&told.text).to_owned()}</p>
                    {from}
                    <PostForm form=Form::of(PutNoticeAside::PATH) class="inline">
                        <Hidden name="version" value=told.version.to_string()/>
                        <Submit label=t.put_aside kind="small"/>
                    </PostForm>
                </div>
            </div>
        }
    };
    (!told.is_empty())
        .then(|| view! { <section class="stack" aria-label=t.news>{told.into_iter().map(one).collect_view()}</section> })
}
