//! What members see of whom they brought.

use laurel_engine::auth::Actor;
use laurel_engine::store::Db;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::members::enrol::{Enrolment, enrol};
use laurel_engine::usecase::members::invite::{Brought, Invitations, invitations};
use laurel_engine::usecase::members::view;

use laurel_testing::invitations::invitations as invited;
use laurel_testing::programme::{check, programme, tell};

async fn enrolled_at(db: &Db, external_id: &str, at: jiff::Timestamp) {
    let new = Enrolment { external_id: external_id.into(), registered_at: Some(at), ..Enrolment::default() };
    enrol(db, Actor::CommandLine, &new, at).await.unwrap();
}

async fn of(ledger: &laurel_engine::usecase::ledger::Ledger, external_id: &str) -> Invitations {
    let no = view::find(ledger, By::External(external_id)).await.unwrap().unwrap().no;
    invitations(ledger, no).await.unwrap()
}

fn brought(invitations: &Invitations) -> Vec<String> {
    let shown = |brought: Brought| match brought {
        Brought::Nothing => "nothing yet".to_owned(),
        Brought::Points(points) => points.to_string(),
        Brought::TakenBack => "taken back".to_owned(),
    };
    invitations.friends.iter().map(|friend| shown(friend.brought)).collect()
}

stories! {
    async fn an_inviter_sees_who_joined_and_what_each_brought(db: Db) {
        let ledger = invited(&db, 3, |_| ()).await;
        let before = of(&ledger, "m-a").await;
        assert_eq!(brought(&before), ["nothing yet", "nothing yet", "nothing yet"]);
        assert!(before.code.is_some() && before.points().is_zero() && !before.has_more);
        tell(&ledger, "id=p1 member=m-1 pay=5").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=5").await.unwrap();
        tell(&ledger, "id=r2 member=m-2 of=p2 refund=5").await.unwrap();
        let after = of(&ledger, "m-a").await;
        // who joined last comes first
        assert_eq!(brought(&after), ["nothing yet", "taken back", "10.00"]);
        assert_eq!(after.points().to_string(), "10.00");
        assert!(of(&ledger, "m-1").await.friends.is_empty(), "who was invited has invited nobody");
        check(&ledger).await;
    }

    async fn whom_the_payment_system_reported_is_there_once(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=5").await.unwrap();
        ledger.clock.advance(jiff::SignedDuration::from_hours(1));
        enrolled_at(&db, "m-2", ledger.clock.now()).await;
        tell(&ledger, "id=f1 member=m-1 referee=m-2 at=2026-11-22T11:00:00Z").await.unwrap();
        assert_eq!(brought(&of(&ledger, "m-1").await), ["10.00"]);
    }
}
