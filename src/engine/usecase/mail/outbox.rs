//! Writing e-mails into the outbox, in the transaction of what they tell of.

use jiff::SignedDuration;

use super::MailKind;
use crate::random;
use crate::store::mail::choices;
use crate::store::mail::outbox::{self, For, NewEmail};
use crate::store::notifications::ToldRow;
use crate::store::{StoreError, Tx};
use crate::usecase::ledger::Ledger;

/// How long the console shows what was sent.
pub(in crate::usecase) const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 90);

/// E-mails about what members were just told.
pub(in crate::usecase) async fn write(tx: &mut Tx, ledger: &Ledger, told: Vec<ToldRow>) -> Result<(), StoreError> {
    if told.is_empty() || !ledger.sends_mail() {
        return Ok(());
    }
    let now = ledger.clock.now();
    let new = told.into_iter().map(|row| NewEmail { id: random::id(now), kind: row.kind, no: row.member_no, body: row.body });
    let new: Vec<NewEmail> = new.collect();
    outbox::insert(tx, &new, now).await
}

/// An e-mail with a one-time code, which is made as it is sent.
pub(super) async fn write_code(tx: &mut Tx, ledger: &Ledger, kind: MailKind, to: For) -> Result<(), StoreError> {
    let now = ledger.clock.now();
    outbox::insert_one(tx, random::id(now), kind.number(), to, "{}", now).await
}

/// Takes away all that is kept of a member here.
pub(in crate::usecase) async fn forget(tx: &mut Tx, member_no: i64) -> Result<(), StoreError> {
    outbox::forget(tx, member_no).await?;
    choices::forget(tx, member_no).await
}
