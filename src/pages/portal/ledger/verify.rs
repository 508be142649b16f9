//! Checks a statement in the browser. The page is for whoever holds a file, signed in or not; the file never leaves the device.

use laurel_domain::ledger::statement::finding::{Field, Rule};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use serde_json::{Value, json};

use crate::api_error::ApiError;
use crate::i18n::Lang;
use crate::pages::components::{Card, Icon, Notice, PageTitle, Tone};
use crate::pages::portal::{Here, PortalPage};
use crate::pages::{Gate, page};
use crate::server::web::{RequestContext, asset_url};

#[component]
pub fn VerifyPage() -> impl IntoView {
    page(async {
        let context = RequestContext::anyone()?;
        let t = context.lang.proof();
        let content = view! { <Checker lang=context.lang/> };
        Ok::<_, ApiError>(match context.visit.member.is_some() {
            true => view! { <PortalPage title=t.title here=Here::Activity>{content}</PortalPage> }.into_any(),
            false => view! { <PageTitle text=t.title/><Gate title=t.title>{content}</Gate> }.into_any(),
        })
    })
}

/// What `verify.js` fills in: it is hidden until the module is there, and the notice until it is known not to come.
#[component]
fn Checker(lang: Lang) -> impl IntoView {
    let t = lang.proof();
    let without = || view! { <Notice tone=Tone::Warn><p><b>{t.without_title}</b></p><p>{t.without}</p></Notice> };
    view! {
        <div class="verify">
        <p>{t.about}</p>
        <noscript>{without()}</noscript>
        <div id="verify-without" hidden>{without()}</div>
        <form id="verify" hidden data-words=words(lang).to_string()>
            <Notice><p>{t.stays_here}</p></Notice>
            <div class="field">
                <label for="statement">{t.choose}</label>
                <input id="statement" type="file" accept="application/json,.json"/>
            </div>
        </form>
        <div id="verify-said" role="status">
            <div class="notice good" data-said="whole" hidden><Icon name="check"/><div class="notice-text"></div></div>
            <div class="notice bad" data-said="broken" hidden><Icon name="alert"/><div class="notice-text"></div></div>
        </div>
        <dl id="verify-facts" class="facts" hidden></dl>
        <Card title=t.what_it_shows>
            <p>{t.shows}</p>
            <p class="mute">{t.does_not_show}</p>
        </Card>
        </div>
        <script type="module" nonce=use_nonce()>{script()}</script>
    }
}

fn script() -> String {
    include_str!("verify.js")
        .replace("PROVER_JS", &asset_url("prover/prover.js"))
        .replace("PROVER_WASM", &asset_url("prover/prover.wasm"))
}

/// Every text that the script may need, so that it works without a connection.
fn words(lang: Lang) -> Value {
    let (t, points) = (lang.proof(), lang.portal());
    let fields: Value = Field::ALL.iter().map(|field| (field.name().to_owned(), json!((t.field)(*field)))).collect();
    let rules: Value = Rule::ALL.iter().map(|rule| (rule.name().to_owned(), json!((t.rule)(*rule)))).collect();
    let fact = |name: &str, label: &str| json!([name, label]);
    json!({
        "fields": fields,
        "rules": rules,
        "entry": t.of_entry,
        "statement": t.of_whole,
        "checking": t.checking,
        "tooLarge": t.too_large,
        "whole": [t.whole_title, t.whole],
        "broken": [t.broken_title, t.broken],
        "facts": [
            fact("file", t.file),
            fact("programme", t.issued_by),
            fact("as_of", t.issued_at),
            fact("member", (t.field)(Field::Member)),
            fact("entries", t.entries),
            fact("balance", (t.field)(Field::Balance)),
            fact("available", points.available),
            fact("pending", (t.field)(Field::Pending)),
            fact("debt", (t.field)(Field::Debt)),
            fact("head", t.last_hash),
        ],
    })
}
