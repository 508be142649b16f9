//! API keys.

use leptos::prelude::*;

use crate::api::ApiError;

/// The key is in the answer, and on the page after it, and nowhere ever again.
#[server(prefix = "/api/admin", endpoint = "keys/make")]
pub async fn make_key(
    #[server(default)] name: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] source: String,
    #[server(default)] rate: String,
) -> Result<String, ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, say, show_once};
    use crate::server::usecase::access::keys::{Wanted, create};
    let (ask, staff) = Ask::staff(Permission::ManageKeys)?;
    let wanted = Wanted { name, scopes: scopes.join(","), source: Some(source), rate: Some(rate) };
    let made = create(ask.db(), Authority::from(&staff), &wanted, ask.now()).await?;
    say(&(ask.lang.team().key_made)(wanted.name.trim()));
    show_once(made.token.as_str());
    Ok(made.token.as_str().to_owned())
}

#[server(prefix = "/api/admin", endpoint = "keys/revoke")]
pub async fn revoke_key(#[server(default)] id: String) -> Result<(), ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, say};
    use crate::server::usecase::access::keys::revoke;
    let (ask, staff) = Ask::staff(Permission::ManageKeys)?;
    let id = id.parse().map_err(|_| errors::not_found(ask.lang))?;
    revoke(ask.db(), Authority::from(&staff), id, ask.now()).await?;
    say(ask.lang.team().key_revoked);
    Ok(())
}
