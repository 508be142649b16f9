//! What a member may change about themselves.

use leptos::prelude::*;

use crate::api::ApiError;

#[server(prefix = "/api", endpoint = "portal/profile/edit")]
pub async fn edit_profile(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] phone: String,
) -> Result<(), ApiError> {
    use crate::server::http::{Ask, say};
    use crate::server::usecase::members::profile::{Edit, edit_own};
    let (ask, member) = Ask::member()?;
    let edit = Edit { name: Some(name), email: Some(email), phone: Some(phone), locale: None };
    edit_own(ask.db(), &member, &edit).await?;
    say(ask.lang.account().details_saved);
    Ok(())
}

/// The field `password` is the new one.
#[server(prefix = "/api", endpoint = "portal/profile/password")]
pub async fn change_password(
    #[server(default)] current_password: String,
    #[server(default)] password: String,
) -> Result<(), ApiError> {
    use crate::server::http::{Ask, say, session};
    use crate::server::usecase::access::passwords::{Change, change_members};
    let (ask, member) = Ask::member()?;
    let visitor = session::visitor(&ask, None);
    let change = Change { current_password, password };
    change_members(ask.db(), ask.auth(), &member, &change, visitor.address, ask.now()).await?;
    say(ask.lang.account().password_changed);
    Ok(())
}

/// A code with which the payment system claims this account. It is in the note, once.
#[server(prefix = "/api", endpoint = "portal/profile/link-code")]
pub async fn make_link_code() -> Result<String, ApiError> {
    use crate::server::http::{Ask, say};
    use crate::server::usecase::members::link;
    let (ask, member) = Ask::member()?;
    let (code, _) = link::new_code(ask.db(), &member, ask.now()).await?;
    say(&(ask.lang.account().link_code_is)(&code));
    Ok(code)
}

#[server(prefix = "/api", endpoint = "portal/profile/sign-device-out")]
pub async fn sign_device_out(#[server(default)] device: String) -> Result<(), ApiError> {
    use crate::server::http::{Ask, errors, say};
    use crate::server::store::access::sessions::Owner;
    use crate::server::usecase::access::sign_out;
    let (ask, member) = Ask::member()?;
    let device = device.parse().map_err(|_| errors::not_found(ask.lang))?;
    sign_out::device(ask.db(), Owner::Member(member.no), device).await?;
    say(ask.lang.account().device_signed_out);
    Ok(())
}
