//! What a member's home tells at a glance.

use jiff::SignedDuration;
use laurel_domain::rewards::reward::Supply;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::members::home::{Home, home};
use laurel_engine::usecase::members::view;

use laurel_testing::programme::{HISTORY, post, programme, tell};
use laurel_testing::rewards::{gift, reward};

async fn look(ledger: &Ledger) -> Home {
    let no = view::find(ledger, By::External("m-1")).await.unwrap().unwrap().no;
    home(ledger, no, 5).await.unwrap()
}

stories! {
    async fn home_tells_what_can_be_had_today_and_what_is_nearly_there(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        gift(&ledger, 3).await;
        reward(&ledger, Supply::Stock, |_| ()).await;
        for price in ["99", "130", "500"] {
            reward(&ledger, Supply::Generated, |terms| terms.price = price.parse().unwrap()).await;
        }
        let reach = look(&ledger).await.reach;
        let prices: Vec<String> = reach.rewards.iter().map(|reward| reward.terms.price.to_string()).collect();
        assert_eq!(prices, ["99.00", "80.00"], "not what is out of stock");
        assert_eq!(reach.number, 2);
        let (nearest, missing) = reach.nearest.unwrap();
        assert_eq!((nearest.terms.price.to_string(), missing.to_string()), ("130.00".into(), "30.00".into()));
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=60").await.unwrap();
        let (nearest, missing) = look(&ledger).await.reach.nearest.unwrap();
        assert_eq!((nearest.terms.price.to_string(), missing.to_string()), ("80.00".into(), "40.00".into()));
        tell(&ledger, "id=r2 member=m-1 of=p1 refund=1").await.unwrap();
        assert!(look(&ledger).await.reach.nearest.is_none(), "39 of 80 points are not half-way");
    }

    async fn home_draws_the_year_by_the_programmes_months(db: Db) {
        let ledger = programme(&db).await;
        post(&ledger, HISTORY, &[
            "id=p0 member=m-1 pay=70 at=2025-11-30T15:59:59Z",
            "id=p1 member=m-1 pay=20 at=2025-11-30T16:00:00Z",
            "id=p2 member=m-1 pay=30 at=2026-10-31T16:00:00Z",
            "id=r2 member=m-1 of=p2 refund=10 at=2026-11-02T00:00:00Z",
        ]).await;
        let year = look(&ledger).await.year;
        let shown: Vec<String> = year.iter().map(|sum| format!("{}-{}", sum.came, sum.went)).collect();
        assert_eq!((shown.len(), shown[0].as_str(), shown[11].as_str()), (12, "20.00-0.00", "30.00-10.00"));
        assert!(shown[1..11].iter().all(|month| month == "0.00-0.00"), "{shown:?}");
    }

    async fn home_shows_points_that_have_lapsed_as_gone(db: Db) {
        let ledger = laurel_testing::programme::programme_with(&db, |set| {
            set.expiry = laurel_domain::rules::terms::Expiry::Months(1);
        }).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        gift(&ledger, 3).await;
        assert_eq!(look(&ledger).await.reach.number, 1);
        ledger.clock.advance(SignedDuration::from_hours(24 * 40));
        let home = look(&ledger).await;
        assert_eq!((home.reach.number, home.activity.lines.len()), (0, 2));
        assert_eq!(home.year.last().map(|sum| sum.went.to_string()).as_deref(), Some("0.00"), "it lapsed in December");
        assert_eq!(home.year[10].went.to_string(), "100.00");
    }
}
