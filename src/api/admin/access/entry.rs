//! How staff come in and go out.

use leptos::prelude::*;

use crate::api_error::ApiError;

#[server(prefix = "/api/admin", endpoint = "sign-in")]
pub async fn staff_sign_in(
    #[server(default)] sign_in_name: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    use crate::server::web::{Cookie, RequestContext, local_path, redirect_to, session};
    use laurel_engine::usecase::access::sign_in::{SignIn, staff};
    let context = RequestContext::anyone()?;
    let visitor = session::visitor(&context, context.visit.staff.as_ref().map(|staff| staff.token_hash));
    let signed_in = staff(context.db(), context.auth(), &SignIn { sign_in_name, password }, &visitor, context.now()).await?;
    session::begin(&context, Cookie::Staff, &signed_in.token);
    redirect_to(local_path(&next).unwrap_or("/admin"));
    Ok(())
}

/// Sends a link to whoever of the staff has this address, if anybody does. The answer tells nobody whether.
#[server(prefix = "/api/admin", endpoint = "forgotten")]
pub async fn send_staff_reset_link(#[server(default)] email: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, redirect_to, session};
    use laurel_engine::usecase::mail::forgotten;
    let context = RequestContext::anyone()?;
    let from = session::visitor(&context, None).address;
    forgotten::ask_staff(&context.state.ledger, &email, context.lang.code(), from).await?;
    flash_message(context.lang.mail().forgotten_staff_sent);
    redirect_to("/admin/sign-in");
    Ok(())
}

/// By the code that an administrator made, or that was sent: a first password, or a new one.
#[server(prefix = "/api/admin", endpoint = "activate")]
pub async fn staff_activate(#[server(default)] code: String, #[server(default)] password: String) -> Result<(), ApiError> {
    use crate::server::web::{Cookie, RequestContext, redirect_to, session};
    use laurel_engine::usecase::access::staff_entry::activate;
    let context = RequestContext::anyone()?;
    let visitor = session::visitor(&context, context.visit.staff.as_ref().map(|staff| staff.token_hash));
    let signed_in = activate(context.db(), context.auth(), &code, &password, &visitor, context.now()).await?;
    session::begin(&context, Cookie::Staff, &signed_in.token);
    redirect_to("/admin");
    Ok(())
}

/// By the code printed at the first start, while there is nobody on the staff.
#[server(prefix = "/api/admin", endpoint = "first")]
pub async fn create_first_staff(
    #[server(default)] code: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<(), ApiError> {
    use crate::server::web::{Cookie, RequestContext, redirect_to, session};
    use laurel_engine::auth::Role;
    use laurel_engine::usecase::access::staff::Wanted;
    use laurel_engine::usecase::access::staff_entry::create_first;
    let context = RequestContext::anyone()?;
    let visitor = session::visitor(&context, None);
    let locale = context.lang.code().to_owned();
    let wanted = Wanted { email, name, role: Role::Admin, locale, password: Some(password) };
    let signed_in = create_first(context.db(), context.auth(), &code, &wanted, &visitor, context.now()).await?;
    session::begin(&context, Cookie::Staff, &signed_in.token);
    redirect_to("/admin");
    Ok(())
}

#[server(prefix = "/api/admin", endpoint = "sign-out")]
pub async fn staff_sign_out() -> Result<(), ApiError> {
    use crate::server::web::{Cookie, RequestContext, flash_message, redirect_to, session};
    use laurel_engine::auth::Permission;
    use laurel_engine::usecase::access::sign_out;
    let (context, staff) = RequestContext::staff(Permission::Read)?;
    sign_out::here(context.db(), staff.token_hash).await?;
    session::end(&context, Cookie::Staff);
    flash_message(context.lang.account().signed_out);
    redirect_to("/admin/sign-in");
    Ok(())
}
