//! What is done to the draft of the rules as a whole. Saving it is `the form of `server::http``: a form of any number of fields.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// `revision`: of the draft that was looked at.
#[server(prefix = "/api/admin", endpoint = "rules/discard")]
pub async fn discard_draft(#[server(default)] revision: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rules;
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let revision = revision.parse().unwrap_or_default();
    rules::discard_draft(&context.state.ledger, Authority::from(&staff), revision).await?;
    flash_message(context.lang.console().draft_discarded);
    redirect_to("/admin/rules");
    Ok(())
}

/// Takes back a version that is still to come into force.
#[server(prefix = "/api/admin", endpoint = "rules/withdraw")]
pub async fn withdraw_rules(#[server(default)] version: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rules;
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let version = version.parse().map_err(|_| errors::not_found(context.lang))?;
    rules::withdraw(&context.state.ledger, Authority::from(&staff), version).await?;
    flash_message(&(context.lang.rules_desk().withdrawn)(version));
    redirect_to("/admin/rules");
    Ok(())
}

/// Reads a time to publish at, and leads to the page that says it in full and asks.
#[server(prefix = "/api/admin", endpoint = "rules/schedule")]
pub async fn schedule_rules(#[server(default)] at: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, redirect_to};
    use laurel_domain::refusal::{Fault, Refusal};
    use laurel_engine::auth::Permission;
    use laurel_engine::usecase::rules;
    let (context, _staff) = RequestContext::staff(Permission::ManageRules)?;
    let time = context.instant_of("at", &at)?.ok_or_else(|| Refusal::field("at", Fault::Missing))?;
    rules::check_time(&*context.state.ledger.timeline().await?, time, context.now())?;
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("at", at.trim()).finish();
    redirect_to(&format!("/admin/rules/publish?{query}"));
    Ok(())
}

/// Puts the draft in force: at `at`, a local time of the programme, or at once. `demotes`: also inside validity periods.
/// `instead_of`: the scheduled version that it takes the place of.
#[server(prefix = "/api/admin", endpoint = "rules/publish")]
pub async fn publish_rules(
    #[server(default)] revision: String,
    #[server(default)] at: String,
    #[server(default)] demotes: String,
    #[server(default)] instead_of: String,
) -> Result<u32, ApiError> {
    use crate::server::web::{RequestContext, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rules::{self, Publication};
    let (context, staff) = RequestContext::staff(Permission::ManageRules)?;
    let revision = revision.parse().unwrap_or_default();
    let how =
        Publication { at: context.instant_of("at", &at)?, demotes: !demotes.is_empty(), instead_of: instead_of.parse().ok() };
    let version = rules::publish(&context.state.ledger, Authority::from(&staff), revision, how).await?;
    context.state.jobs.wake();
    flash_message(&match how.at {
        None => (context.lang.console().published)(version),
        Some(at) => (context.lang.console().scheduled)(version, &context.in_full(at)),
    });
    redirect_to("/admin/rules");
    Ok(version)
}
