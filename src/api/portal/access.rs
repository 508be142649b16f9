//! How a member comes in and goes out.

use leptos::prelude::*;

use crate::api_error::ApiError;

#[server(prefix = "/api", endpoint = "portal/sign-in")]
pub async fn sign_in(
    #[server(default)] sign_in_name: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    use crate::server::web::{Cookie, RequestContext, local_path, redirect_to, session};
    use laurel_engine::usecase::access::sign_in::{SignIn, member};
    let context = RequestContext::anyone()?;
    let visitor = session::visitor(&context, context.visit.member.as_ref().map(|member| member.token_hash));
    let signed_in = member(context.db(), context.auth(), &SignIn { sign_in_name, password }, &visitor, context.now()).await?;
    session::begin(&context, Cookie::Member, &signed_in.token);
    redirect_to(local_path(&next).unwrap_or("/"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "portal/register")]
pub async fn register(
    #[server(default)] name: String,
    #[server(default)] sign_in_name: String,
    #[server(default)] password: String,
    #[server(default)] referral_code: String,
) -> Result<(), ApiError> {
    use crate::server::web::{Cookie, RequestContext, flash_message, redirect_to, session};
    use laurel_engine::usecase::members::address;
    use laurel_engine::usecase::members::register::{Registration, register};
    let context = RequestContext::anyone()?;
    let visitor = session::visitor(&context, context.visit.member.as_ref().map(|member| member.token_hash));
    let welcome = (context.lang.account().registered)(name.trim());
    let (referral_code, locale) = (Some(referral_code), context.lang.code().to_owned());
    let registration = Registration { name, sign_in_name, password, referral_code, locale };
    let signed_in = register(context.db(), context.auth(), &registration, &visitor, context.now()).await?;
    session::begin(&context, Cookie::Member, &signed_in.token);
    let sent = address::send_first_link(&context.state.ledger, signed_in.member).await?;
    let sent = sent.map(|email| (context.lang.mail().confirm_sent)(&email)).unwrap_or_default();
    flash_message(format!("{welcome} {sent}").trim_end());
    redirect_to("/");
    Ok(())
}

/// By the one-time code of a link: a first password, or a new one.
#[server(prefix = "/api", endpoint = "portal/activate")]
pub async fn activate(
    #[server(default)] code: String,
    #[server(default)] sign_in_name: String,
    #[server(default)] password: String,
) -> Result<(), ApiError> {
    use crate::server::web::{Cookie, RequestContext, flash_message, redirect_to, session};
    use laurel_engine::usecase::access::activate::{Activation, activate};
    use laurel_engine::usecase::members::address;
    let context = RequestContext::anyone()?;
    let visitor = session::visitor(&context, context.visit.member.as_ref().map(|member| member.token_hash));
    let activation = Activation { code, sign_in_name: Some(sign_in_name), password };
    let signed_in = activate(context.db(), context.auth(), &activation, &visitor, context.now()).await?;
    session::begin(&context, Cookie::Member, &signed_in.token);
    address::send_first_link(&context.state.ledger, signed_in.member).await?;
    flash_message(context.lang.account().activated);
    redirect_to("/");
    Ok(())
}

#[server(prefix = "/api", endpoint = "portal/sign-out")]
pub async fn sign_out() -> Result<(), ApiError> {
    use crate::server::web::{Cookie, RequestContext, flash_message, redirect_to, session};
    use laurel_engine::usecase::access::sign_out;
    let (context, member) = RequestContext::member()?;
    sign_out::here(context.db(), member.token_hash).await?;
    session::end(&context, Cookie::Member);
    flash_message(context.lang.account().signed_out);
    redirect_to("/sign-in");
    Ok(())
}

#[server(prefix = "/api", endpoint = "portal/sign-out-everywhere")]
pub async fn sign_out_everywhere() -> Result<(), ApiError> {
    use crate::server::web::{Cookie, RequestContext, flash_message, redirect_to, session};
    use laurel_engine::store::access::sessions::Owner;
    use laurel_engine::usecase::access::sign_out;
    let (context, member) = RequestContext::member()?;
    sign_out::everywhere(context.db(), Owner::Member(member.no)).await?;
    session::end(&context, Cookie::Member);
    flash_message(context.lang.account().signed_out_everywhere);
    redirect_to("/sign-in");
    Ok(())
}
