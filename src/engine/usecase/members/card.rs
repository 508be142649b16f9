//! The member's card: a code that a till reads, and whom it stands for.

use jiff::Timestamp;
use laurel_domain::card::{CardCode, Secret};

use crate::auth::{Authority, Permission};
use crate::store::StoreError;
use crate::store::ledger::proof;
use crate::store::members::member::By;
use crate::usecase::benefits::of_member::{self, Benefits};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::members::view::{self, MemberView};

/// The code of a member as of now, and until when it is good.
///
/// # Errors
/// What the database said.
pub async fn code(ledger: &Ledger, member_no: i64) -> Result<(CardCode, Timestamp), AppError> {
    let secret = secret(ledger).await?;
    Ok(CardCode::of(secret, member_no, ledger.clock.now()).ok_or(StoreError::Corrupt("a member's number"))?)
}

/// Who stands at the till, and what they may claim.
#[derive(Clone, Debug)]
pub struct Shown {
    pub member: MemberView,
    pub benefits: Benefits,
}

/// Whose card it is. None for a code that was never made, or is too old.
///
/// # Errors
/// `Forbidden`.
pub async fn shown(ledger: &Ledger, by: Authority, code: &CardCode) -> Result<Option<Shown>, AppError> {
    require(by, Permission::UseBenefits)?;
    let secret = secret(ledger).await?;
    let Some(no) = code.member_no(secret, ledger.clock.now()) else { return Ok(None) };
    let Some(member) = view::find(ledger, By::No(no)).await? else { return Ok(None) };
    let benefits = of_member::of_member(ledger, no).await?;
    Ok(Some(Shown { member: view::view(ledger, &member).await?, benefits }))
}

/// Hashed with what it is for, the salt of this database serves for cards, too; it never leaves.
async fn secret(ledger: &Ledger) -> Result<Secret, StoreError> {
    proof::identity_salt(&mut ledger.db.reader().await?).await.map(Secret)
}
