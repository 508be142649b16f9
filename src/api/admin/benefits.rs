//! Using up what members have claimed.

use leptos::prelude::*;

use crate::api::ApiError;

#[server(prefix = "/api/admin", endpoint = "benefits/use")]
pub async fn use_benefit_up(#[server(default)] code: String) -> Result<(), ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, go_to, say};
    use crate::server::usecase::benefits::claims;
    let (ask, staff) = Ask::staff(Permission::UseBenefits)?;
    let claim = claims::use_up(&ask.state.ledger, Authority::from(&staff), &code).await?;
    say(&(ask.lang.benefits().used_up)(ask.lang.of(&claim.benefit.text)));
    go_to(&format!("/admin/benefits?code={}", claim.row.code));
    Ok(())
}
