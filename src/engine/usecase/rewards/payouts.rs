//! Payout batches: payouts that are paid by one file for the bank, and what came of it: paid under the bank's reference, but for
//! those that the bank sent back.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use laurel_domain::ids::RedemptionId;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rewards::paste::{LineFault, LineFaultKind, Meant, Numbers, lines};
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::text::checked;
use serde_json::json;
use uuid::Uuid;

use super::fulfil::{LONGEST_NOTE, MOST, Sum, distinct, sum};
use crate::auth::{Authority, Permission};
use crate::random;
use crate::store::audit::{self, Action};
use crate::store::members::{ids, member};
use crate::store::rewards::payouts::{self, BatchRow};
use crate::store::rewards::redemptions::{self, Redemption};
use crate::store::{StoreError, Tx, timestamp};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::rewards::redeem::{Advance, advance_in};

/// How many of the newest are listed.
const LISTED: i64 = 50;

#[derive(Clone, Debug)]
pub struct Batch {
    pub id: Uuid,
    pub number: i64,
    pub made_at: Timestamp,
    pub made_by: Option<String>,
    pub settled: Option<Settled>,
}

#[derive(Clone, Debug)]
pub struct Settled {
    pub at: Timestamp,
    pub by: Option<String>,
    pub reference: String,
}

impl Batch {
    fn read(row: BatchRow) -> Result<Batch, StoreError> {
        let settled = row
            .settled_at
            .zip(row.reference)
            .map(|(at, reference)| Ok::<_, StoreError>(Settled { at: timestamp(at)?, by: row.settled_by, reference }));
        Ok(Batch {
            id: row.id,
            number: row.number,
            made_at: timestamp(row.made_at)?,
            made_by: row.made_by,
            settled: settled.transpose()?,
        })
    }
}

/// Makes a batch of payouts that nobody pays otherwise; those that had not begun have begun by it. All of them, or none. Its id.
///
/// # Errors
/// `Forbidden`, `NotFound`, `invalid` (`ids`: none, more than 200, or no payouts), `already_batched`, `no_such_transition` where one
/// has gone on meanwhile.
pub async fn make(ledger: &Ledger, by: Authority, ids: &[RedemptionId]) -> Result<Uuid, AppError> {
    require(by, Permission::ManageRedemptions)?;
    let ids = distinct(ids)?;
    if ids.is_empty() {
        return Err(Refusal::field("ids", Fault::Missing).into());
    }
    let making = (ledger.clone(), by, ids);
    ledger.db.write(making, |tx, (ledger, by, ids)| Box::pin(make_in(tx, ledger, *by, ids))).await
}

async fn make_in(tx: &mut Tx, ledger: &Ledger, by: Authority, ids: &[RedemptionId]) -> Result<Uuid, AppError> {
    let currency = ledger.programme.currency;
    let found = redemptions::with_ids(tx, currency, ids).await?;
    if found.len() < ids.len() {
        return Err(AppError::NotFound);
    }
    ledger.rulebook_in(tx).await?;
    hold(tx, &found).await?;
    // whoever holds the members decides: their redemptions are read again
    let found = redemptions::with_ids(tx, currency, ids).await?;
    if found.iter().any(|one| one.kind() != RedemptionKind::Cash) {
        return Err(Refusal::field("ids", Fault::NotExpected).into());
    }
    if !payouts::batched(tx, ids).await?.is_empty() {
        return Err(AppError::Conflict { code: "already_batched" });
    }
    for redemption in &found {
        match redemption.state {
            RedemptionState::Processing => (),
            RedemptionState::Reserved => step(tx, ledger, by, redemption.id, RedemptionState::Processing, None).await?,
            other => {
                let to = RedemptionState::Processing.name();
                return Err(Refusal::NoSuchTransition { from: other.name(), to }.into());
            }
        }
    }
    let (id, now) = (random::id(ledger.clock.now()), ledger.clock.now());
    let number = payouts::insert(tx, id, ids, now, by.actor().id()).await?;
    let cash = sum(ledger, &found)?.cash.to_string();
    let after = json!({ "number": number, "count": found.len(), "cash": cash });
    log(tx, by, "payout.make", id, after, now).await?;
    Ok(id)
}

