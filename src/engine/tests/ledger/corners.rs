//! Corners of the ledger as people meet them: a tier that was lost, a cap that begins at noon, a debt beside a refund that is
//! forgiven, and quotes that say what posting would.

use jiff::Timestamp;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::period::Validity;
use laurel_domain::rules::rule_set::{RuleSet, Shortfall};
use laurel_domain::rules::terms::{Cap, Expiry};
use laurel_engine::auth::{Actor, Authority};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::ledger::{Ledger, due, quote};
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::redeem::{self, Wish};
use laurel_engine::usecase::rules::{self, Publication};

use laurel_testing::programme::{HISTORY, check, event, post, programme_with, standing, tell};
use laurel_testing::tamper::tamper;

fn at(ledger: &Ledger, time: &str) {
    ledger.clock.set(time.parse::<Timestamp>().unwrap());
}

async fn publish(ledger: &Ledger, from: &str, change: impl FnOnce(&mut RuleSet)) {
    let by = Authority::command_line();
    let latest = ledger.rulebook().await.unwrap().latest().clone();
    let mut set = latest.set;
    change(&mut set);
    let revision = rules::overview(ledger).await.unwrap().draft.map_or(0, |draft| draft.revision);
    let revision = rules::save_draft(ledger, by, set, latest.version, revision).await.unwrap();
    let how = Publication { at: Some(from.parse().unwrap()), ..Publication::default() };
    rules::publish(ledger, by, revision, how).await.unwrap();
}

async fn redeem(ledger: &Ledger, external_id: &str, points: &str) {
    let member = view::find(ledger, By::External(external_id)).await.unwrap().unwrap();
    let actor = Actor::Member(member.id().uuid());
    let wish = Wish { member_no: member.no, points: points.parse().unwrap(), quoted: None, key: points.into(), actor };
    redeem::redeem(ledger, wish).await.unwrap();
}

/// What an event would earn, by a quote.
async fn quoted(ledger: &Ledger, text: &str) -> String {
    let event = event(text);
    let member = view::find(ledger, By::External(event.member.as_str())).await.unwrap();
    quote::earning(ledger, &event, member.as_ref()).await.unwrap().worth.points.to_string()
}

fn yearly(set: &mut RuleSet) {
    set.ladder.validity = Some(Validity { months: 12, grace_days: 0 });
}

