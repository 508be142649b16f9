//! What the code of a benefit stands for, whether it is good, the button that uses it up; and the codes that were used last.

use std::collections::HashMap;

use laurel_domain::benefits::claim::ClaimState;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::benefits::UseBenefitUp;
use crate::api_error::ApiError;
use crate::i18n::{Lang, format};
use crate::pages::admin::list::{Column, ListTable};
use crate::pages::admin::members::name_of;
use crate::pages::components::{Chip, EmptyState, Form, Hidden, PostForm, Submit};
use crate::server::web::RequestContext;
use laurel_engine::auth::Actor;
use laurel_engine::usecase::audit;
use laurel_engine::usecase::benefits::claims::{self, Claim};

const USED: i64 = 20;

/// A claim with the name of whoever used it up.
#[derive(Clone)]
pub struct Seen {
    claim: Claim,
    by: Option<String>,
}

impl Seen {
    pub fn of(lang: Lang, claim: Claim, staff: &HashMap<String, String>) -> Seen {
        let by = claim.row.ended.map(|(_, actor)| match actor {
            Actor::Staff(id) => staff.get(&id.to_string()).cloned().unwrap_or_default(),
            actor => lang.console().actor(actor.kind()).to_owned(),
        });
        Seen { claim, by }
    }
}

pub async fn used_last(context: &RequestContext) -> Result<Vec<Seen>, ApiError> {
    let staff = audit::staff_names(context.db()).await?;
    let used = claims::used_last(&context.state.ledger, USED).await?;
    Ok(used.into_iter().map(|claim| Seen::of(context.lang, claim, &staff)).collect())
}

#[component]
pub fn Found(context: RequestContext, seen: Seen) -> impl IntoView {
    let (t, Seen { claim, by }) = (context.lang.benefits(), seen);
    let row = claim.row;
    let code = row.code.to_string();
    let at = |at| format::date_time(context.lang, context.local(at));
    let ended = row.ended.map(|(when, _)| {
        view! { <dt>{t.state(claim.state)}</dt><dd>{at(when)}{by.map(|by| format!(" · {by}"))}</dd> }
    });
    let use_up = (claim.state == ClaimState::Claimed).then(|| {
        let code = code.clone();
        view! {
            <PostForm form=Form::of(UseBenefitUp::PATH)>
                <Hidden name="code" value=code/>
                <Submit label=t.use_up/>
            </PostForm>
        }
    });
    view! {
        <div class="code-found">
            <div class="spread">
                <h3>{context.lang.of(&claim.benefit.text).to_owned()}</h3>
                <Chip tone=tone(claim.state)>{t.state(claim.state)}</Chip>
            </div>
            <p class="code-text">{code}</p>
            <dl class="facts">
                <dt>{t.member}</dt>
                <dd><a href=format!("/admin/members/{}", row.member)>{name_of(context.lang, row.member_name, &row.external_id)}</a></dd>
                <dt>{t.claimed_at}</dt><dd>{at(row.claimed_at)}</dd>
                <dt>{t.good_until}</dt><dd>{format::date(context.lang, context.last_day(row.valid_until))}</dd>
                {ended}
            </dl>
            {use_up}
        </div>
    }
}

fn tone(state: ClaimState) -> &'static str {
    match state {
        ClaimState::Claimed => "good",
        ClaimState::Used => "warn",
        ClaimState::Withdrawn | ClaimState::Expired => "bad",
    }
}

#[component]
pub fn UsedLast(context: RequestContext, used: Vec<Seen>) -> impl IntoView {
    let t = context.lang.benefits();
    if used.is_empty() {
        return view! { <EmptyState icon="ticket" title=t.none_used/> }.into_any();
    }
    let row = |Seen { claim, by }: Seen| {
        let row = claim.row;
        let at = row.ended.map(|(at, _)| format::date_time(context.lang, context.local(at)));
        view! {
            <tr>
                <td class="small nowrap card-more">{at}</td>
                <th scope="row" class="card-name"><a href=format!("/admin/members/{}", row.member)>{name_of(context.lang, row.member_name, &row.external_id)}</a></th>
                <td class="benefit-name card-wide">{context.lang.of(&claim.benefit.text).to_owned()}</td>
                <td class="mono small nowrap card-sum">{row.code.to_string()}</td>
                <td class="card-state">{by}</td>
            </tr>
        }
    };
    let rows = used.into_iter().map(row).collect_view();
    let columns = [t.used_at, t.member, t.benefit, t.code, t.by].map(Column::plain).to_vec();
    view! { <ListTable label=t.used_last columns is_flat=true>{rows}</ListTable> }.into_any()
}
