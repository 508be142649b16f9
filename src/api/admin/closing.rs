//! Closing members' accounts, and erasing who they were.

use leptos::prelude::*;

use crate::api::ApiError;

/// `removes` is what the page said that closing would remove; `sure` is `yes`.
#[server(prefix = "/api/admin", endpoint = "members/close")]
pub async fn close_member(
    #[server(default)] id: String,
    #[server(default)] removes: String,
    #[server(default)] sure: String,
) -> Result<(), ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, go_to, say};
    use crate::server::usecase::members::close::close;
    use laurel_domain::ids::MemberId;
    use laurel_domain::refusal::Refusal;
    let (ask, staff) = Ask::staff(Permission::CloseMembers)?;
    let t = ask.lang.closing();
    let id: MemberId = id.parse().map_err(|_| errors::not_found(ask.lang))?;
    if sure != "yes" {
        return Err(ApiError::field("sure", t.say_sure));
    }
    let removes = removes.parse().map_err(|fault| Refusal::field("removes", fault))?;
    close(&ask.state.ledger, Authority::from(&staff), id, Some(removes)).await?;
    say(t.closed);
    go_to(&format!("/admin/members/{id}"));
    Ok(())
}

/// `sure` is `yes`.
#[server(prefix = "/api/admin", endpoint = "members/erase")]
pub async fn erase_member(#[server(default)] id: String, #[server(default)] sure: String) -> Result<(), ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, say};
    use crate::server::usecase::members::erase::erase;
    let (ask, staff) = Ask::staff(Permission::EraseMembers)?;
    let t = ask.lang.closing();
    let id = id.parse().map_err(|_| errors::not_found(ask.lang))?;
    if sure != "yes" {
        return Err(ApiError::field("sure", t.say_sure));
    }
    erase(&ask.state.ledger, Authority::from(&staff), id).await?;
    say(t.erased);
    Ok(())
}
