//! Due work as a job: it posts for members without activity what every posting first posts for its own member.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use laurel_domain::rules::rule_set::{Rulebook, Timeline};

use crate::store::members::for_jobs::{self, Cursor};
use crate::store::members::member::{self, By, Member};
use crate::store::{StoreError, Tx};

use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::posting::{self, LockedMember};

/// How many members one transaction settles.
const CHUNK: i64 = 500;

/// Between full chunks others have the database for as long as a chunk took, up to this.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// Posts what is due by now for everybody, a chunk a transaction; ends when nothing is. Stopped anywhere, it goes on where it
/// was; twice, it does nothing. How many members had something due.
pub async fn settle(ledger: &Ledger) -> Result<u64, AppError> {
    chunks(ledger, |tx, now, _, after| Box::pin(for_jobs::due_by(tx, now, after, CHUNK))).await
}

/// Re-rates everybody whom the rules in force have not rated, likewise. How many were looked at.
pub async fn re_rate(ledger: &Ledger) -> Result<u64, AppError> {
    chunks(ledger, |tx, _, version, after| Box::pin(for_jobs::rated_before(tx, version, after, CHUNK))).await
}

/// How many members are still to be re-rated.
pub async fn to_re_rate(ledger: &Ledger) -> Result<i64, AppError> {
    let rating = ledger.rulebook().await?.rating_at(ledger.clock.now());
    Ok(for_jobs::count_rated_before(&mut ledger.db.reader().await?, rating).await?)
}

type Next = for<'t> fn(&'t mut Tx, Timestamp, u32, Cursor) -> futures::future::BoxFuture<'t, Result<Vec<Cursor>, StoreError>>;

/// Goes on after whom it has seen, so that it passes by a member whose account is damaged.
async fn chunks(ledger: &Ledger, next: Next) -> Result<u64, AppError> {
    let (mut settled, mut after) = (0, for_jobs::FIRST);
    loop {
        let (input, begun) = ((ledger.clone(), next, after), Instant::now());
        let seen = ledger.db.write(input, |tx, (ledger, next, after)| Box::pin(chunk(tx, ledger, *next, *after))).await?;
        let Some(last) = seen.last() else { return Ok(settled) };
        settled += seen.len() as u64;
        after = *last;
        if seen.len() as i64 == CHUNK {
            tokio::time::sleep(begun.elapsed().min(LONGEST_PAUSE)).await;
        }
    }
}

async fn chunk(tx: &mut Tx, ledger: &Ledger, next: Next, after: Cursor) -> Result<Vec<Cursor>, AppError> {
    let rulebook = ledger.rulebook_in(tx).await?;
    let now = ledger.clock.now();
    let seen = next(tx, now, rulebook.rating_at(now), after).await?;
    if seen.is_empty() {
        return Ok(seen);
    }
    let numbers: Vec<i64> = seen.iter().map(|(_, no)| *no).collect();
    // locked in the order of their numbers, as everybody does; whoever was settled meanwhile has nothing due any more
    let members = member::lock_numbers(tx, &numbers).await?;
    let mut caught_up: Vec<LockedMember> = Vec::with_capacity(members.len());
    for member in members {
        let (member_id, mut locked) = (member.id(), LockedMember::of(member));
        match locked.member.account.catch_up(&rulebook.of(member_id), now) {
            Ok(journal) => {
                locked.note(journal);
                caught_up.push(locked);
            }
            Err(refusal) => {
                tracing::error!(member.id = %locked.member.id(), %refusal, "what is due for a member cannot be posted");
            }
        }
    }
    posting::write(tx, ledger, &rulebook, &caught_up).await?;
    Ok(seen)
}

/// A member with what is due by now posted: what a read of their entries shows.
pub async fn settled(ledger: &Ledger, by: By<'_>) -> Result<Option<Member>, AppError> {
    Ok(settled_under(ledger, by).await?.map(|(member, _)| member))
}

/// The same, with the rules of that moment.
pub async fn settled_under(ledger: &Ledger, by: By<'_>) -> Result<Option<(Member, Arc<Rulebook>)>, AppError> {
    let seen = ledger.db.look_up((ledger, by), |db, (ledger, by)| {
        Box::pin(async move {
            let Some((member, progress)) = member::find_with_progress(db, *by).await? else { return Ok::<_, AppError>(None) };
            Ok(Some((member, ledger.rulebook_as_of(db, progress).await?)))
        })
    });
    let Some((member, rulebook)) = seen.await? else { return Ok(None) };
    match is_due(&rulebook.of(member.id()), ledger.clock.now(), &member) {
        true => Ok(Some((settle_one(ledger, member.no).await?, ledger.rulebook().await?))),
        false => Ok(Some((member, rulebook))),
    }
}

/// Whether anything is to be posted to a member before their account is read.
pub(in crate::usecase) fn is_due(timeline: &Timeline, now: Timestamp, member: &Member) -> bool {
    member.account.due_at(timeline).is_some_and(|due| due <= now) || member.account.rated_by < timeline.rating_at(now)
}

pub(in crate::usecase) async fn settle_one(ledger: &Ledger, no: i64) -> Result<Member, AppError> {
    ledger
        .db
        .write((ledger.clone(), no), |tx, (ledger, no)| {
            Box::pin(async move {
                let rulebook = ledger.rulebook_in(tx).await?;
                let member = member::lock(tx, *no).await?.ok_or(AppError::NotFound)?;
                let timeline = rulebook.of(member.id());
                let mut locked = [LockedMember::of(member)];
                let journal = locked[0].member.account.catch_up(&timeline, ledger.clock.now())?;
                locked[0].note(journal);
                posting::write(tx, ledger, &rulebook, &locked).await?;
                let [locked] = locked;
                Ok(locked.member)
            })
        })
        .await
}
