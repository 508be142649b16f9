//! What staff do to a member.

use leptos::prelude::*;

use crate::api::ApiError;

/// `suspended`: `yes` or `no`.
#[server(prefix = "/api/admin", endpoint = "members/suspend")]
pub async fn suspend_member(#[server(default)] id: String, #[server(default)] suspended: String) -> Result<(), ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, say};
    use crate::server::usecase::members::profile;
    let (ask, staff) = Ask::staff(Permission::SuspendMembers)?;
    let id = id.parse().map_err(|_| errors::not_found(ask.lang))?;
    let suspended = suspended == "yes";
    profile::suspend(ask.db(), Authority::from(&staff), id, suspended, ask.now()).await?;
    let words = ask.lang.console();
    say(if suspended { words.member_suspended } else { words.member_reactivated });
    Ok(())
}

/// A one-time link for the member to set a password by; shown to the staff once, who hands it on.
#[server(prefix = "/api/admin", endpoint = "members/invite")]
pub async fn invite_member(#[server(default)] id: String) -> Result<String, ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, links, say, show_once};
    use crate::server::usecase::access::activate;
    let (ask, staff) = Ask::staff(Permission::SendActivation)?;
    let id = id.parse().map_err(|_| errors::not_found(ask.lang))?;
    let invitation = activate::invite(ask.db(), Authority::from(&staff), id, ask.now()).await?;
    let link = links::activation(&ask.state.config.public_url, invitation.code.as_str());
    let until = ask.moment(invitation.expires_at);
    say(&(ask.lang.console().invitation)(&until));
    show_once(&link);
    Ok(link)
}

/// Merges a portal registration into the member with the external id `into`.
#[server(prefix = "/api/admin", endpoint = "members/merge")]
pub async fn merge_member(
    #[server(default)] id: String,
    #[server(default)] into: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, go_to, say};
    use crate::server::usecase::members::merge::merge;
    let (ask, staff) = Ask::staff(Permission::CloseMembers)?;
    let id = id.parse().map_err(|_| errors::not_found(ask.lang))?;
    let survivor = merge(&ask.state.ledger, Authority::from(&staff), id, &into, &reason).await?;
    say(ask.lang.merging().done);
    go_to(&format!("/admin/members/{survivor}"));
    Ok(())
}
