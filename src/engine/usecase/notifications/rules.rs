//! Telling everybody of a version of the rules that was published with a notice, or of an experiment's version its variant group: a
//! job goes through the members, a chunk a transaction, and goes on where it stopped.

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::rules::experiment::{Group, Split};
use uuid::Uuid;

use super::tell::tell;
use super::{NEWS_FOR, News};
use crate::store::notifications::told::{self, EVERYBODY, Told};
use crate::store::rules::experiments;
use crate::store::{StoreError, Tx, micros, programme, timestamp};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// How many members one transaction tells.
const CHUNK: i64 = 500;

/// Tells everybody it concerns who was a member by then and has not been told. How many.
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
    let concerns = concerned(tx, ledger, row.experiment).await?;
    let members = match concerns {
        Concerns::Nobody => Vec::new(),
        _ => told::open_after(tx, at.member_no, CHUNK).await?,
    };
    let Some((last, ..)) = members.last() else {
        told::set(tx, &name, Told { upto: 1, member_no: EVERYBODY }).await?;
        return Ok(None);
    };
    // whoever came later has never known other rules
    let known = members.iter().filter(|(_, id, since)| *since <= row.published_at && concerns.is(MemberId::new(*id)));
    let known: Vec<i64> = known.map(|(no, ..)| *no).collect();
    told::hold(tx, &known).await?;
    let number = u32::try_from(version).map_err(|_| StoreError::Corrupt("a version"))?;
    let published = timestamp(row.published_at)?;
    let news: Vec<_> = known.iter().map(|no| (*no, published, News::Rules { version: number })).collect();
    tell(tx, ledger, &news).await?;
    told::set(tx, &name, Told { member_no: *last, ..at }).await?;
    Ok(Some(news.len()))
}

/// Whom a version concerns.
enum Concerns {
    Everybody,
    VariantOf(Split),
    /// The experiment is over that it was for.
    Nobody,
}

impl Concerns {
    fn is(&self, member: MemberId) -> bool {
        match self {
            Concerns::Everybody => true,
            Concerns::VariantOf(split) => split.group_of(member) == Group::Variant,
            Concerns::Nobody => false,
        }
    }
}

async fn concerned(tx: &mut Tx, ledger: &Ledger, experiment: Option<Uuid>) -> Result<Concerns, StoreError> {
    let Some(id) = experiment else { return Ok(Concerns::Everybody) };
    let row = experiments::find(tx, id).await?.ok_or(StoreError::Corrupt("an experiment"))?;
    match row.ends_at > micros(ledger.clock.now()) {
        true => Ok(Concerns::VariantOf(row.split()?)),
        false => Ok(Concerns::Nobody),
    }
}
