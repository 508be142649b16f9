//! Figures by day: followed by a job, whoever posted, and proved by `verify` like the totals.

use laurel_domain::ledger::event::Scene;
use laurel_engine::usecase::ledger::{Ledger, verify};
use laurel_engine::usecase::programme::figures::{ByDay, Origin, Reach, follow};
use laurel_engine::usecase::programme::overview::{Span, overview};
use laurel_engine::usecase::programme::totals;

use laurel_testing::programme::{HISTORY, check, post, programme, publish, tell};
use laurel_testing::tamper::tamper;

async fn look(ledger: &Ledger, span: Span) -> ByDay {
    overview(ledger, span).await.unwrap().by_day
}

/// `tier:members` at the end of the bucket that is so many before the last.
fn tiers(found: &ByDay, back: usize) -> String {
    let at = found.tiers.len() - 1 - back;
    let shown = found.tiers[at].iter().filter(|(_, members)| **members != 0);
    shown.map(|(tier, members)| format!("{tier}:{members}")).collect::<Vec<_>>().join(" ")
}

fn origins(found: &ByDay) -> Vec<(Origin, i64, String)> {
    found.origins.iter().map(|of| (of.origin, of.events, of.points.to_string())).collect()
}

const PAST: [&str; 5] = [
    "id=p1 member=m-1 pay=50 scene=bank_card at=2026-09-01T00:00:00Z",
    "id=p2 member=m-2 pay=20 scene=e_payment at=2026-09-02T00:00:00Z",
    "id=p3 member=m-1 pay=100 scene=bank_card at=2026-10-10T00:00:00Z",
    "id=r1 member=m-2 of=p2 refund=5 at=2026-10-31T16:30:00Z",
    "id=v1 member=m-1 review=s at=2026-11-10T00:00:00Z",
];

stories! {
    async fn members_are_counted_by_tier_scene_and_activity(db: Db) {
        let ledger = programme(&db).await;
        post(&ledger, HISTORY, &PAST).await;
        assert_eq!(look(&ledger, Span::Year).await.reach, Reach::Counting { done: 0, of: 2 });
        assert_eq!((follow(&ledger).await.unwrap(), follow(&ledger).await.unwrap()), (2, 0));
        let year = look(&ledger, Span::Year).await;
        assert_eq!(year.reach, Reach::AsOf(ledger.clock.now()));
        assert_eq!([3, 2, 1, 0].map(|back| tiers(&year, back)), ["", "1:2", "1:1 2:1", "1:1 2:1"]);
        assert_eq!(year.active[8..], [0, 2, 1, 2], "the refund was in November already, in Shanghai");
        assert_eq!((year.active_in_span, year.active_before), (2, 0));
        assert_eq!(origins(&year), [
            (Origin::Payment(Scene::EPayment), 1, "20.00".into()),
            (Origin::Payment(Scene::BankCard), 2, "150.00".into()),
            (Origin::Review, 1, "5.00".into()),
            (Origin::Refund, 1, "0.00".into()),
        ]);
        let month = look(&ledger, Span::Days30).await;
        assert_eq!((month.active_in_span, month.active_before), (2, 1), "October's payment is in the thirty days before");
        assert_eq!(month.active.iter().sum::<i64>(), 2);
        let quarter = look(&ledger, Span::Days90).await;
        assert_eq!((quarter.active_in_span, quarter.active_before), (2, 0));
        assert_eq!(look(&ledger, Span::Ever).await.active_in_span, 2);
        check(&ledger).await;
    }

    async fn whatever_was_posted_meanwhile_is_followed_from_where_each_member_was(db: Db) {
        let ledger = programme(&db).await;
        post(&ledger, HISTORY, &PAST).await;
        follow(&ledger).await.unwrap();
        let before = ledger.clock.now();
        ledger.clock.advance(jiff::SignedDuration::from_mins(5));
        tell(&ledger, "id=p8 member=m-1 pay=5").await.unwrap();
        tell(&ledger, "id=p9 member=m-3 pay=700 scene=lending").await.unwrap();
        let behind = look(&ledger, Span::Year).await;
        assert_eq!((behind.reach, behind.active_in_span), (Reach::AsOf(before), 2), "as of the last time, and said so");
        check(&ledger).await;
        assert_eq!(follow(&ledger).await.unwrap(), 2);
        let now = look(&ledger, Span::Year).await;
        assert_eq!((now.reach, now.active_in_span), (Reach::AsOf(ledger.clock.now()), 3));
        assert_eq!((tiers(&now, 0).as_str(), now.active[11]), ("1:1 2:1 3:1", 3));
        check(&ledger).await;
    }

    async fn members_who_move_by_other_rules_move_on_the_day_of_these(db: Db) {
        let ledger = programme(&db).await;
        post(&ledger, HISTORY, &PAST).await;
        follow(&ledger).await.unwrap();
        publish(&ledger, |set| set.ladder.tiers[1].from = "200".parse().unwrap()).await;
        laurel_engine::usecase::ledger::due::re_rate(&ledger).await.unwrap();
        assert!(follow(&ledger).await.unwrap() > 0, "without an entry");
        let month = look(&ledger, Span::Days30).await;
        assert_eq!([1, 0].map(|back| tiers(&month, back)), ["1:1 2:1", "1:2"]);
        check(&ledger).await;
    }

    async fn several_follow_at_once_and_nothing_is_counted_twice(db: Db) {
        let ledger = programme(&db).await;
        let other = Ledger::open(db.clone(), ledger.clock.clone()).await.unwrap().unwrap();
        let work = (0..24).map(|n| {
            let ledger = if n % 2 == 0 { ledger.clone() } else { other.clone() };
            async move {
                tell(&ledger, &format!("id=p{n} member=m-{} pay=10", n % 5)).await.unwrap();
                follow(&ledger).await.unwrap();
            }
        });
        futures::future::join_all(work).await;
        follow(&ledger).await.unwrap();
        let found = look(&ledger, Span::Days30).await;
        assert_eq!(origins(&found), [(Origin::Payment(Scene::Other), 24, "240.00".into())]);
        assert_eq!((found.active_in_span, found.active[29]), (5, 5));
        check(&ledger).await;
    }

    async fn verify_finds_figures_that_the_ledgers_do_not_add_up_to(db: Db) {
        let ledger = programme(&db).await;
        post(&ledger, HISTORY, &PAST).await;
        follow(&ledger).await.unwrap();
        let right = look(&ledger, Span::Year).await;
        for (damage, found) in [
            ("update figures_scenes set points = points + 1", "events by scene"),
            ("update figures_tiers set day = day + 1 where tier = 2", "members by tier"),
            ("update figures_active set members = members + 1", "active members"),
            ("update figures_members set active_on = active_on - 1", "latest activity"),
        ] {
            tamper(&db, damage).await;
            let told = verify::verify(&ledger).await.unwrap().differences;
            assert!(told.len() == 1 && told[0].what.contains(found), "{damage}: {told:?}");
            totals::recount(&ledger).await.unwrap();
            assert_eq!(look(&ledger, Span::Year).await.reach, Reach::Counting { done: 0, of: 2 });
            follow(&ledger).await.unwrap();
            assert_eq!(look(&ledger, Span::Year).await, right);
            check(&ledger).await;
        }
    }
}
