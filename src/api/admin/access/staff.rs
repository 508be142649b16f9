//! Accounts of the staff.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// Makes an account, whose owner sets a password by the link that is shown once.
#[server(prefix = "/api/admin", endpoint = "staff/add")]
pub async fn add_staff(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] role: String,
    #[server(default)] locale: String,
) -> Result<String, ApiError> {
    use crate::server::web::{RequestContext, flash_message, links, show_secret};
    use laurel_engine::auth::{Authority, Permission, Role};
    use laurel_engine::usecase::access::staff::{Wanted, create};
    use laurel_engine::usecase::mail::codes;
    let (context, staff) = RequestContext::staff(Permission::ManageStaff)?;
    // a role that is none gives the least
    let role = role.parse().unwrap_or(Role::Viewer);
    let wanted = Wanted { email, name, role, locale, password: None };
    let made = create(context.db(), context.auth(), Authority::from(&staff), &wanted, context.now()).await?;
    let link = made.code.map(|code| links::staff_activation(&context.state.config.public_url, code.as_str()));
    let link = link.unwrap_or_default();
    let is_mailed = codes::send_staff_invitation(&context.state.ledger, Authority::from(&staff), made.staff).await?;
    let said = (context.lang.team().added)(wanted.name.trim());
    flash_message(&if is_mailed { format!("{said} {}", context.lang.mail().link_mailed) } else { said });
    show_secret(&link);
    Ok(link)
}

/// `enabled`: `yes`, or nothing.
#[server(prefix = "/api/admin", endpoint = "staff/change")]
pub async fn change_staff(
    #[server(default)] id: String,
    #[server(default)] name: String,
    #[server(default)] role: String,
    #[server(default)] enabled: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::access::staff::{Change, change};
    let (context, staff) = RequestContext::staff(Permission::ManageStaff)?;
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    let role = role.parse().map_err(|_| errors::not_found(context.lang))?;
    let wanted = Change { name, role, enabled: enabled == "yes" };
    change(context.db(), Authority::from(&staff), id, &wanted, context.now()).await?;
    flash_message(context.lang.team().changed);
    redirect_to("/admin/staff");
    Ok(())
}

/// A one-time link to set a password by, shown once.
#[server(prefix = "/api/admin", endpoint = "staff/invite")]
pub async fn invite_staff(#[server(default)] id: String) -> Result<String, ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, links, show_secret};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::access::staff::{find, invite};
    use laurel_engine::usecase::mail::codes;
    let (context, staff) = RequestContext::staff(Permission::ManageStaff)?;
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    let account = find(context.db(), Authority::from(&staff), id).await?;
    let code = invite(context.db(), Authority::from(&staff), id, context.now()).await?;
    let link = links::staff_activation(&context.state.config.public_url, code.as_str());
    let is_mailed = codes::send_staff_invitation(&context.state.ledger, Authority::from(&staff), id).await?;
    let said = (context.lang.team().invited)(&account.name);
    flash_message(&if is_mailed { format!("{said} {}", context.lang.mail().link_mailed) } else { said });
    show_secret(&link);
    Ok(link)
}
