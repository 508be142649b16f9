//! What somebody of the staff does about their own account.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// The field `password` is the new one.
#[server(prefix = "/api/admin", endpoint = "account/password")]
pub async fn change_own_password(
    #[server(default)] current_password: String,
    #[server(default)] password: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, session};
    use laurel_engine::auth::Permission;
    use laurel_engine::usecase::access::passwords::{Change, change_staffs};
    let (context, staff) = RequestContext::staff(Permission::Read)?;
    let visitor = session::visitor(&context, None);
    let change = Change { current_password, password };
    change_staffs(context.db(), context.auth(), &staff, &change, visitor.address, context.now()).await?;
    flash_message(context.lang.account().password_changed);
    Ok(())
}

#[server(prefix = "/api/admin", endpoint = "account/sign-device-out")]
pub async fn sign_own_device_out(#[server(default)] device: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::auth::Permission;
    use laurel_engine::store::access::sessions::Owner;
    use laurel_engine::usecase::access::sign_out;
    let (context, staff) = RequestContext::staff(Permission::Read)?;
    let device = device.parse().map_err(|_| errors::not_found(context.lang))?;
    sign_out::device(context.db(), Owner::Staff(staff.staff.uuid()), device).await?;
    flash_message(context.lang.account().device_signed_out);
    Ok(())
}

#[server(prefix = "/api/admin", endpoint = "account/sign-out-everywhere")]
pub async fn sign_out_everywhere_from_console() -> Result<(), ApiError> {
    use crate::server::web::{Cookie, RequestContext, flash_message, redirect_to, session};
    use laurel_engine::auth::Permission;
    use laurel_engine::store::access::sessions::Owner;
    use laurel_engine::usecase::access::sign_out;
    let (context, staff) = RequestContext::staff(Permission::Read)?;
    sign_out::everywhere(context.db(), Owner::Staff(staff.staff.uuid())).await?;
    session::end(&context, Cookie::Staff);
    flash_message(context.lang.account().signed_out_everywhere);
    redirect_to("/admin/sign-in");
    Ok(())
}
