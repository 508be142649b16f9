//! Invitations at the portal: who invited is recorded at registration, the award comes with the first payment, once.

use laurel_domain::refusal::Refusal;
use laurel_engine::auth::Auth;

use laurel_testing::invitations::{claim, code_of, invited};
use laurel_testing::people::registered;
use laurel_testing::programme::{HISTORY, LIVE, check, post, programme, programme_with, standing, tell};

stories! {
    async fn an_invitation_is_awarded_with_the_first_payment_and_never_again(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let inviter = registered(&db, &auth, "a@example.com").await;
        claim(&db, inviter.token.as_str(), "m-a").await;
        let code = code_of(&ledger, inviter.member).await;
        invited(&db, &auth, "b@example.com", code, "m-b").await;
        tell(&ledger, "id=v1 member=m-b review=a").await.unwrap();
        assert_eq!(standing(&ledger, "m-a").await, "0.00/0.00/0.00/1", "a review is no payment");
        assert_eq!(tell(&ledger, "id=p0 member=m-b pay=5 currency=USD").await.map(drop).unwrap_err().code(), "wrong_currency");
        assert_eq!(standing(&ledger, "m-a").await, "0.00/0.00/0.00/1", "a refused payment is none");
        tell(&ledger, "id=p1 member=m-b pay=5").await.unwrap();
        assert_eq!(standing(&ledger, "m-a").await, "10.00/0.00/10.00/1");
        tell(&ledger, "id=p2 member=m-b pay=5").await.unwrap();
        assert_eq!(tell(&ledger, "id=r1 member=m-a referee=m-b").await, Err(Refusal::AlreadyReferred));
        assert_eq!(standing(&ledger, "m-a").await, "10.00/0.00/10.00/1");
        check(&ledger).await;
    }

    async fn an_inviter_is_awarded_for_each_of_a_batch(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let inviter = registered(&db, &auth, "a@example.com").await;
        claim(&db, inviter.token.as_str(), "m-a").await;
        let code = code_of(&ledger, inviter.member).await;
        for n in 1..=3 {
            invited(&db, &auth, &format!("b{n}@example.com"), code.clone(), &format!("m-{n}")).await;
        }
        let outcomes = post(&ledger, HISTORY, &[
            "id=p1 member=m-1 pay=5", "id=p2 member=m-2 pay=5", "id=p3 member=m-3 pay=5", "id=p4 member=m-1 pay=5",
            "id=p5 member=m-a pay=70",
        ]).await;
        assert_eq!(outcomes.len(), 5);
        assert_eq!(standing(&ledger, "m-a").await, "100.00/0.00/100.00/2");
        check(&ledger).await;
    }

    async fn an_award_before_the_inviters_own_payment_leaves_them_their_tier(db: Db) {
        let (ledger, auth) = (programme_with(&db, |set| set.ladder.tiers[1].multiplier = "2".parse().unwrap()).await, Auth::default());
        let inviter = registered(&db, &auth, "a@example.com").await;
        claim(&db, inviter.token.as_str(), "m-a").await;
        let code = code_of(&ledger, inviter.member).await;
        invited(&db, &auth, "b@example.com", code, "m-b").await;
        tell(&ledger, "id=p0 member=m-a pay=100").await.unwrap();
        assert_eq!(standing(&ledger, "m-a").await, "100.00/0.00/100.00/2");
        ledger.clock.advance(jiff::SignedDuration::from_hours(1));
        let outcomes = post(&ledger, LIVE, &["id=p1 member=m-b pay=5 at=2026-11-22T10:59:00Z", "id=p2 member=m-a pay=100 at=2026-11-22T10:59:00Z"]).await;
        assert_eq!(outcomes.len(), 2);
        assert_eq!(standing(&ledger, "m-a").await, "310.00/0.00/310.00/2", "10 for the invitation, and twice 100");
        check(&ledger).await;
    }
}
