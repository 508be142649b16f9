//! What one person may decide alone about the rules: stricter limits hold at once, looser ones need a second person.

use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::refusal::{Fault, FieldFault, NumberError, Refusal};
use serde_json::json;

use super::proposals::{keep, note, note_by};
use super::wanted::Wanted;
use crate::auth::{Authority, Permission};
use crate::store::programme;
use crate::usecase::approval::staff_of;
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

pub use laurel_domain::rules::safety::Limits;

/// What one person may publish alone.
pub async fn limits(ledger: &Ledger) -> Result<Limits, AppError> {
    Ok(programme::rule_limits(&mut ledger.db.reader().await?).await?)
}

/// What was typed as limits; empty is none.
///
/// # Errors
/// `invalid` with every field at fault: `members`, `worth`.
pub fn limits_of(members: &str, worth: &str, currency: Currency) -> Result<Limits, Refusal> {
    let mut faults = Vec::new();
    let members = match members.trim() {
        "" => None,
        text => match text.parse::<i64>() {
            Ok(number) if number < 0 => {
                faults.push(FieldFault::new("members", Fault::Negative));
                None
            }
            Ok(number) => Some(number),
            Err(_) => {
                faults.push(FieldFault::new("members", NumberError::NotANumber));
                None
            }
        },
    };
    let worth = match worth.trim() {
        "" => None,
        text => match Money::parse(text, currency) {
            Ok(money) if money.minor() >= 0 => Some(money.minor()),
            Ok(_) => {
                faults.push(FieldFault::new("worth", Fault::Negative));
                None
            }
            Err(error) => {
                faults.push(FieldFault::new("worth", Fault::from(error)));
                None
            }
        },
    };
    if faults.is_empty() { Ok(Limits { members, worth }) } else { Err(Refusal::Invalid { faults }) }
}

/// What became of a wish for other limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They are in force, or were already.
    Set,
    /// A second person has to approve them.
    Proposed,
}

/// Sets the limits. Stricter ones hold at once, looser ones are proposed.
///
/// # Errors
/// `Forbidden` (also to loosen them in nobody's name); `rule_proposal_waits` while others wait.
pub async fn set_limits(ledger: &Ledger, by: Authority, to: Limits) -> Result<Outcome, AppError> {
    require(by, Permission::ManageSettings)?;
    ledger
        .db
        .write((ledger.clone(), by, to), |tx, (ledger, by, to)| {
            Box::pin(async move {
                programme::lock_rules(tx).await?;
                programme::lock(tx).await?;
                let before = programme::rule_limits(tx).await?;
                if before == *to {
                    return Ok(Outcome::Set);
                }
                let told = (Some(json!(before)), json!(to));
                if !to.is_looser_than(before) {
                    programme::set_rule_limits(tx, *to).await?;
                    note_by(tx, ledger, by.actor(), "settings.change", "programme", told.0, told.1).await?;
                    return Ok(Outcome::Set);
                }
                let staff = staff_of(*by)?;
                if keep(tx, ledger, staff, &Wanted::Limits(*to)).await?.1 {
                    note(tx, ledger, staff, "settings.propose", "programme", told.0, told.1).await?;
                }
                Ok(Outcome::Proposed)
            })
        })
        .await
}
