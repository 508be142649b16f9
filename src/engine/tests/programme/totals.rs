//! The programme's figures: totals and what was posted since they were added up last, exact at any moment.

use std::sync::Arc;

use laurel_domain::access::Actor;
use laurel_domain::rules::terms::Expiry;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::{Ledger, verify};
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::programme::{report, totals};
use laurel_engine::usecase::request_key::RequestKey;
use laurel_engine::usecase::rewards::redeem::{self, Wish};

use laurel_testing::programme::{LIVE, check, post, programme, programme_with, tell};
use laurel_testing::tamper::tamper;

async fn redeem(ledger: &Ledger, member: &str, points: &str, key: &str) {
    let member = view::find(ledger, By::External(member)).await.unwrap().unwrap();
    let wish = Wish {
        member_no: member.no,
        points: points.parse().unwrap(),
        quoted: None,
        key: RequestKey::of_form(key),
        actor: Actor::CommandLine,
    };
    redeem::redeem(ledger, wish).await.unwrap();
}

/// Members, events, issued, redeemed, outstanding, and members by tier.
async fn figures(ledger: &Ledger) -> String {
    let r = report::report(&ledger.db).await.unwrap();
    let tiers: Vec<String> = r.tiers.iter().map(|tier| format!("{}:{}", tier.rank, tier.members)).collect();
    let p = &r.points;
    format!("{} {} {} {} {} {}", r.members, r.events, p.issued, p.redeemed, p.outstanding, tiers.join(","))
}

stories! {
    async fn figures_are_the_same_before_and_after_they_are_added_up(db: Db) {
        let ledger = programme_with(&db, |set| set.expiry = Expiry::Months(1)).await;
        assert_eq!(figures(&ledger).await, "0 0 0.00 0.00 0.00 ");
        post(&ledger, LIVE, &["id=p1 member=m-1 pay=150", "id=p2 member=m-2 pay=20", "id=r1 member=m-1 of=p1 refund=10"]).await;
        redeem(&ledger, "m-1", "100", "k1").await;
        let exact = "2 3 170.00 100.00 60.00 1:1,2:1";
        assert_eq!(figures(&ledger).await, exact);
        let expiring = report::expiring(&ledger, 40).await.unwrap();
        assert_eq!(expiring.to_string(), "60.00");
        assert!(totals::has_unfolded(&ledger).await.unwrap());
        assert_eq!(totals::fold(&ledger).await.unwrap(), 2, "a row a transaction");
        assert_eq!((totals::fold(&ledger).await.unwrap(), totals::has_unfolded(&ledger).await.unwrap()), (0, false));
        assert_eq!((figures(&ledger).await.as_str(), report::expiring(&ledger, 40).await.unwrap()), (exact, expiring));
        check(&ledger).await;
        tell(&ledger, "id=p3 member=m-3 pay=600").await.unwrap();
        assert_eq!(figures(&ledger).await, "3 4 770.00 100.00 660.00 1:1,2:1,3:1");
        check(&ledger).await;
    }

    async fn several_add_up_while_others_post(db: Db) {
        let ledger = programme(&db).await;
        let other = Ledger::open(db.clone(), ledger.clock.clone()).await.unwrap().unwrap();
        let posting = (0..40).map(|n| {
            let ledger = if n % 2 == 0 { ledger.clone() } else { other.clone() };
            async move {
                tell(&ledger, &format!("id=p{n} member=m-{} pay=10", n % 5)).await.unwrap();
                totals::fold(&ledger).await.unwrap()
            }
        });
        let folded: u64 = futures::future::join_all(posting).await.into_iter().sum();
        assert_eq!(folded + totals::fold(&ledger).await.unwrap(), 40, "each row once");
        assert_eq!(figures(&ledger).await, "5 40 400.00 0.00 400.00 1:5");
        check(&ledger).await;
    }

    async fn what_there_was_before_totals_is_counted_when_the_programme_is_opened(db: Db) {
        let ledger = programme(&db).await;
        let events = ["id=p1 member=m-1 pay=150 at=2026-10-30T15:59:00Z", "id=p2 member=m-2 pay=20 at=2026-10-30T16:01:00Z"];
        post(&ledger, LIVE, &events).await;
        let (before, latest) = (figures(&ledger).await, rules_start(&ledger).await);
        // how far was posted stands where the release before kept it
        totals::fold(&ledger).await.unwrap();
        for table in ["postings", "totals", "totals_by_day", "totals_counted"] {
            tamper(&db, &format!("delete from {table}")).await;
        }
        let ledger = Ledger::open(db.clone(), ledger.clock.clone()).await.unwrap().unwrap();
        assert_eq!(figures(&ledger).await, before);
        assert!(rules_start(&ledger).await >= latest);
        check(&ledger).await;
    }

    async fn verify_finds_totals_that_are_not_what_everything_adds_up_to(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        totals::fold(&ledger).await.unwrap();
        tamper(&db, "update totals set amount = amount + 1 where what = 3").await;
        tamper(&db, "update totals_by_day set day = day + 1").await;
        let found = verify::verify(&ledger).await.unwrap().differences;
        let found: Vec<&str> = found.iter().map(|difference| difference.what.as_str()).collect();
        assert_eq!(found, [
            "the total of Outstanding is 15001, everything adds up to 15000",
            "the totals by day are not what the entries of each day add up to",
        ]);
        totals::recount(&ledger).await.unwrap();
        check(&ledger).await;
    }
}

/// When a version of the rules could start.
async fn rules_start(ledger: &Ledger) -> Option<jiff::Timestamp> {
    let ledger = Arc::new(ledger.clone());
    ledger.db.write((), |tx, ()| Box::pin(laurel_engine::store::instants::latest_posted(tx))).await.unwrap()
}
