//! The member's card at a till.

use jiff::SignedDuration;
use laurel_domain::card::CardCode;
use laurel_engine::auth::{Authority, Role};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::benefits::claims::{self, Wish};
use laurel_engine::usecase::members::{card, view};

use laurel_testing::people::refused;
use laurel_testing::programme::{LIVE, post, programme};

stories! {
    async fn a_till_learns_from_a_card_who_it_is_and_what_waits_until_its_time_is_over(db: Db) {
        let ledger = programme(&db).await;
        post(&ledger, LIVE, &["id=p1 member=m-1 pay=1000", "id=p2 member=m-2 pay=10"]).await;
        let no = async |id| view::find(&ledger, By::External(id)).await.unwrap().unwrap().no;
        let (first, second) = (no("m-1").await, no("m-2").await);
        let wish = Wish { member_no: first, benefit: "free-repair".into(), key: "k".into() };
        let claim = claims::claim(&ledger, wish).await.unwrap();
        let ((code, until), (other, _)) = (card::code(&ledger, first).await.unwrap(), card::code(&ledger, second).await.unwrap());
        let by = Authority::command_line();
        let shown = card::shown(&ledger, by, &code).await.unwrap().expect("somebody");
        assert_eq!(shown.member.external_id.as_deref(), Some("m-1"));
        assert_eq!(shown.benefits.open, [claim]);
        let shown = card::shown(&ledger, by, &other).await.unwrap().expect("somebody");
        assert_eq!((shown.member.external_id.as_deref(), shown.benefits.open.len()), (Some("m-2"), 0));
        let made_up = CardCode::parse("0123 4567 8901 2345 6789").unwrap();
        assert!(card::shown(&ledger, by, &made_up).await.unwrap().is_none());
        ledger.clock.set(until - SignedDuration::from_secs(1));
        assert!(card::shown(&ledger, by, &code).await.unwrap().is_some());
        ledger.clock.set(until);
        assert!(card::shown(&ledger, by, &code).await.unwrap().is_none(), "a photograph is worth nothing now");
        let viewer = Authority::staff(laurel_domain::ids::StaffId::new(uuid::Uuid::nil()), Role::Viewer);
        assert_eq!(refused(card::shown(&ledger, viewer, &code).await), "forbidden");
    }
}
