//! Erasing who a closed member was. Their entries stay and the chain goes on proving them: names and texts stand in it as
//! salted digests only, and the salts go with the texts.
//!
//! The audit log has nothing to erase: it never held what somebody is called or reached by, only which fields were changed.
//! Answers kept for repeated requests may quote details; they are forgotten after seven days. Files of exports that are kept and could
//! name them are no more from here on.

use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;
use laurel_domain::refusal::Refusal;

use crate::auth::{Actor, Authority, Permission};
use crate::store::Tx;
use crate::store::audit::{self, Action};
use crate::store::exports;
use crate::store::members::erasure;
use crate::store::members::member::{self, By};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

/// What the audit log calls it.
pub(in crate::usecase) const ERASE: &str = "member.erase";

/// Erases everything personal of a closed member, for ever. Twice does nothing more.
///
/// # Errors
/// `Forbidden`, `NotFound`, `member_not_closed`.
pub async fn erase(ledger: &Ledger, by: Authority, who: MemberId) -> Result<(), AppError> {
    require(by, Permission::EraseMembers)?;
    ledger
        .db
        .write((ledger.clone(), by.actor(), who), |tx, (ledger, actor, who)| {
            Box::pin(async move {
                let found = member::find(tx, By::Id(*who)).await?.ok_or(AppError::NotFound)?;
                erase_in(tx, ledger, found.no, *actor).await
            })
        })
        .await
}

/// [`erase`] inside a transaction of the caller's, who has asked whether they may.
pub(in crate::usecase) async fn erase_in(tx: &mut Tx, ledger: &Ledger, no: i64, actor: Actor) -> Result<(), AppError> {
    let member = member::lock(tx, no).await?.ok_or(AppError::NotFound)?;
    if member.status != Status::Closed {
        return Err(Refusal::MemberNotClosed.into());
    }
    if member.erased_at.is_some() {
        return Ok(());
    }
    let now = ledger.clock.now();
    erasure::erase(tx, no, now).await?;
    let subject = format!("member:{}", member.id());
    let action = Action { actor, name: ERASE, subject: &subject, before: None, after: None };
    audit::append(tx, &action, now).await?;
    Ok(exports::kept::outdate(tx, now).await?)
}
