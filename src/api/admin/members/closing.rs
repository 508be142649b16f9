//! Closing members' accounts, and erasing who they were.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// `removes` is what the page said that closing would remove; `sure` is `yes`.
#[server(prefix = "/api/admin", endpoint = "members/close")]
pub async fn close_member(
    #[server(default)] id: String,
    #[server(default)] removes: String,
    #[server(default)] sure: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_domain::ids::MemberId;
    use laurel_domain::refusal::Refusal;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::members::close::close;
    let (context, staff) = RequestContext::staff(Permission::CloseMembers)?;
    let t = context.lang.closing();
    let id: MemberId = id.parse().map_err(|_| errors::not_found(context.lang))?;
    if sure != "yes" {
        return Err(ApiError::field("sure", t.say_sure));
    }
    let removes = removes.parse().map_err(|fault| Refusal::field("removes", fault))?;
    close(&context.state.ledger, Authority::from(&staff), id, Some(removes)).await?;
    flash_message(t.closed);
    redirect_to(&format!("/admin/members/{id}"));
    Ok(())
}

/// `sure` is `yes`.
#[server(prefix = "/api/admin", endpoint = "members/erase")]
pub async fn erase_member(#[server(default)] id: String, #[server(default)] sure: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::members::erase::erase;
    let (context, staff) = RequestContext::staff(Permission::EraseMembers)?;
    let t = context.lang.closing();
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    if sure != "yes" {
        return Err(ApiError::field("sure", t.say_sure));
    }
    erase(&context.state.ledger, Authority::from(&staff), id).await?;
    flash_message(t.erased);
    Ok(())
}
