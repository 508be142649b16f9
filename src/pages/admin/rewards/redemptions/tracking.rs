//! Tracking numbers by the dozen: a gift each line, pasted, reviewed, then marked as shipped.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::steps::path_of;
use super::{answer_words, short};
use crate::api::admin::rewards::payouts::ShipByLines;
use crate::api_error::ApiError;
use crate::pages::admin::list::{Column, ListTable};
use crate::pages::admin::members::name_of;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Chip, ErrorSummary, Form, FormGuard, Hidden, PostForm, Submit, TextArea};
use crate::pages::page;
pub use crate::server::web::paths::TRACKING as PATH;
use crate::server::web::{RequestContext, describe_redemption};
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::usecase::rewards::parcels::{self, Answer, Reviewed};

/// In the address where the lines are to be changed rather than reviewed.
const CHANGE: &str = "change";

#[component]
pub fn TrackingPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::ManageRedemptions)?;
        let t = context.lang.payouts();
        let flash = context.visit.flash.as_ref().filter(|flash| flash.path == PATH);
        let pasted = flash.and_then(|flash| flash.typed.iter().find(|(name, _)| name == "lines"));
        let pasted = pasted.map(|(_, lines)| lines.clone()).unwrap_or_default();
        let is_reviewed = flash.is_some() && context.visit.query(CHANGE).is_none();
        let content = match is_reviewed {
            true => {
                match parcels::review(&context.state.ledger, Authority::from(&staff), &pasted).await.map_err(ApiError::from) {
                    Ok(reviewed) => view! { <Review context reviewed/> }.into_any(),
                    Err(error) if error.status < 500 => {
                        let paste = view! { <Paste context pasted/> };
                        view! { <ErrorSummary error/>{paste} }.into_any()
                    }
                    Err(error) => return Err(error),
                }
            }
            false => view! { <Paste context pasted/> }.into_any(),
        };
        Ok(view! { <AdminPage title=t.tracking_title here=Here::Redemptions><div class="stack">{content}</div></AdminPage> }
            .into_any())
    })
}

#[component]
fn Paste(context: RequestContext, pasted: String) -> impl IntoView {
    let t = context.lang.payouts();
    // what could not be marked after all comes back here
    let refused = Form::of(ShipByLines::PATH);
    view! {
        <div class="narrow">
            <Card>
                <p class="mute">{t.tracking_about}</p>
                <PostForm form=Form::of(PATH)>
                    <TextArea form=refused name="lines" label=t.lines hint=t.lines_hint value=pasted rows=10 required=true/>
                    <FormGuard form=refused/>
                    <div class="row">
                        <Submit label=t.review/>
                        <a class="button" href="/admin/redemptions?kind=gift">{context.lang.common().cancel}</a>
                    </div>
                </PostForm>
            </Card>
        </div>
    }
}

/// Each line with the gift that it means; one button does those that can be done.
#[component]
fn Review(context: RequestContext, reviewed: Vec<Reviewed>) -> impl IntoView {
    let t = context.lang.payouts();
    let ready: Vec<String> = reviewed.iter().filter_map(ready).collect();
    let (count, left) = (ready.len(), reviewed.len() - ready.len());
    let change = format!("{}&{CHANGE}=1", context.visit.path);
    let ship = (count > 0).then(|| {
        view! {
            <PostForm form=Form::of(ShipByLines::PATH) class="inline">
                <Hidden name="lines" value=ready.join("\n")/>
                <Submit label=(t.ship_reviewed)(count)/>
            </PostForm>
        }
    });
    let rows = reviewed.into_iter().map(|one| view! { <ReviewRow context=context.clone() one/> }).collect_view();
    let columns = t.review_columns.map(Column::plain).to_vec();
    view! {
        <p>{(t.reviewed)(count, left)}</p>
        <ListTable label=t.tracking_title columns is_flat=true>{rows}</ListTable>
        <div class="row">{ship}<a class="button" href=change>{t.change}</a></div>
    }
}

/// The line as it is sent, of what can be done.
fn ready(one: &Reviewed) -> Option<String> {
    let gift = one.gift.as_ref().filter(|_| one.answer == Answer::Shipped)?;
    Some(format!("{}, {}", gift.id, one.line.text))
}

#[component]
fn ReviewRow(context: RequestContext, one: Reviewed) -> impl IntoView {
    let (t, lang) = (context.lang.payouts(), context.lang);
    let Reviewed { line, answer, gift, contact } = one;
    let told = match answer_words(lang, &answer) {
        None => view! { <Chip tone="good">{t.ready}</Chip> }.into_any(),
        Some(what) if answer == Answer::WasShipped => view! { <span class="mute small">{what}</span> }.into_any(),
        Some(what) => view! { <p class="error">{what}</p> }.into_any(),
    };
    let to = contact.map(|to| view! { {to.recipient}<div class="small mute">{to.address}</div> });
    let member = gift.as_ref().map(|gift| name_of(lang, gift.member_name.clone(), &gift.external_id));
    let what = match gift {
        Some(gift) => {
            let (id, what) = (gift.id.to_string(), describe_redemption(lang, &gift.redeemed_for));
            view! { {what}<small><a href=path_of(&id) title=id.clone()>{short(&id)}</a></small> }.into_any()
        }
        None => view! { <span class="mono small">{line.number}</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="num mute">{line.at.to_string()}</td>
            <th scope="row" class="card-name">{what}</th>
            <td class="card-more">{member}</td>
            <td class="card-wide">{to}</td>
            <td class="mono small card-sum">{line.text}</td>
            <td class="card-state">{told}</td>
        </tr>
    }
}
