//! The editor of the draft: what the next version is to say, compared with the rules in force.

use std::sync::Arc;

use laurel_domain::rules::form;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::editor::{Earning, Redeeming, Tiers};
use super::lasting::{Caps, Lasting};
use super::sheet::Sheet;
use super::typed_form::TypedForm;
use super::{AdminPage, Here, IN_FORCE};
use crate::api::admin::rules::DiscardDraft;
use crate::islands::{RulesPreview, UnsavedGuard, changed, sheets};
use crate::pages::components::{Chip, Form, Hidden, Markup, Notice, PostForm, Submit, Tone};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::paths::RULES_DRAFT as PATH;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::rules::{self, Overview};

/// The form of this page is the editor's; the buttons on top belong to it by this.
const EDITOR: &str = "editor";

#[component]
pub fn RulesDraftPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::ManageRules)?;
        let overview = rules::overview(&context.state.ledger).await?;
        let typed = TypedForm::of(&context.visit, PATH);
        Ok(opened(&context, overview, typed))
    })
}

fn opened(context: &RequestContext, overview: Overview, typed: Option<TypedForm>) -> AnyView {
    let t = context.lang.console();
    let (currency, today) = (overview.in_force.currency, context.local(context.now()).date());
    let error = typed.as_ref().and_then(|typed| typed.error.clone());
    // of what was too large there is nothing but the error
    let typed = typed.filter(|typed| !typed.fields.is_empty());
    let came_back = typed.is_some();
    let fields = typed.map_or_else(|| form::fields(overview.set()).into_iter().collect(), |typed| typed.fields);
    let before = form::fields(&overview.in_force.set);
    let sheet = Sheet {
        lang: context.lang,
        fields: Arc::new(fields.clone()),
        before: Arc::new(before.iter().cloned().collect()),
        faults: Arc::new(error.as_ref().map(|error| error.fields.clone()).unwrap_or_default()),
        currency,
    };
    let is_stale = error.as_ref().is_some_and(|error| error.code == "stale_draft");
    let [base, revision] = against(&sheet, &overview, is_stale);
    let first = sheets(context.lang, currency, today, &sheet.before, &fields);
    let (lang, in_force) = (context.lang.code(), query_of(&before));
    let stale = is_stale.then(|| theirs(context, &overview));
    let scheduled = overview.scheduled.clone().map(|rules| {
        let text = (context.lang.rules_desk().takes_place_of)(rules.version, &context.in_full(rules.from.time()));
        view! { <Notice tone=Tone::Info><p>{text}</p></Notice> }
    });
    let head = head(context.clone(), overview);
    let sending = context.lang.common().sending.to_owned();
    view! {
        <AdminPage title=context.lang.rules_desk().draft_title here=Here::Rules head>
            <p class="mute measure">{t.rules_about}</p>
            {scheduled}
            {stale}
            <form id=EDITOR class="rules" method="post" action=PATH novalidate>
                // what Enter in a field does
                <button class="unseen" name="do" value="preview" tabindex="-1" aria-hidden="true"></button>
                <Hidden name="base" value=base/>
                <Hidden name="revision" value=revision/>
                <div class="rules-sheets stack">
                    <Earning sheet=sheet.clone()/>
                    <Caps sheet=sheet.clone()/>
                    <Lasting sheet=sheet.clone()/>
                    <Tiers sheet=sheet.clone()/>
                    <Redeeming sheet/>
                </div>
                <aside class="rules-aside" aria-label=t.preview tabindex="0"
                    data-lang=lang data-currency=currency.to_string() data-today=today.to_string() data-in-force=in_force>
                    <RulesPreview><Markup content=first/></RulesPreview>
                </aside>
                <div class="rules-bar">
                    <Submit label=t.save_draft name="do" value="save"/>
                    <Submit label=t.preview kind="without-wasm" name="do" value="preview"/>
                    <Submit label=t.publish_next kind="" name="do" value="publish"/>
                    <UnsavedGuard unsaved=came_back sending/>
                </div>
            </form>
        </AdminPage>
    }
    .into_any()
}

/// The version and the revision of the draft that the form was made from. One that was stale is sent again against what there is
/// now, which is said and shown; any other is not told.
fn against(sheet: &Sheet, overview: &Overview, is_stale: bool) -> [String; 2] {
    let kept = |name: &str| sheet.fields.get(name).filter(|_| !is_stale).cloned();
    let revision = overview.draft.as_ref().map_or(0, |draft| draft.revision);
    [kept("base").unwrap_or_else(|| overview.base.to_string()), kept("revision").unwrap_or_else(|| revision.to_string())]
}

fn query_of(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn head(context: RequestContext, overview: Overview) -> ViewFnOnce {
    ViewFnOnce::from(move || view! { <Head context overview/> })
}

/// What the draft is, and what can be done with it as a whole.
#[component]
fn Head(context: RequestContext, overview: Overview) -> impl IntoView {
    let t = context.lang.console();
    let in_force = overview.in_force.set.clone();
    let draft = overview.draft.map(|draft| {
        let count = context.lang.changes(&overview.changes, &[&draft.set, &in_force]).len();
        view! {
            <Chip tone="warn">{t.draft}" · "{(context.lang.rules().changed)(count)}</Chip>
            <PostForm form=Form::of(DiscardDraft::PATH) class="inline">
                <Hidden name="revision" value=draft.revision.to_string()/>
                <Submit label=t.discard kind="small quiet"/>
            </PostForm>
        }
    });
    view! { {draft}<a class="button small" href=IN_FORCE>{context.lang.rules_desk().back_to_rules}</a> }
}

/// Somebody else was quicker: what their draft changes, to compare with what was typed here.
fn theirs(context: &RequestContext, overview: &Overview) -> AnyView {
    let t = context.lang.console();
    let list = overview.draft.as_ref().map(|draft| {
        let changes = context.lang.changes(&overview.changes, &[&draft.set, &overview.in_force.set]);
        view! { <Markup content=vec![changed(context.lang, changes)]/> }
    });
    view! { <Notice tone=Tone::Warn><p>{t.stale_about}</p>{list}</Notice> }.into_any()
}
