//! Settings of the programme. A logo comes by a form of its own, as it is a file.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// `enrol`: `yes`, or nothing. `unit`: `yes` where the words for points are in the form; without, they stay as they are.
#[server(prefix = "/api/admin", endpoint = "settings/programme")]
pub async fn change_programme(
    #[server(default)] name: String,
    #[server(default)] unit: String,
    #[server(default)] unit_zh: String,
    #[server(default)] unit_one: String,
    #[server(default)] unit_many: String,
    #[server(default)] enrol: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::programme::settings::{Change, NewUnit, change};
    let (context, staff) = RequestContext::staff(Permission::ManageSettings)?;
    let unit = match unit == "yes" {
        true => NewUnit { zh: Some(unit_zh), en_one: Some(unit_one), en_many: Some(unit_many) },
        false => NewUnit::default(),
    };
    let wanted = Change { name: Some(name.trim().to_owned()), unit, enrol_on_event: Some(enrol == "yes"), ..Change::default() };
    change(&context.state.ledger, Authority::from(&staff), wanted).await?;
    flash_message(context.lang.settings().saved);
    Ok(())
}

/// Nothing typed is Laurel's own.
#[server(prefix = "/api/admin", endpoint = "settings/accent")]
pub async fn change_accent(#[server(default)] accent: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message};
    use laurel_domain::look::Accent;
    use laurel_domain::refusal::Refusal;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::programme::settings::{Change, change};
    let (context, staff) = RequestContext::staff(Permission::ManageSettings)?;
    let accent = match accent.trim() {
        "" => None,
        typed => Some(Accent::parse(typed).map_err(|fault| Refusal::field("accent", fault))?),
    };
    let wanted = Change { accent: Some(accent), ..Change::default() };
    change(&context.state.ledger, Authority::from(&staff), wanted).await?;
    flash_message(context.lang.settings().saved);
    Ok(())
}

#[server(prefix = "/api/admin", endpoint = "settings/logo/remove")]
pub async fn remove_logo() -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::programme::settings;
    let (context, staff) = RequestContext::staff(Permission::ManageSettings)?;
    settings::remove_logo(&context.state.ledger, Authority::from(&staff)).await?;
    flash_message(context.lang.settings().logo_removed);
    Ok(())
}
