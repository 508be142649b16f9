//! A member's redemptions, newest first; the place in the list is in the URL: `?after=<microseconds>.<id>`.

use jiff::Timestamp;
use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::redemption::RedemptionState;
use leptos::prelude::*;

use crate::i18n::format;
use crate::pages::components::{Chip, EmptyState, Icon, kind_icon};
use crate::pages::page;
use crate::pages::portal::{Here, PortalPage};
use crate::server::web::{RequestContext, describe_redemption};
use laurel_engine::store::rewards::redemptions::{Filter, Redemption, Which};
use laurel_engine::usecase::rewards::redeem;

const LINES: i64 = 20;

#[component]
pub fn RedemptionsPage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::member()?;
        let t = context.lang.redeem();
        let after = context.visit.query("after").and_then(|place| place_of(&place));
        let filter = Filter { which: Which::OfMember(session.no), after, most: LINES + 1 };
        let mut redemptions = redeem::list(&context.state.ledger, filter).await?;
        let most = usize::try_from(LINES).unwrap_or(usize::MAX);
        let is_more = redemptions.len() > most;
        redemptions.truncate(most);
        let older = redemptions.last().filter(|_| is_more).map(|last| {
            let href = format!("/redemptions?after={}.{}", last.created_at.as_microsecond(), last.id);
            view! { <a class="button" rel="next" href=href>{t.older}</a> }
        });
        let newest = after.map(|_| view! { <a class="button" rel="first" href="/redemptions">{t.newest}</a> });
        Ok(view! {
            <PortalPage title=t.mine here=Here::Rewards>
                <div class="narrow">
                    <RedemptionList context redemptions/>
                    <div class="pager">{newest}{older}</div>
                </div>
            </PortalPage>
        }
        .into_any())
    })
}

fn place_of(text: &str) -> Option<(Timestamp, RedemptionId)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.parse().ok()?))
}

#[component]
pub fn RedemptionList(context: RequestContext, redemptions: Vec<Redemption>) -> impl IntoView {
    let t = context.lang.redeem();
    if redemptions.is_empty() {
        return view! { <EmptyState icon="cash" title=t.none><p>{t.none_about}</p></EmptyState> }.into_any();
    }
    let row = |redemption: Redemption| {
        let at = format::date_time(context.lang, context.local(redemption.created_at));
        let noun = context.lang.noun();
        view! {
            <li>
                <span class="tile"><Icon name=kind_icon(redemption.kind())/></span>
                <div>
                    <a href=format!("/redemptions/{}", redemption.id)>{describe_redemption(context.lang, &redemption.redeemed_for)}</a>
                    <small class="parts"><span>{noun.counted(&format::points(redemption.points))}</span><span>{at}</span></small>
                </div>
                <Chip tone=tone(redemption.state)>{(t.state)(redemption.state)}</Chip>
            </li>
        }
    };
    view! { <ul class="list">{redemptions.into_iter().map(row).collect_view()}</ul> }.into_any()
}

pub fn tone(state: RedemptionState) -> &'static str {
    match state {
        RedemptionState::Reserved | RedemptionState::Processing | RedemptionState::Ordered | RedemptionState::Shipped => "warn",
        RedemptionState::Paid | RedemptionState::Issued | RedemptionState::Delivered => "good",
        RedemptionState::Failed | RedemptionState::Voided => "bad",
        RedemptionState::Cancelled | RedemptionState::Used | RedemptionState::Expired | RedemptionState::Returned => "",
    }
}
