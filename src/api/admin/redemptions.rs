//! Working off redemptions.

use leptos::prelude::*;

use crate::api::ApiError;

/// Marks redemptions as `processing`, `paid`, `shipped`, `used`, `cancelled` …: all of them or none. `tracking` is for what is shipped.
#[server(prefix = "/api/admin", endpoint = "redemptions/advance")]
pub async fn advance_redemptions(
    #[server(default)] ids: Vec<String>,
    #[server(default)] to: String,
    #[server(default)] tracking: String,
) -> Result<usize, ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, say};
    use crate::server::usecase::rewards::fulfil;
    use laurel_domain::rewards::redemption::RedemptionState;
    let (ask, staff) = Ask::staff(Permission::ManageRedemptions)?;
    let words = ask.lang.console();
    let to = RedemptionState::named(&to).ok_or_else(|| ApiError::field("to", words.pick_a_state))?;
    let ids = ids.iter().map(|id| id.parse()).collect::<Result<Vec<_>, _>>().map_err(|_| errors::not_found(ask.lang))?;
    if ids.is_empty() {
        return Err(ApiError::field("ids", words.pick_redemptions));
    }
    let tracking = Some(tracking.trim()).filter(|text| !text.is_empty() && to == RedemptionState::Shipped);
    let count = fulfil::advance(&ask.state.ledger, Authority::from(&staff), &ids, to, tracking).await?;
    say(&(words.marked)(count, ask.lang.console().state(to)));
    Ok(count)
}
