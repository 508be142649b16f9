//! What is due without anybody doing anything: lapses, activations, months that pass, new rules; and that it does not matter
//! who posts it, or when.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ledger::entry::Entry;
use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::rules::period::Validity;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::terms::{Cap, Expiry};
use laurel_domain::rules::window::Window;
use laurel_engine::auth::{Actor, Authority};
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::due;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::redeem::{self, Advance, Wish};
use laurel_engine::usecase::rules::{self, Publication};

use laurel_testing::programme::{HISTORY, LIVE, check, post, programme, programme_with, standing, tell};

fn at(ledger: &Ledger, time: &str) {
    ledger.clock.set(time.parse::<Timestamp>().unwrap());
}

async fn entries(ledger: &Ledger, external_id: &str) -> Vec<Entry> {
    let member = view::find(ledger, By::External(external_id)).await.unwrap().unwrap();
    let mut entries = view::entries(ledger, &member, Page::newest(500)).await.unwrap();
    entries.reverse();
    entries
}

/// `earn 100.00, expire -100.00`.
async fn kinds(ledger: &Ledger, external_id: &str) -> String {
    let line = |entry: Entry| format!("{} {}", entry.kind.name(), entry.points);
    entries(ledger, external_id).await.into_iter().map(line).collect::<Vec<_>>().join(", ")
}

async fn redeem(ledger: &Ledger, external_id: &str, points: &str, key: &str) -> Result<redeem::Redeemed, AppError> {
    let member = view::find(ledger, By::External(external_id)).await.unwrap().unwrap();
    let actor = Actor::Member(member.id().uuid());
    let points = points.parse().unwrap();
    redeem::redeem(ledger, Wish { member_no: member.no, points, quoted: None, key: key.into(), actor }).await
}

async fn publish(ledger: &Ledger, how: Publication, change: impl FnOnce(&mut RuleSet)) -> Result<u32, AppError> {
    let by = Authority::command_line();
    let latest = ledger.rulebook().await.unwrap().latest().clone();
    let mut set = latest.set;
    change(&mut set);
    let revision = rules::overview(ledger).await?.draft.map_or(0, |draft| draft.revision);
    let revision = rules::save_draft(ledger, by, set, latest.version, revision).await?;
    rules::publish(ledger, by, revision, how).await
}

fn monthly(set: &mut RuleSet) {
    set.expiry = Expiry::Months(1);
}

