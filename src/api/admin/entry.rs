//! How staff come in and go out.

use leptos::prelude::*;

use crate::api::ApiError;

#[server(prefix = "/api/admin", endpoint = "sign-in")]
pub async fn staff_sign_in(
    #[server(default)] sign_in_name: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    use crate::server::http::{Ask, Cookie, go_to, local_path, session};
    use crate::server::usecase::access::sign_in::{SignIn, staff};
    let ask = Ask::anyone()?;
    let visitor = session::visitor(&ask, ask.visit.staff.as_ref().map(|staff| staff.token_hash));
    let signed_in = staff(ask.db(), ask.auth(), &SignIn { sign_in_name, password }, &visitor, ask.now()).await?;
    session::begin(&ask, Cookie::Staff, &signed_in.token);
    go_to(local_path(&next).unwrap_or("/admin"));
    Ok(())
}

/// By the code that an administrator made: a first password, or a new one.
#[server(prefix = "/api/admin", endpoint = "activate")]
pub async fn staff_activate(#[server(default)] code: String, #[server(default)] password: String) -> Result<(), ApiError> {
    use crate::server::http::{Ask, Cookie, go_to, session};
    use crate::server::usecase::access::staff_entry::activate;
    let ask = Ask::anyone()?;
    let visitor = session::visitor(&ask, ask.visit.staff.as_ref().map(|staff| staff.token_hash));
    let signed_in = activate(ask.db(), ask.auth(), &code, &password, &visitor, ask.now()).await?;
    session::begin(&ask, Cookie::Staff, &signed_in.token);
    go_to("/admin");
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
    use crate::server::auth::Role;
    use crate::server::http::{Ask, Cookie, go_to, session};
    use crate::server::usecase::access::staff::Wanted;
    use crate::server::usecase::access::staff_entry::create_first;
    let ask = Ask::anyone()?;
    let visitor = session::visitor(&ask, None);
    let locale = ask.lang.code().to_owned();
    let wanted = Wanted { email, name, role: Role::Admin, locale, password: Some(password) };
    let signed_in = create_first(ask.db(), ask.auth(), &code, &wanted, &visitor, ask.now()).await?;
    session::begin(&ask, Cookie::Staff, &signed_in.token);
    go_to("/admin");
    Ok(())
}

#[server(prefix = "/api/admin", endpoint = "sign-out")]
pub async fn staff_sign_out() -> Result<(), ApiError> {
    use crate::server::auth::Permission;
    use crate::server::http::{Ask, Cookie, go_to, say, session};
    use crate::server::usecase::access::sign_out;
    let (ask, staff) = Ask::staff(Permission::Read)?;
    sign_out::here(ask.db(), staff.token_hash).await?;
    session::end(&ask, Cookie::Staff);
    say(ask.lang.account().signed_out);
    go_to("/admin/sign-in");
    Ok(())
}
