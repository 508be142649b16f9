//! API keys: what each may do, when it was last used, and the form that makes one.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::access::keys::{EndOldSecret, MakeKey, RevokeKey, RotateKey};
use crate::i18n::{Lang, format};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, CheckBox, Chip, EmptyState, Field, Form, Hidden, Labels, PostForm, Submit, field_id};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::{Authority, Permission, Scope, rate_of};
use laurel_engine::store::access::keys::ListedKeyRow;
use laurel_engine::store::timestamp;
use laurel_engine::usecase::access::keys::{self, KEEP_HOURS};

/// What keys are mostly for, by the name in `?for=`, with what each may.
const PRESETS: [(&str, &[Scope]); 3] = [
    ("payments", &[Scope::EventsWrite, Scope::MembersRead, Scope::MembersWrite]),
    ("till", &[Scope::BenefitsUse, Scope::MembersRead, Scope::RedemptionsFulfil]),
    ("reading", &[Scope::MembersRead, Scope::RulesRead]),
];

#[component]
pub fn KeysPage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::staff(Permission::ManageKeys)?;
        let t = context.lang.team();
        let keys = keys::list(context.db(), Authority::from(&session), context.now()).await?;
        let preset = context.visit.query("for").and_then(|name| PRESETS.iter().position(|(known, _)| *known == name));
        // a key that was just made is shown once, and stands in the line to try it with
        let secret = context.visit.flash.as_ref().and_then(|flash| flash.secret.clone());
        let list = match keys.is_empty() {
            true => view! { <EmptyState icon="key" title=t.no_keys><p>{t.no_keys_about}</p></EmptyState> }.into_any(),
            false => view! { <Keys context=context.clone() keys/> }.into_any(),
        };
        Ok(view! {
            <AdminPage title=context.lang.admin().keys here=Here::Keys>
                <p class="mute measure">{t.keys_about}" "<a href="/api/docs">"/api/docs"</a></p>
                <div class="file">
                    {list}
                    <div class="stack"><Make lang=context.lang preset/><Try context secret/></div>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Keys(context: RequestContext, keys: Vec<ListedKeyRow>) -> impl IntoView {
    let t = context.lang.team();
    let day = |at: i64| timestamp(at).map(|at| format::date(context.lang, context.local(at).date())).unwrap_or_default();
    let row = |key: ListedKeyRow| {
        let (id, name) = (key.id.to_string(), key.name.clone());
        let (made, used) = (day(key.created_at), key.last_used_at.map_or_else(|| t.never.to_owned(), &day));
        let (tone, state) = match key.revoked_at {
            Some(at) => ("bad", (t.revoked)(&day(at))),
            None => ("good", t.in_force.to_owned()),
        };
        // a row that cannot be read shows no figure
        let rate = rate_of(&key).map(|(rate, _)| (t.rate_of)(&format::count(rate.into()))).unwrap_or_default();
        let used_lately = match key.calls {
            0 => t.no_calls.to_owned(),
            calls => (t.calls)(&format::many(calls), &format::many(key.errors)),
        };
        let is_in_force = key.revoked_at.is_none();
        let old_until = key.old_until.filter(|_| is_in_force).and_then(|until| timestamp(until).ok());
        let old = old_until.filter(|until| *until > context.now());
        let old = old.map(|until| view! { <OldSecret lang=context.lang id=id.clone() until=context.moment(until)/> });
        let rotate = is_in_force.then(|| view! { <Rotate lang=context.lang id=id.clone() name=name.clone()/> });
        let revoke = is_in_force.then(|| view! { <Revoke lang=context.lang id name/> });
        view! {
            <li>
                <div>
                    <b>{key.name}</b>" "<span class="mono faint">{key.hint}"…"</span>
                    <small class="mono">{key.scopes.replace(',', " ")}</small>
                    <small class="parts">
                        <span>{t.source}" "<span class="mono">{key.source}</span></span>
                        <span>{rate}</span>
                        <span>{t.made}" "{made}</span>
                        <span>{t.last_used}" "{used}</span>
                        <span>{used_lately}</span>
                    </small>
                    {old}
                </div>
                <Chip tone>{state}</Chip>
                {rotate}
                {revoke}
            </li>
        }
    };
    let rows = keys.into_iter().map(row).collect_view();
    view! { <Card title=context.lang.admin().keys><ul class="list bare keys">{rows}</ul></Card> }
}

/// Until when the secret that was replaced is good, and a button that ends it.
#[component]
fn OldSecret(lang: Lang, id: String, until: String) -> impl IntoView {
    let t = lang.team();
    view! {
        <PostForm form=Form::about(EndOldSecret::PATH, "id", &id) class="row key-old">
            <Hidden name="id" value=id/>
            <Chip tone="warn">{(t.old_until)(&until)}</Chip>
            <Submit label=t.end_old kind="small"/>
        </PostForm>
    }
}

/// Another secret, and how long the one so far works on.
#[component]
fn Rotate(lang: Lang, id: String, name: String) -> impl IntoView {
    let t = lang.team();
    let form = Form::about(RotateKey::PATH, "id", &id);
    let option = |(hours, label): (&u16, &'static str)| {
        let is_usual = *hours == 24;
        view! { <option value=hours.to_string() selected=is_usual>{label}</option> }
    };
    let options = KEEP_HOURS.iter().zip(t.keep_hours).map(option).collect_view();
    view! {
        <details class="ask">
            <summary class="button small quiet">{t.rotate}<span class="unseen">" · "{name.clone()}</span></summary>
            <div class="card">
                <p>{t.rotate_about}</p>
                <PostForm form>
                    <Hidden name="id" value=id/>
                    <Hidden name="name" value=name/>
                    <label class="field"><span class="label">{t.keep_old}</span><select name="hours">{options}</select></label>
                    <Submit label=t.rotate_yes/>
                </PostForm>
            </div>
        </details>
    }
}

/// Asks first: there is no way back.
#[component]
fn Revoke(lang: Lang, id: String, name: String) -> impl IntoView {
    let t = lang.team();
    view! {
        <details class="ask">
            <summary class="button small quiet">{t.revoke}<span class="unseen">" · "{name.clone()}</span></summary>
            <div class="card">
                <p>{(t.revoke_sure)(&name)}</p>
                <PostForm form=Form::of(RevokeKey::PATH)>
                    <Hidden name="id" value=id/>
                    <Submit label=t.revoke_yes kind="danger"/>
                </PostForm>
            </div>
        </details>
    }
}

#[component]
fn Make(lang: Lang, preset: Option<usize>) -> impl IntoView {
    let (t, form) = (lang.team(), Form::of(MakeKey::PATH));
    let given = preset.map_or(&[][..], |at| PRESETS[at].1);
    let name = preset.map(|at| t.preset_names[at].to_owned()).unwrap_or_default();
    let presets = PRESETS.iter().zip(t.preset_names).enumerate().map(|(at, ((path, _), name))| {
        let current = (preset == Some(at)).then_some("true");
        view! { <a class="button small" href=format!("/admin/keys?for={path}") aria-current=current>{name}</a> }
    });
    let presets = presets.collect_view();
    let scope = |scope: &Scope| {
        let name = scope.as_str();
        let label = format!("{} ({name})", t.scope(name).unwrap_or(name));
        view! { <CheckBox form name="scopes[]" id=format!("scope-{name}") label value=name checked=given.contains(scope)/> }
    };
    let scopes = Scope::ALL.iter().map(scope).collect_view();
    if form.is_refused() {
        Labels::enter("scopes", t.may, &field_id("scopes"));
    }
    let error = form.error("scopes").map(|error| view! { <p class="error">{error}</p> });
    view! {
        <Card title=t.make_key>
            <p class="label">{t.presets}</p>
            <p class="row key-presets">{presets}</p>
            <PostForm form>
                <Field form name="name" value=name label=t.key_name hint=t.key_name_hint maxlength=100 required=true autocomplete="off"/>
                <fieldset class="field" id="field-scopes" tabindex="-1"><legend class="label">{t.may}</legend>{scopes}{error}</fieldset>
                <Field form name="source" label=t.source hint=t.source_hint maxlength=64 autocomplete="off"/>
                <Field form name="rate" label=t.rate hint=t.rate_hint maxlength=7 inputmode="numeric" autocomplete="off"/>
                <Submit label=t.make_key/>
            </PostForm>
        </Card>
    }
}

/// A line for a terminal that sends an event.
#[component]
fn Try(context: RequestContext, secret: Option<String>) -> impl IntoView {
    let t = context.lang.team();
    let (url, key) = (context.link("/api/v1/events"), secret.unwrap_or_else(|| t.your_key.to_owned()));
    let (now, currency) = (context.now().strftime("%Y-%m-%dT%H:%M:%SZ"), context.programme().currency);
    let line = format!(
        "curl {url} \\\n  -H 'Authorization: Bearer {key}' \\\n  -H 'Content-Type: application/json' \\\n  \
         -d '{{\"id\":\"try-1\",\"kind\":\"payment\",\"member\":\"m-1\",\"amount\":\"38.50\",\"currency\":\"{currency}\",\"occurred_at\":\"{now}\"}}'"
    );
    view! {
        <Card title=t.curl>
            <pre class="curl" tabindex="0" role="region" aria-label=t.curl><code>{line}</code></pre>
            <p class="hint">{t.curl_about}</p>
        </Card>
    }
}
