//! PostgreSQL's directory of what members are found by from anywhere.

use laurel_engine::auth::Auth;
use laurel_engine::store::Db;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::{Ledger, verify};
use laurel_engine::usecase::members::view;
use laurel_testing::database::Throwaway;
use laurel_testing::people::registered;
use laurel_testing::programme::{check, programme, tell};
use laurel_testing::rewards;
use laurel_testing::tamper::tamper;

async fn differences(ledger: &Ledger) -> Vec<String> {
    let verdict = verify::verify(ledger).await.unwrap();
    verdict.differences.into_iter().map(|difference| difference.what).collect()
}

/// Two who paid, and one who has a referral code alone.
async fn scene(db: &Db) -> Ledger {
    db.migrate().await.unwrap();
    let ledger = programme(db).await;
    tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
    tell(&ledger, "id=p2 member=m-2 pay=100").await.unwrap();
    registered(db, &Auth::default(), "li@example.com").await;
    check(&ledger).await;
    ledger
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_gone_or_leads_elsewhere_is_found() {
    Throwaway::empty_postgres().await.tell(gone).await;
}

async fn gone(db: Db) {
    let ledger = scene(&db).await;
    let lost = "is not found by their id, external id or referral code";
    tamper(&db, "update member_keys set member_no = 2 where key = member_key('external_id', 'm-1')").await;
    assert_eq!(differences(&ledger).await, [lost]);
    tamper(&db, "delete from member_keys where key = member_key('external_id', 'm-1')").await;
    assert_eq!(differences(&ledger).await, [lost]);
    tamper(&db, "delete from member_keys where member_no = 3").await;
    assert_eq!(differences(&ledger).await, [lost; 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_a_member_s_and_cannot_be_found_any_more_is_told() {
    Throwaway::empty_postgres().await.tell(not_found).await;
}

async fn not_found(db: Db) {
    let ledger = scene(&db).await;
    let id = rewards::bought(&ledger, "m-1", rewards::gift(&ledger, 1).await, "k1").await;
    check(&ledger).await;
    tamper(&db, &format!("update member_keys set member_no = 2 where key = '{id}'")).await;
    assert_eq!(differences(&ledger).await, [format!("redemption {id} is not found")]);
    tamper(&db, &format!("update member_keys set member_no = 1 where key = '{id}'")).await;
    check(&ledger).await;
    tamper(&db, "update redemption_contacts set member_no = 2").await;
    assert_eq!(
        differences(&ledger).await,
        [format!("there is an address of redemption {id}, which member number 2 has not made")]
    );
    tamper(&db, "update redemption_contacts set member_no = 1").await;
    check(&ledger).await;
    let batch = "insert into payout_batches (id, number, made_at) values ('00000000-0000-0000-0000-000000000001', 1, 0)";
    tamper(&db, batch).await;
    tamper(&db, &format!("insert into payout_items (redemption_id, batch) select '{id}', id from payout_batches")).await;
    assert_eq!(differences(&ledger).await, ["1 items of payout batches are no payouts"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_nobody_has_is_found() {
    Throwaway::empty_postgres().await.tell(left_over).await;
}

async fn left_over(db: Db) {
    let ledger = scene(&db).await;
    tamper(&db, "insert into member_keys (key, member_no) values (member_key('external_id', 'm-9'), 1)").await;
    assert_eq!(differences(&ledger).await, ["there are 7 keys of members and what is theirs, and 6 ids and codes"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_of_before_are_found_after_the_migration_and_after_they_are_divided() {
    Throwaway::empty_postgres().await.tell(divided).await;
}

async fn divided(db: Db) {
    let ledger = scene(&db).await;
    db.partition(4).await.unwrap();
    check(&ledger).await;
    tell(&ledger, "id=p3 member=m-1 pay=100").await.unwrap();
    tell(&ledger, "id=p4 member=m-4 pay=100").await.unwrap();
    registered(&db, &Auth::default(), "wu@example.com").await;
    check(&ledger).await;
    let find = async |id| view::find(&ledger, By::External(id)).await.unwrap().map(|member| (member.no, member.account.seq));
    assert_eq!(find("m-1").await, Some((1, 2)));
    assert_eq!(find("m-4").await, Some((4, 1)), "numbers go on");
    assert_eq!(find("m-9").await, None);
}
