//! How fast rewards go, as the console tells it.

use jiff::SignedDuration;
use laurel_domain::ids::RewardId;
use laurel_domain::rewards::pace::Pace;
use laurel_domain::rewards::redemption::RedemptionState::Cancelled;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::rewards::desk;

use laurel_testing::programme::{check, programme, tell};
use laurel_testing::rewards::{bought, gift, go};

async fn pace(ledger: &Ledger, reward: RewardId) -> (Option<i64>, Pace) {
    let kept = desk::list(ledger).await.unwrap();
    kept.into_iter().find(|kept| kept.reward.id == reward).map(|kept| (kept.reward.left, kept.pace)).unwrap()
}

stories! {
    async fn what_was_taken_in_thirty_days_and_not_given_back_says_how_long_the_rest_lasts(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=3000").await.unwrap();
        let (mug, cup) = (gift(&ledger, 20).await, gift(&ledger, 5).await);
        bought(&ledger, "m-1", mug, "long ago").await;
        ledger.clock.advance(SignedDuration::from_hours(31 * 24));
        assert_eq!(pace(&ledger, mug).await, (Some(19), Pace::default()), "more than thirty days ago");
        for n in 0..7 {
            bought(&ledger, "m-1", mug, &format!("k{n}")).await;
            ledger.clock.advance(SignedDuration::from_hours(24));
        }
        let cancelled = bought(&ledger, "m-1", mug, "no").await;
        go(&ledger, cancelled, Cancelled).await.unwrap();
        let (left, found) = pace(&ledger, mug).await;
        assert_eq!((left, found), (Some(12), Pace { taken: 7, days: 7 }), "what was cancelled is back in stock");
        assert_eq!(found.lasts(12), Some(12));
        assert_eq!(pace(&ledger, cup).await, (Some(5), Pace::default()));
        check(&ledger).await;
    }
}
