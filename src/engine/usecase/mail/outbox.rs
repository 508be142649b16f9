//! Writing e-mails into the outbox, in the transaction of what they tell of.

use jiff::SignedDuration;
use serde_json::json;

use super::MailKind;
use crate::random;
use crate::store::mail::choices;
use crate::store::mail::outbox::{self, For, NewEmail};
use crate::store::notifications::Told;
use crate::store::{StoreError, Tx};
use crate::usecase::ledger::Ledger;

/// How long the console shows what was sent.
pub(in crate::usecase) const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 90);

/// E-mails about what members were just told.
pub(in crate::usecase) async fn write(tx: &mut Tx, ledger: &Ledger, told: Vec<Told>) -> Result<(), StoreError> {
    if told.is_empty() || !ledger.sends_mail() {
        return Ok(());
    }
    let now = ledger.clock.now();
    let new = told.into_iter().map(|row| NewEmail { id: random::id(now), kind: row.kind, no: row.member_no, body: row.body });
    let new: Vec<NewEmail> = new.collect();
    outbox::insert(tx, &new, now).await
}

/// An e-mail with a one-time code, which is made as it is sent.
pub(in crate::usecase) async fn write_code(tx: &mut Tx, ledger: &Ledger, kind: MailKind, to: For) -> Result<(), StoreError> {
    let now = ledger.clock.now();
    outbox::insert_one(tx, random::id(now), kind.number(), to, "{}", now).await
}

/// Tells the address so far of a member that another is wished for, or that it was taken away. It may be the member's no more when
/// it is sent, and so is written down until then.
pub(in crate::usecase) async fn tell_address(
    tx: &mut Tx,
    ledger: &Ledger,
    member_no: i64,
    so_far: &str,
    wanted: Option<&str>,
) -> Result<(), StoreError> {
    if !ledger.sends_mail() {
        return Ok(());
    }
    let now = ledger.clock.now();
    let body = json!({ "address": so_far, "to": wanted.map(hidden) }).to_string();
    let to = For { member_no: Some(member_no), staff: None };
    outbox::insert_one(tx, random::id(now), MailKind::EmailChanged.number(), to, &body, now).await
}

/// `h•••@example.com`: enough for its owner to know it by.
fn hidden(address: &str) -> String {
    let (name, host) = address.split_once('@').unwrap_or((address, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}•••@{host}")
}

/// Takes away all that is kept of a member here.
pub(in crate::usecase) async fn forget(tx: &mut Tx, member_no: i64) -> Result<(), StoreError> {
    outbox::forget(tx, member_no).await?;
    choices::forget(tx, member_no).await
}
