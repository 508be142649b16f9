//! Many redemptions of one reward at the same time: stock and codes are never given twice and never lost.

use std::collections::HashSet;

use futures::future::join_all;
use laurel_domain::rewards::redemption::RedemptionKind;
use laurel_domain::rewards::redemption::RedemptionState::{Cancelled, Issued, Used, Voided};
use laurel_domain::rewards::reward::{Limit, Period, Supply};
use laurel_engine::store::rewards::redemptions::{Filter, Which};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::rewards::{buy, redeem};

use laurel_testing::people::refused;
use laurel_testing::programme::{LIVE, check, post, programme, standing, tell};
use laurel_testing::rewards::{bought, gift, go, left, look, order, pool, reward};

/// So many members with 100 points each.
async fn members(ledger: &Ledger, number: usize) {
    let events: Vec<String> = (0..number).map(|n| format!("id=p{n} member=m-{n} pay=100")).collect();
    post(ledger, LIVE, &events.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

/// Buys as so many members at once; the codes of what each was refused with.
async fn all_at_once(ledger: &Ledger, reward: laurel_domain::ids::RewardId, number: usize) -> Vec<&'static str> {
    let mut orders = Vec::new();
    for n in 0..number {
        orders.push(order(ledger, &format!("m-{n}"), reward, "k").await);
    }
    let outcomes = join_all(orders.into_iter().map(|order| tokio::spawn(buy_owned(ledger.clone(), order)))).await;
    outcomes.into_iter().map(|outcome| refused(outcome.expect("no panic"))).collect()
}

async fn buy_owned(ledger: Ledger, order: buy::Order) -> Result<redeem::Redeemed, AppError> {
    buy::buy(&ledger, order).await
}

fn count(outcomes: &[&str], code: &str) -> usize {
    outcomes.iter().filter(|outcome| **outcome == code).count()
}

stories! {
    async fn of_five_hundred_at_once_exactly_one_gets_the_only_one(db: Db) {
        let ledger = programme(&db).await;
        members(&ledger, 500).await;
        let mug = gift(&ledger, 1).await;
        let outcomes = all_at_once(&ledger, mug, 500).await;
        assert_eq!((count(&outcomes, "accepted"), count(&outcomes, "out_of_stock")), (1, 499), "{outcomes:?}");
        assert_eq!(left(&ledger, mug).await, Some(0));
        check(&ledger).await;
    }

    async fn fifty_at_once_share_ten_codes_and_no_two_have_the_same(db: Db) {
        let ledger = programme(&db).await;
        members(&ledger, 50).await;
        let codes: Vec<String> = (0..10).map(|n| format!("CODE-{n}")).collect();
        let voucher = pool(&ledger, &codes.join("\n")).await;
        let outcomes = all_at_once(&ledger, voucher, 50).await;
        assert_eq!((count(&outcomes, "accepted"), count(&outcomes, "out_of_stock")), (10, 40), "{outcomes:?}");
        let filter = Filter { which: Which::OfKind(RedemptionKind::Voucher, None), after: None, most: 100 };
        let mut seen = HashSet::new();
        for redemption in redeem::list(&ledger, filter).await.unwrap() {
            go(&ledger, redemption.id, Issued).await.unwrap();
            seen.extend(look(&ledger, redemption.id).await.code);
        }
        assert_eq!(seen, codes.into_iter().collect());
        check(&ledger).await;
    }

    async fn a_limit_holds_for_one_member_with_twenty_orders_at_once(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=5000").await.unwrap();
        let voucher = reward(&ledger, Supply::Generated, |t| t.limit = Some(Limit { most: 3, period: Period::Day })).await;
        let mut orders = Vec::new();
        for n in 0..20 {
            orders.push(order(&ledger, "m-1", voucher, &format!("k{n}")).await);
        }
        let outcomes = join_all(orders.into_iter().map(|order| buy_owned(ledger.clone(), order))).await;
        let outcomes: Vec<_> = outcomes.into_iter().map(refused).collect();
        assert_eq!((count(&outcomes, "accepted"), count(&outcomes, "reward_limit_reached")), (3, 17), "{outcomes:?}");
        assert_eq!(standing(&ledger, "m-1").await, "4760.00/0.00/5000.00/4");
        check(&ledger).await;
    }

    async fn the_same_order_twenty_times_at_once_is_one(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
        let mug = gift(&ledger, 20).await;
        let same = order(&ledger, "m-1", mug, "k").await;
        let outcomes = join_all((0..20).map(|_| buy_owned(ledger.clone(), same.clone()))).await;
        let ids: HashSet<_> = outcomes.into_iter().map(|made| made.unwrap().redemption.id).collect();
        assert_eq!((ids.len(), left(&ledger, mug).await), (1, Some(19)));
        check(&ledger).await;
    }

    async fn cancelled_twice_at_once_it_all_comes_back_once(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
        let (mug, voucher) = (gift(&ledger, 5).await, pool(&ledger, "A\nB").await);
        for reward in [mug, voucher] {
            let id = bought(&ledger, "m-1", reward, &reward.to_string()).await;
            let outcomes = join_all((0..8).map(|_| go(&ledger, id, Cancelled))).await;
            assert_eq!(outcomes.into_iter().filter(Result::is_ok).count(), 1);
        }
        assert_eq!((left(&ledger, mug).await, left(&ledger, voucher).await), (Some(5), Some(2)));
        assert_eq!(standing(&ledger, "m-1").await, "1000.00/0.00/1000.00/4");
        check(&ledger).await;
    }

    async fn cancelling_and_revealing_at_once_do_not_both_happen(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
        let voucher = pool(&ledger, "A\nB\nC\nD\nE\nF").await;
        for n in 0..6 {
            let id = bought(&ledger, "m-1", voucher, &format!("k{n}")).await;
            let outcomes = join_all([go(&ledger, id, Cancelled), go(&ledger, id, Issued)]).await;
            assert_eq!(outcomes.into_iter().filter(Result::is_ok).count(), 1);
        }
        check(&ledger).await;
    }

    async fn a_voucher_used_voided_and_expired_at_once_ends_one_way(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
        let voucher = reward(&ledger, Supply::Generated, |terms| terms.valid_days = Some(1)).await;
        let id = bought(&ledger, "m-1", voucher, "k").await;
        go(&ledger, id, Issued).await.unwrap();
        let end = look(&ledger, id).await.redeemed.redemption.expires_at.unwrap();
        ledger.clock.set(end - jiff::SignedDuration::from_micros(1));
        let (used, voided, job) = futures::join!(go(&ledger, id, Used), go(&ledger, id, Voided), async {
            ledger.clock.set(end);
            redeem::expire_vouchers(&ledger).await
        });
        let ended = usize::from(used.is_ok()) + usize::from(voided.is_ok()) + job.unwrap();
        assert_eq!((ended, look(&ledger, id).await.states.len()), (1, 3));
        check(&ledger).await;
    }
}
