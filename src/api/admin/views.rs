//! Lists that somebody of the staff has named.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// `list` is its path below `/admin`, `query` what its address asks for.
#[server(prefix = "/api/admin", endpoint = "views/save")]
pub async fn save_view(
    #[server(default)] list: String,
    #[server(default)] name: String,
    #[server(default)] query: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message};
    use laurel_engine::auth::Permission;
    use laurel_engine::usecase::access::saved_views;
    let (context, staff) = RequestContext::staff(Permission::Read)?;
    saved_views::save(context.db(), &staff, &list, &name, &query, context.now()).await?;
    flash_message(context.lang.lists().view_saved);
    Ok(())
}

#[server(prefix = "/api/admin", endpoint = "views/remove")]
pub async fn remove_view(#[server(default)] id: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, offer_undo};
    use laurel_engine::auth::Permission;
    use laurel_engine::usecase::access::saved_views;
    use leptos::server_fn::ServerFn;
    let (context, staff) = RequestContext::staff(Permission::Read)?;
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    let (list, view) = saved_views::remove(context.db(), &staff, id).await?;
    offer_undo(PutBackView::PATH, &[("list", &list), ("name", &view.name), ("query", &view.query)]);
    flash_message(context.lang.lists().view_removed);
    Ok(())
}

/// One that was removed is there again.
#[server(prefix = "/api/admin", endpoint = "views/put-back")]
pub async fn put_back_view(
    #[server(default)] list: String,
    #[server(default)] name: String,
    #[server(default)] query: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message};
    use laurel_engine::auth::Permission;
    use laurel_engine::usecase::access::saved_views;
    let (context, staff) = RequestContext::staff(Permission::Read)?;
    saved_views::put_back(context.db(), &staff, &list, &name, &query, context.now()).await?;
    flash_message(context.lang.common().undone);
    Ok(())
}
