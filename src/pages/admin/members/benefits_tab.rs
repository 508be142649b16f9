//! What a member's tier gives them now, and the codes they have claimed.

use leptos::prelude::*;

use crate::i18n::format;
use crate::pages::components::{Card, Table};
use crate::server::web::RequestContext;
use laurel_engine::usecase::benefits::claims::Claim;
use laurel_engine::usecase::benefits::of_member::{Benefits, Held};

#[component]
pub fn BenefitsTab(context: RequestContext, benefits: Benefits) -> impl IntoView {
    let f = context.lang.member_file();
    let row = |held: Held| {
        let name = context.lang.of(&held.benefit.text).to_owned();
        let room = match held.room {
            Some(room) => (f.left)(room.left, room.quota.count),
            None => f.always.to_owned(),
        };
        view! { <dt>{name}</dt><dd>{room}</dd> }
    };
    let held = match benefits.held.is_empty() {
        true => view! { <p class="mute">{f.no_benefits}</p> }.into_any(),
        false => view! { <dl class="sums">{benefits.held.into_iter().map(row).collect_view()}</dl> }.into_any(),
    };
    let no_codes = (benefits.open.is_empty() && benefits.ended.is_empty()).then(|| view! { <p class="mute">{f.no_codes}</p> });
    view! {
        <Card title=f.held>{held}{no_codes}</Card>
        <Codes context=context.clone() title=f.open_codes claims=benefits.open/>
        <Codes context title=f.ended_codes claims=benefits.ended/>
    }
}

#[component]
fn Codes(context: RequestContext, title: &'static str, claims: Vec<Claim>) -> impl IntoView {
    if claims.is_empty() {
        return ().into_any();
    }
    let row = |claim: Claim| {
        let until = format::date(context.lang, context.last_day(claim.row.valid_until));
        view! {
            <tr>
                <td class="mono">{claim.row.code.to_string()}</td>
                <td>{context.lang.of(&claim.benefit.text).to_owned()}</td>
                <td class="small nowrap">{until}</td>
            </tr>
        }
    };
    let rows = claims.into_iter().map(row).collect_view();
    view! { <Card title><Table label=title head=context.lang.member_file().code_columns.to_vec()>{rows}</Table></Card> }
        .into_any()
}
