//! What is done to runs of the lab. Asking for one is a form of any number of fields: `server::http::lab_form`.

use leptos::prelude::*;

use crate::api_error::ApiError;

#[server(prefix = "/api/admin", endpoint = "lab/find/stop")]
pub async fn stop_search(#[server(default)] search: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::lab::find::searches;
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let id = search.parse().map_err(|_| errors::not_found(context.lang))?;
    if searches::cancel(&context.state.ledger, Authority::from(&staff), id).await? {
        flash_message(context.lang.lab_find().stopped);
    }
    redirect_to(&format!("/admin/lab/find?search={id}"));
    Ok(())
}

#[server(prefix = "/api/admin", endpoint = "lab/stop")]
pub async fn stop_run(#[server(default)] run: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::lab::runs;
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let id = run.parse().map_err(|_| errors::not_found(context.lang))?;
    if runs::cancel(&context.state.ledger, Authority::from(&staff), id).await? {
        flash_message(context.lang.lab().stopped);
    }
    redirect_to(&format!("/admin/lab?run={id}"));
    Ok(())
}
