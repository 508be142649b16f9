//! What a member does in their inbox.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// Marks one as read and leads to what it tells of.
#[server(prefix = "/api", endpoint = "portal/notifications/open")]
pub async fn open_notification(#[server(default)] about: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, news, redirect_to};
    use laurel_engine::usecase::notifications::inbox;
    let (context, member) = RequestContext::member()?;
    let news = inbox::read(context.db(), &member, &about, context.now()).await?;
    redirect_to(&news::path(&news));
    Ok(())
}

#[server(prefix = "/api", endpoint = "portal/notifications/read-all")]
pub async fn read_all_notifications() -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, redirect_to};
    use laurel_engine::usecase::notifications::inbox;
    let (context, member) = RequestContext::member()?;
    let read = inbox::read_all(context.db(), &member, context.now()).await?;
    flash_message(&(context.lang.notifications().all_read)(read));
    redirect_to("/notifications");
    Ok(())
}
