//! Working off redemptions.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// Marks redemptions as `processing`, `paid`, `shipped`, `used`, `cancelled` …: all of them or none. `tracking` is for what is
/// shipped; `note` is a payment's reference, or the reason why points are given back. `back` is the page to go to afterwards.
#[server(prefix = "/api/admin", endpoint = "redemptions/advance")]
pub async fn advance_redemptions(
    #[server(default)] ids: Vec<String>,
    #[server(default)] to: String,
    #[server(default)] tracking: String,
    #[server(default)] note: String,
    #[server(default)] back: String,
) -> Result<usize, ApiError> {
    use crate::i18n::format;
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_domain::rewards::redemption::RedemptionState;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rewards::fulfil::{self, Marking};
    let (context, staff) = RequestContext::staff(Permission::ManageRedemptions)?;
    let words = context.lang.fulfil();
    let to = RedemptionState::named(&to).ok_or_else(|| ApiError::field("to", words.no_such_state))?;
    let ids = ids.iter().map(|id| id.parse()).collect::<Result<Vec<_>, _>>().map_err(|_| errors::not_found(context.lang))?;
    if ids.is_empty() {
        return Err(ApiError::field("ids", words.nothing_selected));
    }
    let tracking = Some(tracking.trim().to_owned()).filter(|text| !text.is_empty() && to == RedemptionState::Shipped);
    let marking = Marking { to, tracking, note: Some(note) };
    let sum = fulfil::advance(&context.state.ledger, Authority::from(&staff), &ids, marking).await?;
    let amount = if to.restores() { format::points(sum.points) } else { format::money(sum.cash) };
    flash_message(&(words.done)(to, sum.count, &amount, context.lang.console().state(to)));
    if back.starts_with("/admin/redemptions") {
        redirect_to(&back);
    }
    Ok(sum.count)
}

/// Takes a gift back that was sent. `restock`: `yes` puts it into stock again.
#[server(prefix = "/api/admin", endpoint = "redemptions/return")]
pub async fn take_back_gift(
    #[server(default)] redemption: String,
    #[server(default)] restock: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    use crate::i18n::format;
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rewards::{redeem, take_back};
    let (context, staff) = RequestContext::staff(Permission::ManageRedemptions)?;
    let ledger = &context.state.ledger;
    let id = redemption.parse().map_err(|_| errors::not_found(context.lang))?;
    take_back::take_back(ledger, Authority::from(&staff), id, restock == "yes", &reason).await?;
    let points = redeem::find(ledger, id).await?.map(|found| found.redeemed.redemption.points).unwrap_or_default();
    flash_message(&(context.lang.reward_desk().taken_back)(&format::points(points)));
    redirect_to("/admin/redemptions?kind=gift&state=returned");
    Ok(())
}
