//! What is asked about a member is asked of that member's partition alone, however the statement comes to the number: PostgreSQL counts
//! the looks at each. Where there are several machines, every other look would be another machine's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::time::Duration;

use futures::future::BoxFuture;
use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::rules::terms::Expiry;
use laurel_engine::auth::{Actor, Authority};
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::members::member::By;
use laurel_engine::store::{Db, Either};
use laurel_engine::usecase::benefits::claims;
use laurel_engine::usecase::ledger::{Ledger, activity};
use laurel_engine::usecase::members::{notes, view};
use laurel_engine::usecase::rewards::redeem;
use laurel_testing::database::Throwaway;
use laurel_testing::programme::{clock, member, programme_with, tell};
use laurel_testing::rewards::{self, gift, go};

const PARTITIONS: u16 = 8;
/// How often each partition was looked at, by an index or without.
const LOOKS: &str = "select s.relname::text, coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0) from pg_stat_user_tables s
    where exists (select from pg_inherits i where i.inhrelid = s.relid)";
/// What others have counted is told when they leave.
const OTHERS: &str = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
    and backend_type = 'client backend' and application_name <> 'looks'";
const HOME: &str = "select own.tableoid::regclass::text from member_keys k
    cross join lateral (select m.tableoid from members m where m.no = k.member_no offset 0) own where k.key = member_key('external_id', $1)";

/// Of m-1, whom nothing looks for by name then.
static ID: OnceLock<String> = OnceLock::new();
static BOUGHT: OnceLock<RedemptionId> = OnceLock::new();
/// Of a claim.
static CODE: OnceLock<String> = OnceLock::new();

type Asked = for<'a> fn(&'a Ledger) -> BoxFuture<'a, ()>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_about_a_member_is_asked_of_the_member_s_partition() {
    let database = Throwaway::empty_postgres().await;
    let url = database.url();
    database.tell(|db| story(db, url)).await;
}

async fn story(db: Db, url: String) {
    db.migrate().await.unwrap();
    db.partition(PARTITIONS).await.unwrap();
    // points that lapse are kept in lots
    let ledger = programme_with(&db, |rules| rules.expiry = Expiry::Months(12)).await;
    for m in 1..=30 {
        tell(&ledger, &format!("id=p{m} member=m-{m} pay=100")).await.unwrap();
    }
    // the highest tier, so that there is something to claim
    tell(&ledger, "id=p32 member=m-1 pay=100000").await.unwrap();
    tell(&ledger, "id=p31 member=m-31 pay=100 at=2026-11-22T09:59:30Z").await.unwrap();
    ID.set(member(&ledger, "m-1").await.id).unwrap();
    drop(ledger);
    db.close().await;

    let asked: [(&str, &[&str], Asked); 16] = [
        ("a payment", &["m-1"], |ledger| Box::pin(told(ledger, "id=a1 member=m-1 pay=20"))),
        ("a payment once more", &["m-1"], |ledger| Box::pin(told(ledger, "id=a1 member=m-1 pay=20"))),
        ("a refund", &["m-1"], |ledger| Box::pin(told(ledger, "id=a2 member=m-1 of=p1 refund=40"))),
        ("a review", &["m-1"], |ledger| Box::pin(told(ledger, "id=a3 member=m-1 review=shop-1"))),
        ("a referral", &["m-1", "m-31"], |ledger| Box::pin(told(ledger, "id=a4 member=m-1 referee=m-31"))),
        ("a referral once more", &["m-1", "m-31"], |ledger| Box::pin(told(ledger, "id=a4 member=m-1 referee=m-31"))),
        ("a gift", &["m-1"], |ledger| Box::pin(bought(ledger))),
        ("the gift on its way", &["m-1"], |ledger| Box::pin(sent(ledger))),
        ("a redemption's page", &["m-1"], |ledger| Box::pin(redemption(ledger))),
        ("cash", &["m-1"], |ledger| Box::pin(cash(ledger))),
        ("a benefit", &["m-1"], |ledger| Box::pin(claimed(ledger))),
        ("a benefit at the till", &["m-1"], |ledger| Box::pin(used(ledger))),
        ("a note", &["m-1"], |ledger| Box::pin(noted(ledger))),
        ("a balance", &["m-1"], |ledger| Box::pin(async { drop(member(ledger, "m-1").await) })),
        ("a member by id", &["m-1"], |ledger| Box::pin(by_id(ledger))),
        ("the activity", &["m-1"], |ledger| Box::pin(read(ledger))),
    ];
    let mut astray = Vec::new();
    for (what, members, ask) in asked {
        let before = looks(&url).await;
        let db = Db::connect(&url).await.unwrap();
        let ledger = Ledger::open(db.clone(), clock()).await.unwrap().unwrap();
        ask(&ledger).await;
        let mut homes = BTreeSet::new();
        for id in members {
            homes.insert(home(&db, id).await);
        }
        drop(ledger);
        db.close().await;
        let after = looks(&url).await;
        let looked: Vec<&String> =
            after.iter().filter(|(name, looks)| before.get(*name) != Some(looks)).map(|(name, _)| name).collect();
        let numbers: BTreeSet<String> = looked.iter().filter_map(|name| Some(name.rsplit_once('_')?.1.to_owned())).collect();
        if numbers != homes {
            astray.push(format!("{what}: {looked:?}"));
        }
    }
    assert_eq!(astray, Vec::<String>::new());
}

