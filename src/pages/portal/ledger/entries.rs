//! Entries as a list: what, when, how many points, and why.

use std::sync::Arc;

use laurel_domain::ledger::entry::{Cause, EntryKind, Place};
use laurel_domain::ledger::explanation::Explanation;
use laurel_domain::rules::rule_set::Rulebook;
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::pages::components::{Icon, PointsChange, kind_icon};
use crate::pages::portal::ledger::explanation::Why;
use crate::server::web::{RequestContext, describe_redemption};
use laurel_engine::usecase::ledger::activity::{Detail, Line};

/// `rulebook` explains: each entry names its version of the rules. The console shows them too, `without_receipts`.
#[component]
pub fn EntryList(
    context: RequestContext,
    rulebook: Arc<Rulebook>,
    lines: Vec<Line>,
    #[prop(optional)] without_receipts: bool,
) -> impl IntoView {
    let row = |line| view! { <EntryRow context=context.clone() rulebook=rulebook.clone() line without_receipts/> };
    let rows = lines.into_iter().map(row);
    view! { <ul class="list entries">{rows.collect_view()}</ul> }
}

#[component]
fn EntryRow(context: RequestContext, rulebook: Arc<Rulebook>, line: Line, without_receipts: bool) -> impl IntoView {
    let (lang, entry) = (context.lang, line.entry.clone());
    let when = context.moment(entry.occurred_at);
    let detail = about(&context, &line).map(|about| view! { <span>{about}</span> });
    let receipt = match &line.detail {
        Detail::Redeemed(redemption) if !without_receipts => {
            let href = format!("/redemptions/{}", redemption.id);
            Some(view! { <a href=href>{lang.activity().receipt}</a> })
        }
        _ => None,
    };
    let reversed = line.reversed.iter().map(|one| {
        let day = format::date(lang, context.local(one.at).date());
        view! { <span>{(lang.activity().reversed)(&day)}</span> }
    });
    let reversed = reversed.collect_view();
    let lasts = lasting(&context, &line).map(|text| view! { <span>{text}</span> });
    let balance = (lang.activity().balance_after)(&format::points(entry.balance));
    view! {
        <li id=format!("entry-{}", entry.seq)>
            <span class=format!("tile {}", tone(entry.kind))><Icon name=icon(&line)/></span>
            <div>
                {title(lang, &line)}
                <small class="parts">
                    <time datetime=entry.occurred_at.to_string()>{when}</time>
                    {detail}
                    {reversed}
                    {lasts}
                    {receipt}
                </small>
            </div>
            <div class="entry-points">
                <PointsChange points=entry.points is_loss={entry.kind == EntryKind::Clawback}/>
                <small>{balance}</small>
            </div>
            <Why context rulebook line/>
        </li>
    }
}

/// What happened, in a few words.
pub fn title(lang: Lang, line: &Line) -> String {
    let t = lang.activity();
    match &line.entry.cause {
        Cause::Payment { amount, scene, .. } => (t.payment)((t.scene)(*scene), &format::money(*amount)),
        Cause::Refund { amount, .. } => (t.refund)(&format::money(*amount)),
        Cause::Referral { .. } => t.referral.to_owned(),
        Cause::ReferralTakenBack { .. } => t.referral_taken_back.to_owned(),
        Cause::Review { .. } => t.review.to_owned(),
        Cause::Redemption { .. } => {
            let Detail::Redeemed(redemption) = &line.detail else { return t.redemption.to_owned() };
            let what = describe_redemption(lang, &redemption.redeemed_for);
            if line.entry.kind == EntryKind::Restore { (t.restored)(&what) } else { (t.redeemed)(&what) }
        }
        Cause::Lapse { .. } => t.lapsed.to_owned(),
        Cause::Activation { .. } => t.activated.to_owned(),
        Cause::Staff { .. } => t.adjusted.to_owned(),
        Cause::RefundOfLapsed { .. } => t.restored_for_refund.to_owned(),
        Cause::Closing => t.closed.to_owned(),
        Cause::MergedInto { .. } => t.merged_into.to_owned(),
        Cause::MergedFrom { .. } => t.merged_from.to_owned(),
    }
}

/// What is told beside it: the payment that was refunded, what was reviewed, why the staff did something, how a redemption stands.
pub fn about(context: &RequestContext, line: &Line) -> Option<String> {
    match &line.detail {
        Detail::PaidAt(at) => {
            Some((context.lang.activity().of_payment)(&format::date(context.lang, context.local(*at).date())))
        }
        Detail::Reviewed(text) | Detail::Adjusted(text) => Some(text.clone()),
        Detail::Redeemed(redemption) => Some((context.lang.redeem().state)(redemption.state).to_owned()),
        Detail::Nothing => None,
    }
}

/// Until when it is held back, or the last day on which what came in can be redeemed.
fn lasting(context: &RequestContext, line: &Line) -> Option<String> {
    let t = context.lang.activity();
    let term = match line.explanation.as_ref()? {
        Explanation::Payment { term, .. } | Explanation::Referral { term } | Explanation::Review { term } => {
            Some(term).filter(|term| term.points.is_positive())
        }
        _ => None,
    };
    if let Some(until) = term.and_then(|term| term.held_until).filter(|until| *until > context.now()) {
        return Some((t.pending_until)(&format::date(context.lang, context.local(until).date())));
    }
    let mut lots = line.entry.moves.iter().filter(|m| m.points.is_positive()).filter_map(|m| match m.place {
        Place::Lot { day } => day,
        _ => None,
    });
    let day = match (term, lots.next(), lots.next()) {
        (Some(term), _, _) => term.expires,
        (None, only, None) => only.map(|day| day.date()),
        // points that went to several lots have several last days: the explanation lists them
        (None, _, Some(_)) => None,
    };
    day.map(|day| (t.good_through)(&format::date(context.lang, day)))
}

fn icon(line: &Line) -> &'static str {
    match &line.entry.cause {
        Cause::Payment { .. } => "card",
        Cause::Refund { .. } | Cause::RefundOfLapsed { .. } | Cause::ReferralTakenBack { .. } => "undo",
        Cause::Referral { .. } => "invite",
        Cause::Review { .. } => "pen",
        Cause::Redemption { .. } => match &line.detail {
            Detail::Redeemed(redemption) => kind_icon(redemption.kind()),
            _ => "cash",
        },
        Cause::Lapse { .. } | Cause::Activation { .. } => "clock",
        Cause::Staff { .. } | Cause::Closing | Cause::MergedInto { .. } | Cause::MergedFrom { .. } => "person",
    }
}

const fn tone(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Clawback | EntryKind::Expire => "bad",
        EntryKind::Redeem | EntryKind::Adjust => "plain",
        EntryKind::Earn | EntryKind::Activate | EntryKind::Restore => "",
    }
}
