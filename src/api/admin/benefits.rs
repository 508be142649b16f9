//! Using up what members have claimed.

use leptos::prelude::*;

use crate::api_error::ApiError;

#[server(prefix = "/api/admin", endpoint = "benefits/use")]
pub async fn use_benefit_up(#[server(default)] code: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::benefits::claims;
    let (context, staff) = RequestContext::staff(Permission::UseBenefits)?;
    let claim = claims::use_up(&context.state.ledger, Authority::from(&staff), &code).await?;
    flash_message(&(context.lang.benefits().used_up)(context.lang.of(&claim.benefit.text)));
    redirect_to(&format!("/admin/till?q={}", claim.row.code));
    Ok(())
}
