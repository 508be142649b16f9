//! What a server is still at: how far it is, with a button that stops it. The page comes again by itself; without scripts there is
//! the link.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

use crate::i18n::Lang;
use crate::pages::components::{Card, Form, Hidden, PostForm, ProgressBar, Submit};

const AGAIN: &str = "setTimeout(() => location.reload(), 1500);";

/// `told` says how far it is, `address` is the page, and `stop` the form that stops what its field `name` names.
#[component]
pub fn UnderWay(
    lang: Lang,
    done: i64,
    total: i64,
    label: &'static str,
    told: String,
    address: String,
    stop: Form,
    name: &'static str,
    id: String,
) -> impl IntoView {
    let t = lang.lab();
    view! {
        <Card>
            <div class="stack" role="status">
                <ProgressBar value=done most=total.max(1) label/>
                <p>{told}</p>
                <div class="row">
                    <a class="button small" href=address>{t.refresh}</a>
                    <PostForm form=stop class="inline">
                        <Hidden name value=id/>
                        <Submit label=t.stop kind="small quiet"/>
                    </PostForm>
                </div>
            </div>
        </Card>
        <script nonce=use_nonce()>{AGAIN}</script>
    }
}
