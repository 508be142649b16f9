//! Servers can work as a role of PostgreSQL that adds to the ledger and cannot change it.

use laurel_engine::auth::{Auth, Role};
use laurel_engine::random;
use laurel_engine::store::{Db, Either, StoreError};
use laurel_engine::usecase::ledger::{adjustments, due};
use laurel_engine::usecase::members::{close, erase};
use laurel_testing::database::Throwaway;
use laurel_testing::people::{employed, registered};
use laurel_testing::programme::{check, member, programme, publish, tell};
use laurel_testing::rewards::{bought, gift, pool};
use sqlx::AssertSqlSafe;

async fn run(db: &Db, sql: &str) -> Result<(), StoreError> {
    db.write(sql.to_owned(), |tx, sql| {
        Box::pin(async move {
            let Either::Postgres(conn) = tx.either() else { panic!("PostgreSQL") };
            Ok(sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(conn).await.map(drop)?)
        })
    })
    .await
}

/// A database whose tables an owner made, and a role that is there to serve it.
async fn scene(database: &Throwaway) -> (Db, String) {
    let owner = database.db.clone();
    owner.migrate().await.unwrap();
    let role = format!("laurel_{}", hex::encode(random::bytes::<8>()));
    run(&owner, &format!("create role {role} login")).await.unwrap();
    (owner, role)
}

async fn clear(owner: &Db, role: &str) {
    run(owner, &format!("drop owned by {role}; drop role {role}")).await.unwrap();
}

async fn connect(database: &Throwaway, role: &str) -> Db {
    let url = database.url();
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let host = rest.split_once('@').map_or(rest, |(_, host)| host);
    Db::connect(&format!("{scheme}://{role}@{host}")).await.expect("a connection as the role")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_serves_does_everything_and_changes_no_entry() {
    let database = Throwaway::empty_postgres().await;
    let (owner, role) = scene(&database).await;
    owner.partition(2).await.unwrap();
    owner.grant_to(&role).await.unwrap();
    let db = connect(&database, &role).await;
    db.migrate().await.expect("nothing is missing");

    let ledger = programme(&db).await;
    let auth = Auth::default();
    let admin = employed(&db, &auth, "m@example.com", Role::Admin).await;
    registered(&db, &auth, "li@example.com").await;
    tell(&ledger, "id=p1 member=m-1 pay=1000 at=2026-11-21T00:00:00Z").await.unwrap();
    tell(&ledger, "id=r1 member=m-1 of=p1 refund=40").await.unwrap();
    tell(&ledger, "id=v1 member=m-1 review=shop").await.unwrap();
    tell(&ledger, "id=p2 member=m-2 pay=50").await.unwrap();
    tell(&ledger, "id=f1 member=m-1 referee=m-2").await.unwrap();
    let id = member(&ledger, "m-1").await.id.parse().unwrap();
    let wish = adjustments::wish(id, "5", "a gift", "k1").unwrap();
    adjustments::adjust(&ledger, admin, wish).await.unwrap();
    let (codes, things) = (pool(&ledger, "A-1").await, gift(&ledger, 3).await);
    bought(&ledger, "m-1", codes, "b1").await;
    bought(&ledger, "m-1", things, "b2").await;
    publish(&ledger, |set| set.ladder.tiers[1].from = "200".parse().unwrap()).await;
    due::re_rate(&ledger).await.unwrap();
    let gone = member(&ledger, "m-2").await.id.parse().unwrap();
    close::close(&ledger, admin, gone, None).await.unwrap();
    erase::erase(&ledger, admin, gone).await.unwrap();
    check(&ledger).await;

    for forbidden in [
        "update entries set points = 0",
        "delete from entries where seq = 1",
        "truncate entries",
        "update audit set at = 0",
        "delete from audit",
        "update event_keys set seq = 9",
        "delete from event_keys",
        "alter table entries disable trigger all",
        "drop trigger entries_stay on entries",
        "set local session_replication_role = replica",
        "create table mine (no bigint)",
        "update _sqlx_migrations set success = false",
    ] {
        let error = run(&db, forbidden).await.expect_err(forbidden);
        assert!(error.is_denied(), "{forbidden}: {error}");
    }
    check(&ledger).await;
    db.close().await;
    clear(&owner, &role).await;
    database.tell(|_| async {}).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_newer_version_adds_is_asked_of_the_owner() {
    let database = Throwaway::empty_postgres().await;
    let (owner, role) = scene(&database).await;
    owner.grant_to(&role).await.unwrap();
    // as if a migration were still to come
    run(&owner, "delete from _sqlx_migrations where version = 72").await.unwrap();
    let db = connect(&database, &role).await;
    let error = db.migrate().await.unwrap_err().to_string();
    assert!(error.contains("run `laurel migrate --grant-to` as their owner"), "{error}");
    db.close().await;
    clear(&owner, &role).await;
    database.tell(|_| async {}).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_granted_to_nobody_to_a_superuser_or_on_sqlite() {
    let database = Throwaway::empty_postgres().await;
    let (owner, role) = scene(&database).await;
    let refused = async |who: &str| owner.grant_to(who).await.unwrap_err().to_string();
    assert!(refused("nobody_of_this_name").await.contains("no such role"));
    run(&owner, &format!("alter role {role} superuser")).await.unwrap();
    assert!(refused(&role).await.contains("superuser"));
    clear(&owner, &role).await;
    database.tell(|_| async {}).await;

    let file = Throwaway::sqlite().await;
    assert!(file.db.grant_to("laurel").await.unwrap_err().to_string().contains("SQLite has no roles"));
    file.tell(|_| async {}).await;
}
