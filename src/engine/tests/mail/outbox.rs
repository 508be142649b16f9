//! Which e-mails are written, and to whom.

use jiff::SignedDuration;
use laurel_domain::ids::MemberId;
use laurel_engine::auth::{Authority, MemberSession};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::mail::desk::{MailState, of_member, outbox};
use laurel_engine::usecase::mail::send::{Tried, send_waiting};
use laurel_engine::usecase::mail::{Content, MailKind, choices};
use laurel_engine::usecase::members::{close, erase, view};
use laurel_engine::usecase::notifications::{Kind, News};

use laurel_testing::people::{enrolled, refused};
use laurel_testing::programme::{programme, tell};

use super::postman::Keeper;

async fn number(ledger: &Ledger, id: MemberId) -> i64 {
    view::find(ledger, By::Id(id)).await.unwrap().unwrap().no
}

async fn session(ledger: &Ledger, member: MemberId) -> MemberSession {
    let (no, id) = (number(ledger, member).await, uuid::Uuid::nil());
    MemberSession { no, member, id, token_hash: [0; 32], name: None, locale: None, unread: 0 }
}

async fn waiting(ledger: &Ledger) -> i64 {
    outbox(ledger, Authority::command_line(), MailState::Waiting, None).await.unwrap().counts[0]
}

stories! {
    async fn a_change_of_tier_makes_one_e_mail_and_the_same_event_again_none(db: Db) {
        let ledger = programme(&db).await;
        let keeper = Keeper::of(&ledger);
        let han = enrolled(&db, "m-1", Some("han@example.com")).await;
        for _ in 0..3 {
            tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        }
        tell(&ledger, "id=p2 member=m-2 pay=150").await.unwrap();
        assert_eq!(waiting(&ledger).await, 1, "m-2 has no address");
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried { sent: 1, ..Tried::default() });
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried::default());
        let letter = keeper.taken().remove(0);
        assert_eq!((letter.address.as_str(), letter.name.as_deref()), ("han@example.com", Some("韩梅梅")));
        let Content::News { news, member, .. } = letter.content else { panic!("{letter:?}") };
        assert!(matches!(*news, News::Tier { is_up: true, .. }) && member == han, "{news:?}");
        let listed = of_member(&ledger, number(&ledger, han).await).await.unwrap();
        assert_eq!((listed.len(), listed[0].kind, listed[0].state), (1, MailKind::News(Kind::Tier), MailState::Sent));
    }

    async fn without_a_postman_no_e_mail_is_written(db: Db) {
        let ledger = programme(&db).await;
        enrolled(&db, "m-1", Some("han@example.com")).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        assert_eq!(waiting(&ledger).await, 0);
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried::default());
    }

    async fn members_do_without_the_kinds_that_they_do_not_want(db: Db) {
        let ledger = programme(&db).await;
        let keeper = Keeper::of(&ledger);
        let han = enrolled(&db, "m-1", Some("han@example.com")).await;
        let session = session(&ledger, han).await;
        assert_eq!(choices::wanted(&db, session.no).await.unwrap(), Kind::ALL);
        choices::choose(&db, &session, &[Kind::Expiring, Kind::Rules]).await.unwrap();
        assert_eq!(choices::wanted(&db, session.no).await.unwrap(), [Kind::Expiring, Kind::Rules]);
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        assert_eq!(waiting(&ledger).await, 0, "no news of tiers");
        choices::choose(&db, &session, &Kind::ALL).await.unwrap();
        tell(&ledger, "id=p2 member=m-1 pay=400").await.unwrap();
        assert_eq!(waiting(&ledger).await, 1);
        choices::choose(&db, &session, &[]).await.unwrap();
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried { dropped: 1, ..Tried::default() }, "chosen before it was sent");
        assert!(keeper.taken().is_empty());
    }

    async fn the_link_in_an_e_mail_does_without_its_kind_and_no_other_link_does(db: Db) {
        let ledger = programme(&db).await;
        let keeper = Keeper::of(&ledger);
        let han = enrolled(&db, "m-1", Some("han@example.com")).await;
        let other = enrolled(&db, "m-2", Some("li@example.com")).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        send_waiting(&ledger).await.unwrap();
        let Content::News { unsubscribe, .. } = keeper.taken().remove(0).content else { panic!("no news") };
        for (who, kind, token) in [
            (other, Kind::Tier, unsubscribe.as_str()),
            (han, Kind::Rules, unsubscribe.as_str()),
            (han, Kind::Tier, &unsubscribe[1..]),
            (han, Kind::Tier, ""),
        ] {
            assert_eq!(refused(choices::unsubscribe(&ledger, who, kind, token).await), "code_not_valid");
        }
        for _ in 0..2 {
            choices::unsubscribe(&ledger, han, Kind::Tier, &unsubscribe).await.unwrap();
        }
        let wanted = choices::wanted(&db, number(&ledger, han).await).await.unwrap();
        assert_eq!(wanted, [Kind::Expiring, Kind::Redemption, Kind::Adjustment, Kind::Rules]);
        tell(&ledger, "id=p2 member=m-1 pay=400").await.unwrap();
        assert_eq!(waiting(&ledger).await, 0);
    }

    async fn who_is_closed_gets_nothing_and_leaves_no_rows(db: Db) {
        let ledger = programme(&db).await;
        let keeper = Keeper::of(&ledger);
        let han = enrolled(&db, "m-1", Some("han@example.com")).await;
        let no = number(&ledger, han).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        send_waiting(&ledger).await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(1));
        tell(&ledger, "id=p2 member=m-1 pay=400").await.unwrap();
        assert_eq!((keeper.taken().len(), of_member(&ledger, no).await.unwrap().len()), (1, 2));
        close::close(&ledger, Authority::command_line(), han, None).await.unwrap();
        erase::erase(&ledger, Authority::command_line(), han).await.unwrap();
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried::default());
        assert!(of_member(&ledger, no).await.unwrap().is_empty() && keeper.taken().is_empty());
    }
}
