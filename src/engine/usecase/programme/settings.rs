//! What can be changed about a programme while it runs: its name, and whether events enrol members.

use laurel_domain::program::Programme;
use laurel_domain::refusal::Refusal;
use serde_json::{Value, json};

use crate::auth::{Authority, Permission};
use crate::store::Tx;
use crate::store::audit::{self, Action};
use crate::store::programme;
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

const LONGEST_NAME: usize = 80;

/// What is to be another one; the rest stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub name: Option<String>,
    pub enrol_on_event: Option<bool>,
}

/// Changes settings. This server goes by them at once, others on the same database within seconds.
///
/// # Errors
/// `Forbidden`; `invalid` (`name`).
pub async fn change(ledger: &Ledger, by: Authority, change: Change) -> Result<Programme, AppError> {
    require(by, Permission::ManageSettings)?;
    let input = (ledger.clone(), by, change);
    let changed = ledger.db.write(input, |tx, (ledger, by, change)| Box::pin(change_in(tx, ledger, *by, change))).await?;
    ledger.learn(changed.clone());
    Ok(changed)
}

async fn change_in(tx: &mut Tx, ledger: &Ledger, by: Authority, change: &Change) -> Result<Programme, AppError> {
    let before = programme::lock(tx).await?.ok_or(AppError::NotFound)?;
    let mut after = before.clone();
    if let Some(name) = &change.name {
        after.name = laurel_domain::text::checked(name, LONGEST_NAME).map_err(|fault| Refusal::field("name", fault))?;
    }
    after.enrol_on_event = change.enrol_on_event.unwrap_or(before.enrol_on_event);
    if after != before {
        programme::set(tx, &after).await?;
        let action = Action {
            actor: by.actor(),
            name: "settings.change",
            subject: "programme",
            before: Some(noted(&before)),
            after: Some(noted(&after)),
        };
        audit::append(tx, &action, ledger.clock.now()).await?;
    }
    Ok(after)
}

fn noted(programme: &Programme) -> Value {
    json!({ "name": programme.name, "enrol": programme.enrol_on_event })
}
