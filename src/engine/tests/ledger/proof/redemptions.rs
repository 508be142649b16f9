//! What is found of redemptions that were changed past Laurel, and what is as it should be.

use jiff::SignedDuration;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_testing::programme::{programme, tell};
use laurel_testing::rewards;
use laurel_testing::tamper::tamper;

use super::evidence::{Evidence, NOTHING, cash, lines, publish};

stories! {
    async fn other_cash_is_found_also_when_the_version_that_would_pay_it_is_named(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=200").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        cash(&ledger, "k1").await;
        publish(&ledger, |set| set.rate = "1".parse().unwrap()).await;
        let evidence = Evidence::take(&ledger).await;
        tamper(&db, "update redemptions set cash = 10000, rules = 2").await;
        let [alone, checkpoint, ..] = evidence.found(&ledger).await;
        assert!(alone.len() == 1 && alone[0].contains("says it is entry 2 of version 2"), "{alone:?}");
        assert!(checkpoint.len() == 1 && checkpoint[0].contains("has other terms than in the checkpoint"), "{checkpoint:?}");
    }

    async fn a_paid_redemption_set_back_is_found_alone_and_with_all_its_traces_by_the_checkpoint(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=200").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let id = cash(&ledger, "k1").await;
        rewards::go(&ledger, id, RedemptionState::Processing).await.unwrap();
        rewards::go(&ledger, id, RedemptionState::Paid).await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        tamper(&db, "update redemptions set state = 0").await;
        let [alone, checkpoint, ..] = evidence.found(&ledger).await;
        assert!(alone.len() == 1 && alone[0].ends_with("is reserved, which is not where its states lead"), "{alone:?}");
        assert!(checkpoint.len() == 1 && checkpoint[0].contains("is reserved; from paid, as the checkpoint has it"), "{checkpoint:?}");
        tamper(&db, "delete from redemption_states where state in (1, 2)").await;
        rewards::go(&ledger, id, RedemptionState::Cancelled).await.unwrap();
        let [alone, checkpoint, ..] = evidence.found(&ledger).await;
        assert_eq!(alone, NOTHING, "Laurel itself gave the points back");
        assert!(checkpoint.len() == 1 && checkpoint[0].contains("is cancelled; from paid, as the checkpoint has it"), "{checkpoint:?}");
    }

    async fn a_clock_that_was_set_back_is_no_tampering(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=200").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let id = cash(&ledger, "k1").await;
        ledger.clock.advance(SignedDuration::from_secs(-5));
        rewards::go(&ledger, id, RedemptionState::Processing).await.unwrap();
        laurel_testing::programme::check(&ledger).await;
    }

    async fn redemptions_that_go_on_are_as_they_should_be(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=400").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let (first, second) = (cash(&ledger, "k1").await, cash(&ledger, "k2").await);
        let voucher = rewards::bought(&ledger, "m-1", rewards::pool(&ledger, "A1").await, "k3").await;
        let evidence = Evidence::take(&ledger).await;
        rewards::go(&ledger, first, RedemptionState::Processing).await.unwrap();
        rewards::go(&ledger, first, RedemptionState::Failed).await.unwrap();
        rewards::go(&ledger, second, RedemptionState::Cancelled).await.unwrap();
        rewards::go(&ledger, voucher, RedemptionState::Issued).await.unwrap();
        rewards::go(&ledger, voucher, RedemptionState::Used).await.unwrap();
        cash(&ledger, "k4").await;
        assert_eq!(evidence.found(&ledger).await, [NOTHING; 4]);
        tamper(&db, "delete from redemption_states").await;
        tamper(&db, "delete from reward_codes").await;
        tamper(&db, "delete from redemptions").await;
        let found = lines(&evidence.against(&ledger, "checkpoint").await);
        assert_eq!(found.iter().filter(|line| line.contains("is missing; the checkpoint has it as reserved")).count(), 3, "{found:?}");
    }
}
