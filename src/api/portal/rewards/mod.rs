//! Taking a reward, and revealing a voucher's code.

pub mod redeem;

use leptos::prelude::*;

use crate::api_error::ApiError;

/// `points` is what all of it was said to cost; the same `key` again is the same redemption, whose id is returned.
#[server(prefix = "/api", endpoint = "portal/rewards/redeem")]
pub async fn take_reward(
    #[server(default)] reward: String,
    #[server(default)] quantity: String,
    #[server(default)] points: String,
    #[server(default)] recipient: String,
    #[server(default)] phone: String,
    #[server(default)] address: String,
    #[server(default)] key: String,
) -> Result<String, ApiError> {
    use crate::server::web::{RequestContext, describe_redemption, flash_message, redirect_to};
    use laurel_domain::rewards::redemption::RedemptionKind;
    use laurel_engine::usecase::AppError;
    use laurel_engine::usecase::rewards::buy::{self, Typed};
    let (context, member) = RequestContext::member()?;
    let t = context.lang.rewards();
    let typed = Typed { reward, quantity, points, recipient, phone, address, key };
    let order = typed.order(&context.state.ledger, &member).await?;
    let made = buy::buy(&context.state.ledger, order).await.map_err(|error| match error {
        AppError::Conflict { code } => ApiError::new(409, code, t.form_used),
        error => error.into(),
    })?;
    let what = describe_redemption(context.lang, &made.redemption.redeemed_for);
    let done = if made.redemption.kind() == RedemptionKind::Gift { t.done_gift } else { t.done_voucher };
    flash_message(&done(&what));
    let id = made.redemption.id.to_string();
    redirect_to(&format!("/redemptions/{id}"));
    Ok(id)
}

#[server(prefix = "/api", endpoint = "portal/redemptions/reveal")]
pub async fn reveal_code(#[server(default)] redemption: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_domain::rewards::redemption::RedemptionState;
    use laurel_engine::auth::Actor;
    use laurel_engine::usecase::rewards::redeem::{Advance, advance};
    let (context, member) = RequestContext::member()?;
    let id = redemption.parse().map_err(|_| errors::not_found(context.lang))?;
    let actor = Actor::Member(member.member.uuid());
    let steps = vec![RedemptionState::Issued];
    advance(&context.state.ledger, Advance { id, steps, tracking: None, note: None, actor, of_member: Some(member.no) })
        .await?;
    flash_message(context.lang.rewards().revealed);
    redirect_to(&format!("/redemptions/{id}"));
    Ok(())
}
