//! SQLite's checkpoints: what the write-ahead log holds is brought into the database file beside the commits, not within one.
//!
//! Nothing that was committed depends on it: a commit is on disk in the log. The log begins anew once all of it has been brought in, which
//! never happens by itself while somebody writes without a pause. So when little is left, writers wait for that little,
//! where a commit that finds a log longer than `MOST_PAGES` brings in the rest itself and keeps everybody waiting for a tenth of a
//! second and more. That is left to those who write faster than pages can be brought in.

use std::sync::Weak;
use std::time::Duration;

use sqlx::SqlitePool;

use crate::store::database::sqlite::{Slot, SqliteWriter};

/// The length of the log at which a commit brings it in.
pub(super) const MOST_PAGES: &str = "48000";

/// How often to look.
const PAUSE: Duration = Duration::from_millis(250);
/// How many pages are brought in at once: many, as a page that has changed often is written once.
const STEP: i64 = 16_000;
/// How many may be left for writers to wait for.
const REST: i64 = 2_000;
/// After so many looks without a change the log is emptied, if it is longer than `SHORT`.
const STILL: u32 = 20;
const SHORT: i64 = 1_000;

/// Tells how long the log is, and how much of it has been brought in.
const LOOK: &str = "pragma wal_checkpoint(noop)";
/// Does what it can without keeping anybody waiting.
const PASSIVE: &str = "pragma wal_checkpoint(passive)";
/// Brings in what is left, so that the log begins anew. Needs a moment without writers, and without readers of what the log has.
const RESTART: &str = "pragma wal_checkpoint(restart)";
/// Needs a moment without writers and readers, and does nothing if there is none.
const TRUNCATE: &str = "pragma wal_checkpoint(truncate)";

/// (whether others were in the way, pages in the log, pages brought in)
type Told = (i64, i64, i64);

/// Starts the task, which has a connection of its own. It ends when the database is closed, or `writer` is gone.
pub(super) fn start(keeper: SqlitePool, writer: &SqliteWriter) {
    tokio::spawn(work(keeper, writer.downgrade()));
}

async fn work(keeper: SqlitePool, writer: Weak<Slot>) {
    let (mut last, mut still) = (0, 0);
    loop {
        tokio::time::sleep(PAUSE).await;
        if writer.strong_count() == 0 || keeper.is_closed() {
            return;
        }
        let Some((_, log, brought)) = run(&keeper, LOOK).await else { continue };
        still = if log == last { still + 1 } else { 0 };
        last = log;
        if log - brought >= STEP {
            bring_in(&keeper, &writer, log - brought).await;
        } else if still >= STILL && log > SHORT {
            still = 0;
            run(&keeper, TRUNCATE).await;
        }
    }
}

/// Beside the writers, again and again as long as what they add meanwhile becomes less; then the rest, while they wait.
async fn bring_in(keeper: &SqlitePool, writer: &Weak<Slot>, mut left: i64) {
    loop {
        run(keeper, PASSIVE).await;
        let Some((_, log, brought)) = run(keeper, LOOK).await else { return };
        let before = std::mem::replace(&mut left, log - brought);
        if left <= REST {
            break;
        }
        if left * 3 > before * 2 {
            return;
        }
    }
    let Some(writer) = writer.upgrade() else { return };
    let _turn = writer.lock().await;
    run(keeper, RESTART).await;
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::store::{Db, StoreError, on};

    const MANY: &str = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 9000)
        insert into tries (key, count, full_at, used_at, forget_at) select randomblob(1500), 1, 0, 0, 0 from n";
    const ONE: &str = "insert into tries (key, count, full_at, used_at, forget_at) values (randomblob(16), 1, 0, 0, 0)";

    async fn write(db: &Db, sql: &'static str) {
        let written = db.write(sql, |tx, sql| {
            Box::pin(async move { on!(tx, conn => sqlx::query(*sql).execute(conn).await.map(drop).map_err(StoreError::from)) })
        });
        written.await.expect("rows");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_log_begins_anew_while_somebody_writes_without_a_pause() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let db = Db::create(&format!("sqlite:{}", folder.path().join("log.db").display())).await.expect("an empty database");
        db.migrate().await.expect("migrations apply");
        let Db::Sqlite(sqlite) = &db else { panic!("SQLite") };
        let is_over = Arc::new(AtomicBool::new(false));
        let writers = [(); 4].map(|()| {
            let (db, is_over) = (db.clone(), is_over.clone());
            tokio::spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    write(&db, ONE).await;
                }
            })
        });
        write(&db, MANY).await;
        let mut longest = 0;
        let anew = async {
            loop {
                let log = run(&sqlite.keeper, LOOK).await.map_or(0, |(_, log, _)| log);
                if log < STEP && longest > 0 {
                    break;
                }
                longest = longest.max(log);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let anew = tokio::time::timeout(Duration::from_secs(60), anew).await;
        is_over.store(true, Ordering::Relaxed);
        for writer in writers {
            writer.await.expect("a writer");
        }
        anew.expect("the log begins anew");
        assert!((STEP..40_000).contains(&longest), "{longest} pages: a commit had to bring them in");
    }
}
