//! Exports that are kept: stopping and deleting them. Beginning one and going on with it are forms of their own, as a server writes
//! the file from there on: `server::http::kept_exports`.

use leptos::prelude::*;

use crate::api_error::ApiError;

#[server(prefix = "/api/admin", endpoint = "exports/stop")]
pub async fn stop_export(#[server(default)] export: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::exports::kept;
    let (context, staff) = RequestContext::staff(Permission::Export)?;
    let id = export.parse().map_err(|_| errors::not_found(context.lang))?;
    kept::stop(&context.state.ledger, Authority::from(&staff), id).await?;
    flash_message(context.lang.imports().export_is_stopped);
    redirect_to(&format!("/admin/exports/{id}"));
    Ok(())
}

/// Deletes one that is not under way, and its file.
#[server(prefix = "/api/admin", endpoint = "exports/discard")]
pub async fn discard_export(#[server(default)] export: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::exports::kept;
    let (context, staff) = RequestContext::staff(Permission::Export)?;
    let id = export.parse().map_err(|_| errors::not_found(context.lang))?;
    kept::discard(&context.state.ledger, Authority::from(&staff), id).await?;
    flash_message(context.lang.imports().export_discarded);
    redirect_to("/admin/exports");
    Ok(())
}
