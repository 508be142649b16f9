//! A member's entries and why they have the points they have.

use laurel_domain::ledger::entry::EntryKind;
use laurel_domain::ledger::explanation::Explanation;
use laurel_engine::auth::Actor;
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::activity::{Detail, activity};
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::offer;
use laurel_engine::usecase::rewards::redeem::{self, Wish};

use laurel_testing::programme::{programme, programme_with, tell};

stories! {
    async fn a_page_of_entries_comes_with_what_explains_each(db: Db) {
        let ledger = programme_with(&db, |set| set.alpha = "0.015".parse().unwrap()).await;
        tell(&ledger, "id=p1 member=m-1 pay=200.33").await.unwrap();
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=30").await.unwrap();
        tell(&ledger, "id=r2 member=m-1 of=p1 refund=40").await.unwrap();
        tell(&ledger, "id=v1 member=m-1 review=茶").await.unwrap();
        let member = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap();
        let actor = Actor::Member(member.id().uuid());
        let wish = Wish { member_no: member.no, points: "3".parse().unwrap(), quoted: None, key: "k".into(), actor };
        let redeemed = redeem::redeem(&ledger, wish).await.unwrap();
        let page = activity(&ledger, member.no, Page::newest(4)).await.unwrap();
        assert_eq!(page.lines.iter().map(|line| line.entry.seq).collect::<Vec<_>>(), [5, 4, 3, 2]);
        assert_eq!(page.next, Some(2));
        let [redemption, review, second, _] = &page.lines[..] else { panic!("four lines") };
        assert!(matches!(&redemption.detail, Detail::Redeemed(found) if **found == redeemed.redemption));
        assert!(matches!(&review.detail, Detail::Reviewed(subject) if subject == "茶"));
        let Some(Explanation::Refund { refunded_before, points, .. }) = &second.explanation else { panic!("a refund") };
        assert_eq!((refunded_before.amount().as_str(), points.to_string().as_str()), ("30.00", "0.60"));
        let last = activity(&ledger, member.no, Page { before_seq: 2, ..Page::newest(4) }).await.unwrap();
        let [paid] = &last.lines[..] else { panic!("one line") };
        let Some(Explanation::Payment { term, .. }) = &paid.explanation else { panic!("a payment") };
        assert_eq!((term.exact.as_str(), term.rounding.as_str(), last.next), ("3.00495", "-0.00495", None));
        let refunds = activity(&ledger, member.no, Page { kind: Some(EntryKind::Clawback), ..Page::newest(4) }).await.unwrap();
        assert!(refunds.lines.iter().all(|line| matches!(line.detail, Detail::PaidAt(_))) && refunds.lines.len() == 2);
    }

    async fn an_offer_says_what_stands_in_the_way(db: Db) {
        use laurel_engine::usecase::rewards::offer::Obstacle;
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=0.50").await.unwrap();
        let no = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap().no;
        let obstacle = offer::offer(&ledger, no).await.unwrap().obstacle;
        assert!(matches!(obstacle, Some(Obstacle::TooFew(least, cash)) if least.to_string() == "1.00" && cash.minor() == 1));
        tell(&ledger, "id=p2 member=m-1 pay=100").await.unwrap();
        assert_eq!(offer::offer(&ledger, no).await.unwrap().obstacle, None);
    }
}
