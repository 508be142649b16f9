//! Claiming a benefit, and giving the claim back.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// `benefit`: its key. The same `key` again is the same claim, whose code is returned.
#[server(prefix = "/api", endpoint = "portal/benefits/claim")]
pub async fn claim_benefit(#[server(default)] benefit: String, #[server(default)] key: String) -> Result<String, ApiError> {
    use crate::server::web::{RequestContext, flash_message, redirect_to};
    use laurel_domain::refusal::Refusal;
    use laurel_engine::usecase::AppError;
    use laurel_engine::usecase::benefits::claims;
    let (context, member) = RequestContext::member()?;
    let t = context.lang.benefits();
    let wish = claims::wish(&member, &benefit, &key)?;
    let claim = claims::claim(&context.state.ledger, wish).await.map_err(|error| match error {
        AppError::Conflict { code } => ApiError::new(409, code, t.form_used),
        AppError::Refused(refusal @ Refusal::BenefitNotGiven) => ApiError::new(422, refusal.code(), t.not_given),
        AppError::Refused(refusal @ Refusal::MemberSuspended) => ApiError::new(422, refusal.code(), t.suspended),
        error => error.into(),
    })?;
    flash_message(&(t.claimed)(context.lang.of(&claim.benefit.text)));
    redirect_to("/benefits");
    Ok(claim.row.code.to_string())
}

#[server(prefix = "/api", endpoint = "portal/benefits/give-back")]
pub async fn give_benefit_back(#[server(default)] code: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, redirect_to};
    use laurel_engine::auth::Actor;
    use laurel_engine::usecase::benefits::claims;
    let (context, member) = RequestContext::member()?;
    claims::withdraw(&context.state.ledger, Actor::Member(member.member.uuid()), member.no, &code).await?;
    flash_message(context.lang.benefits().given_back);
    redirect_to("/benefits");
    Ok(())
}
