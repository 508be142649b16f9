//! An invitation's award goes by the payment that completed it, where the rules say so.

use futures::future::join_all;
use jiff::Timestamp;
use laurel_domain::ledger::entry::{Cause, Entry};
use laurel_domain::ledger::statement::check::check as checked;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::{RuleSet, Shortfall};
use laurel_domain::rules::terms::{Cap, Expiry};
use laurel_engine::auth::{Actor, Authority};
use laurel_engine::store::Db;
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::ingest::Outcome;
use laurel_engine::usecase::ledger::{Ledger, due, statement, verify};
use laurel_engine::usecase::members::{close, view};
use laurel_engine::usecase::rewards::redeem::{self, Wish};
use laurel_engine::usecase::rules::{self, Publication};

use crate::rules::experiments;
use laurel_testing::invitations::invitations;
use laurel_testing::programme::{HISTORY, LIVE, check, post, standing, tell};
use laurel_testing::tamper::tamper;

const FRIENDS: usize = 8;

/// A member's entries, the oldest first.
async fn entries(ledger: &Ledger, external_id: &str) -> Vec<Entry> {
    let member = view::find(ledger, By::External(external_id)).await.unwrap().unwrap();
    let mut entries = view::entries(ledger, &member, Page::newest(1_000)).await.unwrap();
    entries.reverse();
    entries
}

/// What the inviter's entries are, in a word each.
async fn kinds(ledger: &Ledger) -> Vec<&'static str> {
    entries(ledger, "m-a").await.iter().map(|entry| entry.kind.name()).collect()
}

async fn differences(ledger: &Ledger) -> Vec<String> {
    verify::verify(ledger).await.unwrap().differences.into_iter().map(|difference| difference.what).collect()
}

/// The inviter redeems what an award brought before its payment is refunded; how they stand then.
async fn spent(db: &Db, shortfall: Shortfall) -> String {
    let ledger = invitations(db, 1, |set| set.shortfall = shortfall).await;
    tell(&ledger, "id=p1 member=m-1 pay=5").await.unwrap();
    let member = view::find(&ledger, By::External("m-a")).await.unwrap().unwrap();
    let points = member.account.available;
    let wish = Wish { member_no: member.no, points, quoted: None, key: "k".into(), actor: Actor::CommandLine };
    redeem::redeem(&ledger, wish).await.unwrap();
    tell(&ledger, "id=r1 member=m-1 of=p1 refund=5").await.unwrap();
    check(&ledger).await;
    standing(&ledger, "m-a").await
}

async fn publish(ledger: &Ledger, change: impl FnOnce(&mut RuleSet)) {
    let latest = ledger.rulebook().await.unwrap().latest().clone();
    let mut set = latest.set;
    change(&mut set);
    let by = Authority::command_line();
    let revision = rules::save_draft(ledger, by, set, latest.version, 0).await.unwrap();
    ledger.clock.advance(jiff::SignedDuration::from_secs(1));
    rules::publish(ledger, by, revision, Publication::default()).await.unwrap();
    ledger.clock.advance(jiff::SignedDuration::from_mins(5));
}

/// Friends who pay once the variant group of an experiment has other rules; as many as that each group has some.
async fn in_an_experiment(db: &Db, change: impl FnOnce(&mut RuleSet)) -> (Ledger, Vec<String>) {
    let ledger = invitations(db, FRIENDS, |set| set.expiry = Expiry::Months(12)).await;
    experiments::start(&ledger, |set| {
        set.expiry = Expiry::Months(6);
        change(set);
    })
    .await;
    (ledger, (1..=FRIENDS).map(|n| format!("m-{n}")).collect())
}

