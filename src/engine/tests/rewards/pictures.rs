//! Pictures of rewards: shown, replaced, taken away, and forgotten once nothing shows them.

use jiff::SignedDuration;
use laurel_domain::pictures::PictureKind;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rewards::reward::Supply;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::audit::Filter;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::rewards::edit;
use laurel_engine::usecase::{AppError, audit, housekeeping, pictures};

use laurel_testing::people::employed;
use laurel_testing::programme::{LIVE, check, post, programme};
use laurel_testing::rewards::{bought, look, picture, reward};

const BY: fn() -> Authority = Authority::command_line;

async fn is_there(ledger: &Ledger, id: laurel_domain::ids::PictureId) -> bool {
    pictures::size(ledger, id, 640).await.expect("a look").is_some()
}

stories! {
    async fn a_reward_shows_the_picture_that_was_uploaded_last(db: Db) {
        let ledger = programme(&db).await;
        let mug = reward(&ledger, Supply::Generated, |_| ()).await;
        let first = pictures::set_of_reward(&ledger, BY(), mug, picture(1)).await.unwrap();
        let second = pictures::set_of_reward(&ledger, BY(), mug, picture(2)).await.unwrap();
        assert_ne!(first, second);
        let file = edit::file(&ledger, mug).await.unwrap();
        assert_eq!((file.reward.picture, file.reward.revision), (Some(second), 1), "its terms are as they were");
        for width in PictureKind::Reward.widths() {
            let (kind, body) = pictures::size(&ledger, second, width).await.unwrap().expect("a size");
            assert_eq!(kind, PictureKind::Reward);
            assert!(body.starts_with(&[0xff, 0xd8, 0xff]), "JPEG");
        }
        assert!(pictures::size(&ledger, second, 641).await.unwrap().is_none(), "no other sizes");
        pictures::remove_of_reward(&ledger, BY(), mug).await.unwrap();
        assert_eq!(edit::file(&ledger, mug).await.unwrap().reward.picture, None);
        let filter = Filter { action: Some("reward.picture".into()), limit: 10, ..Filter::default() };
        assert_eq!(audit::list(&ledger.db, &filter).await.unwrap().len(), 3);
    }

    async fn a_receipt_shows_the_reward_as_it_looks_now(db: Db) {
        let ledger = programme(&db).await;
        post(&ledger, LIVE, &["id=p1 member=m-1 pay=100"]).await;
        let mug = reward(&ledger, Supply::Generated, |_| ()).await;
        let redemption = bought(&ledger, "m-1", mug, "k").await;
        assert_eq!(look(&ledger, redemption).await.picture, None);
        let shown = pictures::set_of_reward(&ledger, BY(), mug, picture(1)).await.unwrap();
        assert_eq!(look(&ledger, redemption).await.picture, Some(shown));
        check(&ledger).await;
    }

    async fn a_picture_is_forgotten_a_day_after_nothing_shows_it(db: Db) {
        let ledger = programme(&db).await;
        let (mug, cup) = (reward(&ledger, Supply::Generated, |_| ()).await, reward(&ledger, Supply::Generated, |_| ()).await);
        let shared = pictures::set_of_reward(&ledger, BY(), mug, picture(1)).await.unwrap();
        assert_eq!(pictures::set_of_reward(&ledger, BY(), cup, picture(1)).await.unwrap(), shared, "the same picture is one");
        let alone = pictures::set_of_reward(&ledger, BY(), mug, picture(2)).await.unwrap();
        pictures::remove_of_reward(&ledger, BY(), mug).await.unwrap();
        let now = ledger.clock.now();
        assert_eq!(housekeeping::forget(&ledger.db, now).await.unwrap().pictures, 0);
        let later = now + pictures::KEPT_FOR + SignedDuration::from_secs(1);
        assert_eq!(housekeeping::forget(&ledger.db, later).await.unwrap().pictures, 1);
        assert!(is_there(&ledger, shared).await && !is_there(&ledger, alone).await);
        // uploaded again, it is whole again
        pictures::set_of_reward(&ledger, BY(), mug, picture(2)).await.unwrap();
        assert!(is_there(&ledger, alone).await);
    }

    async fn what_is_no_picture_and_who_may_not_change_nothing(db: Db) {
        let ledger = programme(&db).await;
        let mug = reward(&ledger, Supply::Generated, |_| ()).await;
        let wrong = pictures::set_of_reward(&ledger, BY(), mug, b"<script>".to_vec()).await;
        assert!(matches!(wrong, Err(AppError::Refused(refusal)) if refusal == Refusal::field("picture", Fault::NotAPicture)));
        let support = employed(&db, &Auth::default(), "support@example.com", Role::Support).await;
        let forbidden = pictures::set_of_reward(&ledger, support, mug, picture(1)).await;
        assert!(matches!(forbidden, Err(AppError::Forbidden)));
        assert!(matches!(pictures::remove_of_reward(&ledger, support, mug).await, Err(AppError::Forbidden)));
        let nothing = pictures::set_of_reward(&ledger, BY(), laurel_domain::ids::RewardId::new(uuid::Uuid::nil()), picture(1));
        assert!(matches!(nothing.await, Err(AppError::NotFound)));
        assert_eq!(edit::file(&ledger, mug).await.unwrap().reward.picture, None);
    }
}
