//! Files that were uploaded: starting, stopping and deleting them. Uploading one is a form with a file: `server::http::imports`.

use leptos::prelude::*;

use crate::api_error::ApiError;

#[server(prefix = "/api/admin", endpoint = "imports/start")]
pub async fn start_import(#[server(default)] import: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::imports;
    let (context, staff) = RequestContext::staff(Permission::ImportMembers)?;
    let id = import.parse().map_err(|_| errors::not_found(context.lang))?;
    imports::start(&context.state.ledger, Authority::from(&staff), id).await?;
    context.state.jobs.wake();
    flash_message(context.lang.imports().started);
    redirect_to(&format!("/admin/imports/{id}"));
    Ok(())
}

#[server(prefix = "/api/admin", endpoint = "imports/stop")]
pub async fn stop_import(#[server(default)] import: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::imports;
    let (context, staff) = RequestContext::staff(Permission::ImportMembers)?;
    let id = import.parse().map_err(|_| errors::not_found(context.lang))?;
    imports::stop(&context.state.ledger, Authority::from(&staff), id).await?;
    flash_message(context.lang.imports().stopped);
    redirect_to(&format!("/admin/imports/{id}"));
    Ok(())
}

/// Deletes the file of one that is not under way.
#[server(prefix = "/api/admin", endpoint = "imports/discard")]
pub async fn discard_import(#[server(default)] import: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::imports;
    let (context, staff) = RequestContext::staff(Permission::ImportMembers)?;
    let id = import.parse().map_err(|_| errors::not_found(context.lang))?;
    imports::discard(&context.state.ledger, Authority::from(&staff), id).await?;
    flash_message(context.lang.imports().discarded);
    redirect_to("/admin/imports");
    Ok(())
}
