//! Somebody has forgotten their password. The answer is the same, after the same work, whether anybody signs in with that name or
//! not: who it is is found out when the e-mail is sent.

use laurel_domain::refusal::{Fault, Refusal};
use serde_json::json;

use super::MailKind;
use crate::auth::{self, Address, SignInName};
use crate::random;
use crate::store::mail::outbox::{self, For};
use crate::usecase::error::{AccountError, AppError};
use crate::usecase::ledger::Ledger;

/// Asks for a link by which a new password is set, for whoever signs in with this name. The e-mail is in `language` where the
/// account says none.
///
/// # Errors
/// `NotASignInName`, `RateLimited`; `NotFound` where no e-mails are sent.
pub async fn ask(ledger: &Ledger, sign_in_name: &str, language: &str, from: Address) -> Result<(), AppError> {
    let name = SignInName::parse(sign_in_name).map_err(AccountError::from)?;
    write(ledger, MailKind::Reset, &name, language, from).await
}

/// The same for the staff, who sign in to the console with their e-mail address.
///
/// # Errors
/// `Invalid` (email), `RateLimited`; `NotFound` where no e-mails are sent.
pub async fn ask_staff(ledger: &Ledger, email: &str, language: &str, from: Address) -> Result<(), AppError> {
    let name = SignInName::parse(email).ok().filter(|name| name.email().is_some());
    let name = name.ok_or_else(|| Refusal::field("email", Fault::Characters))?;
    write(ledger, MailKind::StaffReset, &name, language, from).await
}

async fn write(ledger: &Ledger, kind: MailKind, name: &SignInName, language: &str, from: Address) -> Result<(), AppError> {
    if !ledger.sends_mail() {
        return Err(AppError::NotFound);
    }
    let now = ledger.clock.now();
    auth::try_reset(&ledger.db, from, now).await?;
    let body = json!({ "name": name.as_str(), "language": language }).to_string();
    ledger
        .db
        .write((random::id(now), kind, body, now), |tx, (id, kind, body, now)| {
            Box::pin(async move { Ok(outbox::insert_one(tx, *id, kind.number(), For::default(), body, *now).await?) })
        })
        .await
}
