//! News that comes with what it tells of.

use jiff::SignedDuration;
use laurel_domain::rewards::redemption::RedemptionState::{Cancelled, Delivered, Shipped};
use laurel_domain::text::Reason;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::access::activate::{Activation, activate, invite};
use laurel_engine::usecase::approval::Decision;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::adjustments::{self, Wish};
use laurel_engine::usecase::members::{close, erase, view};
use laurel_engine::usecase::notifications::News;
use laurel_engine::usecase::notifications::inbox::{inbox, read, read_all};
use laurel_engine::usecase::rewards::redeem::{self, Advance};

use laurel_testing::people::{PASSWORD, employed, member_session, refused, visitor};
use laurel_testing::programme::{HISTORY, LIVE, check, post, programme, tell};
use laurel_testing::rewards::{bought, gift, go};

use super::people::{notices, session, told};

fn wish(ledger_member: laurel_domain::ids::MemberId, points: &str, key: &str) -> Wish {
    let reason = Reason::new("goodwill").unwrap();
    Wish { member: ledger_member, points: points.parse().unwrap(), reason, key: key.to_owned(), reverses: None }
}

async fn id(ledger: &Ledger) -> laurel_domain::ids::MemberId {
    view::find(ledger, By::External("m-1")).await.unwrap().unwrap().id()
}

