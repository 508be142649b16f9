//! What a member may change about themselves.

pub mod closing;

use leptos::prelude::*;

use crate::api_error::ApiError;

#[server(prefix = "/api", endpoint = "portal/profile/edit")]
pub async fn edit_profile(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] phone: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message};
    use laurel_engine::usecase::members::address;
    use laurel_engine::usecase::members::profile::{Edit, edit_own};
    let (context, member) = RequestContext::member()?;
    let edit = Edit { name: Some(name), email: Some(email), phone: Some(phone), locale: None };
    let before = address::waiting(context.db(), member.no).await?;
    edit_own(&context.state.ledger, &member, &edit).await?;
    let waiting = address::waiting(context.db(), member.no).await?;
    let told = waiting.filter(|now| context.state.ledger.sends_mail() && Some(now) != before.as_ref());
    flash_message(&match told {
        Some(email) => (context.lang.mail().confirm_sent)(&email),
        None => context.lang.account().details_saved.to_owned(),
    });
    Ok(())
}

/// The link to confirm an e-mail address, once more.
#[server(prefix = "/api", endpoint = "portal/profile/confirm-again")]
pub async fn send_confirmation() -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message};
    use laurel_engine::usecase::members::address;
    let (context, member) = RequestContext::member()?;
    if let Some(email) = address::send_link_again(&context.state.ledger, &member).await? {
        flash_message(&(context.lang.mail().confirm_sent)(&email));
    }
    Ok(())
}

/// The field `password` is the new one.
#[server(prefix = "/api", endpoint = "portal/profile/password")]
pub async fn change_password(
    #[server(default)] current_password: String,
    #[server(default)] password: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, session};
    use laurel_engine::usecase::access::passwords::{Change, change_members};
    let (context, member) = RequestContext::member()?;
    let visitor = session::visitor(&context, None);
    let change = Change { current_password, password };
    change_members(context.db(), context.auth(), &member, &change, visitor.address, context.now()).await?;
    flash_message(context.lang.account().password_changed);
    Ok(())
}

/// A code with which the payment system claims this account. It is in the note, once.
#[server(prefix = "/api", endpoint = "portal/profile/link-code")]
pub async fn make_link_code() -> Result<String, ApiError> {
    use crate::server::web::{RequestContext, flash_message};
    use laurel_engine::usecase::members::link;
    let (context, member) = RequestContext::member()?;
    let (code, _) = link::new_code(context.db(), &member, context.now()).await?;
    flash_message(&(context.lang.account().link_code_is)(&code));
    Ok(code)
}

#[server(prefix = "/api", endpoint = "portal/profile/sign-device-out")]
pub async fn sign_device_out(#[server(default)] device: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::store::access::sessions::Owner;
    use laurel_engine::usecase::access::sign_out;
    let (context, member) = RequestContext::member()?;
    let device = device.parse().map_err(|_| errors::not_found(context.lang))?;
    sign_out::device(context.db(), Owner::Member(member.no), device).await?;
    flash_message(context.lang.account().device_signed_out);
    Ok(())
}
