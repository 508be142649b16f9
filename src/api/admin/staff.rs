//! Accounts of the staff.

use leptos::prelude::*;

use crate::api::ApiError;

/// Makes an account, whose owner sets a password by the link that is shown once.
#[server(prefix = "/api/admin", endpoint = "staff/add")]
pub async fn add_staff(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] role: String,
    #[server(default)] locale: String,
) -> Result<String, ApiError> {
    use crate::server::auth::{Authority, Permission, Role};
    use crate::server::http::{Ask, links, say, show_once};
    use crate::server::usecase::access::staff::{Wanted, create};
    let (ask, staff) = Ask::staff(Permission::ManageStaff)?;
    // a role that is none gives the least
    let role = role.parse().unwrap_or(Role::Viewer);
    let wanted = Wanted { email, name, role, locale, password: None };
    let made = create(ask.db(), ask.auth(), Authority::from(&staff), &wanted, ask.now()).await?;
    let link = made.code.map(|code| links::staff_activation(&ask.state.config.public_url, code.as_str()));
    let link = link.unwrap_or_default();
    say(&(ask.lang.team().added)(wanted.name.trim()));
    show_once(&link);
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
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, go_to, say};
    use crate::server::usecase::access::staff::{Change, change};
    let (ask, staff) = Ask::staff(Permission::ManageStaff)?;
    let id = id.parse().map_err(|_| errors::not_found(ask.lang))?;
    let role = role.parse().map_err(|_| errors::not_found(ask.lang))?;
    let wanted = Change { name, role, enabled: enabled == "yes" };
    change(ask.db(), Authority::from(&staff), id, &wanted, ask.now()).await?;
    say(ask.lang.team().changed);
    go_to("/admin/staff");
    Ok(())
}

/// A one-time link to set a password by, shown once.
#[server(prefix = "/api/admin", endpoint = "staff/invite")]
pub async fn invite_staff(#[server(default)] id: String) -> Result<String, ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, links, say, show_once};
    use crate::server::usecase::access::staff::{find, invite};
    let (ask, staff) = Ask::staff(Permission::ManageStaff)?;
    let id = id.parse().map_err(|_| errors::not_found(ask.lang))?;
    let account = find(ask.db(), Authority::from(&staff), id).await?;
    let code = invite(ask.db(), Authority::from(&staff), id, ask.now()).await?;
    let link = links::staff_activation(&ask.state.config.public_url, code.as_str());
    say(&(ask.lang.team().invited)(&account.name));
    show_once(&link);
    Ok(link)
}
