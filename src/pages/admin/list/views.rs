//! Lists to come back to: some that everybody has, and those that somebody has named.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{Hidden, query_of, with};
use crate::api::admin::views::{RemoveView, SaveView};
use crate::pages::components::{Field, Form, Icon, PostForm, Submit};
use crate::server::web::visit::Visit;
use laurel_engine::store::access::saved_views::SavedView;

/// `list`: its path below `/admin`. `built_in`: names, and what their addresses ask for.
#[component]
pub fn Views(list: &'static str, built_in: Vec<(String, String)>, own: Vec<SavedView>) -> impl IntoView {
    let visit = Visit::current();
    let t = visit.lang.lists();
    let asked = query_of(&visit.path);
    let hidden = Hidden::of(&visit, list).written();
    let kept = match asked.is_empty() || hidden.is_empty() {
        true => asked.clone(),
        false => query_of(&with(&visit.path, &[("hide", &hidden)])),
    };
    let is_known = built_in.iter().any(|(_, query)| *query == asked) || own.iter().any(|view| view.query == asked);
    let link = |name: String, query: String| {
        let current = (query == asked).then_some("page");
        view! { <a href=format!("/admin/{list}?{query}") aria-current=current>{name}</a> }
    };
    let built_in = built_in.into_iter().map(|(name, query)| view! { <li>{link(name, query)}</li> }).collect_view();
    let own = own.into_iter().map(|saved| {
        let (id, remove) = (saved.id.to_string(), (t.remove_view)(&saved.name));
        view! {
            <li>
                {link(saved.name, saved.query)}
                <PostForm form=Form::about(RemoveView::PATH, "id", &id) class="inline">
                    <input type="hidden" name="id" value=id.clone()/>
                    <button type="submit" class="button small quiet icon-only" aria-label=remove><Icon name="close"/></button>
                </PostForm>
            </li>
        }
    });
    let own = own.collect_view();
    let form = Form::of(SaveView::PATH);
    let save = (!asked.is_empty() && !is_known).then(|| {
        view! {
            <details class="ask" open=form.is_refused()>
                <summary class="button small quiet"><Icon name="plus"/>{t.save_view}</summary>
                <div class="card">
                    <PostForm form>
                        <input type="hidden" name="list" value=list/>
                        <input type="hidden" name="query" value=kept.clone()/>
                        <Field form name="name" label=t.view_name maxlength=40 required=true autocomplete="off"/>
                        <Submit label=t.save_view/>
                    </PostForm>
                </div>
            </details>
        }
    });
    view! { <nav class="views" aria-label=t.views><ul>{built_in}{own}</ul>{save}</nav> }
}
