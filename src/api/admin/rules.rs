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

/// Puts the draft in force from now on.
#[server(prefix = "/api/admin", endpoint = "rules/publish")]
pub async fn publish_rules(#[server(default)] revision: String) -> Result<u32, ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, go_to, say};
    use crate::server::usecase::rules;
    let (ask, staff) = Ask::staff(Permission::ManageRules)?;
    let revision = revision.parse().unwrap_or_default();
    let version = rules::publish(&ask.state.ledger, Authority::from(&staff), revision).await?;
    ask.state.jobs.wake();
    say(&(ask.lang.console().published)(version));
    go_to("/admin/rules");
    Ok(version)
}