stories! {
    async fn a_change_of_tier_is_told_once_in_both_directions(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=50").await.unwrap();
        assert!(notices(&ledger, "m-1").await.is_empty(), "no tier has changed");
        for _ in 0..2 {
            tell(&ledger, "id=p2 member=m-1 pay=70").await.unwrap();
        }
        let up = notices(&ledger, "m-1").await;
        assert_eq!(up.len(), 1, "the event came twice: {up:?}");
        let News::Tier { from, to, rank, is_up, .. } = &up[0].news else { panic!("{up:?}") };
        assert_eq!((from.en.as_str(), to.zh.as_str(), rank.get(), *is_up), ("Standard", "金牌会员", 2, true));
        tell(&ledger, "id=r1 member=m-1 of=p2 refund=70").await.unwrap();
        let all = notices(&ledger, "m-1").await;
        let News::Tier { to, is_up, .. } = &all[0].news else { panic!("{all:?}") };
        assert_eq!((all.len(), to.en.as_str(), *is_up), (2, "Standard", false));
        check(&ledger).await;
    }

    async fn several_changes_at_once_are_told_as_what_they_come_to(db: Db) {
        let ledger = programme(&db).await;
        let events = ["id=p1 member=m-1 pay=150", "id=p2 member=m-1 pay=400", "id=p3 member=m-2 pay=150", "id=r3 member=m-2 of=p3 refund=150"];
        post(&ledger, LIVE, &events).await;
        let first = notices(&ledger, "m-1").await;
        let News::Tier { from, to, .. } = &first[0].news else { panic!("{first:?}") };
        assert_eq!((first.len(), from.en.as_str(), to.en.as_str()), (1, "Standard", "Diamond"));
        assert!(notices(&ledger, "m-2").await.is_empty(), "up and down again is nothing");
    }

    async fn a_history_tells_nobody_of_what_happened_long_ago(db: Db) {
        let ledger = programme(&db).await;
        post(&ledger, HISTORY, &["id=p1 member=m-1 pay=150 at=2025-01-10T00:00:00Z", "id=p2 member=m-2 pay=150 at=2026-11-10T00:00:00Z"]).await;
        assert!(told(&ledger, "m-1").await.is_empty());
        assert_eq!(told(&ledger, "m-2").await, ["tier/1"]);
    }

    async fn a_member_is_told_where_a_redemption_is_but_not_what_they_did_themselves(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=99").await.unwrap();
        tell(&ledger, "id=p2 member=m-1 pay=99").await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(1));
        let (gift, member) = (gift(&ledger, 3).await, id(&ledger).await);
        let sent = bought(&ledger, "m-1", gift, "k1").await;
        let dropped = bought(&ledger, "m-1", gift, "k2").await;
        let actor = laurel_engine::auth::Actor::Member(member.uuid());
        let own = Advance { id: dropped, steps: vec![Cancelled], tracking: None, note: None, actor, of_member: None };
        redeem::advance(&ledger, own).await.unwrap();
        let steps = vec![Shipped];
        let by = laurel_engine::auth::Actor::CommandLine;
        let shipped = Advance { id: sent, steps, tracking: Some("SF123".into()), note: None, actor: by, of_member: None };
        redeem::advance(&ledger, shipped).await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(1));
        go(&ledger, sent, Delivered).await.unwrap();
        let all = told(&ledger, "m-1").await;
        assert_eq!(all, [format!("redemption/{sent}/delivered"), format!("redemption/{sent}/shipped"), "tier/2".into()]);
        let News::Redemption { name, tracking, .. } = &notices(&ledger, "m-1").await[1].news else { panic!("no redemption") };
        assert_eq!((name.as_ref().unwrap().en.as_str(), tracking.as_deref()), ("Mug", Some("SF123")));
    }

    async fn points_by_the_team_are_told_when_they_are_posted(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=500").await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(1));
        let auth = Auth::default();
        let [first, second] = [
            employed(&db, &auth, "m@example.com", Role::Manager).await,
            employed(&db, &auth, "o@example.com", Role::Admin).await,
        ];
        let member = id(&ledger).await;
        for _ in 0..2 {
            adjustments::adjust(&ledger, first, wish(member, "20", "k1")).await.unwrap();
        }
        assert_eq!(told(&ledger, "m-1").await[0], "adjustment/2");
        let waiting = adjustments::adjust(&ledger, first, wish(member, "1000000", "k2")).await.unwrap();
        assert_eq!(told(&ledger, "m-1").await.len(), 2, "what waits is no news");
        adjustments::decide(&ledger, second, waiting.id, Decision::Approve).await.unwrap();
        let all = notices(&ledger, "m-1").await;
        let points = all.iter().find_map(|notice| match &notice.news {
            News::Adjustment { seq: 3, points } => Some(points.to_string()),
            _ => None,
        });
        assert_eq!(points.as_deref(), Some("1000000.00"), "{all:?}");
    }

    async fn what_is_read_is_not_counted_any_more(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        for n in 1..=12 {
            tell(&ledger, &format!("id=p{n} member=m-1 pay=120")).await.unwrap();
            tell(&ledger, &format!("id=r{n} member=m-1 of=p{n} refund=120")).await.unwrap();
        }
        let (now, member) = (ledger.clock.now(), id(&ledger).await);
        let code = invite(&db, Authority::command_line(), member, now).await.unwrap().code;
        let activation = Activation { code: code.as_str().to_owned(), sign_in_name: Some("m-1@example.com".to_owned()), password: PASSWORD.to_owned() };
        let token = activate(&db, &auth, &activation, &visitor(), now).await.unwrap().token;
        let unread = async || member_session(&db, token.as_str(), now).await.unwrap().unread;
        assert_eq!(unread().await, 24);
        let session = session(&ledger, "m-1").await;
        let first = inbox(&db, &session, None).await.unwrap();
        let second = inbox(&db, &session, first.next.clone()).await.unwrap();
        assert_eq!((first.notices.len(), second.notices.len(), second.next), (20, 4, None));
        let mut all: Vec<String> = first.notices.iter().chain(&second.notices).map(|notice| notice.about.clone()).collect();
        all.dedup();
        assert_eq!(all.len(), 24, "each stands on one page");
        for _ in 0..2 {
            assert!(matches!(read(&db, &session, &all[0], now).await.unwrap(), News::Tier { .. }));
        }
        assert_eq!(unread().await, 23);
        assert_eq!(refused(read(&db, &session, "tier/99/0", now).await), "not_found");
        assert_eq!((read_all(&db, &session, now).await.unwrap(), read_all(&db, &session, now).await.unwrap()), (23, 0));
        assert_eq!(unread().await, 0);
    }

    async fn who_is_closed_or_erased_has_nothing_left_and_is_told_nothing(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=150").await.unwrap();
        let (member, session) = (id(&ledger).await, session(&ledger, "m-1").await);
        close::close(&ledger, Authority::command_line(), member, None).await.unwrap();
        assert!(inbox(&db, &session, None).await.unwrap().notices.is_empty());
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=150").await.unwrap();
        erase::erase(&ledger, Authority::command_line(), member).await.unwrap();
        assert!(inbox(&db, &session, None).await.unwrap().notices.is_empty(), "a late refund tells a closed member nothing");
        assert_eq!(told(&ledger, "m-2").await.len(), 1, "others keep theirs");
        check(&ledger).await;
    }
}
