//! Points to cash: what is taken, what comes back, and that no point is spent twice.

use futures::future::join_all;
use laurel_domain::ids::RedemptionId;
use laurel_domain::numbers::money::Money;
use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::redemption::RedemptionState::{self, Cancelled, Failed, Paid, Processing};
use laurel_engine::auth::Actor;
use laurel_engine::store::members::member::By;
use laurel_engine::store::rewards::redemptions::RedeemedFor;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::programme::report;
use laurel_engine::usecase::rewards::redeem::{self, Advance, Redeemed, Wish};

use laurel_testing::programme::{check, programme, standing, tell};

async fn wish(ledger: &Ledger, points: &str, key: &str) -> Wish {
    let member = view::find(ledger, By::External("m-1")).await.unwrap().unwrap();
    let actor = Actor::Member(member.id().uuid());
    Wish { member_no: member.no, points: points.parse().unwrap(), quoted: None, key: key.into(), actor }
}

async fn redeem(ledger: &Ledger, points: &str, key: &str) -> Result<Redeemed, AppError> {
    redeem::redeem(ledger, wish(ledger, points, key).await).await
}

async fn advance(ledger: &Ledger, id: RedemptionId, steps: &[RedemptionState]) -> Result<(), AppError> {
    let advance = Advance { id, steps: steps.to_vec(), tracking: None, note: None, actor: Actor::CommandLine, of_member: None };
    redeem::advance(ledger, advance).await.map(drop)
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> Refusal {
    match outcome {
        Err(AppError::Refused(refusal)) => refusal,
        other => panic!("{other:?} is not refused"),
    }
}

stories! {
    async fn two_hundred_at_once_redeem_a_thousand_points_exactly_ten_times(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
        let outcomes = join_all((0..200).map(|n| {
            let ledger = ledger.clone();
            async move { redeem(&ledger, "100", &format!("k{n}")).await }
        })).await;
        let (paid, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!((paid.len(), refused.len()), (10, 190));
        for outcome in refused {
            assert!(matches!(refusal(outcome), Refusal::NotEnoughPoints { .. }));
        }
        assert_eq!(standing(&ledger, "m-1").await, "0.00/0.00/1000.00/4", "spending leaves the tier alone");
        check(&ledger).await;
    }

    async fn only_what_the_cash_costs_is_taken(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150.50").await.unwrap();
        let made = redeem(&ledger, "150.50", "k1").await.unwrap();
        assert_eq!(made.redemption.redeemed_for, RedeemedFor::Cash(Money::parse("1.50", ledger.programme.currency).unwrap()));
        assert_eq!(made.redemption.points.to_string(), "150.00");
        assert_eq!(made.balance_after.to_string(), "0.50");
        check(&ledger).await;
    }

    async fn the_same_key_is_the_same_redemption(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=500").await.unwrap();
        let first = redeem(&ledger, "100", "k1").await.unwrap();
        assert_eq!(redeem(&ledger, "100", "k1").await.unwrap(), first);
        assert!(matches!(redeem(&ledger, "200", "k1").await, Err(AppError::Conflict { code: "idempotency_conflict" })));
        assert_eq!(standing(&ledger, "m-1").await, "400.00/0.00/500.00/3");
        check(&ledger).await;
    }

    async fn a_cancelled_redemption_gives_its_points_back_once(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=300").await.unwrap();
        let id = redeem(&ledger, "250", "k1").await.unwrap().redemption.id;
        let twice = join_all((0..2).map(|_| advance(&ledger, id, &[Cancelled]))).await;
        assert_eq!(twice.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert_eq!(standing(&ledger, "m-1").await, "300.00/0.00/300.00/2");
        check(&ledger).await;
    }

    async fn what_is_being_paid_cannot_be_cancelled_but_can_fail(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=300").await.unwrap();
        let id = redeem(&ledger, "100", "k1").await.unwrap().redemption.id;
        advance(&ledger, id, &[Processing]).await.unwrap();
        let refused = refusal(advance(&ledger, id, &[Cancelled]).await);
        assert_eq!(refused, Refusal::NoSuchTransition { from: "processing", to: "cancelled" });
        advance(&ledger, id, &[Failed]).await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "300.00/0.00/300.00/2");
        let id = redeem(&ledger, "100", "k2").await.unwrap().redemption.id;
        advance(&ledger, id, &[Processing, Paid]).await.unwrap();
        assert!(matches!(refusal(advance(&ledger, id, &[Failed]).await), Refusal::NoSuchTransition { .. }));
        let states = redeem::find(&ledger, id).await.unwrap().unwrap().states;
        assert_eq!(states.len(), 3);
        let sums = report::report(&db).await.unwrap().points;
        assert_eq!((sums.redeemed.to_string(), sums.restored.to_string()), ("200.00".into(), "100.00".into()));
        check(&ledger).await;
    }

    async fn debt_is_repaid_before_anything_can_be_redeemed(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        let id = redeem(&ledger, "100", "k1").await.unwrap().redemption.id;
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-1 pay=30").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "0.00/70.00/30.00/1");
        assert!(matches!(refusal(redeem(&ledger, "1", "k2").await), Refusal::NotEnoughPoints { .. }));
        advance(&ledger, id, &[Cancelled]).await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "30.00/0.00/30.00/1");
        check(&ledger).await;
    }

    async fn nobody_cancels_what_is_anothers(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=100").await.unwrap();
        let id = redeem(&ledger, "100", "k1").await.unwrap().redemption.id;
        let other = view::find(&ledger, By::External("m-2")).await.unwrap().unwrap();
        let actor = Actor::Member(other.id().uuid());
        let foreign = Advance { id, steps: vec![Cancelled], tracking: None, note: None, actor, of_member: Some(other.no) };
        assert!(matches!(redeem::advance(&ledger, foreign).await, Err(AppError::NotFound)));
        check(&ledger).await;
    }

    async fn a_quote_under_old_rules_is_stale(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        let stale = Wish { quoted: Some(7), ..wish(&ledger, "100", "k1").await };
        assert_eq!(refusal(redeem::redeem(&ledger, stale).await), Refusal::StaleQuote { quoted: 7, in_force: 1 });
        assert_eq!(standing(&ledger, "m-1").await, "100.00/0.00/100.00/2");
    }
}
