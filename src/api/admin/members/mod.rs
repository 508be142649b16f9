//! What staff do to a member.

pub mod closing;
pub mod notes;

use leptos::prelude::*;

use crate::api_error::ApiError;

/// `suspended`: `yes` or `no`.
#[server(prefix = "/api/admin", endpoint = "members/suspend")]
pub async fn suspend_member(
    #[server(default)] id: String,
    #[server(default)] suspended: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, offer_undo};
    use laurel_domain::ids::MemberId;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::members::suspend::suspend_noted;
    use leptos::server_fn::ServerFn;
    let (context, staff) = RequestContext::staff(Permission::SuspendMembers)?;
    let id: MemberId = id.parse().map_err(|_| errors::not_found(context.lang))?;
    let suspended = suspended == "yes";
    let noted = suspend_noted(context.db(), Authority::from(&staff), &[id], suspended, &reason, context.now()).await?;
    if let [note] = &noted[..] {
        offer_undo(UndoSuspension::PATH, &[("id", &id.to_string()), ("note", &note.to_string())]);
    }
    let words = context.lang.console();
    flash_message(if suspended { words.member_suspended } else { words.member_reactivated });
    Ok(())
}

/// Sets a member back to what they were before `note`, which is why they were suspended or let go on.
#[server(prefix = "/api/admin", endpoint = "members/suspend/undo")]
pub async fn undo_suspension(#[server(default)] id: String, #[server(default)] note: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::members::suspend;
    let (context, staff) = RequestContext::staff(Permission::SuspendMembers)?;
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    let note = note.parse().map_err(|_| errors::not_found(context.lang))?;
    let words = context.lang.lists();
    suspend::undo(context.db(), Authority::from(&staff), id, note, words.undone_reason, context.now()).await?;
    flash_message(context.lang.common().undone);
    Ok(())
}

/// Suspends those among these who are active. `back` is the page to go to afterwards.
#[server(prefix = "/api/admin", endpoint = "members/suspend-many")]
pub async fn suspend_members(
    #[server(default)] ids: Vec<String>,
    #[server(default)] reason: String,
    #[server(default)] back: String,
) -> Result<usize, ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, offer_undo, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::members::suspend::suspend;
    use leptos::server_fn::ServerFn;
    let (context, staff) = RequestContext::staff(Permission::SuspendMembers)?;
    let ids = ids.iter().map(|id| id.parse()).collect::<Result<Vec<_>, _>>().map_err(|_| errors::not_found(context.lang))?;
    let now = context.now();
    let count = suspend(context.db(), Authority::from(&staff), &ids, true, &reason, now).await?;
    if count > 0 {
        offer_undo(UndoSuspensions::PATH, &[("at", &now.as_microsecond().to_string()), ("back", &back)]);
    }
    flash_message(&(context.lang.lists().suspended)(count));
    redirect_to(if back.starts_with("/admin/members") { &back } else { "/admin/members" });
    Ok(count)
}

/// Lets all go on whom they have suspended `at` that moment, in microseconds since 1970, but those who were changed since.
#[server(prefix = "/api/admin", endpoint = "members/suspend-many/undo")]
pub async fn undo_suspensions(#[server(default)] at: String, #[server(default)] back: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use jiff::Timestamp;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::members::suspend;
    let (context, staff) = RequestContext::staff(Permission::SuspendMembers)?;
    let at = at.parse().ok().and_then(|micros| Timestamp::from_microsecond(micros).ok());
    let at = at.ok_or_else(|| errors::not_found(context.lang))?;
    let words = context.lang.lists();
    let done = suspend::undo_many(context.db(), Authority::from(&staff), at, words.undone_reason, context.now()).await?;
    flash_message(&(words.suspensions_undone)(done.undone, done.left));
    redirect_to(if back.starts_with("/admin/members") { &back } else { "/admin/members" });
    Ok(())
}

/// What is left empty is removed; a language that is not chosen stays what it is.
#[server(prefix = "/api/admin", endpoint = "members/edit")]
pub async fn edit_member(
    #[server(default)] id: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] phone: String,
    #[server(default)] locale: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_domain::ids::MemberId;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::members::profile::{Edit, edit};
    let (context, staff) = RequestContext::staff(Permission::EditMembers)?;
    let id: MemberId = id.parse().map_err(|_| errors::not_found(context.lang))?;
    let locale = Some(locale).filter(|locale| !locale.is_empty());
    let change = Edit { name: Some(name), email: Some(email), phone: Some(phone), locale };
    edit(&context.state.ledger, Authority::from(&staff), id, &change).await?;
    flash_message(context.lang.lists().details_saved);
    redirect_to(&format!("/admin/members/{id}"));
    Ok(())
}

/// A one-time link for the member to set a password by; shown to the staff once, who hands it on.
#[server(prefix = "/api/admin", endpoint = "members/invite")]
pub async fn invite_member(#[server(default)] id: String) -> Result<String, ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, links, show_secret};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::access::activate;
    use laurel_engine::usecase::mail::codes;
    let (context, staff) = RequestContext::staff(Permission::SendActivation)?;
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    let invitation = activate::invite(context.db(), Authority::from(&staff), id, context.now()).await?;
    let link = links::activation(&context.state.config.public_url, invitation.code.as_str());
    let until = context.moment(invitation.expires_at);
    let is_mailed = codes::send_activation(&context.state.ledger, Authority::from(&staff), id).await?;
    let said = (context.lang.console().invitation)(&until);
    flash_message(&if is_mailed { format!("{said} {}", context.lang.mail().link_mailed) } else { said });
    show_secret(&link);
    Ok(link)
}

/// Merges a portal registration into the member with the external id `into`.
#[server(prefix = "/api/admin", endpoint = "members/merge")]
pub async fn merge_member(
    #[server(default)] id: String,
    #[server(default)] into: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::members::merge::merge;
    let (context, staff) = RequestContext::staff(Permission::CloseMembers)?;
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    let survivor = merge(&context.state.ledger, Authority::from(&staff), id, &into, &reason).await?;
    flash_message(context.lang.merging().done);
    redirect_to(&format!("/admin/members/{survivor}"));
    Ok(())
}
