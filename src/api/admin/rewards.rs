//! Keeping rewards: made, changed, stocked, taken out of use.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::ApiError;

/// A reward's terms as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedTerms {
    pub name_zh: String,
    pub name_en: String,
    pub about_zh: String,
    pub about_en: String,
    pub price: String,
    pub least_tier: String,
    pub limit: String,
    pub period: String,
    pub starts: String,
    pub ends: String,
    pub valid_days: String,
}

#[server(prefix = "/api/admin", endpoint = "rewards/create")]
pub async fn create_reward(
    #[server(default)] supply: String,
    #[server(default)] terms: TypedTerms,
) -> Result<String, ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, go_to, say, terms_of};
    use crate::server::usecase::rewards::edit;
    use laurel_domain::rewards::reward::Supply;
    let (ask, staff) = Ask::staff(Permission::ManageRewards)?;
    let words = ask.lang.reward_desk();
    let supply = Supply::named(&supply).ok_or_else(|| ApiError::field("supply", words.choose_kind))?;
    let terms = terms_of(ask.lang, &terms)?;
    let made = edit::create(&ask.state.ledger, Authority::from(&staff), supply, terms).await;
    let id = made.map_err(|error| ApiError::from(error).within("terms"))?.to_string();
    say(words.created);
    go_to(&format!("/admin/rewards/{id}"));
    Ok(id)
}

#[server(prefix = "/api/admin", endpoint = "rewards/edit")]
pub async fn edit_reward(
    #[server(default)] reward: String,
    #[server(default)] revision: String,
    #[server(default)] terms: TypedTerms,
) -> Result<(), ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, say, terms_of};
    use crate::server::usecase::rewards::edit;
    let (ask, staff) = Ask::staff(Permission::ManageRewards)?;
    let id = reward.parse().map_err(|_| errors::not_found(ask.lang))?;
    let terms = terms_of(ask.lang, &terms)?;
    let revision = revision.parse().unwrap_or_default();
    let edited = edit::edit(&ask.state.ledger, Authority::from(&staff), id, revision, terms).await;
    edited.map_err(|error| ApiError::from(error).within("terms"))?;
    say(ask.lang.reward_desk().saved);
    Ok(())
}

/// `retired`: `yes` takes it out of use, anything else puts it back.
#[server(prefix = "/api/admin", endpoint = "rewards/retire")]
pub async fn retire_reward(
    #[server(default)] reward: String,
    #[server(default)] revision: String,
    #[server(default)] retired: String,
) -> Result<(), ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, say};
    use crate::server::usecase::rewards::edit;
    let (ask, staff) = Ask::staff(Permission::ManageRewards)?;
    let id = reward.parse().map_err(|_| errors::not_found(ask.lang))?;
    let (revision, retired) = (revision.parse().unwrap_or_default(), retired == "yes");
    edit::retire(&ask.state.ledger, Authority::from(&staff), id, revision, retired).await?;
    let words = ask.lang.reward_desk();
    say(if retired { words.was_retired } else { words.is_offered_again });
    Ok(())
}

#[server(prefix = "/api/admin", endpoint = "rewards/stock")]
pub async fn change_stock(
    #[server(default)] reward: String,
    #[server(default)] change: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, say};
    use crate::server::usecase::rewards::edit;
    use laurel_domain::refusal::{NumberError, Refusal};
    let (ask, staff) = Ask::staff(Permission::ManageRewards)?;
    let id = reward.parse().map_err(|_| errors::not_found(ask.lang))?;
    // a minus sign may come out of what Laurel itself shows
    let change = change.trim().replace('−', "-");
    let change = change.parse().map_err(|_| Refusal::field("change", NumberError::NotANumber))?;
    edit::change_stock(&ask.state.ledger, Authority::from(&staff), id, change, &reason).await?;
    say(ask.lang.reward_desk().stock_changed);
    Ok(())
}

/// One code a line; files come by a form of their own.
#[server(prefix = "/api/admin", endpoint = "rewards/codes")]
pub async fn add_codes(#[server(default)] reward: String, #[server(default)] codes: String) -> Result<(), ApiError> {
    use crate::i18n::format::count;
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, say};
    use crate::server::usecase::rewards::edit;
    let (ask, staff) = Ask::staff(Permission::ManageRewards)?;
    let id = reward.parse().map_err(|_| errors::not_found(ask.lang))?;
    let added = edit::add_codes(&ask.state.ledger, Authority::from(&staff), id, &codes).await?;
    let number = |codes: u64| count(i64::try_from(codes).unwrap_or(i64::MAX));
    say(&(ask.lang.reward_desk().codes_added)(&number(added.new), &number(added.known)));
    Ok(())
}
