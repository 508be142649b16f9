//! What an event costs on disk, its unique key included: a promise that no migration may break unnoticed.

use std::sync::Arc;

use laurel_domain::ledger::event::Event;
use laurel_engine::store::{Db, on};
use laurel_engine::usecase::ledger::ingest;

use laurel_testing::programme::{HISTORY, check, event, programme};

const MEMBERS: usize = 500;
const ROUNDS: usize = 24;
const SQLITE_BYTES: i64 = 120;
const POSTGRES_BYTES: i64 = 250;

const PAGES: &str = "select page_count * page_size from pragma_page_count(), pragma_page_size()";
const RELATIONS: &str = "select cast(pg_total_relation_size('entries') as bigint)";

async fn bytes(db: &Db) -> i64 {
    let mut reader = db.reader().await.unwrap();
    match db.is_postgres() {
        false => on!(reader, conn => sqlx::query_scalar(PAGES).fetch_one(conn).await).unwrap(),
        true => on!(reader, conn => sqlx::query_scalar(RELATIONS).fetch_one(conn).await).unwrap(),
    }
}

/// Payments of everybody in turn, as they come in life: no two of a member's lie side by side.
fn round(n: usize) -> Arc<Vec<Event>> {
    let at = format!("2026-{:02}-{:02}T08:{:02}:00Z", 1 + n / 28, 1 + n % 28, n % 60);
    let payment = |m: usize| {
        event(&format!("id={} member=1{m:04} pay={}.{:02} at={at}", 536_365 + n * MEMBERS + m, 3 + m % 400, m % 100))
    };
    Arc::new((0..MEMBERS).map(payment).collect())
}

stories! {
    async fn an_event_stays_within_its_budget_of_bytes(db: Db) {
        let ledger = programme(&db).await;
        ingest::post(&ledger, round(0), HISTORY).await.unwrap();
        let before = bytes(&db).await;
        for n in 1..=ROUNDS {
            ingest::post(&ledger, round(n), HISTORY).await.unwrap();
        }
        let each = (bytes(&db).await - before) / (MEMBERS * ROUNDS) as i64;
        let most = if db.is_postgres() { POSTGRES_BYTES } else { SQLITE_BYTES };
        assert!(each <= most, "{each} bytes an event, of {most}");
        println!("{each} bytes an event");
        check(&ledger).await;
    }
}
