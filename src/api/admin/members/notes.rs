//! Notes about members.

use leptos::prelude::*;

use crate::api_error::ApiError;

#[server(prefix = "/api/admin", endpoint = "members/notes/add")]
pub async fn add_note(#[server(default)] id: String, #[server(default)] text: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::members::notes;
    let (context, staff) = RequestContext::staff(Permission::EditMembers)?;
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    notes::add(context.db(), Authority::from(&staff), id, &text, context.now()).await?;
    flash_message(context.lang.lists().note_added);
    Ok(())
}

#[server(prefix = "/api/admin", endpoint = "members/notes/remove")]
pub async fn remove_note(#[server(default)] id: String, #[server(default)] note: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, offer_undo};
    use laurel_domain::ids::MemberId;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::members::notes;
    use leptos::server_fn::ServerFn;
    use uuid::Uuid;
    let (context, staff) = RequestContext::staff(Permission::EditMembers)?;
    let id: MemberId = id.parse().map_err(|_| errors::not_found(context.lang))?;
    let note: Uuid = note.parse().map_err(|_| errors::not_found(context.lang))?;
    notes::remove(context.db(), Authority::from(&staff), id, note, context.now()).await?;
    offer_undo(PutBackNote::PATH, &[("id", &id.to_string()), ("note", &note.to_string())]);
    flash_message(context.lang.lists().note_removed);
    Ok(())
}

/// One that was taken away is there again.
#[server(prefix = "/api/admin", endpoint = "members/notes/put-back")]
pub async fn put_back_note(#[server(default)] id: String, #[server(default)] note: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::members::notes;
    let (context, staff) = RequestContext::staff(Permission::EditMembers)?;
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    let note = note.parse().map_err(|_| errors::not_found(context.lang))?;
    notes::put_back(context.db(), Authority::from(&staff), id, note, context.now()).await?;
    flash_message(context.lang.common().undone);
    Ok(())
}
