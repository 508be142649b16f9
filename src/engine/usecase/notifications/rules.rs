//! Telling everybody of a version of the rules that was published with a notice: a job goes through the members, a chunk a
//! transaction, and goes on where it stopped.

use jiff::Timestamp;

use super::tell::tell;
use super::{NEWS_FOR, News};
use crate::store::notifications::told::{self, EVERYBODY, Told};
use crate::store::{StoreError, Tx, programme, timestamp};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// How many members one transaction tells.
const CHUNK: i64 = 500;

/// Tells everybody who was a member by then and has not been told. How many.
pub async fn tell_of_rules(ledger: &Ledger) -> Result<usize, AppError> {
    let mut all = 0;
    for version in waiting(ledger).await? {
        loop {
            let told =
                ledger.db.write((ledger.clone(), version), |tx, (ledger, version)| Box::pin(chunk(tx, ledger, *version)));
            match told.await? {
                Some(members) => all += members,
                None => break,
            }
        }
    }
    Ok(all)
}

/// The versions with a notice that not everybody has been told of.
async fn waiting(ledger: &Ledger) -> Result<Vec<i32>, StoreError> {
    let since = ledger.clock.now().saturating_sub(NEWS_FOR).unwrap_or(Timestamp::MIN);
    let reader = &mut ledger.db.reader().await?;
    let mut waiting = Vec::new();
    for row in programme::told_since(reader, since).await? {
        let told = told::find(reader, &name(row.version)).await?;
        if told.is_none_or(|told| told.member_no < EVERYBODY) {
            waiting.push(row.version);
        }
    }
    Ok(waiting)
}

fn name(version: i32) -> String {
    format!("rules/{version}")
}

async fn chunk(tx: &mut Tx, ledger: &Ledger, version: i32) -> Result<Option<usize>, AppError> {
    // not withdrawn meanwhile, and not until this is over
    programme::share_rules(tx).await?;
    let rows = programme::versions(tx).await?;
    let Some(row) = rows.into_iter().find(|row| row.version == version && row.withdrawn_at.is_none()) else { return Ok(None) };
    let name = name(version);
    let at = told::lock(tx, &name, Told { upto: 0, member_no: 0 }).await?;
    let members = told::open_after(tx, at.member_no, CHUNK).await?;
    let Some((last, _)) = members.last() else {
        told::set(tx, &name, Told { upto: 1, member_no: EVERYBODY }).await?;
        return Ok(None);
    };
    // whoever came later has never known other rules
    let known: Vec<i64> = members.iter().filter(|(_, since)| *since <= row.published_at).map(|(no, _)| *no).collect();
    told::hold(tx, &known).await?;
    let number = u32::try_from(version).map_err(|_| StoreError::Corrupt("a version"))?;
    let published = timestamp(row.published_at)?;
    let news: Vec<_> = known.iter().map(|no| (*no, published, News::Rules { version: number })).collect();
    tell(tx, ledger, &news).await?;
    told::set(tx, &name, Told { member_no: *last, ..at }).await?;
    Ok(Some(news.len()))
}
