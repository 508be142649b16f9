//! Databases that the first release made are brought up to date in place, and go on.
//!
//! The fixtures are dumps of what that release (commit 1ba14f5) wrote: 9 members, every kind of event, redemptions in three
//! states, a debt's worth of refunds, and a second version of the rules that moved members to other tiers.

use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::rules::terms::Expiry;
use laurel_domain::rules::window::Window;
use laurel_engine::auth::{Actor, Authority};
use laurel_engine::clock::Clock;
use laurel_engine::store::Db;
use laurel_engine::store::members::member::By;
use laurel_engine::store::rewards::redemptions::{Filter, Which};
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::due;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::programme::report;
use laurel_engine::usecase::rewards::redeem::{self, Advance};
use laurel_engine::usecase::rules::{self, Publication};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use laurel_testing::database::Throwaway;
use laurel_testing::programme::{check, tell};

const SQLITE: &str = include_str!("fixtures/first_slice.sqlite.sql");
const POSTGRES: &str = include_str!("fixtures/first_slice.postgres.sql");

async fn standing(ledger: &Ledger, external_id: &str) -> String {
    let member = view::find(ledger, By::External(external_id)).await.unwrap().unwrap();
    let view = view::view(ledger, &member).await.unwrap();
    format!("{}/{}/{}", view.points.available, view.points.earned, view.tier.rank.get())
}

async fn goes_on(db: Db) {
    db.migrate().await.expect("the migrations since");
    let clock = Clock::fixed("2026-12-01T00:00:00Z".parse().unwrap());
    let ledger = Ledger::open(db.clone(), clock).await.unwrap().expect("the programme");
    let before = report::report(&db).await.unwrap();
    assert_eq!((before.members, before.events), (9, 40));
    assert_eq!(before.points.outstanding.to_string(), "3150.13");
    check(&ledger).await;

    // what was reserved then can still be cancelled, what was paid refunded
    let filter = Filter { which: Which::OfKind(RedemptionKind::Cash, Some(RedemptionState::Reserved)), after: None, most: 10 };
    let reserved = redeem::list(&ledger, filter).await.unwrap();
    assert_eq!(reserved.len(), 1);
    let steps = vec![RedemptionState::Cancelled];
    let cancel = Advance { id: reserved[0].id, steps, tracking: None, note: None, actor: Actor::CommandLine, of_member: None };
    redeem::advance(&ledger, cancel).await.unwrap();
    tell(&ledger, "id=late member=m-1 of=p1-0 refund=5 at=2026-11-25T00:00:00Z").await.unwrap();
    check(&ledger).await;

    ledger.clock.advance(jiff::SignedDuration::from_secs(1));
    // and the rules may ask for what nobody kept then
    let by = Authority::command_line();
    let latest = ledger.rulebook().await.unwrap().latest().clone();
    let mut set = latest.set;
    set.ladder.window = Window::Months(6);
    set.expiry = Expiry::Months(12);
    let revision = rules::save_draft(&ledger, by, set, latest.version, 0).await.unwrap();
    rules::publish(&ledger, by, revision, Publication::default()).await.unwrap();
    assert_eq!(due::re_rate(&ledger).await.unwrap(), 9);
    assert_eq!(standing(&ledger, "m-9").await, "500.00/500.00/3", "paid in October");
    assert_eq!(standing(&ledger, "m-3").await.rsplit('/').next(), Some("1"), "nothing in six months");
    tell(&ledger, "id=new member=m-3 pay=400 at=2026-12-01T00:00:01Z").await.unwrap();
    assert_eq!(standing(&ledger, "m-3").await.rsplit('/').next(), Some("2"));
    check(&ledger).await;
}

#[tokio::test]
async fn a_database_of_the_first_release_goes_on_on_sqlite() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let file = folder.path().join("laurel.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("an empty file");
    sqlx::raw_sql(AssertSqlSafe(SQLITE)).execute(&mut connection).await.expect("the dump");
    connection.close().await.expect("closed");
    let db = Db::connect(&format!("sqlite:{}", file.display())).await.expect("a connection");
    goes_on(db).await;
}

#[tokio::test]
async fn a_database_of_the_first_release_goes_on_on_postgres() {
    let database = Throwaway::empty_postgres().await;
    let mut connection = PgConnection::connect(&database.url()).await.expect("a connection");
    sqlx::raw_sql(AssertSqlSafe(POSTGRES)).execute(&mut connection).await.expect("the dump");
    connection.close().await.expect("closed");
    database.tell(goes_on).await;
}
