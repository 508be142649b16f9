//! What is done to the draft of the rules as a whole. Saving it is `server::http::rules_form`: a form of any number of fields.

use leptos::prelude::*;

use crate::api::ApiError;

/// `revision`: of the draft that was looked at.
#[server(prefix = "/api/admin", endpoint = "rules/discard")]
pub async fn discard_draft(#[server(default)] revision: String) -> Result<(), ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, go_to, say};
    use crate::server::usecase::rules;
    let (ask, staff) = Ask::staff(Permission::ManageRules)?;
    let revision = revision.parse().unwrap_or_default();
    rules::discard_draft(&ask.state.ledger, Authority::from(&staff), revision).await?;
    say(ask.lang.console().draft_discarded);
    go_to("/admin/rules");
    Ok(())
}

/// Takes back a version that is still to come into force.
#[server(prefix = "/api/admin", endpoint = "rules/withdraw")]
pub async fn withdraw_rules(#[server(default)] version: String) -> Result<(), ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, errors, go_to, say};
    use crate::server::usecase::rules;
    let (ask, staff) = Ask::staff(Permission::ManageRules)?;
    let version = version.parse().map_err(|_| errors::not_found(ask.lang))?;
    rules::withdraw(&ask.state.ledger, Authority::from(&staff), version).await?;
    say(&(ask.lang.rules_desk().withdrawn)(version));
    go_to("/admin/rules");
    Ok(())
}

/// Reads a time to publish at, and leads to the page that says it in full and asks.
#[server(prefix = "/api/admin", endpoint = "rules/schedule")]
pub async fn schedule_rules(#[server(default)] at: String) -> Result<(), ApiError> {
    use crate::server::auth::Permission;
    use crate::server::http::{Ask, go_to};
    use crate::server::usecase::rules;
    use laurel_domain::refusal::{Fault, Refusal};
    let (ask, _staff) = Ask::staff(Permission::ManageRules)?;
    let time = ask.instant_of("at", &at)?.ok_or_else(|| Refusal::field("at", Fault::Missing))?;
    rules::check_time(&*ask.state.ledger.timeline().await?, time, ask.now())?;
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("at", at.trim()).finish();
    go_to(&format!("/admin/rules/publish?{query}"));
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
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, go_to, say};
    use crate::server::usecase::rules::{self, Publication};
    let (ask, staff) = Ask::staff(Permission::ManageRules)?;
    let revision = revision.parse().unwrap_or_default();
    let how = Publication { at: ask.instant_of("at", &at)?, demotes: !demotes.is_empty(), instead_of: instead_of.parse().ok() };
    let version = rules::publish(&ask.state.ledger, Authority::from(&staff), revision, how).await?;
    ask.state.jobs.wake();
    say(&match how.at {
        None => (ask.lang.console().published)(version),
        Some(at) => (ask.lang.console().scheduled)(version, &ask.in_full(at)),
    });
    go_to("/admin/rules");
    Ok(version)
}