async fn told(ledger: &Ledger, event: &str) {
    tell(ledger, event).await.unwrap();
}

async fn bought(ledger: &Ledger) {
    let reward = gift(ledger, 1).await;
    BOUGHT.set(rewards::bought(ledger, "m-1", reward, "k1").await).unwrap();
}

async fn sent(ledger: &Ledger) {
    go(ledger, *BOUGHT.get().unwrap(), RedemptionState::Shipped).await.unwrap();
}

async fn redemption(ledger: &Ledger) {
    let found = redeem::find(ledger, *BOUGHT.get().unwrap()).await.unwrap().unwrap();
    assert!(found.contact.is_some());
    assert_eq!(found.states.len(), 2);
}

async fn cash(ledger: &Ledger) {
    let (member_no, points) = (number(ledger).await, "10".parse().unwrap());
    let wish = redeem::Wish { member_no, points, quoted: None, key: "c".into(), actor: Actor::CommandLine };
    let redeemed = redeem::redeem(ledger, wish).await.unwrap();
    go(ledger, redeemed.redemption.id, RedemptionState::Cancelled).await.unwrap();
}

async fn claimed(ledger: &Ledger) {
    let wish = claims::Wish { member_no: number(ledger).await, benefit: "free-repair".to_owned(), key: "b".into() };
    CODE.set(claims::claim(ledger, wish).await.unwrap().row.code.to_string()).unwrap();
}

async fn used(ledger: &Ledger) {
    claims::use_up(ledger, Authority::command_line(), CODE.get().unwrap()).await.unwrap();
}

async fn noted(ledger: &Ledger) {
    let member = ID.get().unwrap().parse().unwrap();
    notes::add(&ledger.db, Authority::command_line(), member, "rang", ledger.clock.now()).await.unwrap();
}

async fn number(ledger: &Ledger) -> i64 {
    view::find(ledger, By::External("m-1")).await.unwrap().unwrap().no
}

async fn by_id(ledger: &Ledger) {
    assert!(view::find(ledger, By::Id(ID.get().unwrap().parse().unwrap())).await.unwrap().is_some());
}

async fn read(ledger: &Ledger) {
    let no = view::find(ledger, By::External("m-1")).await.unwrap().unwrap().no;
    assert!(!activity::activity(ledger, no, Page::newest(20)).await.unwrap().lines.is_empty());
}

/// The number of the partition that a member lies in.
async fn home(db: &Db, external_id: &str) -> String {
    let mut reader = db.reader().await.unwrap();
    let Either::Postgres(conn) = reader.either() else { panic!("PostgreSQL") };
    let table: String = sqlx::query_scalar(HOME).bind(external_id).fetch_one(conn).await.unwrap();
    table.trim_start_matches("members_").to_owned()
}

/// Once everybody else has left.
async fn looks(url: &str) -> BTreeMap<String, i64> {
    use sqlx::Connection;
    let mut own =
        sqlx::PgConnection::connect(&format!("{url}{}application_name=looks", if url.contains('?') { '&' } else { '?' }))
            .await
            .unwrap();
    while sqlx::query_scalar::<_, i64>(OTHERS).fetch_one(&mut own).await.unwrap() > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let looks: Vec<(String, i64)> = sqlx::query_as(LOOKS).fetch_all(&mut own).await.unwrap();
    own.close().await.unwrap();
    looks.into_iter().collect()
}
