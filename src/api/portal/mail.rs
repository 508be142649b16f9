//! Links for new passwords, and which e-mails members want.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// Sends a link to whoever signs in with this name, if anybody does. The answer tells nobody whether.
#[server(prefix = "/api", endpoint = "portal/forgotten")]
pub async fn send_reset_link(#[server(default)] sign_in_name: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, redirect_to, session};
    use laurel_engine::usecase::mail::forgotten;
    let context = RequestContext::anyone()?;
    let from = session::visitor(&context, None).address;
    forgotten::ask(&context.state.ledger, &sign_in_name, context.lang.code(), from).await?;
    flash_message(context.lang.mail().forgotten_sent);
    redirect_to("/sign-in");
    Ok(())
}

/// By the link that was sent to an address, signed in or not.
#[server(prefix = "/api", endpoint = "portal/confirm-email")]
pub async fn confirm_email(#[server(default)] code: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, redirect_to};
    use laurel_engine::usecase::members::address;
    let context = RequestContext::anyone()?;
    let email = address::confirm(context.db(), &code, context.now()).await?;
    flash_message(&(context.lang.mail().confirmed)(&email));
    redirect_to(if context.visit.member.is_some() { "/profile" } else { "/sign-in" });
    Ok(())
}

/// By the link in an e-mail, without signing in.
#[server(prefix = "/api", endpoint = "portal/unsubscribe")]
pub async fn unsubscribe(
    #[server(default)] member: String,
    #[server(default)] kind: String,
    #[server(default)] token: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, news, redirect_to, unsubscribing};
    use laurel_engine::usecase::mail::choices;
    let context = RequestContext::anyone()?;
    let (who, what) = unsubscribing(context.lang, &member, &kind)?;
    choices::unsubscribe(&context.state.ledger, who, what, &token).await?;
    let t = context.lang.mail();
    flash_message(&(t.unsubscribed)((t.topic)(news::topic(what))));
    redirect_to(if context.visit.member.is_some() { "/profile" } else { "/sign-in" });
    Ok(())
}

/// `wanted`: the names of the kinds that are ticked.
#[server(prefix = "/api", endpoint = "portal/profile/emails")]
pub async fn choose_mail(#[server(default)] wanted: Vec<String>) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message};
    use laurel_engine::usecase::mail::choices;
    use laurel_engine::usecase::notifications::Kind;
    let (context, member) = RequestContext::member()?;
    let kinds: Vec<Kind> = wanted.iter().filter_map(|name| Kind::named(name)).collect();
    choices::choose(context.db(), &member, &kinds).await?;
    flash_message(context.lang.mail().saved);
    Ok(())
}
