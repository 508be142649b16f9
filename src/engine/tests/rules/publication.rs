//! Changing the rules: drafts, publication, and what they do to members and to the next payment.

use jiff::SignedDuration;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::auth::Authority;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::due;
use laurel_engine::usecase::rules::Publication;
use laurel_engine::usecase::{AppError, rules};

use laurel_testing::programme::{check, programme, standing, tell};

fn admin() -> Authority {
    Authority::command_line()
}

async fn draft(ledger: &Ledger, revision: i64, change: impl FnOnce(&mut RuleSet)) -> Result<i64, AppError> {
    let latest = ledger.rulebook().await.unwrap().latest().clone();
    let mut set = latest.set;
    change(&mut set);
    rules::save_draft(ledger, admin(), set, latest.version, revision).await
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> Refusal {
    match outcome {
        Err(AppError::Refused(refusal)) => refusal,
        other => panic!("{other:?} is not refused"),
    }
}

stories! {
    async fn a_published_weight_is_what_the_next_payment_earns_by(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=50").await.unwrap();
        let revision = draft(&ledger, 0, |set| set.alpha = "2".parse().unwrap()).await.unwrap();
        let desk = rules::overview(&ledger).await.unwrap();
        assert_eq!(desk.changes.iter().map(|change| change.field.as_str()).collect::<Vec<_>>(), ["alpha"]);
        ledger.clock.advance(SignedDuration::from_secs(60));
        assert_eq!(rules::publish(&ledger, admin(), revision, Publication::default()).await.unwrap(), 2);
        let before = tell(&ledger, "id=p2 member=m-1 pay=10 at=2026-11-22T10:00:59.999999Z").await.unwrap();
        let after = tell(&ledger, "id=p3 member=m-1 pay=10 at=2026-11-22T10:01:00Z").await.unwrap();
        assert_eq!((before.points.to_string(), after.points.to_string()), ("10.00".into(), "20.00".into()));
        let history = rules::history(&ledger).await.unwrap();
        assert_eq!((history.len(), history[0].version, history[0].changes().len()), (2, 2, 1));
        check(&ledger).await;
    }

    async fn a_form_that_is_sent_twice_publishes_once_and_is_answered_twice(db: Db) {
        let ledger = programme(&db).await;
        let revision = draft(&ledger, 0, |set| set.alpha = "2".parse().unwrap()).await.unwrap();
        let form = |once: &str| Publication { once: Some(once.to_owned()), ..Publication::default() };
        let both = futures::future::join_all(["a", "a"].map(|once| rules::publish(&ledger, admin(), revision, form(once)))).await;
        assert_eq!(both.into_iter().map(Result::unwrap).collect::<Vec<_>>(), [2, 2]);
        assert_eq!(refusal(rules::publish(&ledger, admin(), revision, form("b")).await), Refusal::StaleDraft, "another tab");
        assert_eq!(rules::history(&ledger).await.unwrap().len(), 2);
    }

    async fn a_refund_takes_back_by_the_rules_that_gave(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=50").await.unwrap();
        let revision = draft(&ledger, 0, |set| set.alpha = "2".parse().unwrap()).await.unwrap();
        rules::publish(&ledger, admin(), revision, Publication::default()).await.unwrap();
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=50").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "0.00/0.00/0.00/1");
        check(&ledger).await;
    }

    async fn new_thresholds_re_rate_everybody_touched_or_not(db: Db) {
        let ledger = programme(&db).await;
        for n in 1..=3 {
            tell(&ledger, &format!("id=p{n} member=m-{n} pay=150")).await.unwrap();
        }
        let revision = draft(&ledger, 0, |set| set.ladder.tiers[1].from = "200".parse().unwrap()).await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(60));
        rules::publish(&ledger, admin(), revision, Publication::default()).await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "150.00/0.00/150.00/1", "shown as done before it is");
        assert_eq!(due::to_re_rate(&ledger).await.unwrap(), 3);
        tell(&ledger, "id=p4 member=m-2 pay=60 at=2026-11-22T10:01:00Z").await.unwrap();
        assert_eq!(due::re_rate(&ledger).await.unwrap(), 2, "who was touched is done already");
        assert_eq!(due::re_rate(&ledger).await.unwrap(), 0);
        assert_eq!(standing(&ledger, "m-2").await, "210.00/0.00/210.00/2");
        check(&ledger).await;
    }

    async fn of_two_who_edit_the_same_draft_the_second_is_told(db: Db) {
        let ledger = programme(&db).await;
        let first = draft(&ledger, 0, |set| set.beta = "20".parse().unwrap()).await.unwrap();
        assert_eq!(refusal(draft(&ledger, 0, |set| set.beta = "30".parse().unwrap()).await), Refusal::StaleDraft);
        let second = draft(&ledger, first, |set| set.beta = "30".parse().unwrap()).await.unwrap();
        assert_eq!(refusal(rules::publish(&ledger, admin(), first, Publication::default()).await), Refusal::StaleDraft);
        rules::publish(&ledger, admin(), second, Publication::default()).await.unwrap();
        assert_eq!(refusal(rules::publish(&ledger, admin(), second, Publication::default()).await), Refusal::StaleDraft);
    }

    async fn bad_rules_are_refused_with_every_field_at_fault(db: Db) {
        let ledger = programme(&db).await;
        let bad = draft(&ledger, 0, |set| {
            set.alpha = "-1".parse().unwrap();
            set.rate = "0".parse().unwrap();
            set.ladder.tiers[2].from = "100".parse().unwrap();
            set.ladder.tiers[1].name.zh.clear();
        }).await;
        let Refusal::Invalid { faults } = refusal(bad) else { panic!("faults") };
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["alpha", "rate", "tiers.1.name.zh", "tiers.2.from"]);
        assert!(rules::overview(&ledger).await.unwrap().draft.is_none());
    }

    async fn a_draft_that_changes_nothing_is_not_published(db: Db) {
        let ledger = programme(&db).await;
        let revision = draft(&ledger, 0, |_| ()).await.unwrap();
        assert_eq!(refusal(rules::publish(&ledger, admin(), revision, Publication::default()).await), Refusal::NothingChanged);
        rules::discard_draft(&ledger, admin(), revision).await.unwrap();
        assert!(rules::overview(&ledger).await.unwrap().draft.is_none());
    }
}
