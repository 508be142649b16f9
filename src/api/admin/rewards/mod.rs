//! Keeping rewards: made, changed, stocked, taken out of use.

pub mod payouts;
pub mod redemptions;

use laurel_domain::rewards::form::TypedTerms;
use leptos::prelude::*;

use crate::api_error::ApiError;

#[server(prefix = "/api/admin", endpoint = "rewards/create")]
pub async fn create_reward(
    #[server(default)] supply: String,
    #[server(default)] terms: TypedTerms,
) -> Result<String, ApiError> {
    use crate::server::web::{RequestContext, flash_message, redirect_to};
    use laurel_domain::rewards::reward::Supply;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rewards::edit;
    let (context, staff) = RequestContext::staff(Permission::ManageRewards)?;
    let words = context.lang.reward_desk();
    let supply = Supply::named(&supply).ok_or_else(|| ApiError::field("supply", words.choose_kind))?;
    let terms = terms.read();
    let made = edit::create(&context.state.ledger, Authority::from(&staff), supply, terms).await;
    let id = made.map_err(|error| ApiError::from(error).within("terms"))?.to_string();
    flash_message(words.created);
    redirect_to(&format!("/admin/rewards/{id}"));
    Ok(id)
}

#[server(prefix = "/api/admin", endpoint = "rewards/edit")]
pub async fn edit_reward(
    #[server(default)] reward: String,
    #[server(default)] revision: String,
    #[server(default)] terms: TypedTerms,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rewards::edit;
    let (context, staff) = RequestContext::staff(Permission::ManageRewards)?;
    let id = reward.parse().map_err(|_| errors::not_found(context.lang))?;
    let terms = terms.read();
    let revision = revision.parse().unwrap_or_default();
    let edited = edit::edit(&context.state.ledger, Authority::from(&staff), id, revision, terms).await;
    edited.map_err(|error| ApiError::from(error).within("terms"))?;
    flash_message(context.lang.reward_desk().saved);
    // not to what was looked at before it was saved
    redirect_to(&format!("/admin/rewards/{id}"));
    Ok(())
}

/// `retired`: `yes` takes it out of use, anything else puts it back.
#[server(prefix = "/api/admin", endpoint = "rewards/retire")]
pub async fn retire_reward(
    #[server(default)] reward: String,
    #[server(default)] revision: String,
    #[server(default)] retired: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, offer_undo};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rewards::edit;
    use leptos::server_fn::ServerFn;
    let (context, staff) = RequestContext::staff(Permission::ManageRewards)?;
    let id = reward.parse().map_err(|_| errors::not_found(context.lang))?;
    let (revision, retired) = (revision.parse().unwrap_or_default(), retired == "yes");
    let revision = edit::retire(&context.state.ledger, Authority::from(&staff), id, revision, retired).await?;
    let back = if retired { "no" } else { "yes" };
    offer_undo(RetireReward::PATH, &[("reward", &reward), ("revision", &revision.to_string()), ("retired", back)]);
    let words = context.lang.reward_desk();
    flash_message(if retired { words.was_retired } else { words.is_offered_again });
    Ok(())
}

/// Takes its picture away; a picture comes by a form of its own, as it is a file.
#[server(prefix = "/api/admin", endpoint = "rewards/picture/remove")]
pub async fn remove_picture(#[server(default)] reward: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::pictures;
    let (context, staff) = RequestContext::staff(Permission::ManageRewards)?;
    let id = reward.parse().map_err(|_| errors::not_found(context.lang))?;
    pictures::remove_of_reward(&context.state.ledger, Authority::from(&staff), id).await?;
    flash_message(context.lang.reward_desk().picture_removed);
    Ok(())
}

#[server(prefix = "/api/admin", endpoint = "rewards/stock")]
pub async fn change_stock(
    #[server(default)] reward: String,
    #[server(default)] change: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_domain::refusal::{NumberError, Refusal};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rewards::edit;
    let (context, staff) = RequestContext::staff(Permission::ManageRewards)?;
    let id = reward.parse().map_err(|_| errors::not_found(context.lang))?;
    // a minus sign may come out of what Laurel itself shows
    let change = change.trim().replace('−', "-");
    let change = change.parse().map_err(|_| Refusal::field("change", NumberError::NotANumber))?;
    edit::change_stock(&context.state.ledger, Authority::from(&staff), id, change, &reason).await?;
    flash_message(context.lang.reward_desk().stock_changed);
    Ok(())
}

/// One code a line; files come by a form of their own.
#[server(prefix = "/api/admin", endpoint = "rewards/codes")]
pub async fn add_codes(#[server(default)] reward: String, #[server(default)] codes: String) -> Result<(), ApiError> {
    use crate::i18n::format::count;
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rewards::edit;
    let (context, staff) = RequestContext::staff(Permission::ManageRewards)?;
    let id = reward.parse().map_err(|_| errors::not_found(context.lang))?;
    let added = edit::add_codes(&context.state.ledger, Authority::from(&staff), id, &codes).await?;
    let number = |codes: u64| count(i64::try_from(codes).unwrap_or(i64::MAX));
    flash_message(&(context.lang.reward_desk().codes_added)(&number(added.new), &number(added.known)));
    Ok(())
}
