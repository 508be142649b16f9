//! API keys.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// The key is in the answer, and on the page after it, and nowhere ever again.
#[server(prefix = "/api/admin", endpoint = "keys/make")]
pub async fn make_key(
    #[server(default)] name: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] source: String,
    #[server(default)] rate: String,
) -> Result<String, ApiError> {
    use crate::server::web::{RequestContext, flash_message, show_secret};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::access::keys::{Wanted, create};
    let (context, staff) = RequestContext::staff(Permission::ManageKeys)?;
    let wanted = Wanted { name, scopes: scopes.join(","), source: Some(source), rate: Some(rate) };
    let made = create(context.db(), Authority::from(&staff), &wanted, context.now()).await?;
    flash_message(&(context.lang.team().key_made)(wanted.name.trim()));
    show_secret(made.token.as_str());
    Ok(made.token.as_str().to_owned())
}

/// Another secret for a key, in the answer and on the page after it, and nowhere ever again. `hours`: how long the old one is good.
#[server(prefix = "/api/admin", endpoint = "keys/rotate")]
pub async fn rotate_key(
    #[server(default)] id: String,
    #[server(default)] name: String,
    #[server(default)] hours: String,
) -> Result<String, ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, show_secret};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::access::keys::rotate;
    let (context, staff) = RequestContext::staff(Permission::ManageKeys)?;
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    let rotated = rotate(context.db(), Authority::from(&staff), id, &hours, context.now()).await?;
    flash_message(&(context.lang.team().key_rotated)(name.trim(), &context.moment(rotated.old_until)));
    show_secret(rotated.token.as_str());
    Ok(rotated.token.as_str().to_owned())
}

/// Ends the secret that was replaced.
#[server(prefix = "/api/admin", endpoint = "keys/end-old")]
pub async fn end_old_secret(#[server(default)] id: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::access::keys::end_old;
    let (context, staff) = RequestContext::staff(Permission::ManageKeys)?;
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    end_old(context.db(), Authority::from(&staff), id, context.now()).await?;
    flash_message(context.lang.team().old_ended);
    Ok(())
}

#[server(prefix = "/api/admin", endpoint = "keys/revoke")]
pub async fn revoke_key(#[server(default)] id: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::access::keys::revoke;
    let (context, staff) = RequestContext::staff(Permission::ManageKeys)?;
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    revoke(context.db(), Authority::from(&staff), id, context.now()).await?;
    flash_message(context.lang.team().key_revoked);
    Ok(())
}
