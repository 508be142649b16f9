//! Use cases that run at the same time on one member or on all: they take effect one after the other, and `verify` passes.

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::rules::terms::Expiry;
use laurel_engine::auth::{Actor, Authority};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::due;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::redeem::{self, Advance, Wish};
use laurel_engine::usecase::rules::{self, Publication};

use laurel_testing::programme::{LIVE, check, post, programme, programme_with, standing, tell};

async fn wish(ledger: &Ledger, external_id: &str, points: &str, key: &str) -> Wish {
    let member = view::find(ledger, By::External(external_id)).await.unwrap().unwrap();
    let actor = Actor::Member(member.id().uuid());
    Wish { member_no: member.no, points: points.parse().unwrap(), quoted: None, key: key.into(), actor }
}

stories! {
    async fn of_a_lapse_and_redemptions_at_midnight_each_point_goes_one_way(db: Db) {
        let ledger = programme_with(&db, |set| set.expiry = Expiry::Months(1)).await;
        ledger.clock.set("2027-01-31T04:00:00Z".parse::<Timestamp>().unwrap());
        tell(&ledger, "id=p1 member=m-1 pay=100 at=2027-01-31T03:00:00Z").await.unwrap();
        ledger.clock.set("2027-02-28T15:59:59.999Z".parse::<Timestamp>().unwrap());
        let redeeming = join_all((0..20).map(|n| {
            let ledger = ledger.clone();
            async move {
                if n == 9 {
                    ledger.clock.advance(SignedDuration::from_secs(1));
                }
                if n % 4 == 0 {
                    due::settle(&ledger).await.unwrap();
                }
                redeem::redeem(&ledger, wish(&ledger, "m-1", "10", &format!("k{n}")).await).await.is_ok()
            }
        })).await;
        due::settle(&ledger).await.unwrap();
        let redeemed = redeeming.into_iter().filter(|done| *done).count();
        assert!(redeemed <= 10);
        assert_eq!(standing(&ledger, "m-1").await, "0.00/0.00/100.00/2", "redeemed {redeemed} times, the rest lapsed");
        check(&ledger).await;
    }

    async fn of_a_refund_and_a_redemption_one_comes_first(db: Db) {
        let ledger = programme(&db).await;
        for n in 0..20 {
            tell(&ledger, &format!("id=p{n} member=m-{n} pay=100")).await.unwrap();
        }
        let outcomes = join_all((0..20).map(|n| {
            let ledger = ledger.clone();
            async move {
                let redeemed = async { redeem::redeem(&ledger, wish(&ledger, &format!("m-{n}"), "100", "k").await).await.is_ok() };
                let refund = format!("id=r{n} member=m-{n} of=p{n} refund=100");
                let (redeemed, refunded) = futures::join!(redeemed, tell(&ledger, &refund));
                refunded.unwrap();
                redeemed
            }
        })).await;
        for (n, redeemed) in outcomes.into_iter().enumerate() {
            let left = if redeemed { "0.00/100.00/0.00/1" } else { "0.00/0.00/0.00/1" };
            assert_eq!(standing(&ledger, &format!("m-{n}")).await, left);
        }
        check(&ledger).await;
    }

    async fn of_two_cancels_one_gives_the_points_back(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        let id = redeem::redeem(&ledger, wish(&ledger, "m-1", "100", "k").await).await.unwrap().redemption.id;
        let cancel = Advance { id, steps: vec![RedemptionState::Cancelled], tracking: None, note: None, actor: Actor::CommandLine, of_member: None };
        let outcomes = join_all((0..10).map(|_| redeem::advance(&ledger, cancel.clone()))).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert_eq!(standing(&ledger, "m-1").await, "100.00/0.00/100.00/2");
        check(&ledger).await;
    }

    async fn rules_are_published_while_events_arrive_and_each_entry_has_one_version(db: Db) {
        let ledger = programme(&db).await;
        let publishing = async {
            let by = Authority::command_line();
            for alpha in 2..6 {
                let latest = ledger.rulebook().await.unwrap().latest().clone();
                let mut set = latest.set;
                set.alpha = alpha.to_string().parse().unwrap();
                set.ladder.tiers[1].from = (90 * alpha).to_string().parse().unwrap();
                let revision = rules::save_draft(&ledger, by, set, latest.version, 0).await.unwrap();
                ledger.clock.advance(SignedDuration::from_secs(1));
                rules::publish(&ledger, by, revision, Publication::default()).await.unwrap();
                due::re_rate(&ledger).await.unwrap();
            }
        };
        let arriving = join_all((0..6).map(|client| {
            let ledger = ledger.clone();
            async move {
                for n in 0..12 {
                    let now = ledger.clock.now();
                    let events: Vec<String> =
                        (0..5).map(|m| format!("id={client}-{n}-{m} member=m-{m} pay=7.50 at={now}")).collect();
                    post(&ledger, LIVE, &events.iter().map(String::as_str).collect::<Vec<_>>()).await;
                }
            }
        }));
        futures::join!(publishing, arriving);
        check(&ledger).await;
        due::re_rate(&ledger).await.unwrap();
        check(&ledger).await;
    }

    async fn everybody_settles_at_once_and_each_lot_lapses_once(db: Db) {
        let ledger = programme_with(&db, |set| set.expiry = Expiry::Months(1)).await;
        ledger.clock.set("2027-01-31T04:00:00Z".parse::<Timestamp>().unwrap());
        let events: Vec<String> = (0..60).map(|n| format!("id=p{n} member=m-{n} pay=10 at=2027-01-31T03:00:00Z")).collect();
        post(&ledger, LIVE, &events.iter().map(String::as_str).collect::<Vec<_>>()).await;
        ledger.clock.set("2027-04-01T00:00:00Z".parse::<Timestamp>().unwrap());
        let jobs = join_all((0..4).map(|_| due::settle(&ledger)));
        let pages = join_all((0..60).map(|n| {
            let ledger = ledger.clone();
            async move { due::settled(&ledger, By::External(&format!("m-{n}"))).await.unwrap().unwrap().account.seq }
        }));
        let (_, lengths) = futures::join!(jobs, pages);
        assert!(lengths.iter().all(|seq| *seq == 2), "{lengths:?}");
        check(&ledger).await;
    }
}
