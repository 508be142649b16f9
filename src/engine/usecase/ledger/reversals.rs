//! Taking back what an entry did, by an adjustment that remembers which entry that was: the ledger itself changes nothing.

use laurel_domain::ids::MemberId;
use laurel_domain::numbers::money::Currency;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::{Fault, Refusal};

use crate::auth::{Authority, Permission};
use crate::store::Tx;
use crate::store::ledger::entries;
use crate::store::ledger::reversals::{self, Reversing};
use crate::store::members::member::{self, By};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

/// Which entry of the member an adjustment takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reversal {
    pub seq: i64,
    /// Although another one took it back before, or waits to.
    pub again: bool,
}

/// What took this entry back already, or waits for a second person to.
///
/// # Errors
/// `Forbidden`, `NotFound`.
pub async fn reversals(ledger: &Ledger, by: Authority, member: MemberId, seq: i64) -> Result<Vec<Reversing>, AppError> {
    require(by, Permission::AdjustPoints)?;
    let reader = &mut ledger.db.reader().await?;
    let member = member::find(reader, By::Id(member)).await?.ok_or(AppError::NotFound)?;
    Ok(reversals::of_entries(reader, member.no, &[seq]).await?)
}

/// Whether so many points can take the entry back. Whoever asks holds the member.
///
/// # Errors
/// `NotFound`; `invalid` (`points`) if they are not against the entry, or more than it moved; `already_reversed`.
pub(super) async fn check(
    tx: &mut Tx,
    currency: Currency,
    member_no: i64,
    points: Points,
    reversal: Reversal,
) -> Result<(), AppError> {
    let found = entries::with_seqs(tx, currency, member_no, &[reversal.seq]).await?.pop().ok_or(AppError::NotFound)?;
    let [all, points] = [found.points, points].map(Points::hundredths);
    let whole = all.checked_neg().filter(|whole| *whole != 0).ok_or(AppError::NotFound)?;
    let (least, most) = if whole > 0 { (1, whole) } else { (whole, -1) };
    let told = |points| Points::from_hundredths(points).to_string();
    if points < least {
        return Err(Refusal::field("points", Fault::TooSmall { least: told(least) }).into());
    }
    if points > most {
        return Err(Refusal::field("points", Fault::TooLarge { most: told(most) }).into());
    }
    if !reversal.again && !reversals::of_entries(tx, member_no, &[reversal.seq]).await?.is_empty() {
        return Err(AppError::Conflict { code: "already_reversed" });
    }
    Ok(())
}
