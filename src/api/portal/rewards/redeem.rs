//! Redeeming to cash, and taking it back.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// `rules_version` is the one that the quote was made under; the same `key` again is the same redemption, whose id is returned.
#[server(prefix = "/api", endpoint = "portal/redeem")]
pub async fn redeem(
    #[server(default)] points: String,
    #[server(default)] rules_version: String,
    #[server(default)] key: String,
) -> Result<String, ApiError> {
    use crate::server::web::{RequestContext, describe_redemption, flash_message, redirect_to};
    use laurel_engine::usecase::AppError;
    use laurel_engine::usecase::rewards::{offer, redeem};
    let (context, member) = RequestContext::member()?;
    let t = context.lang.redeem();
    let wish = offer::wish(&member, &points, &rules_version, &key)?;
    let redeemed = redeem::redeem(&context.state.ledger, wish).await.map_err(|error| match error {
        AppError::Conflict { code } => ApiError::new(409, code, t.form_used),
        error => error.into(),
    })?;
    let id = redeemed.redemption.id.to_string();
    flash_message(&(t.done)(&describe_redemption(context.lang, &redeemed.redemption.redeemed_for)));
    redirect_to(&format!("/redemptions/{id}"));
    Ok(id)
}

#[server(prefix = "/api", endpoint = "portal/redemptions/cancel")]
pub async fn cancel_redemption(#[server(default)] redemption: String) -> Result<(), ApiError> {
    use crate::i18n::format;
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_domain::refusal::Refusal;
    use laurel_domain::rewards::redemption::RedemptionState;
    use laurel_engine::auth::Actor;
    use laurel_engine::usecase::AppError;
    use laurel_engine::usecase::rewards::redeem::{Advance, advance};
    let (context, member) = RequestContext::member()?;
    let t = context.lang.redeem();
    let id = redemption.parse().map_err(|_| errors::not_found(context.lang))?;
    let actor = Actor::Member(member.member.uuid());
    let command =
        Advance { id, steps: vec![RedemptionState::Cancelled], tracking: None, note: None, actor, of_member: Some(member.no) };
    let cancelled = advance(&context.state.ledger, command).await.map_err(|error| match error {
        AppError::Refused(Refusal::NoSuchTransition { .. }) => ApiError::new(409, "no_such_transition", t.too_late),
        error => error.into(),
    })?;
    flash_message(&(t.cancelled)(&format::points(cancelled.points)));
    redirect_to(&format!("/redemptions/{id}"));
    Ok(())
}
