//! Events that were refused.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// Nobody has to see to these any more: those that are ticked, or `all` that the list is restricted to.
#[server(prefix = "/api/admin", endpoint = "refused/dismiss")]
pub async fn dismiss_refused(
    #[server(default)] ids: Vec<String>,
    #[server(default)] all: String,
    #[server(default)] reason: String,
    #[server(default)] source: String,
    #[server(default)] key: String,
) -> Result<u64, ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::refused::{Filter, Picked, dismiss};
    let (context, staff) = RequestContext::staff(Permission::DismissRefused)?;
    let unknown = || errors::not_found(context.lang);
    let picked = if all.is_empty() {
        Picked::These(ids.iter().map(|id| id.parse()).collect::<Result<_, _>>().map_err(|_| unknown())?)
    } else {
        let api_key = if key.is_empty() { None } else { Some(key.parse().map_err(|_| unknown())?) };
        Picked::All(Filter { reason, source, api_key, ..Filter::default() })
    };
    let dismissed = dismiss(&context.state.ledger, Authority::from(&staff), picked).await?;
    let t = context.lang.refused();
    flash_message(&if dismissed == 0 { t.none_picked.to_owned() } else { (t.dismissed)(dismissed) });
    Ok(dismissed)
}
