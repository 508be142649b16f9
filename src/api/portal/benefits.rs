//! Claiming a benefit, and giving the claim back.

use leptos::prelude::*;

use crate::api::ApiError;

/// `benefit`: its key. The same `key` again is the same claim, whose code is returned.
#[server(prefix = "/api", endpoint = "portal/benefits/claim")]
pub async fn claim_benefit(#[server(default)] benefit: String, #[server(default)] key: String) -> Result<String, ApiError> {
    use crate::server::http::{Ask, go_to, say};
    use crate::server::usecase::AppError;
    use crate::server::usecase::benefits::claims;
    use laurel_domain::refusal::Refusal;
    let (ask, member) = Ask::member()?;
    let t = ask.lang.benefits();
    let wish = claims::wish(&member, &benefit, &key)?;
    let claim = claims::claim(&ask.state.ledger, wish).await.map_err(|error| match error {
        AppError::Conflict { code } => ApiError::new(409, code, t.form_used),
        AppError::Refused(refusal @ Refusal::BenefitNotGiven) => ApiError::new(422, refusal.code(), t.not_given),
        AppError::Refused(refusal @ Refusal::MemberSuspended) => ApiError::new(422, refusal.code(), t.suspended),
        error => error.into(),
    })?;
    say(&(t.claimed)(ask.lang.of(&claim.benefit.text)));
    go_to("/benefits");
    Ok(claim.row.code.to_string())
}

#[server(prefix = "/api", endpoint = "portal/benefits/give-back")]
pub async fn give_benefit_back(#[server(default)] code: String) -> Result<(), ApiError> {
    use crate::server::auth::Actor;
    use crate::server::http::{Ask, go_to, say};
    use crate::server::usecase::benefits::claims;
    let (ask, member) = Ask::member()?;
    claims::withdraw(&ask.state.ledger, Actor::Member(member.member.uuid()), member.no, &code).await?;
    say(ask.lang.benefits().given_back);
    go_to("/benefits");
    Ok(())
}
