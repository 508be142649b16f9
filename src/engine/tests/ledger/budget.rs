//! What an event costs on disk, its unique key included: a promise that no migration may break unnoticed. Its id stands there once,
//! whatever its length; a key of 16 bytes is what it is looked up by.

use std::sync::Arc;

use laurel_domain::ledger::event::Event;
use laurel_engine::store::{Db, on};
use laurel_engine::usecase::ledger::ingest;

use laurel_testing::programme::{HISTORY, check, event, programme};

const MEMBERS: usize = 500;
const ROUNDS: usize = 24;
/// With ids of six digits, and of 36 characters, as UUIDs have.
const SQLITE_BYTES: [i64; 2] = [135, 170];
const POSTGRES_BYTES: [i64; 2] = [305, 340];

const PAGES: &str = "select page_count * page_size from pragma_page_count(), pragma_page_size()";
const RELATIONS: &str = "select cast(sum(pg_total_relation_size(inhrelid::regclass)) as bigint) from (
    select inhrelid from pg_inherits where inhparent in ('entries'::regclass, 'event_keys'::regclass)
    union select 'entries'::regclass union select 'event_keys'::regclass) tables";

async fn bytes(db: &Db) -> i64 {
    let mut reader = db.reader().await.unwrap();
    match db.is_postgres() {
        false => on!(reader, conn => sqlx::query_scalar(PAGES).fetch_one(conn).await).unwrap(),
        true => on!(reader, conn => sqlx::query_scalar(RELATIONS).fetch_one(conn).await).unwrap(),
    }
}

/// Payments of everybody in turn, as they come in life: no two of a member's lie side by side.
fn round(n: usize, has_long_ids: bool) -> Arc<Vec<Event>> {
    let at = format!("2026-{:02}-{:02}T08:{:02}:00Z", 1 + n / 28, 1 + n % 28, n % 60);
    let payment = |m: usize| {
        let number = 536_365 + n * MEMBERS + m;
        let id = if has_long_ids { format!("{number:0>8}-4000-8000-8000-{number:0>15}") } else { number.to_string() };
        event(&format!("id={id} member=1{m:04} pay={}.{:02} at={at}", 3 + m % 400, m % 100))
    };
    Arc::new((0..MEMBERS).map(payment).collect())
}

async fn cost(db: &Db, has_long_ids: bool) -> i64 {
    let ledger = programme(db).await;
    ingest::post(&ledger, round(0, has_long_ids), HISTORY).await.unwrap();
    let before = bytes(db).await;
    for n in 1..=ROUNDS {
        ingest::post(&ledger, round(n, has_long_ids), HISTORY).await.unwrap();
    }
    check(&ledger).await;
    let each = (bytes(db).await - before) / (MEMBERS * ROUNDS) as i64;
    println!("{each} bytes an event");
    each
}

stories! {
    async fn an_event_stays_within_its_budget_of_bytes(db: Db) {
        let each = cost(&db, false).await;
        let most = if db.is_postgres() { POSTGRES_BYTES } else { SQLITE_BYTES };
        assert!(each <= most[0], "{each} bytes an event, of {}", most[0]);
    }

    async fn an_event_with_a_long_id_costs_its_length_once(db: Db) {
        let each = cost(&db, true).await;
        let most = if db.is_postgres() { POSTGRES_BYTES } else { SQLITE_BYTES };
        assert!(each <= most[1], "{each} bytes an event, of {}", most[1]);
    }
}
