//! A member's statement: all their entries and what those leave, to keep and to check without Laurel.

use laurel_domain::ledger::entry::Entry;
use laurel_domain::ledger::statement::{Standing, Statement};
use laurel_domain::refusal::Refusal;

use crate::store::ledger::proof;
use crate::store::members::member::{self, By};
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::due;

/// Entries read at a time.
const CHUNK: i64 = 1000;

/// The statement of a member as of now, read on one snapshot.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such member.
pub async fn statement(ledger: &Ledger, member_no: i64) -> Result<Statement, AppError> {
    // what has lapsed or become available by now stands in the statement as it does on every page
    due::settled(ledger, By::No(member_no)).await?.ok_or(AppError::NotFound)?;
    let (programme, as_of) = (ledger.settings(), ledger.clock.now());
    ledger
        .db
        .for_reports()
        .snapshot(programme, move |tx, programme| {
            Box::pin(async move {
                let account = member::find(tx, By::No(member_no)).await?.ok_or(AppError::NotFound)?.account;
                let mut entries: Vec<Entry> = Vec::new();
                loop {
                    let after = entries.last().map_or(0, |last| last.seq);
                    let next = proof::entries_after(tx, programme.currency, member_no, after, CHUNK).await?;
                    if next.is_empty() {
                        break;
                    }
                    entries.extend(next);
                }
                let standing = Standing {
                    member: account.member,
                    as_of,
                    available: account.available,
                    pending: account.pending,
                    debt: account.debt,
                    balance: account.balance().ok_or(Refusal::PointsOutOfRange)?,
                    tier: account.tier,
                };
                let texts = proof::texts(tx, member_no).await?;
                Ok(Statement::of(programme, &standing, &entries, &texts))
            })
        })
        .await
}
