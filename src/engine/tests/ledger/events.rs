//! Events in: what they earn, what is refused, and that nothing is counted twice.

use laurel_domain::refusal::Refusal;
use laurel_engine::usecase::ledger::ingest::Outcome;
use laurel_engine::usecase::programme::report;

use laurel_testing::programme::{HISTORY, LIVE, check, post, programme, programme_with, standing, tell};

fn refused(outcome: &Outcome) -> &Refusal {
    match outcome {
        Outcome::Refused(refusal) => refusal,
        other => panic!("{other:?} is not refused"),
    }
}

stories! {
    async fn a_payment_enrols_a_member_and_earns_by_the_formula(db: Db) {
        let ledger = programme(&db).await;
        let answer = tell(&ledger, "id=e1 member=m-1 pay=139.12").await.unwrap();
        assert_eq!((answer.points.to_string().as_str(), answer.tier.get()), ("139.12", 2));
        assert_eq!(standing(&ledger, "m-1").await, "139.12/0.00/139.12/2");
        check(&ledger).await;
    }

    async fn payments_referrals_and_reviews_add_up(db: Db) {
        let ledger = programme(&db).await;
        let mut events = vec!["id=p1 member=m-1 pay=300 at=2026-11-01T00:00:00Z", "id=p2 member=m-1 pay=21.50"];
        events.extend([
            "id=x1 member=r-1 pay=1", "id=x2 member=r-2 pay=1", "id=x3 member=r-3 pay=1",
            "id=r1 member=m-1 referee=r-1", "id=r2 member=m-1 referee=r-2", "id=r3 member=m-1 referee=r-3",
            "id=v1 member=m-1 review=a", "id=v2 member=m-1 review=b", "id=v3 member=m-1 review=c", "id=v4 member=m-1 review=d",
        ]);
        let outcomes = post(&ledger, LIVE, &events).await;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Accepted(_))), "{outcomes:?}");
        assert_eq!(standing(&ledger, "m-1").await, "371.50/0.00/371.50/2");
        check(&ledger).await;
    }

    async fn a_repeated_event_gets_the_first_answer_and_changes_nothing(db: Db) {
        let ledger = programme(&db).await;
        let first = tell(&ledger, "id=e1 member=m-1 pay=38.50 scene=other").await.unwrap();
        tell(&ledger, "id=e2 member=m-1 pay=100").await.unwrap();
        let again = post(&ledger, LIVE, &["id=e1 member=m-1 pay=38.5", "id=e1 member=m-1 pay=38.5"]).await;
        assert_eq!(again, [Outcome::Duplicate(first), Outcome::Duplicate(first)]);
        assert_eq!(standing(&ledger, "m-1").await, "138.50/0.00/138.50/2");
        let conflict = tell(&ledger, "id=e1 member=m-1 pay=38.51").await;
        assert_eq!(conflict, Err(Refusal::EventConflict));
        tell(&ledger, "id=e1 source=other member=m-1 pay=38.51").await.expect("another source has ids of its own");
        check(&ledger).await;
    }

    async fn a_large_batch_that_is_told_twice_at_once_counts_once(db: Db) {
        let ledger = programme(&db).await;
        let members: Vec<String> = (0..60).map(|m| format!("id=m{m} member=m-{m} pay=1")).collect();
        post(&ledger, LIVE, &members.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let batch: Vec<String> = (0..120).map(|n| format!("id=e{n} member=m-{} pay=1000", n % 60)).collect();
        let batch: Vec<&str> = batch.iter().map(String::as_str).collect();
        for _ in 0..3 {
            let (one, other) = tokio::join!(post(&ledger, LIVE, &batch), post(&ledger, LIVE, &batch));
            for (one, other) in one.iter().zip(&other) {
                let (Outcome::Accepted(one) | Outcome::Duplicate(one), Outcome::Accepted(other) | Outcome::Duplicate(other)) = (one, other)
                else { panic!("{one:?} {other:?}") };
                assert_eq!(one, other);
            }
        }
        for m in 0..60 {
            assert!(standing(&ledger, &format!("m-{m}")).await.starts_with("2001.00/"), "m-{m}");
        }
        check(&ledger).await;
    }

    async fn every_kind_of_event_is_recognised_when_it_comes_again(db: Db) {
        let ledger = programme(&db).await;
        let events = [
            "id=e1 member=m-1 pay=38.50 scene=lending at=2026-11-21T00:00:00Z", "id=e2 member=m-2 pay=1",
            "id=e3 member=m-1 of=e1 refund=8.50", "id=e4 member=m-1 referee=m-2", "id=e5 member=m-1 review=书_17",
        ];
        let first = post(&ledger, LIVE, &events).await;
        let again = post(&ledger, LIVE, &events).await;
        for (first, again) in first.iter().zip(&again) {
            match (first, again) {
                (Outcome::Accepted(first), Outcome::Duplicate(again)) => assert_eq!(first, again),
                other => panic!("{other:?}"),
            }
        }
        for changed in [
            "id=e1 member=m-1 pay=38.50 at=2026-11-21T00:00:00Z", "id=e3 member=m-1 of=e2 refund=8.50",
            "id=e4 member=m-2 referee=m-1", "id=e5 member=m-1 review=书_18", "id=e2 member=m-2 pay=1 at=2026-11-22T09:58:00Z",
        ] {
            assert_eq!(tell(&ledger, changed).await, Err(Refusal::EventConflict), "{changed}");
        }
        check(&ledger).await;
    }

    async fn one_bad_event_fails_alone(db: Db) {
        let ledger = programme(&db).await;
        let outcomes = post(&ledger, LIVE, &[
            "id=e1 member=m-1 pay=10", "id=e2 member=m-1 of=nothing refund=5", "id=e3 member=m-2 pay=5 currency=USD",
            "id=e4 member=m-1 pay=1 at=2026-11-22T10:06:00Z", "id=e5 member=m-1 pay=7",
        ]).await;
        assert_eq!(refused(&outcomes[1]), &Refusal::UnknownPayment);
        assert!(matches!(refused(&outcomes[2]), Refusal::WrongCurrency { .. }));
        assert_eq!(refused(&outcomes[3]), &Refusal::InFuture);
        assert_eq!(standing(&ledger, "m-1").await, "17.00/0.00/17.00/1");
        let report = report::report(&db).await.unwrap();
        assert_eq!((report.members, report.events), (1, 2), "a refused event enrols nobody");
        check(&ledger).await;
    }

    async fn a_refused_event_does_not_use_up_its_id(db: Db) {
        let ledger = programme(&db).await;
        let refund = "id=r1 member=m-1 of=p1 refund=40";
        assert_eq!(tell(&ledger, refund).await, Err(Refusal::UnknownPayment));
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, refund).await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "60.00/0.00/60.00/1");
        check(&ledger).await;
    }

    async fn refunds_never_exceed_their_payment_nor_touch_anothers(db: Db) {
        let ledger = programme(&db).await;
        let outcomes = post(&ledger, LIVE, &[
            "id=p1 member=m-1 pay=100", "id=r1 member=m-1 of=p1 refund=60", "id=r2 member=m-1 of=p1 refund=60",
            "id=r3 member=m-2 of=p1 refund=10", "id=r4 member=m-1 of=r1 refund=10", "id=r5 member=m-1 of=p1 refund=40",
            "id=r6 member=m-1 of=p1 refund=0.01",
        ]).await;
        assert!(matches!(refused(&outcomes[2]), Refusal::RefundBeyondPayment { left } if left.amount() == "40.00"));
        assert_eq!(refused(&outcomes[3]), &Refusal::UnknownPayment);
        assert_eq!(refused(&outcomes[4]), &Refusal::UnknownPayment);
        assert!(matches!(refused(&outcomes[6]), Refusal::RefundBeyondPayment { left } if left.minor() == 0));
        assert_eq!(standing(&ledger, "m-1").await, "0.00/0.00/0.00/1");
        check(&ledger).await;
    }

    async fn a_refund_may_name_the_source_that_its_payment_came_from(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 source=pos member=m-1 pay=100").await.unwrap();
        assert_eq!(tell(&ledger, "id=r1 member=m-1 of=p1 refund=1").await, Err(Refusal::UnknownPayment));
        tell(&ledger, "id=r1 member=m-1 of=p1 payment_source=pos refund=1").await.unwrap();
        check(&ledger).await;
    }

    async fn referrals_are_awarded_once_and_only_forwards(db: Db) {
        let ledger = programme(&db).await;
        let day = |n: u8| format!("2026-11-0{n}T00:00:00Z");
        for n in 1..=3 {
            tell(&ledger, &format!("id=p{n} member=m-{n} pay=1 at={}", day(n))).await.unwrap();
        }
        assert_eq!(tell(&ledger, "id=r1 member=m-1 referee=m-1").await, Err(Refusal::SelfReferral));
        assert_eq!(tell(&ledger, "id=r1 member=m-1 referee=m-9").await, Err(Refusal::UnknownReferee));
        assert_eq!(tell(&ledger, "id=r1 member=m-2 referee=m-1").await, Err(Refusal::RefereeCameFirst));
        tell(&ledger, "id=r1 member=m-1 referee=m-2").await.unwrap();
        assert_eq!(tell(&ledger, "id=r2 member=m-1 referee=m-2").await, Err(Refusal::AlreadyReferred));
        assert_eq!(tell(&ledger, "id=r3 member=m-2 referee=m-1").await, Err(Refusal::MutualReferral));
        let both = post(&ledger, LIVE, &["id=r4 member=m-1 referee=m-3", "id=r5 member=m-2 referee=m-3"]).await;
        assert_eq!(refused(&both[1]), &Refusal::AlreadyReferred);
        assert_eq!(standing(&ledger, "m-1").await, "21.00/0.00/21.00/1");
        check(&ledger).await;
    }

    async fn a_subject_is_reviewed_once_by_each_member(db: Db) {
        let ledger = programme(&db).await;
        let outcomes = post(&ledger, LIVE, &["id=v1 member=m-1 review=a", "id=v2 member=m-1 review=a"]).await;
        assert_eq!(refused(&outcomes[1]), &Refusal::AlreadyReviewed);
        assert_eq!(tell(&ledger, "id=v3 member=m-1 review=a").await, Err(Refusal::AlreadyReviewed));
        tell(&ledger, "id=v4 member=m-2 review=a").await.unwrap();
        check(&ledger).await;
    }

    async fn late_events_earn_at_the_tier_of_their_time(db: Db) {
        let ledger = programme_with(&db, |rules| rules.ladder.tiers[1].multiplier = "2".parse().unwrap()).await;
        post(&ledger, HISTORY, &[
            "id=p1 member=m-1 pay=100 at=2026-03-01T00:00:00Z", "id=p2 member=m-1 pay=10 at=2026-05-01T00:00:00Z",
        ]).await;
        let late = post(&ledger, HISTORY, &[
            "id=p3 member=m-1 pay=10 at=2026-02-01T00:00:00Z", "id=p4 member=m-1 pay=10 at=2026-04-01T00:00:00Z",
            "id=p5 member=m-1 pay=10 at=2026-03-01T00:00:00Z",
        ]).await;
        let points: Vec<String> = late.iter().map(|outcome| match outcome {
            Outcome::Accepted(answer) => answer.points.to_string(),
            other => panic!("{other:?}"),
        }).collect();
        assert_eq!(points, ["10.00", "20.00", "10.00"], "just before the promotion is still the first tier");
        check(&ledger).await;
    }

    async fn points_beyond_what_can_be_held_are_refused(db: Db) {
        let ledger = programme_with(&db, |rules| {
            rules.alpha = "10000".parse().unwrap();
            rules.scenes.lending = "100".parse().unwrap();
        }).await;
        let most = "member=m-1 pay=10000000000 scene=lending";
        for n in 0..9 {
            tell(&ledger, &format!("id=p{n} {most}")).await.unwrap();
        }
        assert_eq!(tell(&ledger, &format!("id=p10 {most}")).await, Err(Refusal::PointsOutOfRange));
        check(&ledger).await;
    }
}
