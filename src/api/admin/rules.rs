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

/// Puts the draft in force: at `at`, a local time of the programme, or at once. `demotes`: also inside validity periods.
#[server(prefix = "/api/admin", endpoint = "rules/publish")]
pub async fn publish_rules(
    #[server(default)] revision: String,
    #[server(default)] at: String,
    #[server(default)] demotes: String,
) -> Result<u32, ApiError> {
    use crate::server::auth::{Authority, Permission};
    use crate::server::http::{Ask, go_to, say};
    use crate::server::usecase::rules::{self, Publication};
    let (ask, staff) = Ask::staff(Permission::ManageRules)?;
    let revision = revision.parse().unwrap_or_default();
    let how = Publication { at: ask.instant_of("at", &at)?, demotes: !demotes.is_empty() };
    let version = rules::publish(&ask.state.ledger, Authority::from(&staff), revision, how).await?;
    ask.state.jobs.wake();
    say(&match how.at {
        None => (ask.lang.console().published)(version),
        Some(at) => (ask.lang.console().scheduled)(version, &crate::i18n::format::date_time(ask.lang, ask.local(at))),
    });
    go_to("/admin/rules");
    Ok(version)
}