async fn hold(tx: &mut Tx, found: &[Redemption]) -> Result<(), StoreError> {
    let mut members: Vec<i64> = found.iter().map(|redemption| redemption.member_no).collect();
    members.sort_unstable();
    members.dedup();
    member::lock_numbers(tx, &members).await.map(drop)
}

async fn step(
    tx: &mut Tx,
    ledger: &Ledger,
    by: Authority,
    id: RedemptionId,
    to: RedemptionState,
    note: Option<String>,
) -> Result<(), AppError> {
    let advance = Advance { id, steps: vec![to], tracking: None, note, actor: by.actor(), of_member: None };
    advance_in(tx, ledger, &advance).await.map(drop)
}

async fn log(
    tx: &mut Tx,
    by: Authority,
    name: &'static str,
    id: Uuid,
    after: serde_json::Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    let subject = format!("payout:{id}");
    let action = Action { actor: by.actor(), name, subject: &subject, before: None, after: Some(after) };
    audit::append(tx, &action, now).await
}

/// The newest batches first.
pub async fn list(ledger: &Ledger) -> Result<Vec<Batch>, AppError> {
    let rows = payouts::list(&mut ledger.db.reader().await?, LISTED).await?;
    Ok(rows.into_iter().map(Batch::read).collect::<Result<_, _>>()?)
}

/// A batch with its payouts as they are now.
///
/// # Errors
/// `Forbidden`, `NotFound`.
pub async fn find(ledger: &Ledger, by: Authority, id: Uuid) -> Result<(Batch, Vec<Redemption>), AppError> {
    require(by, Permission::ManageRedemptions)?;
    let mut reader = ledger.db.reader().await?;
    let row = payouts::find(&mut reader, id).await?.ok_or(AppError::NotFound)?;
    let items = payouts::items(&mut reader, id).await?;
    let mut found = redemptions::with_ids(&mut reader, ledger.programme.currency, &items).await?;
    found.sort_unstable_by_key(|redemption| redemption.id);
    Ok((Batch::read(row)?, found))
}

/// The batches that these payouts are in, with their numbers.
pub async fn batches_of(ledger: &Ledger, ids: &[RedemptionId]) -> Result<Vec<(RedemptionId, Uuid, i64)>, AppError> {
    Ok(payouts::batched(&mut ledger.db.reader().await?, ids).await?)
}

/// Reads the lines `number, reason` of payouts that failed, together with those that were ticked (a reason for all of them).
///
/// # Errors
/// Every line that cannot be taken.
pub fn read_failures(found: &[Redemption], pasted: &str) -> Result<BTreeMap<RedemptionId, String>, Vec<LineFault>> {
    let numbers = Numbers::of(found.iter().map(|redemption| redemption.id));
    let (mut failures, mut faults) = (BTreeMap::new(), Vec::new());
    for line in lines(pasted) {
        let id = match numbers.meant(&line.number) {
            Meant::One(id) => Ok(id),
            Meant::None => Err(LineFaultKind::Unknown),
            Meant::Several => Err(LineFaultKind::Several),
        };
        let reason = checked(&line.text, LONGEST_NOTE).map_err(|fault| match fault {
            Fault::Missing => LineFaultKind::NoReason,
            _ => LineFaultKind::TooLong,
        });
        let taken = id.and_then(|id| Ok((id, reason?))).and_then(|(id, reason)| match failures.insert(id, reason) {
            None => Ok(()),
            Some(_) => Err(LineFaultKind::Twice),
        });
        if let Err(fault) = taken {
            faults.push(LineFault { line: line.at, fault });
        }
    }
    if faults.is_empty() { Ok(failures) } else { Err(faults) }
}

/// The phone numbers of the members of these payouts, by their number.
pub async fn phones(ledger: &Ledger, items: &[Redemption]) -> Result<HashMap<i64, String>, AppError> {
    let mut members: Vec<i64> = items.iter().map(|one| one.member_no).collect();
    members.sort_unstable();
    members.dedup();
    Ok(ids::phones(&mut ledger.db.reader().await?, &members).await?)
}