stories! {
    async fn a_tier_that_was_lost_at_a_periods_end_has_to_be_earned_again(db: Db) {
        let ledger = programme_with(&db, yearly).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        at(&ledger, "2027-11-23T00:00:00Z");
        assert_eq!(due::settle(&ledger).await.unwrap(), 1);
        assert_eq!(standing(&ledger, "m-1").await, "150.00/0.00/150.00/1");
        tell(&ledger, "id=p2 member=m-1 pay=0.01 at=2027-11-23T00:00:00Z").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "150.01/0.00/150.01/1");
        check(&ledger).await;
        // the period after it ends as well
        at(&ledger, "2028-11-24T00:00:00Z");
        assert_eq!(due::settle(&ledger).await.unwrap(), 1);
        tell(&ledger, "id=p3 member=m-1 pay=99.98 at=2028-11-23T01:00:00Z").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "249.99/0.00/249.99/1");
        let member = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap();
        let timeline = ledger.rulebook().await.unwrap();
        let next = view::progress(&timeline, ledger.clock.now(), &member).next.unwrap();
        assert_eq!((next.tier.rank.get(), next.missing), (2, 1), "a cent is missing, and the member is told so");
        tell(&ledger, "id=p4 member=m-1 pay=0.01 at=2028-11-23T02:00:00Z").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "250.00/0.00/250.00/2");
        check(&ledger).await;
        tamper(&db, "update tier_floors set earned = earned + 1").await;
        let verdict = laurel_engine::usecase::ledger::verify::verify(&ledger).await.unwrap();
        assert_eq!(verdict.differences.len(), 1, "{:?}", verdict.differences);
    }

    async fn a_cap_that_begins_inside_a_day_or_a_month_counts_all_of_it(db: Db) {
        let ledger = programme_with(&db, |_| ()).await;
        // noon in Shanghai
        let cap = |day: Option<&str>, month: Option<&str>| Cap { day: day.map(|p| p.parse().unwrap()), month: month.map(|p| p.parse().unwrap()) };
        publish(&ledger, "2026-11-24T04:00:00Z", |set| set.caps.payment = cap(Some("100"), None)).await;
        at(&ledger, "2026-11-24T03:00:00Z");
        tell(&ledger, "id=p0 member=m-1 pay=500 at=2026-11-23T15:59:59Z").await.unwrap();
        tell(&ledger, "id=p1 member=m-1 pay=70 at=2026-11-24T02:00:00Z").await.unwrap();
        at(&ledger, "2026-11-24T05:00:00Z");
        let next = "id=p2 member=m-1 pay=70 at=2026-11-24T05:00:00Z";
        assert_eq!(quoted(&ledger, next).await, "30.00");
        assert_eq!(tell(&ledger, next).await.unwrap().points.to_string(), "30.00");
        assert_eq!(quoted(&ledger, "id=p3 member=m-1 pay=500 at=2026-11-24T05:00:00Z").await, "0.00");
        assert_eq!(quoted(&ledger, "id=p3 member=m-2 pay=500 at=2026-11-24T05:00:00Z").await, "100.00", "of somebody new");
        // one batch over the beginning of the cap
        let outcomes = post(&ledger, HISTORY, &[
            "id=q1 member=m-3 pay=90 at=2026-11-24T03:59:59Z",
            "id=q2 member=m-3 pay=90 at=2026-11-24T04:00:00Z",
            "id=q3 member=m-3 pay=90 at=2026-11-24T16:00:00Z",
        ]).await;
        assert_eq!(outcomes.len(), 3);
        assert_eq!(standing(&ledger, "m-3").await, "100.00/0.00/100.00/2", "in the future is refused");
        check(&ledger).await;
        at(&ledger, "2026-11-26T00:00:00Z");
        publish(&ledger, "2026-11-26T00:00:01Z", |set| set.caps.payment = cap(None, Some("650"))).await;
        at(&ledger, "2026-11-26T01:00:00Z");
        // 500 + 70 + 30 are of this month
        let answer = tell(&ledger, "id=p4 member=m-1 pay=70 at=2026-11-26T01:00:00Z").await.unwrap();
        assert_eq!(answer.points.to_string(), "50.00");
        check(&ledger).await;
    }

    async fn a_quote_is_what_posting_gives_with_what_is_due_done(db: Db) {
        let ledger = programme_with(&db, |set| {
            set.caps.payment = Cap { day: Some("100".parse().unwrap()), month: None };
            set.expiry = Expiry::Months(1);
            set.ladder.tiers[1].multiplier = "2".parse().unwrap();
            set.holding.review = 3;
            set.gamma = "100".parse().unwrap();
        }).await;
        tell(&ledger, "id=p1 member=m-1 pay=80").await.unwrap();
        tell(&ledger, "id=v1 member=m-1 review=tea").await.unwrap();
        for text in ["id=p2 member=m-1 pay=500 at=2026-11-22T10:00:00Z", "id=p3 member=m-1 pay=500 at=2026-11-22T10:00:00Z"] {
            let before = quoted(&ledger, text).await;
            assert_eq!(before, tell(&ledger, text).await.unwrap().points.to_string());
        }
        // the review's points become available, and with them the second tier
        at(&ledger, "2026-11-26T00:00:00Z");
        let text = "id=p4 member=m-1 pay=20 at=2026-11-26T00:00:00Z";
        assert_eq!(quoted(&ledger, text).await, "40.00");
        assert_eq!(tell(&ledger, text).await.unwrap().points.to_string(), "40.00");
        // what has lapsed pays nothing
        at(&ledger, "2026-12-23T00:00:00Z");
        let member = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap();
        assert_eq!(member.account.available.to_string(), "240.00", "the job has not run");
        let refused = quote::cash(&ledger, "200".parse().unwrap(), Some(&member)).await;
        let Err(AppError::Refused(Refusal::NotEnoughPoints { available, .. })) = refused else { panic!("{refused:?}") };
        assert_eq!(available.to_string(), "40.00");
        assert!(quote::cash(&ledger, "40".parse().unwrap(), Some(&member)).await.is_ok());
        check(&ledger).await;
    }

    async fn a_refund_that_is_forgiven_forgives_no_other_debt(db: Db) {
        let ledger = programme_with(&db, |_| ()).await;
        tell(&ledger, "id=p1 member=m-1 pay=50").await.unwrap();
        publish(&ledger, "2026-11-24T00:00:00Z", |set| {
            set.shortfall = Shortfall::Forgive;
            set.expiry = Expiry::Months(1);
        }).await;
        at(&ledger, "2026-11-25T00:00:00Z");
        tell(&ledger, "id=p2 member=m-1 pay=80 at=2026-11-25T00:00:00Z").await.unwrap();
        at(&ledger, "2027-01-01T00:00:00Z");
        redeem(&ledger, "m-1", "50").await;
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=50 at=2027-01-01T00:00:00Z").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "0.00/50.00/80.00/1");
        tell(&ledger, "id=r2 member=m-1 of=p2 refund=80 at=2027-01-01T00:00:00Z").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "0.00/50.00/0.00/1");
        check(&ledger).await;
    }

    async fn what_an_imported_history_earns_does_not_depend_on_jobs_or_reads_between_two_imports(db: Db) {
        let ledger = programme_with(&db, |set| {
            set.ladder.tiers[3].multiplier = "2".parse().unwrap();
            set.expiry = Expiry::Months(1);
            set.ladder.validity = Some(Validity { months: 12, grace_days: 0 });
        }).await;
        at(&ledger, "2027-06-01T00:00:00Z");
        let first = ["at-once", "job", "read"].map(|m| format!("id={m}-1 member={m} pay=50 at=2027-01-01T00:00:00Z"));
        post(&ledger, HISTORY, &first.iter().map(String::as_str).collect::<Vec<_>>()).await;
        due::settled(&ledger, By::External("read")).await.unwrap().unwrap();
        let second = |m: &str| [
            format!("id={m}-2 member={m} pay=1000 at=2027-01-10T00:00:00Z"),
            format!("id={m}-3 member={m} pay=100 at=2027-01-20T00:00:00Z"),
        ];
        post(&ledger, HISTORY, &second("at-once").iter().map(String::as_str).collect::<Vec<_>>()).await;
        due::settle(&ledger).await.unwrap();
        for member in ["job", "read"] {
            // cut once more, as an import is that was stopped in the middle
            for event in second(member) {
                post(&ledger, HISTORY, &[&event]).await;
            }
        }
        check(&ledger).await;
        // the tier is valid for a year from when it was earned, whenever it was imported
        at(&ledger, "2028-02-01T00:00:00Z");
        for member in ["at-once", "job", "read"] {
            assert_eq!(standing(&ledger, member).await, "0.00/0.00/1250.00/2", "{member}");
            let late = format!("id={member}-4 member={member} pay=10 at=2028-01-05T00:00:00Z");
            assert_eq!(quoted(&ledger, &late).await, "20.00", "{member}");
            assert_eq!(tell(&ledger, &late).await.unwrap().points.to_string(), "20.00", "{member}");
        }
        due::settle(&ledger).await.unwrap();
        check(&ledger).await;
        tamper(&db, "update late_entries set at = at + 1").await;
        let verdict = laurel_engine::usecase::ledger::verify::verify(&ledger).await.unwrap();
        assert!(!verdict.differences.is_empty());
    }
}
