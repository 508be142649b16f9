//! SQLite's checkpoints: what the write-ahead log holds is brought into the database file beside the commits, not within one.
//!
//! Nothing that was committed depends on it: a commit is on disk in the log. A log that outgrows `MOST_PAGES` all the same, because
//! nobody ever stops writing, is brought in by a commit, which then begins it anew.

use std::sync::{Arc, Weak};
use std::time::Duration;

use sqlx::SqlitePool;
use tokio::sync::Semaphore;

/// The length of the log at which a commit brings it in.
pub(super) const MOST_PAGES: &str = "48000";

/// How often to look.
const PAUSE: Duration = Duration::from_millis(250);
/// How many pages are brought in at once: many, as a page that has changed often is written once.
const STEP: i64 = 16_000;
/// After so many looks without a change the log is emptied, if it is longer than `SHORT`.
const STILL: u32 = 20;
const SHORT: i64 = 1_000;

/// Tells how long the log is, and how much of it has been brought in.
const LOOK: &str = "pragma wal_checkpoint(noop)";
/// Does what it can without keeping anybody waiting.
const PASSIVE: &str = "pragma wal_checkpoint(passive)";
/// Needs a moment without writers and readers, and does nothing if there is none.
const TRUNCATE: &str = "pragma wal_checkpoint(truncate)";

/// (whether others were in the way, pages in the log, pages brought in)
type Told = (i64, i64, i64);

/// Starts the task, which has a connection of its own. It ends when the database is closed, or `open` is gone.
pub(super) fn start(keeper: SqlitePool, open: &Arc<Semaphore>) {
    tokio::spawn(work(keeper, Arc::downgrade(open)));
}

async fn work(keeper: SqlitePool, open: Weak<Semaphore>) {
    let (mut last, mut still) = (0, 0);
    loop {
        tokio::time::sleep(PAUSE).await;
        if open.strong_count() == 0 || keeper.is_closed() {
            return;
        }
        let Some((_, log, brought)) = run(&keeper, LOOK).await else { continue };
        still = if log == last { still + 1 } else { 0 };
        last = log;
        if log - brought >= STEP {
            run(&keeper, PASSIVE).await;
        } else if still >= STILL && log > SHORT {
            still = 0;
            run(&keeper, TRUNCATE).await;
        }
    }
}

async fn run(keeper: &SqlitePool, statement: &'static str) -> Option<Told> {
    let told: Result<Told, sqlx::Error> = sqlx::query_as(statement).fetch_one(keeper).await;
    match told {
        Ok(told) => Some(told),
        Err(error) => {
            if !keeper.is_closed() {
                tracing::warn!(%error, "a checkpoint failed; the next one tries again");
            }
            None
        }
    }
}
