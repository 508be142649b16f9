//! Damaged rows: events of their member are refused until a repair, those of all others are posted.

use jiff::Timestamp;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::terms::Expiry;
use laurel_engine::usecase::ledger::due;
use laurel_engine::usecase::ledger::ingest::Outcome;

use laurel_testing::programme::{LIVE, post, programme_with, standing, tell};
use laurel_testing::tamper::tamper;

fn codes(outcomes: &[Outcome]) -> Vec<&'static str> {
    let code = |outcome: &Outcome| match outcome {
        Outcome::Refused(refusal) => refusal.code(),
        Outcome::Accepted(_) => "accepted",
        Outcome::Duplicate(_) => "duplicate",
    };
    outcomes.iter().map(code).collect()
}

stories! {
    async fn a_wrong_lot_stops_its_member_and_nobody_else(db: Db) {
        let ledger = programme_with(&db, |set| set.expiry = Expiry::Months(1)).await;
        post(&ledger, LIVE, &["id=p1 member=m-1 pay=100", "id=p2 member=m-2 pay=100"]).await;
        tamper(&db, "update lots set points = 999999 where member_no = (select no from members where external_id = 'm-1')").await;
        let outcomes = post(&ledger, LIVE, &[
            "id=q1 member=m-2 pay=1", "id=q2 member=m-1 pay=1", "id=q3 member=m-1 of=p1 refund=1", "id=q4 member=m-2 of=p2 refund=1",
        ]).await;
        assert_eq!(codes(&outcomes), ["accepted", "account_damaged", "account_damaged", "accepted"]);
        assert_eq!(standing(&ledger, "m-2").await, "100.00/0.00/100.00/2");
        ledger.clock.set("2027-03-01T00:00:00Z".parse::<Timestamp>().unwrap());
        due::settle(&ledger).await.unwrap();
        assert_eq!(standing(&ledger, "m-2").await, "0.00/0.00/100.00/2", "the job passes the damaged one by");
        tamper(&db, "update lots set points = 10000 where member_no = (select no from members where external_id = 'm-1')").await;
        assert!(tell(&ledger, "id=q2 member=m-1 pay=1").await.is_ok(), "repaired, it goes on");
    }

    async fn a_row_that_makes_no_sense_stops_its_member_and_nobody_else(db: Db) {
        let ledger = programme_with(&db, |_| ()).await;
        let pay = |n: usize| format!("id=p{n} member=m-{n} pay=10");
        post(&ledger, LIVE, &(0..20).map(pay).collect::<Vec<_>>().iter().map(String::as_str).collect::<Vec<_>>()).await;
        let broken = if db.is_postgres() { "'\\x00'" } else { "x'00'" };
        tamper(&db, &format!("update members set head = {broken} where external_id = 'm-7'")).await;
        let again = |n: usize| format!("id=q{n} member=m-{n} pay=10");
        let outcomes = post(&ledger, LIVE, &(0..20).map(again).collect::<Vec<_>>().iter().map(String::as_str).collect::<Vec<_>>()).await;
        let refused: Vec<usize> = (0..20).filter(|n| outcomes[*n] == Outcome::Refused(Refusal::AccountDamaged)).collect();
        assert_eq!(refused, [7]);
        assert!((0..20).filter(|n| *n != 7).all(|n| matches!(outcomes[n], Outcome::Accepted(_))));
    }
}
