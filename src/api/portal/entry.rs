//! How a member comes in and goes out.

use leptos::prelude::*;

use crate::api::ApiError;

#[server(prefix = "/api", endpoint = "portal/sign-in")]
pub async fn sign_in(
    #[server(default)] sign_in_name: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    use crate::server::http::{Ask, Cookie, go_to, local_path, session};
    use crate::server::usecase::access::sign_in::{SignIn, member};
    let ask = Ask::anyone()?;
    let visitor = session::visitor(&ask, ask.visit.member.as_ref().map(|member| member.token_hash));
    let signed_in = member(ask.db(), ask.auth(), &SignIn { sign_in_name, password }, &visitor, ask.now()).await?;
    session::begin(&ask, Cookie::Member, &signed_in.token);
    go_to(local_path(&next).unwrap_or("/"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "portal/register")]
pub async fn register(
    #[server(default)] name: String,
    #[server(default)] sign_in_name: String,
    #[server(default)] password: String,
    #[server(default)] referral_code: String,
) -> Result<(), ApiError> {
    use crate::server::http::{Ask, Cookie, go_to, say, session};
    use crate::server::usecase::members::register::{Registration, register};
    let ask = Ask::anyone()?;
    let visitor = session::visitor(&ask, ask.visit.member.as_ref().map(|member| member.token_hash));
    let welcome = (ask.lang.account().registered)(name.trim());
    let (referral_code, locale) = (Some(referral_code), ask.lang.code().to_owned());
    let registration = Registration { name, sign_in_name, password, referral_code, locale };
    let signed_in = register(ask.db(), ask.auth(), &registration, &visitor, ask.now()).await?;
    session::begin(&ask, Cookie::Member, &signed_in.token);
    say(&welcome);
    go_to("/");
    Ok(())
}

/// By the one-time code of a link: a first password, or a new one.
#[server(prefix = "/api", endpoint = "portal/activate")]
pub async fn activate(
    #[server(default)] code: String,
    #[server(default)] sign_in_name: String,
    #[server(default)] password: String,
) -> Result<(), ApiError> {
    use crate::server::http::{Ask, Cookie, go_to, say, session};
    use crate::server::usecase::access::activate::{Activation, activate};
    let ask = Ask::anyone()?;
    let visitor = session::visitor(&ask, ask.visit.member.as_ref().map(|member| member.token_hash));
    let activation = Activation { code, sign_in_name: Some(sign_in_name), password };
    let signed_in = activate(ask.db(), ask.auth(), &activation, &visitor, ask.now()).await?;
    session::begin(&ask, Cookie::Member, &signed_in.token);
    say(ask.lang.account().activated);
    go_to("/");
    Ok(())
}

#[server(prefix = "/api", endpoint = "portal/sign-out")]
pub async fn sign_out() -> Result<(), ApiError> {
    use crate::server::http::{Ask, Cookie, go_to, say, session};
    use crate::server::usecase::access::sign_out;
    let (ask, member) = Ask::member()?;
    sign_out::here(ask.db(), member.token_hash).await?;
    session::end(&ask, Cookie::Member);
    say(ask.lang.account().signed_out);
    go_to("/sign-in");
    Ok(())
}

#[server(prefix = "/api", endpoint = "portal/sign-out-everywhere")]
pub async fn sign_out_everywhere() -> Result<(), ApiError> {
    use crate::server::http::{Ask, Cookie, go_to, say, session};
    use crate::server::store::access::sessions::Owner;
    use crate::server::usecase::access::sign_out;
    let (ask, member) = Ask::member()?;
    sign_out::everywhere(ask.db(), Owner::Member(member.no)).await?;
    session::end(&ask, Cookie::Member);
    say(ask.lang.account().signed_out_everywhere);
    go_to("/sign-in");
    Ok(())
}