/// Why those of these payouts that failed did, as it was noted.
///
/// # Errors
/// What the database said.
pub async fn reasons(ledger: &Ledger, items: &[Redemption]) -> Result<HashMap<RedemptionId, String>, AppError> {
    let failed = items.iter().filter(|one| one.state == RedemptionState::Failed).map(Redemption::key);
    let noted = redemptions::notes(&mut ledger.db.reader().await?, &failed.collect::<Vec<_>>()).await?;
    let reason = |(id, state, note)| (state == RedemptionState::Failed).then_some((id, note));
    Ok(noted.into_iter().filter_map(reason).collect())
}

/// What came of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub paid: Sum,
    pub failed: Sum,
}

/// Settles a batch: those that failed give their points back, each for its reason; the others are paid under the bank's
/// reference. Payouts that have gone on by themselves meanwhile stay as they are, unless they are said to have failed.
///
/// # Errors
/// `Forbidden`, `NotFound`, `already_settled`, `invalid` (`reference`; `failures`: one that is not of the batch),
/// `no_such_transition`: one that is said to have failed has been paid or has failed already.
pub async fn settle(
    ledger: &Ledger,
    by: Authority,
    id: Uuid,
    reference: &str,
    failures: BTreeMap<RedemptionId, String>,
) -> Result<Outcome, AppError> {
    require(by, Permission::ManageRedemptions)?;
    let reference = checked(reference.trim(), LONGEST_NOTE).map_err(|fault| Refusal::field("reference", fault))?;
    let settling = (ledger.clone(), by, id, reference, failures);
    ledger
        .db
        .write(settling, |tx, (ledger, by, id, reference, failures)| {
            Box::pin(settle_in(tx, ledger, *by, *id, reference, failures))
        })
        .await
}

async fn settle_in(
    tx: &mut Tx,
    ledger: &Ledger,
    by: Authority,
    id: Uuid,
    reference: &str,
    failures: &BTreeMap<RedemptionId, String>,
) -> Result<Outcome, AppError> {
    let currency = ledger.programme.currency;
    ledger.rulebook_in(tx).await?;
    let batch = payouts::lock(tx, id).await?.ok_or(AppError::NotFound)?;
    if batch.settled_at.is_some() {
        return Err(AppError::Conflict { code: "already_settled" });
    }
    let items = payouts::items(tx, id).await?;
    if failures.keys().any(|failed| !items.contains(failed)) {
        return Err(Refusal::field("failures", Fault::NotExpected).into());
    }
    let found = redemptions::with_ids(tx, currency, &items).await?;
    hold(tx, &found).await?;
    let mut found = redemptions::with_ids(tx, currency, &items).await?;
    found.sort_unstable_by_key(|redemption| redemption.id);
    let (mut paid, mut failed) = (Vec::new(), Vec::new());
    for redemption in found {
        match failures.get(&redemption.id) {
            Some(reason) => {
                step(tx, ledger, by, redemption.id, RedemptionState::Failed, Some(reason.clone())).await?;
                failed.push(redemption);
            }
            None if redemption.state == RedemptionState::Processing => {
                step(tx, ledger, by, redemption.id, RedemptionState::Paid, Some(reference.to_owned())).await?;
                paid.push(redemption);
            }
            None => (),
        }
    }
    let now = ledger.clock.now();
    payouts::settle(tx, id, now, by.actor().id(), reference).await?;
    let outcome = Outcome { paid: sum(ledger, &paid)?, failed: sum(ledger, &failed)? };
    let after = json!({
        "number": batch.number,
        "reference": reference,
        "paid": outcome.paid.count,
        "cash": outcome.paid.cash.to_string(),
        "failed": outcome.failed.count,
    });
    log(tx, by, "payout.settle", id, after, now).await?;
    Ok(outcome)
}

/// How many a batch can have.
pub const MOST_IN_A_BATCH: usize = MOST;
