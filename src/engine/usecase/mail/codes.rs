//! E-mails by which somebody gets in, sent because the team wants it: the code in one is made as it is sent, beside the one that
//! the team was shown.

use laurel_domain::ids::{MemberId, StaffId};
use laurel_domain::member::Status;

use super::MailKind;
use super::outbox::write_code;
use crate::auth::{Authority, Permission};
use crate::store::access::staff;
use crate::store::mail::outbox::For;
use crate::store::members::member::{self, By};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

/// Sends a member a link to set a password by, if their address is known. Whether it is on its way.
///
/// # Errors
/// `Forbidden`, `NotFound`.
pub async fn send_activation(ledger: &Ledger, by: Authority, who: MemberId) -> Result<bool, AppError> {
    require(by, Permission::SendActivation)?;
    if !ledger.sends_mail() {
        return Ok(false);
    }
    ledger
        .db
        .write((ledger.clone(), who), |tx, (ledger, who)| {
            Box::pin(async move {
                let found = member::find(tx, By::Id(*who)).await?.ok_or(AppError::NotFound)?;
                let member = member::lock(tx, found.no).await?.ok_or(AppError::NotFound)?;
                if member.email.is_none() || member.status == Status::Closed {
                    return Ok(false);
                }
                write_code(tx, ledger, MailKind::Activation, For { member_no: Some(member.no), staff: None }).await?;
                Ok(true)
            })
        })
        .await
}

/// Sends somebody of the staff a link to set a password by. Whether it is on its way.
///
/// # Errors
/// `Forbidden`, `NotFound`.
pub async fn send_staff_invitation(ledger: &Ledger, by: Authority, who: StaffId) -> Result<bool, AppError> {
    require(by, Permission::ManageStaff)?;
    if !ledger.sends_mail() {
        return Ok(false);
    }
    ledger
        .db
        .write((ledger.clone(), who), |tx, (ledger, who)| {
            Box::pin(async move {
                staff::find(tx, who.uuid()).await?.ok_or(AppError::NotFound)?;
                write_code(tx, ledger, MailKind::StaffInvitation, For { member_no: None, staff: Some(who.uuid()) }).await?;
                Ok(true)
            })
        })
        .await
}
