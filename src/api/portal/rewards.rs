//! Taking a reward, and revealing a voucher's code.

use leptos::prelude::*;

use crate::api::ApiError;

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
    use crate::server::http::{Ask, go_to, say, what_in_words};
    use crate::server::usecase::AppError;
    use crate::server::usecase::rewards::buy::{self, Typed};
    use laurel_domain::rewards::redemption::RedemptionKind;
    let (ask, member) = Ask::member()?;
    let t = ask.lang.rewards();
    let typed = Typed { reward, quantity, points, recipient, phone, address, key };
    let order = typed.order(&ask.state.ledger, &member).await?;
    let made = buy::buy(&ask.state.ledger, order).await.map_err(|error| match error {
        AppError::Conflict { code } => ApiError::new(409, code, t.form_used),
        error => error.into(),
    })?;
    let what = what_in_words(ask.lang, &made.redemption.what);
    let done = if made.redemption.kind() == RedemptionKind::Gift { t.done_gift } else { t.done_voucher };
    say(&done(&what));
    let id = made.redemption.id.to_string();
    go_to(&format!("/redemptions/{id}"));
    Ok(id)
}

#[server(prefix = "/api", endpoint = "portal/redemptions/reveal")]
pub async fn reveal_code(#[server(default)] redemption: String) -> Result<(), ApiError> {
    use crate::server::auth::Actor;
    use crate::server::http::{Ask, errors, go_to, say};
    use crate::server::usecase::rewards::redeem::{Advance, advance};
    use laurel_domain::rewards::redemption::RedemptionState;
    let (ask, member) = Ask::member()?;
    let id = redemption.parse().map_err(|_| errors::not_found(ask.lang))?;
    let actor = Actor::Member(member.member.uuid());
    let steps = vec![RedemptionState::Issued];
    advance(&ask.state.ledger, Advance { id, steps, tracking: None, note: None, actor, of_member: Some(member.no) }).await?;
    say(ask.lang.rewards().revealed);
    go_to(&format!("/redemptions/{id}"));
    Ok(())
}