stories! {
    async fn a_job_that_ran_every_day_or_never_changes_no_outcome(db: Db) {
        let ledger = programme_with(&db, |set| {
            monthly(set);
            set.holding.payment = 10;
            set.ladder.window = Window::Months(2);
        }).await;
        at(&ledger, "2027-01-01T04:00:00Z");
        for day in 0..120 {
            let now = ledger.clock.now();
            for member in ["touched", "left-alone"] {
                if day % 9 == 0 {
                    let minute = now - SignedDuration::from_mins(1);
                    tell(&ledger, &format!("id={member}-{day} member={member} pay=60.00 at={minute}")).await.unwrap();
                }
            }
            // settles one of them alone, as a page that shows their entries does
            due::settled(&ledger, By::External("touched")).await.unwrap().unwrap();
            ledger.clock.advance(SignedDuration::from_hours(24));
        }
        assert!(due::settle(&ledger).await.unwrap() >= 1);
        assert_eq!(due::settle(&ledger).await.unwrap(), 0, "twice does nothing");
        let facts = |entries: Vec<Entry>| -> Vec<String> {
            let fact = |e: Entry| format!("{} {} {} {} {} {}", e.kind.name(), e.moves, e.balance, e.tier.get(), e.occurred_at, e.instant);
            entries.into_iter().map(fact).collect()
        };
        let (touched, left) = (facts(entries(&ledger, "touched").await), facts(entries(&ledger, "left-alone").await));
        assert!(touched.iter().any(|fact| fact.starts_with("expire")) && touched.iter().any(|fact| fact.starts_with("activate")));
        assert_eq!(touched, left);
        check(&ledger).await;
    }

    async fn after_days_of_standstill_the_job_catches_up_with_everybody_in_chunks(db: Db) {
        let ledger = programme_with(&db, monthly).await;
        at(&ledger, "2027-01-31T04:00:00Z");
        for chunk in 0..3 {
            let events: Vec<String> = (0..400).map(|n| format!("id={chunk}-{n} member=m-{chunk}-{n} pay=10 at=2027-01-31T03:00:00Z")).collect();
            post(&ledger, LIVE, &events.iter().map(String::as_str).collect::<Vec<_>>()).await;
        }
        at(&ledger, "2027-02-28T15:59:59Z");
        assert_eq!(due::settle(&ledger).await.unwrap(), 0, "available through the end of the day");
        at(&ledger, "2027-03-20T00:00:00Z");
        assert_eq!(standing(&ledger, "m-1-7").await, "0.00/0.00/10.00/1", "reads show it as done");
        assert_eq!(due::settle(&ledger).await.unwrap(), 1_200);
        assert_eq!(due::settle(&ledger).await.unwrap(), 0);
        let entry = entries(&ledger, "m-1-7").await.pop().unwrap();
        assert_eq!((entry.points.to_string().as_str(), entry.instant), ("-10.00", "2027-02-28T16:00:00Z".parse().unwrap()));
        check(&ledger).await;
    }

    async fn nothing_that_has_lapsed_can_be_redeemed_whether_or_not_the_job_ran(db: Db) {
        let ledger = programme_with(&db, monthly).await;
        at(&ledger, "2027-01-31T04:00:00Z");
        tell(&ledger, "id=p1 member=m-1 pay=500 at=2027-01-31T03:00:00Z").await.unwrap();
        at(&ledger, "2027-02-28T16:00:00Z");
        let refused = redeem(&ledger, "m-1", "100", "k1").await;
        assert!(matches!(refused, Err(AppError::Refused(Refusal::NotEnoughPoints { .. }))), "{refused:?}");
        assert_eq!(kinds(&ledger, "m-1").await, "earn 500.00", "a refusal changes nothing");
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=500 at=2027-02-28T15:00:00Z").await.unwrap();
        assert_eq!(kinds(&ledger, "m-1").await, "earn 500.00, expire -500.00, restore 500.00, clawback -500.00");
        assert_eq!(standing(&ledger, "m-1").await, "0.00/0.00/0.00/1");
        check(&ledger).await;
    }

    async fn a_cancelled_redemption_goes_back_to_the_very_lots(db: Db) {
        let ledger = programme_with(&db, monthly).await;
        at(&ledger, "2026-12-31T04:00:00Z");
        tell(&ledger, "id=p1 member=m-1 pay=50 at=2026-12-31T03:00:00Z").await.unwrap();
        at(&ledger, "2027-01-20T04:00:00Z");
        tell(&ledger, "id=p2 member=m-1 pay=80 at=2027-01-20T03:00:00Z").await.unwrap();
        let made = redeem(&ledger, "m-1", "60", "k1").await.unwrap();
        at(&ledger, "2027-02-05T04:00:00Z");
        assert_eq!(standing(&ledger, "m-1").await, "70.00/0.00/130.00/2");
        let cancel = Advance {
            id: made.redemption.id,
            steps: vec![RedemptionState::Cancelled],
            tracking: None,
            note: None,
            actor: Actor::CommandLine,
            of_member: None,
        };
        redeem::advance(&ledger, cancel).await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "80.00/0.00/130.00/2");
        assert_eq!(kinds(&ledger, "m-1").await, "earn 50.00, earn 80.00, redeem -60.00, restore 60.00, expire -50.00");
        check(&ledger).await;
    }

    async fn held_points_are_refunded_out_of_what_is_pending_and_the_rest_becomes_available(db: Db) {
        let ledger = programme_with(&db, |set| set.holding.payment = 14).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-1 pay=200").await.unwrap();
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=100").await.unwrap();
        let view = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap();
        assert_eq!((view.account.pending.to_string(), view.account.earned.to_string()), ("200.00".into(), "0.00".into()));
        check(&ledger).await;
        ledger.clock.advance(SignedDuration::from_hours(24 * 14));
        assert_eq!(standing(&ledger, "m-1").await, "200.00/0.00/200.00/2");
        tell(&ledger, "id=r2 member=m-1 of=p2 refund=150").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "50.00/0.00/50.00/1");
        check(&ledger).await;
    }

    async fn a_payment_of_long_ago_whose_points_were_held_is_available_at_once(db: Db) {
        let ledger = programme_with(&db, |set| set.holding.payment = 14).await;
        tell(&ledger, "id=p1 member=m-1 pay=100 at=2026-10-01T00:00:00Z").await.unwrap();
        assert_eq!(kinds(&ledger, "m-1").await, "earn 100.00, activate 0.00");
        assert_eq!(standing(&ledger, "m-1").await, "100.00/0.00/100.00/2");
        check(&ledger).await;
    }

    async fn caps_hold_over_batches_and_over_events_of_one_batch(db: Db) {
        let ledger = programme_with(&db, |set| {
            set.caps.payment = Cap { day: Some("100".parse().unwrap()), month: Some("150".parse().unwrap()) };
        }).await;
        tell(&ledger, "id=p1 member=m-1 pay=60 at=2026-11-10T01:00:00Z").await.unwrap();
        post(&ledger, LIVE, &[
            "id=p2 member=m-1 pay=60 at=2026-11-10T02:00:00Z",
            "id=p3 member=m-1 pay=60 at=2026-11-10T03:00:00Z",
            "id=p4 member=m-1 pay=60 at=2026-11-11T03:00:00Z",
            "id=r1 member=m-1 of=p2 refund=60 at=2026-11-12T03:00:00Z",
            "id=p5 member=m-1 pay=60 at=2026-11-12T03:00:00Z",
        ]).await;
        assert_eq!(kinds(&ledger, "m-1").await, "earn 60.00, earn 40.00, earn 0.00, earn 50.00, clawback -40.00, earn 0.00");
        check(&ledger).await;
    }

    async fn by_default_referrals_bring_at_most_a_hundred_points_a_day(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p0 member=m-0 pay=1 at=2026-11-01T00:00:00Z").await.unwrap();
        for n in 1..=12 {
            tell(&ledger, &format!("id=p{n} member=m-{n} pay=1 at=2026-11-02T00:00:00Z")).await.unwrap();
            let answer = tell(&ledger, &format!("id=f{n} member=m-0 referee=m-{n}")).await.unwrap();
            assert_eq!(answer.points.to_string(), if n <= 10 { "10.00" } else { "0.00" });
        }
        assert_eq!(standing(&ledger, "m-0").await, "101.00/0.00/101.00/2");
        check(&ledger).await;
    }

    async fn a_window_that_comes_later_knows_the_months_before_it(db: Db) {
        let ledger = programme(&db).await;
        post(&ledger, HISTORY, &[
            "id=p1 member=m-1 pay=400 at=2026-09-10T00:00:00Z",
            "id=p2 member=m-1 pay=120 at=2026-11-10T00:00:00Z",
            "id=p3 member=m-2 pay=700 at=2026-08-10T00:00:00Z",
            "id=r3 member=m-2 of=p3 refund=100 at=2026-11-10T00:00:00Z",
        ]).await;
        assert_eq!(standing(&ledger, "m-1").await, "520.00/0.00/520.00/3");
        publish(&ledger, Publication::default(), |set| set.ladder.window = Window::Months(3)).await.unwrap();
        assert_eq!(due::to_re_rate(&ledger).await.unwrap(), 2);
        assert_eq!(standing(&ledger, "m-2").await, "600.00/0.00/600.00/1", "nothing since August");
        assert_eq!(due::re_rate(&ledger).await.unwrap(), 2);
        assert_eq!(due::to_re_rate(&ledger).await.unwrap(), 0);
        check(&ledger).await;
        tell(&ledger, "id=p4 member=m-3 pay=100").await.unwrap();
        at(&ledger, "2026-11-30T16:00:00Z");
        assert_eq!(due::settle(&ledger).await.unwrap(), 1, "September has left the window of one");
        assert_eq!(standing(&ledger, "m-1").await, "520.00/0.00/520.00/2");
        at(&ledger, "2027-03-01T00:00:00Z");
        assert_eq!(due::settle(&ledger).await.unwrap(), 2);
        assert_eq!(standing(&ledger, "m-1").await, "520.00/0.00/520.00/1");
        check(&ledger).await;
    }

    async fn a_tier_is_kept_for_its_period_and_then_is_what_was_gathered_in_it(db: Db) {
        let ledger = programme_with(&db, |set| {
            set.ladder.window = Window::Months(12);
            set.ladder.validity = Some(Validity { months: 12, grace_days: 30 });
        }).await;
        tell(&ledger, "id=p1 member=m-1 pay=500").await.unwrap();
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=450").await.unwrap();
        tell(&ledger, "id=p2 member=m-1 pay=120").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "170.00/0.00/170.00/3");
        check(&ledger).await;
        at(&ledger, "2027-12-01T00:00:00Z");
        assert_eq!(standing(&ledger, "m-1").await, "170.00/0.00/170.00/3", "in its grace");
        assert_eq!(due::settle(&ledger).await.unwrap(), 1);
        at(&ledger, "2027-12-23T00:00:00Z");
        assert_eq!(due::settle(&ledger).await.unwrap(), 1);
        assert_eq!(standing(&ledger, "m-1").await, "170.00/0.00/170.00/1", "p2 occurred before the promotion was posted");
        check(&ledger).await;
    }

    async fn rules_can_be_published_for_a_time_to_come(db: Db) {
        let ledger = programme(&db).await;
        let from: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
        let past = publish(&ledger, Publication { at: Some("2026-11-01T00:00:00Z".parse().unwrap()), ..Publication::default() }, |set| {
            set.alpha = "2".parse().unwrap();
        }).await;
        assert!(matches!(past, Err(AppError::Refused(Refusal::InPast))));
        publish(&ledger, Publication { at: Some(from), ..Publication::default() }, |set| {
            set.alpha = "2".parse().unwrap();
            set.ladder.tiers[1].from = "50".parse().unwrap();
        }).await.unwrap();
        tell(&ledger, "id=p1 member=m-1 pay=60").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "60.00/0.00/60.00/1");
        let second = publish(&ledger, Publication::default(), |set| set.beta = "1".parse().unwrap()).await;
        assert!(matches!(second, Err(AppError::Refused(Refusal::AlreadyScheduled { version: 2 }))), "{second:?}");
        assert_eq!(due::re_rate(&ledger).await.unwrap(), 0);
        ledger.clock.set(from);
        assert_eq!(standing(&ledger, "m-1").await, "60.00/0.00/60.00/2");
        assert_eq!(due::re_rate(&ledger).await.unwrap(), 1);
        tell(&ledger, "id=p2 member=m-1 pay=10 at=2026-12-01T00:00:00Z").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "80.00/0.00/80.00/2");
        check(&ledger).await;
    }
}