stories! {
    async fn an_award_goes_also_where_the_payers_group_of_an_experiment_has_other_lots_than_the_inviters(db: Db) {
        let (ledger, friends) = in_an_experiment(&db, |_| ()).await;
        for friend in &friends {
            tell(&ledger, &format!("id=p-{friend} member={friend} pay=5 at={}", ledger.clock.now())).await.unwrap();
        }
        assert_eq!(standing(&ledger, "m-a").await, "80.00/0.00/80.00/1");
        for friend in &friends {
            tell(&ledger, &format!("id=r-{friend} member={friend} of=p-{friend} refund=5 at={}", ledger.clock.now())).await.unwrap();
        }
        assert_eq!(standing(&ledger, "m-a").await, "0.00/0.00/0.00/1");
        check(&ledger).await;
    }

    async fn of_what_is_paid_and_refunded_at_once_the_payers_group_says_whether_the_award_goes(db: Db) {
        let (ledger, friends) = in_an_experiment(&db, |set| set.take_back_referral = false).await;
        let now = ledger.clock.now();
        let mut lasting = 0;
        for friend in &friends {
            let events = [
                format!("id=p-{friend} member={friend} pay=5 at={now}"),
                format!("id=r-{friend} member={friend} of=p-{friend} refund=5 at={now}"),
            ];
            let outcomes = post(&ledger, LIVE, &events.each_ref().map(String::as_str)).await;
            assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Accepted(_))), "{friend}: {outcomes:?}");
            lasting += i32::from(entries(&ledger, friend).await[0].rules > 1);
        }
        assert_eq!(standing(&ledger, "m-a").await, format!("{0}.00/0.00/{0}.00/1", 10 * lasting));
        check(&ledger).await;
    }

    async fn an_award_goes_with_the_refund_of_its_payment_and_comes_again_with_the_next(db: Db) {
        let ledger = invitations(&db, 1, |_| ()).await;
        tell(&ledger, "id=p1 member=m-1 pay=50").await.unwrap();
        tell(&ledger, "id=p2 member=m-1 pay=50").await.unwrap();
        tell(&ledger, "id=r2 member=m-1 of=p2 refund=50").await.unwrap();
        assert_eq!(standing(&ledger, "m-a").await, "10.00/0.00/10.00/1", "it goes by the first payment");
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=49.99").await.unwrap();
        assert_eq!(standing(&ledger, "m-a").await, "10.00/0.00/10.00/1", "something is left of that");
        tell(&ledger, "id=r3 member=m-1 of=p1 refund=0.01").await.unwrap();
        assert_eq!(standing(&ledger, "m-a").await, "0.00/0.00/0.00/1");
        let again = tell(&ledger, "id=r3 member=m-1 of=p1 refund=0.01").await.unwrap();
        assert_eq!(again.points.to_string(), "-0.01", "the first answer, and nothing more");
        check(&ledger).await;
        for (n, standing_after) in [(3, "10.00/0.00/10.00/1"), (4, "10.00/0.00/10.00/1")] {
            tell(&ledger, &format!("id=p{n} member=m-1 pay=5")).await.unwrap();
            assert_eq!(standing(&ledger, "m-a").await, standing_after);
        }
        assert_eq!(tell(&ledger, "id=f1 member=m-a referee=m-1").await, Err(Refusal::AlreadyReferred));
        tell(&ledger, "id=r4 member=m-1 of=p3 refund=5").await.unwrap();
        assert_eq!(kinds(&ledger).await, ["earn", "clawback", "earn", "clawback"]);
        let made = entries(&ledger, "m-a").await;
        let (payer, events): (Vec<Entry>, Vec<_>) = (entries(&ledger, "m-1").await, made.iter().filter_map(|e| e.cause.event()).collect());
        let id = payer[0].member;
        assert_eq!(events.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), [format!("referral:{id}"), format!("referral:{id}:2")]);
        let Cause::ReferralTakenBack { referee, award, refunded_by } = made[1].cause else { panic!("{:?}", made[1].cause) };
        assert_eq!((referee, award), (id, 1));
        assert!(payer.iter().any(|entry| entry.hash == refunded_by && matches!(&entry.cause, Cause::Refund { event, .. } if event.id.as_str() == "r3")));
        for external_id in ["m-a", "m-1"] {
            let member = view::find(&ledger, By::External(external_id)).await.unwrap().unwrap();
            assert_eq!(checked(&statement::statement(&ledger, member.no).await.unwrap()).findings, []);
        }
        check(&ledger).await;
    }

    async fn without_the_setting_an_award_stays(db: Db) {
        let ledger = invitations(&db, 1, |set| set.take_back_referral = false).await;
        tell(&ledger, "id=p1 member=m-1 pay=50").await.unwrap();
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=50").await.unwrap();
        assert_eq!(kinds(&ledger).await, ["earn"]);
        tell(&ledger, "id=p2 member=m-1 pay=50").await.unwrap();
        assert_eq!(kinds(&ledger).await, ["earn"]);
        check(&ledger).await;
    }

    async fn an_award_goes_as_soon_as_less_is_left_than_would_have_earned_it(db: Db) {
        let ledger = invitations(&db, 1, |set| set.referral_least = "20".parse().unwrap()).await;
        tell(&ledger, "id=p1 member=m-1 pay=50").await.unwrap();
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=30").await.unwrap();
        assert_eq!(kinds(&ledger).await, ["earn"]);
        tell(&ledger, "id=r2 member=m-1 of=p1 refund=0.01").await.unwrap();
        tell(&ledger, "id=r3 member=m-1 of=p1 refund=19.99").await.unwrap();
        tell(&ledger, "id=p2 member=m-1 pay=19.99").await.unwrap();
        assert_eq!(kinds(&ledger).await, ["earn", "clawback"], "and too small a payment brings it not back");
        tell(&ledger, "id=p3 member=m-1 pay=20").await.unwrap();
        assert_eq!(kinds(&ledger).await, ["earn", "clawback", "earn"]);
        check(&ledger).await;
    }

    async fn the_rules_that_made_an_award_decide_whatever_is_in_force_later(db: Db) {
        let ledger = invitations(&db, 2, |_| ()).await;
        tell(&ledger, "id=p1 member=m-1 pay=50").await.unwrap();
        publish(&ledger, |set| set.take_back_referral = false).await;
        let now = ledger.clock.now();
        tell(&ledger, &format!("id=p2 member=m-2 pay=50 at={now}")).await.unwrap();
        publish(&ledger, |set| (set.take_back_referral, set.referral_least) = (true, "1000".parse().unwrap())).await;
        let now = ledger.clock.now();
        tell(&ledger, &format!("id=r2 member=m-2 of=p2 refund=50 at={now}")).await.unwrap();
        tell(&ledger, &format!("id=r1 member=m-1 of=p1 refund=49 at={now}")).await.unwrap();
        assert_eq!(kinds(&ledger).await, ["earn", "earn"]);
        tell(&ledger, &format!("id=r3 member=m-1 of=p1 refund=1 at={now}")).await.unwrap();
        assert_eq!(kinds(&ledger).await, ["earn", "earn", "clawback"]);
        check(&ledger).await;
    }

    async fn what_was_spent_of_an_award_is_owed(db: Db) {
        assert_eq!(spent(&db, Shortfall::Debt).await, "0.00/10.00/0.00/1");
    }

    async fn what_was_spent_of_an_award_is_forgiven_by_rules_that_forgive(db: Db) {
        assert_eq!(spent(&db, Shortfall::Forgive).await, "0.00/0.00/0.00/1");
    }

    async fn a_pending_award_and_one_under_a_cap_are_taken_back_whole(db: Db) {
        let ledger = invitations(&db, 3, |set| {
            set.holding.referral = 14;
            set.expiry = Expiry::Months(2);
            set.caps.referral = Cap { day: Some("15".parse().unwrap()), month: None };
        }).await;
        for n in 1..=3 {
            tell(&ledger, &format!("id=p{n} member=m-{n} pay=5")).await.unwrap();
        }
        let points: Vec<String> = entries(&ledger, "m-a").await.iter().map(|entry| entry.points.to_string()).collect();
        assert_eq!(points, ["10.00", "5.00", "0.00"]);
        tell(&ledger, "id=r2 member=m-2 of=p2 refund=5").await.unwrap();
        tell(&ledger, "id=r3 member=m-3 of=p3 refund=5").await.unwrap();
        assert_eq!(entries(&ledger, "m-a").await[3].moves.to_string(), "pending:2 -5.00");
        assert_eq!(standing(&ledger, "m-a").await, "0.00/0.00/0.00/1", "10 are pending");
        check(&ledger).await;
        ledger.clock.set("2027-03-01T00:00:00Z".parse::<Timestamp>().unwrap());
        due::settle(&ledger).await.unwrap();
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=5").await.unwrap();
        assert_eq!(kinds(&ledger).await, ["earn", "earn", "earn", "clawback", "clawback", "activate", "expire", "restore", "clawback"]);
        assert_eq!(standing(&ledger, "m-a").await, "0.00/0.00/0.00/1", "what has lapsed is not owed");
        check(&ledger).await;
    }

    async fn one_batch_awards_takes_back_and_awards_again(db: Db) {
        let ledger = invitations(&db, 2, |_| ()).await;
        tell(&ledger, "id=p0 member=m-2 pay=5").await.unwrap();
        let outcomes = post(&ledger, LIVE, &[
            "id=p1 member=m-1 pay=5", "id=r1 member=m-1 of=p1 refund=5", "id=p2 member=m-1 pay=5", "id=r2 member=m-1 of=p2 refund=5",
            "id=r0 member=m-2 of=p0 refund=5", "id=p3 member=m-2 pay=5", "id=p4 member=m-1 pay=5", "id=p5 member=m-a pay=70",
        ]).await;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Accepted(_))), "{outcomes:?}");
        assert_eq!(kinds(&ledger).await, ["earn", "earn", "clawback", "earn", "clawback", "clawback", "earn", "earn", "earn"]);
        assert_eq!(standing(&ledger, "m-a").await, "90.00/0.00/90.00/1");
        check(&ledger).await;
    }

    async fn after_it_was_taken_back_the_payment_system_may_refer_once_and_for_good(db: Db) {
        let ledger = invitations(&db, 1, |_| ()).await;
        tell(&ledger, "id=p1 member=m-1 pay=5").await.unwrap();
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=5").await.unwrap();
        tell(&ledger, "id=f1 member=m-a referee=m-1").await.unwrap();
        assert_eq!(tell(&ledger, "id=f2 member=m-a referee=m-1").await, Err(Refusal::AlreadyReferred));
        tell(&ledger, "id=p2 member=m-1 pay=5").await.unwrap();
        tell(&ledger, "id=r2 member=m-1 of=p2 refund=5").await.unwrap();
        assert_eq!(kinds(&ledger).await, ["earn", "clawback", "earn"]);
        check(&ledger).await;
    }

    async fn a_closed_inviter_has_it_on_record_and_owes_nothing(db: Db) {
        let ledger = invitations(&db, 1, |_| ()).await;
        tell(&ledger, "id=p1 member=m-1 pay=5").await.unwrap();
        let member = view::find(&ledger, By::External("m-a")).await.unwrap().unwrap();
        close::close(&ledger, Authority::command_line(), member.id(), None).await.unwrap();
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=5").await.unwrap();
        tell(&ledger, "id=p2 member=m-1 pay=5").await.unwrap();
        assert_eq!(kinds(&ledger).await, ["earn", "adjust", "clawback"]);
        check(&ledger).await;
    }

    async fn a_payer_who_has_left_takes_the_award_along(db: Db) {
        let ledger = invitations(&db, 1, |_| ()).await;
        tell(&ledger, "id=p1 member=m-1 pay=5").await.unwrap();
        let member = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap();
        close::close(&ledger, Authority::command_line(), member.id(), None).await.unwrap();
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=5").await.unwrap();
        assert_eq!(standing(&ledger, "m-a").await, "0.00/0.00/0.00/1");
        check(&ledger).await;
    }

    async fn history_leads_to_the_same_whether_a_job_ran_between_or_not(db: Db) {
        let ledger = invitations(&db, 2, |set| {
            set.expiry = Expiry::Months(3);
            set.ladder.tiers[1].multiplier = "2".parse().unwrap();
        }).await;
        ledger.clock.set("2027-06-01T00:00:00Z".parse::<Timestamp>().unwrap());
        let told = |n: usize| [
            format!("id=a{n} member=m-a pay=95 at=2026-12-01T00:00:00Z"),
            format!("id=p{n} member=m-{n} pay=50 at=2026-12-02T00:00:00Z"),
            format!("id=r{n} member=m-{n} of=p{n} refund=50 at=2026-12-03T00:00:00Z"),
        ];
        let first = told(1);
        post(&ledger, HISTORY, &first.iter().map(String::as_str).collect::<Vec<_>>()).await;
        due::settle(&ledger).await.unwrap();
        let second = told(2);
        post(&ledger, HISTORY, &second.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let earned: Vec<String> = entries(&ledger, "m-a").await.iter()
            .filter(|entry| matches!(entry.cause, Cause::Payment { .. } | Cause::ReferralTakenBack { .. } | Cause::Referral { .. }))
            .map(|entry| entry.points.to_string()).collect();
        assert_eq!(earned, ["95.00", "10.00", "-10.00", "95.00", "10.00", "-10.00"], "at 95 points the multiplier is still 1");
        check(&ledger).await;
    }

    async fn of_refunds_and_payments_at_once_each_award_is_there_once_or_not(db: Db) {
        let ledger = invitations(&db, 8, |set| set.caps.referral = Cap::default()).await;
        for n in 1..=8 {
            tell(&ledger, &format!("id=p{n} member=m-{n} pay=10")).await.unwrap();
        }
        join_all((1..=8).flat_map(|n| {
            let told = [
                format!("id=r{n} member=m-{n} of=p{n} refund=6"), format!("id=s{n} member=m-{n} of=p{n} refund=4"),
                format!("id=q{n} member=m-{n} pay=10"),
            ];
            told.map(|told| {
                let ledger = ledger.clone();
                async move { tell(&ledger, &told).await.unwrap() }
            })
        })).await;
        let mut stand = 0;
        for n in 1..=8 {
            let made = entries(&ledger, &format!("m-{n}")).await;
            // the payment completes the invitation anew if both parts had been refunded before it
            stand += usize::from(matches!(made.last().unwrap().cause, Cause::Payment { .. }));
        }
        let points = format!("{}.00", stand * 10);
        assert!(standing(&ledger, "m-a").await.starts_with(&points), "{stand} awards stand");
        let made = kinds(&ledger).await;
        assert_eq!(made.iter().filter(|kind| **kind == "clawback").count(), 8, "each was taken back once");
        check(&ledger).await;
    }

    async fn verify_finds_awards_that_do_not_go_by_their_payments(db: Db) {
        let ledger = invitations(&db, 2, |_| ()).await;
        for n in 1..=2 {
            tell(&ledger, &format!("id=p{n} member=m-{n} pay=5")).await.unwrap();
        }
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=5").await.unwrap();
        check(&ledger).await;
        tamper(&db, "update referrals set taken_back = null where taken_back is not null").await;
        assert_eq!(differences(&ledger).await, ["the referrals that are kept are not those of the entries"]);
        tamper(&db, "update referrals set taken_back = 2 where payment is not null and seq = 1").await;
        assert_eq!(differences(&ledger).await, ["is kept as taken back by an entry that does not do so"]);
        tamper(&db, "update referrals set times = 2").await;
        assert_eq!(differences(&ledger).await, ["is kept as another award for its member than its event says"; 2]);
        tamper(&db, "update referrals set times = 1").await;
        tamper(&db, "update referrals set taken_back = 3 where payment is not null and seq = 1").await;
        tamper(&db, "update referrals set payment = 2 where seq = 2").await;
        assert_eq!(differences(&ledger).await, ["the referrals that are kept are not those of the entries"]);
        tamper(&db, "update referrals set payment = 1 where seq = 2").await;
        check(&ledger).await;
        // the refund is gone, and its payer's chain starts anew without it
        let payer = entries(&ledger, "m-1").await;
        tamper(&db, &format!("delete from entries where event_id = 'r1' and seq = {}", payer.len())).await;
        let found = differences(&ledger).await;
        assert!(found.iter().any(|what| what == "was taken back, and the payment that it goes by was not refunded"), "{found:?}");
    }
}
