//! Vouchers and gifts: who may have them, what is taken, and what comes back.

use jiff::SignedDuration;
use laurel_domain::refusal::{Fault, Refusal, Unavailable};
use laurel_domain::rewards::redemption::RedemptionKind;
use laurel_domain::rewards::redemption::RedemptionState::*;
use laurel_domain::rewards::reward::{Limit, Period, Supply};
use laurel_domain::rules::terms::Expiry;
use laurel_domain::text::{Both, Key};
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::members::member::By;
use laurel_engine::store::rewards::redemptions::{Filter, Which};
use laurel_engine::usecase::ledger::verify;
use laurel_engine::usecase::members::suspend::suspend;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::buy::{self, Order};
use laurel_engine::usecase::rewards::fulfil::Marking;
use laurel_engine::usecase::rewards::{catalogue, edit, fulfil, redeem, take_back};

use laurel_testing::people::{employed, refused};
use laurel_testing::programme::publish;
use laurel_testing::programme::{check, member, programme, programme_with, standing, tell};
use laurel_testing::rewards::{bought, buy, contact, gift, go, left, look, order, pool, reward, terms};
use laurel_testing::tamper::tamper;

fn refusal<T: std::fmt::Debug>(outcome: Result<T, laurel_engine::usecase::AppError>) -> Refusal {
    match outcome {
        Err(laurel_engine::usecase::AppError::Refused(refusal)) => refusal,
        other => panic!("{other:?} is not refused"),
    }
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

stories! {
    async fn a_gift_goes_from_the_order_to_the_door(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=200").await.unwrap();
        let mug = gift(&ledger, 5).await;
        let two = Order { quantity: 2, ..order(&ledger, "m-1", mug, "k1").await };
        let made = buy::buy(&ledger, two.clone()).await.unwrap();
        assert_eq!((made.redemption.points.to_string(), made.balance_after.to_string()), ("160.00".into(), "40.00".into()));
        assert_eq!(buy::buy(&ledger, two.clone()).await.unwrap(), made, "the same form sent twice is one order");
        assert_eq!(refused(buy::buy(&ledger, Order { quantity: 1, ..two.clone() }).await), "idempotency_conflict");
        let elsewhere = laurel_domain::rewards::reward::Contact { address: "elsewhere".into(), ..contact() };
        assert_eq!(refused(buy::buy(&ledger, Order { contact: Some(elsewhere), ..two }).await), "idempotency_conflict");
        assert_eq!(left(&ledger, mug).await, Some(3));
        let id = made.redemption.id;
        assert_eq!(refusal(go(&ledger, id, Delivered).await), Refusal::NoSuchTransition { from: "ordered", to: "delivered" });
        let manager = Authority::command_line();
        let sent = Marking { tracking: Some(" SF-1234 ".into()), ..Marking::from(Shipped) };
        fulfil::advance(&ledger, manager, &[id], sent).await.unwrap();
        assert_eq!(refusal(go(&ledger, id, Cancelled).await), Refusal::NoSuchTransition { from: "shipped", to: "cancelled" });
        fulfil::advance(&ledger, manager, &[id], Delivered).await.unwrap();
        let found = look(&ledger, id).await;
        assert_eq!(found.redeemed.redemption.tracking.as_deref(), Some("SF-1234"));
        assert_eq!(found.contact, Some(contact()));
        let states: Vec<_> = found.states.iter().map(|since| since.state).collect();
        assert_eq!(states, [Ordered, Shipped, Delivered]);
        check(&ledger).await;
    }

    async fn a_cancelled_gift_gives_back_points_stock_and_the_limit(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=200").await.unwrap();
        let mug = reward(&ledger, Supply::Stock, |terms| terms.limit = Some(Limit { most: 1, period: Period::Ever })).await;
        edit::change_stock(&ledger, Authority::command_line(), mug, 1, "all there are").await.unwrap();
        let id = bought(&ledger, "m-1", mug, "k1").await;
        assert_eq!(left(&ledger, mug).await, Some(0));
        assert_eq!(refusal(buy(&ledger, "m-1", mug, "k2").await), Refusal::OutOfStock { left: 0, wanted: 1 });
        go(&ledger, id, Cancelled).await.unwrap();
        assert_eq!((left(&ledger, mug).await, standing(&ledger, "m-1").await), (Some(1), "200.00/0.00/200.00/2".into()));
        bought(&ledger, "m-1", mug, "k3").await;
        assert_eq!(standing(&ledger, "m-1").await, "120.00/0.00/200.00/2");
        check(&ledger).await;
    }

    async fn a_gift_that_came_back_gives_back_points_and_limit_and_stock_if_somebody_says_so(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=200").await.unwrap();
        let mug = reward(&ledger, Supply::Stock, |terms| terms.limit = Some(Limit { most: 1, period: Period::Ever })).await;
        edit::change_stock(&ledger, Authority::command_line(), mug, 2, "all there are").await.unwrap();
        let manager = Authority::command_line();
        let back = async |id, restock, why: &str| refused(take_back::take_back(&ledger, manager, id, restock, why).await);
        let first = bought(&ledger, "m-1", mug, "k1").await;
        assert_eq!(back(first, true, "refused").await, "no_such_transition", "it is still here");
        go(&ledger, first, Shipped).await.unwrap();
        assert_eq!(back(first, true, "  ").await, "invalid");
        assert_eq!(refused(go(&ledger, first, Returned).await), "invalid", "not without a reason");
        assert_eq!(refused(fulfil::advance(&ledger, manager, &[first], Returned).await), "forbidden");
        let support = employed(&db, &Auth::default(), "s@example.com", Role::Support).await;
        assert_eq!(refused(take_back::take_back(&ledger, support, first, true, "no").await), "forbidden");
        assert_eq!(back(first, true, "refused at the door").await, "accepted");
        assert_eq!(back(first, true, "refused at the door").await, "no_such_transition");
        assert_eq!((left(&ledger, mug).await, standing(&ledger, "m-1").await), (Some(2), "200.00/0.00/200.00/2".into()));
        let found = look(&ledger, first).await;
        let returned = found.redeemed.redemption.returned.unwrap();
        assert_eq!((returned.restocked, returned.reason.as_deref()), (true, Some("refused at the door")));
        let states: Vec<_> = found.states.iter().map(|since| since.state).collect();
        assert_eq!(states, [Ordered, Shipped, Returned]);
        // broken on the way: nobody else can have it
        let second = bought(&ledger, "m-1", mug, "k2").await;
        fulfil::advance(&ledger, manager, &[second], Delivered).await.unwrap();
        assert_eq!(back(second, false, "broken").await, "accepted");
        assert_eq!((left(&ledger, mug).await, standing(&ledger, "m-1").await), (Some(1), "200.00/0.00/200.00/2".into()));
        check(&ledger).await;
        let one = if db.is_postgres() { "update redemptions set restocked = true" } else { "update redemptions set restocked = 1" };
        tamper(&db, one).await;
        let found = verify::verify(&ledger).await.unwrap().differences;
        assert!(found[0].what.contains("1 in stock"), "{found:?}");
    }

    async fn a_gift_that_comes_back_repays_debt_first_and_its_lots_keep_their_day(db: Db) {
        let ledger = programme_with(&db, |set| set.expiry = Expiry::Months(1)).await;
        tell(&ledger, "id=p1 member=m-1 pay=200").await.unwrap();
        let mug = gift(&ledger, 1).await;
        let id = bought(&ledger, "m-1", mug, "k1").await;
        go(&ledger, id, Shipped).await.unwrap();
        tell(&ledger, "id=r1 member=m-1 refund=150 of=p1").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "0.00/30.00/50.00/1");
        take_back::take_back(&ledger, Authority::command_line(), id, true, "unwanted").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "50.00/0.00/50.00/1");
        let lots = member(&ledger, "m-1").await.lots;
        assert_eq!(lots[0].day.unwrap().to_string(), "2026-12-22");
        check(&ledger).await;
    }

    async fn of_many_who_take_the_same_gift_back_at_once_one_does(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=200").await.unwrap();
        let mug = gift(&ledger, 1).await;
        let id = bought(&ledger, "m-1", mug, "k1").await;
        go(&ledger, id, Shipped).await.unwrap();
        let sent = (0..8).map(|_| {
            let ledger = ledger.clone();
            tokio::spawn(async move { refused(take_back::take_back(&ledger, Authority::command_line(), id, true, "x").await) })
        });
        let outcomes: Vec<&str> = futures::future::join_all(sent).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(outcomes.iter().filter(|code| **code == "accepted").count(), 1, "{outcomes:?}");
        assert_eq!((left(&ledger, mug).await, standing(&ledger, "m-1").await), (Some(1), "200.00/0.00/200.00/2".into()));
        check(&ledger).await;
    }

    async fn a_voucher_shows_its_code_once_it_is_revealed_and_never_gives_it_up(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=400").await.unwrap();
        let voucher = pool(&ledger, "code,worth\nAAA-1,50\nBBB-2,50\n").await;
        let first = bought(&ledger, "m-1", voucher, "k1").await;
        assert_eq!((look(&ledger, first).await.code, left(&ledger, voucher).await), (None, Some(1)));
        go(&ledger, first, Cancelled).await.unwrap();
        assert_eq!(left(&ledger, voucher).await, Some(2), "nobody saw it, so it is free again");
        let second = bought(&ledger, "m-1", voucher, "k2").await;
        go(&ledger, second, Issued).await.unwrap();
        let code = look(&ledger, second).await.code.unwrap();
        assert_eq!(refusal(go(&ledger, second, Cancelled).await), Refusal::NoSuchTransition { from: "issued", to: "cancelled" });
        go(&ledger, second, Voided).await.unwrap();
        assert_eq!((left(&ledger, voucher).await, standing(&ledger, "m-1").await), (Some(1), "400.00/0.00/400.00/2".into()));
        let third = bought(&ledger, "m-1", voucher, "k3").await;
        go(&ledger, third, Issued).await.unwrap();
        assert_ne!(look(&ledger, third).await.code.unwrap(), code, "what was revealed stays with whoever saw it");
        go(&ledger, third, Used).await.unwrap();
        assert_eq!(refusal(buy(&ledger, "m-1", voucher, "k4").await), Refusal::OutOfStock { left: 0, wanted: 1 });
        assert_eq!(standing(&ledger, "m-1").await, "320.00/0.00/400.00/2");
        check(&ledger).await;
    }

    async fn generated_codes_are_all_different_and_have_no_end(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=400").await.unwrap();
        let voucher = reward(&ledger, Supply::Generated, |_| ()).await;
        let mut codes = Vec::new();
        for n in 0..3 {
            let id = bought(&ledger, "m-1", voucher, &format!("k{n}")).await;
            go(&ledger, id, Issued).await.unwrap();
            codes.extend(look(&ledger, id).await.code);
        }
        let cancelled = bought(&ledger, "m-1", voucher, "k9").await;
        go(&ledger, cancelled, Cancelled).await.unwrap();
        codes.sort();
        codes.dedup();
        assert_eq!((codes.len(), codes[0].len(), left(&ledger, voucher).await), (3, 14, None));
        check(&ledger).await;
    }

    async fn a_voucher_expires_at_the_end_of_its_last_day_whether_the_job_runs_or_not(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=400").await.unwrap();
        let voucher = reward(&ledger, Supply::Generated, |terms| terms.valid_days = Some(30)).await;
        let (used, expired) = (bought(&ledger, "m-1", voucher, "k1").await, bought(&ledger, "m-1", voucher, "k2").await);
        for id in [used, expired] {
            go(&ledger, id, Issued).await.unwrap();
        }
        // issued on 22 November in Shanghai, good through 22 December 24:00
        let end = "2026-12-22T16:00:00Z".parse().unwrap();
        assert_eq!(look(&ledger, used).await.redeemed.redemption.expires_at, Some(end));
        ledger.clock.set(end - SignedDuration::from_secs(1));
        assert_eq!(redeem::expire_vouchers(&ledger).await.unwrap(), 0);
        go(&ledger, used, Used).await.unwrap();
        ledger.clock.set(end);
        let unwritten = look(&ledger, expired).await;
        assert_eq!((unwritten.redeemed.redemption.state, unwritten.states.last().unwrap().at), (Expired, end));
        assert_eq!(refusal(go(&ledger, expired, Used).await), Refusal::NoSuchTransition { from: "expired", to: "used" });
        let listed = async |state| {
            let filter = Filter { which: Which::OfKind(RedemptionKind::Voucher, Some(state)), after: None, most: 10 };
            redeem::list(&ledger, filter).await.unwrap().into_iter().map(|redemption| redemption.id).collect::<Vec<_>>()
        };
        assert_eq!((listed(Issued).await, listed(Expired).await), (vec![], vec![expired]));
        check(&ledger).await;
        assert_eq!(redeem::expire_vouchers(&ledger).await.unwrap(), 1);
        assert_eq!(redeem::expire_vouchers(&ledger).await.unwrap(), 0, "twice is once");
        let written = look(&ledger, expired).await;
        assert_eq!((&written.redeemed, &written.states), (&unwritten.redeemed, &unwritten.states));
        assert_eq!((listed(Issued).await, listed(Expired).await), (vec![], vec![expired]));
        assert_eq!(standing(&ledger, "m-1").await, "240.00/0.00/400.00/2", "an expired voucher gives nothing back");
        check(&ledger).await;
    }

    async fn who_may_not_have_a_reward_is_told_why_and_nothing_changes(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=90").await.unwrap();
        let gold = reward(&ledger, Supply::Generated, |terms| terms.least_tier = Some(Key::new("gold").unwrap())).await;
        assert_eq!(refusal(buy(&ledger, "m-1", gold, "k").await), Refusal::TierTooLow { needed: Both::new("金牌会员", "Gold") });
        let day = |text: &str| text.parse().unwrap();
        let later = reward(&ledger, Supply::Generated, |terms| terms.starts = Some(day("2026-11-23"))).await;
        let why = Unavailable::NotBefore { day: day("2026-11-23") };
        assert_eq!(refusal(buy(&ledger, "m-1", later, "k").await), Refusal::RewardNotAvailable { why });
        let over = reward(&ledger, Supply::Generated, |terms| terms.ends = Some(day("2026-11-21"))).await;
        let why = Unavailable::NotAfter { day: day("2026-11-21") };
        assert_eq!(refusal(buy(&ledger, "m-1", over, "k").await), Refusal::RewardNotAvailable { why });
        let dear = reward(&ledger, Supply::Generated, |terms| terms.price = "90.01".parse().unwrap()).await;
        let (available, wanted) = ("90".parse().unwrap(), "90.01".parse().unwrap());
        assert_eq!(refusal(buy(&ledger, "m-1", dear, "k").await), Refusal::NotEnoughPoints { available, wanted });
        let mug = gift(&ledger, 1).await;
        let nowhere = Order { contact: None, ..order(&ledger, "m-1", mug, "k").await };
        assert_eq!(refusal(buy::buy(&ledger, nowhere).await), Refusal::field("recipient", Fault::Missing));
        let stale = Order { quoted: Some("79".parse().unwrap()), ..order(&ledger, "m-1", mug, "k").await };
        let (quoted, price) = ("79".parse().unwrap(), "80".parse().unwrap());
        assert_eq!(refusal(buy::buy(&ledger, stale).await), Refusal::PriceChanged { quoted, price });
        let nothing = Order { quantity: 0, ..order(&ledger, "m-1", mug, "k").await };
        assert_eq!(refusal(buy::buy(&ledger, nothing).await), Refusal::field("quantity", Fault::NotPositive));
        let member = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap();
        suspend(&ledger.db, Authority::command_line(), &[member.id()], true, "Stolen phone", ledger.clock.now()).await.unwrap();
        assert_eq!(refusal(buy(&ledger, "m-1", mug, "k").await), Refusal::MemberSuspended);
        let catalogue = catalogue::of_member(&ledger, member.no).await.unwrap();
        assert_eq!(catalogue.rewards.len(), 4, "what is over is not shown");
        assert!(catalogue.rewards.iter().all(|offered| offered.obstacle == Some(Refusal::MemberSuspended)));
        assert_eq!((left(&ledger, mug).await, standing(&ledger, "m-1").await), (Some(1), "90.00/0.00/90.00/1".into()));
        check(&ledger).await;
    }

    async fn a_limit_counts_by_the_days_of_the_programme_and_forgets_what_was_given_back(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
        let mut vouchers = Vec::new();
        for period in Period::ALL {
            vouchers.push(reward(&ledger, Supply::Generated, |t| t.limit = Some(Limit { most: 1, period })).await);
        }
        // 23:59 in Shanghai on the last day of the year
        ledger.clock.set("2026-12-31T15:59:00Z".parse().unwrap());
        for voucher in &vouchers {
            bought(&ledger, "m-1", *voucher, &format!("{voucher}")).await;
            let refused = refusal(buy(&ledger, "m-1", *voucher, "again").await);
            assert!(matches!(refused, Refusal::RewardLimitReached { most: 1, left: 0, .. }), "{refused:?}");
        }
        let member = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap();
        let open = async || {
            let catalogue = catalogue::of_member(&ledger, member.no).await.unwrap();
            catalogue.rewards.iter().filter(|offered| offered.obstacle.is_none()).count()
        };
        assert_eq!(open().await, 0);
        ledger.clock.advance(SignedDuration::from_mins(1));
        assert_eq!(open().await, 3, "a new day, month and year");
        for voucher in &vouchers[..3] {
            bought(&ledger, "m-1", *voucher, &format!("{voucher} anew")).await;
        }
        assert_eq!(open().await, 0);
        let page = Filter { which: Which::OfMember(member.no), after: None, most: 1 };
        let newest = redeem::list(&ledger, page).await.unwrap().remove(0);
        go(&ledger, newest.id, Cancelled).await.unwrap();
        assert_eq!(open().await, 1, "what was given back does not count");
        check(&ledger).await;
    }

    async fn a_reward_changed_by_two_at_once_is_changed_by_the_first(db: Db) {
        let ledger = programme(&db).await;
        let mug = gift(&ledger, 3).await;
        let manager = Authority::command_line();
        let before = edit::file(&ledger, mug).await.unwrap().reward;
        let dearer = laurel_domain::rewards::reward::RewardTerms { price: "100".parse().unwrap(), ..terms() };
        edit::edit(&ledger, manager, mug, before.revision, dearer.clone()).await.unwrap();
        assert_eq!(refusal(edit::edit(&ledger, manager, mug, before.revision, terms()).await), Refusal::StaleReward);
        assert_eq!(refusal(edit::retire(&ledger, manager, mug, before.revision, true).await), Refusal::StaleReward);
        let after = edit::file(&ledger, mug).await.unwrap().reward;
        assert_eq!((after.terms, after.left, after.revision), (dearer, Some(3), before.revision + 1));
    }

    async fn a_reward_that_is_retired_can_be_had_no_more_and_its_redemptions_go_on(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=200").await.unwrap();
        let mug = gift(&ledger, 3).await;
        let id = bought(&ledger, "m-1", mug, "k1").await;
        let revision = edit::file(&ledger, mug).await.unwrap().reward.revision;
        edit::retire(&ledger, Authority::command_line(), mug, revision, true).await.unwrap();
        let retired = Refusal::RewardNotAvailable { why: Unavailable::Retired };
        assert_eq!(refusal(buy(&ledger, "m-1", mug, "k2").await), retired);
        assert!(catalogue::all(&ledger).await.unwrap().is_empty());
        go(&ledger, id, Cancelled).await.unwrap();
        assert_eq!(left(&ledger, mug).await, Some(3));
        check(&ledger).await;
    }

    async fn what_is_wrong_with_a_reward_is_told_and_only_managers_keep_them(db: Db) {
        let ledger = programme(&db).await;
        let manager = Authority::command_line();
        let mut lost = terms();
        lost.least_tier = Some(Key::new("platinum").unwrap());
        assert_eq!(refused(edit::create(&ledger, manager, Supply::Stock, lost).await), "invalid");
        let mug = gift(&ledger, 3).await;
        assert_eq!(refusal(edit::change_stock(&ledger, manager, mug, -4, "lost").await), Refusal::OutOfStock { left: 3, wanted: 4 });
        assert_eq!(refused(edit::change_stock(&ledger, manager, mug, 0, "").await), "invalid");
        assert_eq!(refused(edit::add_codes(&ledger, manager, mug, "A").await), "not_found", "gifts have no codes");
        let voucher = pool(&ledger, "A\nB\nA\n").await;
        let again = edit::add_codes(&ledger, manager, voucher, "B\nC").await.unwrap();
        assert_eq!((again.new, again.known, left(&ledger, voucher).await), (1, 1, Some(3)));
        assert_eq!(refused(edit::change_stock(&ledger, manager, voucher, 1, "x").await), "not_found");
        let support = employed(&db, &Auth::default(), "s@example.com", Role::Support).await;
        assert_eq!(refused(edit::create(&ledger, support, Supply::Stock, terms()).await), "forbidden");
        assert_eq!(refused(edit::edit(&ledger, support, mug, 1, terms()).await), "forbidden");
        assert_eq!(refused(edit::retire(&ledger, support, mug, 1, true).await), "forbidden");
        assert_eq!(refused(edit::change_stock(&ledger, support, mug, 1, "x").await), "forbidden");
        assert_eq!(refused(edit::add_codes(&ledger, support, voucher, "D").await), "forbidden");
        check(&ledger).await;
    }

    async fn the_staff_neither_reveals_nor_expires(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=200").await.unwrap();
        let voucher = reward(&ledger, Supply::Generated, |_| ()).await;
        let id = bought(&ledger, "m-1", voucher, "k1").await;
        for to in [Issued, Expired] {
            assert_eq!(refused(fulfil::advance(&ledger, Authority::command_line(), &[id], to).await), "forbidden");
        }
        assert_eq!(refused(fulfil::advance(&ledger, Authority::command_line(), &[id], Paid).await), "no_such_transition");
    }

    async fn a_tier_is_known_by_its_key_when_the_ladder_changes(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        let gold = reward(&ledger, Supply::Generated, |terms| terms.least_tier = Some(Key::new("gold").unwrap())).await;
        ledger.clock.advance(days(1));
        publish(&ledger, |set| set.ladder.tiers[1].from = "200".parse().unwrap()).await;
        assert!(matches!(refusal(buy(&ledger, "m-1", gold, "k1").await), Refusal::TierTooLow { .. }), "the re-rating that is due counts");
        ledger.clock.advance(days(1));
        publish(&ledger, |set| drop(set.ladder.tiers.remove(1))).await;
        let gone = Refusal::RewardNotAvailable { why: Unavailable::TierGone };
        assert_eq!(refusal(buy(&ledger, "m-1", gold, "k1").await), gone);
        check(&ledger).await;
    }

    async fn stock_and_codes_that_do_not_follow_are_told(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
        let (mug, voucher) = (gift(&ledger, 5).await, pool(&ledger, "A\nB").await);
        bought(&ledger, "m-1", mug, "k1").await;
        let id = bought(&ledger, "m-1", voucher, "k2").await;
        go(&ledger, id, Issued).await.unwrap();
        check(&ledger).await;
        let told = async || {
            let verdict = verify::verify(&ledger).await.unwrap();
            verdict.differences.into_iter().map(|difference| difference.what).collect::<Vec<_>>().join("; ")
        };
        tamper(&db, "update rewards set stock = 5 where supply = 2").await;
        assert!(told().await.contains("has 5 in stock, its history and redemptions leave 4"), "{}", told().await);
        tamper(&db, "update rewards set stock = 4 where supply = 2").await;
        check(&ledger).await;
        tamper(&db, "update reward_codes set redemption_id = null, revealed_at = null").await;
        assert!(told().await.contains("is issued, with 0 codes"), "a revealed code that is free again: {}", told().await);
    }
}
