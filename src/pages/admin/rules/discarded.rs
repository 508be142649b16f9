//! Drafts that were thrown away, each with the way to put it back.

use std::collections::HashMap;

use laurel_domain::rules::changes::changes;
use laurel_domain::rules::rule_set::RuleSet;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::rules::PutBackDraft;
use crate::islands::changed;
use crate::pages::components::{Card, Form, Hidden, Markup, Notice, PostForm, Submit};
use crate::server::web::RequestContext;
use laurel_engine::store::rules::discarded::Discarded;
use laurel_engine::usecase::rules::KEPT_DAYS;

/// Right after it was thrown away: how long it is said on the page of the rules.
const RECENT_HOURS: i64 = 1;

/// What was thrown away a moment ago, with a way back.
#[component]
pub fn JustDiscarded(context: RequestContext, kept: Vec<Discarded>) -> impl IntoView {
    let t = context.lang.rules_desk();
    let age = |one: &Discarded| context.now().duration_since(one.discarded_at);
    let last = kept.into_iter().next().filter(|one| age(one) < jiff::SignedDuration::from_hours(RECENT_HOURS));
    last.map(|one| {
        let when = context.moment(one.discarded_at);
        view! { <Notice><div class="spread"><span>{(t.was_discarded)(&when)}</span><PutBack label=t.put_back id=one.id.to_string()/></div></Notice> }
    })
}

#[component]
fn PutBack(label: &'static str, id: String) -> impl IntoView {
    view! {
        <PostForm form=Form::about(PutBackDraft::PATH, "id", &id) class="inline">
            <Hidden name="id" value=id.clone()/>
            <Submit label kind="small"/>
        </PostForm>
    }
}

/// All that can still be put back. `in_force`: what they would change.
#[component]
pub fn DiscardedOnes(
    context: RequestContext,
    kept: Vec<Discarded>,
    names: HashMap<String, String>,
    in_force: RuleSet,
    has_draft: bool,
) -> impl IntoView {
    let (lang, t) = (context.lang, context.lang.rules_desk());
    let one = |one: Discarded| {
        let by = one.discarded_by.strip_prefix("staff:").and_then(|id| names.get(id)).cloned();
        let changes = lang.changes(&changes(&in_force, &one.set), &[&one.set, &in_force]);
        let about = (t.discarded_by)(&context.moment(one.discarded_at), by.as_deref());
        let put_back = (!has_draft).then(|| view! { <PutBack label=t.put_back id=one.id.to_string()/> });
        view! { <li><div><small>{about}</small><Markup content=vec![changed(lang, changes)]/></div>{put_back}</li> }
    };
    let ones = kept.into_iter().map(one).collect_view();
    (!ones.is_empty()).then(|| {
        let about = if has_draft { (t.discarded_about_draft)(KEPT_DAYS) } else { (t.discarded_about)(KEPT_DAYS) };
        view! {
            <Card title=t.discarded_title>
                <p class="mute">{about}</p>
                <ul class="list bare">{ones}</ul>
            </Card>
        }
    })
}
