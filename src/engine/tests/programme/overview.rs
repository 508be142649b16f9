//! The programme at a glance, as the console shows it.

use jiff::SignedDuration;
use laurel_domain::rules::terms::Expiry;
use laurel_engine::auth::Authority;
use laurel_engine::usecase::access::keys;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::programme::overview::{Overview, Span, overview, waiting};
use laurel_engine::usecase::programme::totals;

use laurel_testing::programme::{HISTORY, LIVE, post, programme, programme_with, publish, tell};
use laurel_testing::rewards::{bought, gift, pool};

async fn look(ledger: &Ledger, span: Span) -> Overview {
    overview(ledger, span).await.unwrap()
}

stories! {
    async fn spans_are_compared_with_the_ones_before_them(db: Db) {
        let ledger = programme(&db).await;
        post(&ledger, HISTORY, &[
            "id=p9 member=m-1 pay=1 at=2026-05-01T00:00:00Z",
            "id=p0 member=m-1 pay=400 at=2026-08-01T00:00:00Z",
            "id=p1 member=m-1 pay=100 at=2026-10-10T00:00:00Z",
            "id=p2 member=m-1 pay=150 at=2026-11-10T00:00:00Z",
        ]).await;
        let shown = |overview: &Overview| {
            let before = overview.before.map_or_else(|| "-".to_owned(), |before| before.issued.to_string());
            format!("{} {before} {}", overview.flows.issued, overview.report.points.outstanding)
        };
        let month = look(&ledger, Span::Days30).await;
        assert_eq!(shown(&month), "150.00 100.00 651.00");
        assert_eq!((month.buckets.len(), month.buckets[0].outstanding.to_string()), (30, "501.00".into()));
        assert_eq!(shown(&look(&ledger, Span::Days90).await), "250.00 400.00 651.00");
        let year = look(&ledger, Span::Year).await;
        assert_eq!(shown(&year), "651.00 - 651.00");
        totals::fold(&ledger).await.unwrap();
        let folded = look(&ledger, Span::Year).await;
        assert_eq!(folded.buckets, year.buckets, "the same before and after totals are added up");
        assert_eq!(look(&ledger, Span::Ever).await.buckets.len(), 7);
    }

    async fn a_span_is_not_compared_with_one_in_which_the_programme_began(db: Db) {
        let ledger = programme(&db).await;
        post(&ledger, HISTORY, &[
            "id=p0 member=m-1 pay=4 at=2026-07-20T00:00:00Z",
            "id=p1 member=m-1 pay=100 at=2026-10-10T00:00:00Z",
        ]).await;
        assert_eq!(look(&ledger, Span::Days90).await.before, None, "half of the ninety days before is missing");
        assert!(look(&ledger, Span::Days30).await.before.is_some());
    }

    async fn what_lapses_is_told_by_days_ahead(db: Db) {
        let ledger = programme_with(&db, |set| set.expiry = Expiry::Months(2)).await;
        post(&ledger, LIVE, &["id=p1 member=m-1 pay=10"]).await;
        let shown = async |ledger: &Ledger| look(ledger, Span::Year).await.lapsing.map(|(days, points)| format!("{days}:{points}"));
        assert_eq!(shown(&ledger).await, ["30:0.00", "60:0.00", "90:10.00"]);
        ledger.clock.advance(SignedDuration::from_hours(24 * 40));
        assert_eq!(shown(&ledger).await, ["30:10.00", "60:10.00", "90:10.00"]);
    }

    async fn what_waits_for_somebody_is_counted(db: Db) {
        let ledger = programme(&db).await;
        assert_eq!(waiting(&ledger).await.unwrap(), Default::default());
        tell(&ledger, "id=p1 member=m-1 pay=900").await.unwrap();
        let mug = gift(&ledger, 21).await;
        assert_eq!(look(&ledger, Span::Year).await.running_out.len(), 0);
        bought(&ledger, "m-1", mug, "k1").await;
        bought(&ledger, "m-1", mug, "k2").await;
        pool(&ledger, "AAAA-1\nAAAA-2").await;
        let now = look(&ledger, Span::Year).await;
        assert_eq!((now.waiting.gifts, now.waiting.payouts, now.waiting.draft_of), (2, 0, None));
        let left: Vec<_> = now.running_out.iter().map(|reward| reward.left).collect();
        assert_eq!(left, [Some(2), Some(19)]);
    }

    async fn the_first_steps_tick_themselves_off(db: Db) {
        let ledger = programme(&db).await;
        let steps = async |ledger: &Ledger| {
            let steps = look(ledger, Span::Year).await.steps;
            [steps.has_rules, steps.has_key, steps.has_event, steps.has_reward]
        };
        assert_eq!(steps(&ledger).await, [false; 4]);
        let till = keys::Wanted { name: "Till".into(), scopes: "rules:read".into(), source: None, rate: None };
        keys::create(&db, Authority::command_line(), &till, ledger.clock.now()).await.unwrap();
        assert_eq!(steps(&ledger).await, [false, true, false, false]);
        tell(&ledger, "id=p1 member=m-1 pay=9").await.unwrap();
        gift(&ledger, 1).await;
        publish(&ledger, |set| set.gamma = "7".parse().unwrap()).await;
        assert_eq!(steps(&ledger).await, [true; 4]);
        assert!(look(&ledger, Span::Year).await.steps.are_done());
    }
}
