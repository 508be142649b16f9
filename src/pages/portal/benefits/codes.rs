//! The codes of claims that can be used, large enough to be read over a counter; and what became of earlier ones.

use laurel_domain::benefits::claim::ClaimState;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::benefits::GiveBenefitBack;
use crate::i18n::format;
use crate::pages::components::{Chip, Form, Hidden, Icon, PostForm, Submit, field_id};
use crate::pages::portal::rules::tiers::icon;
use crate::server::web::RequestContext;
use laurel_engine::usecase::benefits::claims::Claim;

#[component]
pub fn Codes(context: RequestContext, claims: Vec<Claim>) -> impl IntoView {
    let t = context.lang.benefits();
    let codes = claims.into_iter().map(|claim| view! { <Code context=context.clone() claim/> }).collect_view();
    (!codes.is_empty()).then(|| {
        view! {
            <section class="codes" id=field_id("code")>
                <h2>{t.codes}</h2>
                <ul>{codes}</ul>
            </section>
        }
    })
}

#[component]
fn Code(context: RequestContext, claim: Claim) -> impl IntoView {
    let t = context.lang.benefits();
    let text = context.lang.of(&claim.benefit.text).to_owned();
    let code = claim.row.code.to_string();
    let through = (t.good_through)(&format::date(context.lang, context.last_day(claim.row.valid_until)));
    view! {
        <li class="card code">
            <h3>{text.clone()}</h3>
            <p><span class="unseen">{(t.code_for)(&text)}": "</span><span class="code-text">{code.clone()}</span></p>
            <p class="mute small">{t.show_code}" "<span class="nowrap">{through}</span></p>
            <details class="ask">
                <summary class="button small">{t.give_back}<span class="unseen">" · "{text}</span></summary>
                <div class="card">
                    <p>{t.give_back_sure}</p>
                    <PostForm form=Form::of(GiveBenefitBack::PATH)>
                        <Hidden name="code" value=code/>
                        <Submit label=t.give_back_yes kind="danger"/>
                    </PostForm>
                </div>
            </details>
        </li>
    }
}

#[component]
pub fn Earlier(context: RequestContext, claims: Vec<Claim>) -> impl IntoView {
    let t = context.lang.benefits();
    let row = |claim: Claim| {
        let at = claim.row.ended.map_or(claim.row.valid_until, |(at, _)| at);
        let tone = if claim.state == ClaimState::Used { "good" } else { "" };
        view! {
            <li>
                <span class="tile plain"><Icon name=icon(claim.benefit.kind)/></span>
                <div>
                    {context.lang.of(&claim.benefit.text).to_owned()}
                    <small class="parts"><span>{format::date_time(context.lang, context.local(at))}</span><span class="mono">{claim.row.code.to_string()}</span></small>
                </div>
                <Chip tone>{t.state(claim.state)}</Chip>
            </li>
        }
    };
    let rows = claims.into_iter().map(row).collect_view();
    (!rows.is_empty()).then(|| view! { <section><h2>{t.earlier}</h2><ul class="list">{rows}</ul></section> })
}
