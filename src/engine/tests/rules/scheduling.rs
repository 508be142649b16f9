//! Versions that are still to come into force: withdrawn, replaced, and how far ahead they can be.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::auth::Authority;
use laurel_engine::store::audit::Filter;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::rules::Publication;
use laurel_engine::usecase::{AppError, audit, rules};

use laurel_testing::programme::{check, programme, standing, tell};

const TOMORROW: &str = "2026-11-23T10:00:00Z";

fn admin() -> Authority {
    Authority::command_line()
}

/// Publishes what a change of the editor's rules makes of them.
async fn publish(ledger: &Ledger, how: Publication, change: impl FnOnce(&mut RuleSet)) -> Result<u32, AppError> {
    let desk = rules::overview(ledger).await?;
    let mut set = desk.set().clone();
    change(&mut set);
    let revision = desk.draft.map_or(0, |draft| draft.revision);
    let revision = rules::save_draft(ledger, admin(), set, desk.base, revision).await?;
    rules::publish(ledger, admin(), revision, how).await
}

fn at(time: &str) -> Publication {
    Publication { at: Some(time.parse::<Timestamp>().unwrap()), ..Publication::default() }
}

fn alpha(text: &'static str) -> impl FnOnce(&mut RuleSet) {
    move |set| set.alpha = text.parse().unwrap()
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> Refusal {
    match outcome {
        Err(AppError::Refused(refusal)) => refusal,
        other => panic!("{other:?} is not refused"),
    }
}

stories! {
    async fn a_withdrawn_version_never_comes_into_force_and_what_it_says_is_the_draft(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=10").await.unwrap();
        assert_eq!(publish(&ledger, at(TOMORROW), alpha("2")).await.unwrap(), 2);
        rules::withdraw(&ledger, admin(), 2).await.unwrap();
        let desk = rules::overview(&ledger).await.unwrap();
        assert!(desk.scheduled.is_none());
        let draft = desk.draft.unwrap();
        assert_eq!((draft.base, draft.set.alpha.to_string().as_str(), desk.changes.len()), (1, "2", 1));
        ledger.clock.advance(SignedDuration::from_hours(30));
        tell(&ledger, "id=p2 member=m-1 pay=10 at=2026-11-23T15:00:00Z").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "20.00/0.00/20.00/1");
        let number = rules::publish(&ledger, admin(), draft.revision, Publication::default()).await.unwrap();
        assert_eq!(number, 3, "the number of a version that was withdrawn is not given again");
        ledger.clock.advance(SignedDuration::from_secs(60));
        tell(&ledger, "id=p3 member=m-1 pay=10 at=2026-11-23T16:00:30Z").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "40.00/0.00/40.00/1");
        let history = rules::history(&ledger).await.unwrap();
        let told: Vec<(u32, bool, usize)> =
            history.iter().map(|version| (version.version, version.withdrawn.is_some(), version.changes().len())).collect();
        assert_eq!(told, [(3, false, 1), (2, true, 1), (1, false, 0)]);
        check(&ledger).await;
    }

    async fn publishing_and_withdrawing_are_noted(db: Db) {
        let ledger = programme(&db).await;
        publish(&ledger, at(TOMORROW), alpha("2")).await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(1));
        rules::withdraw(&ledger, admin(), 2).await.unwrap();
        let rows = audit::list(&db, &Filter { limit: 10, ..Filter::default() }).await.unwrap();
        let noted: Vec<String> = rows.iter().map(|row| format!("{} {}", row.action, row.subject)).collect();
        assert_eq!(noted[0], "rules.withdraw rules:version:2");
        assert!(noted.contains(&"rules.publish rules:version:2".to_owned()), "{noted:?}");
        assert!(rows[0].before.as_deref().unwrap_or_default().contains("\"2\""), "{rows:?}");
    }

    async fn another_server_notices_a_withdrawal_and_a_replacement_before_it_posts(db: Db) {
        let ledger = programme(&db).await;
        publish(&ledger, at(TOMORROW), alpha("2")).await.unwrap();
        let other = Ledger::open(db.clone(), ledger.clock.clone()).await.unwrap().unwrap();
        assert_eq!(rules::overview(&other).await.unwrap().scheduled.unwrap().version, 2);
        rules::withdraw(&ledger, admin(), 2).await.unwrap();
        assert!(rules::overview(&other).await.unwrap().scheduled.is_none());
        publish(&ledger, at(TOMORROW), alpha("3")).await.unwrap();
        ledger.clock.set("2026-11-23T12:00:00Z".parse().unwrap());
        tell(&other, "id=p1 member=m-1 pay=10 at=2026-11-23T11:00:00Z").await.unwrap();
        assert_eq!(standing(&other, "m-1").await, "30.00/0.00/30.00/1");
        check(&other).await;
    }

    async fn what_is_in_force_or_was_posted_by_is_not_withdrawn(db: Db) {
        let ledger = programme(&db).await;
        publish(&ledger, at("2026-11-22T10:02:00Z"), alpha("2")).await.unwrap();
        // four minutes ahead of the clock, which is allowed: two after the version begins
        tell(&ledger, "id=p1 member=m-1 pay=10 at=2026-11-22T10:04:00Z").await.unwrap();
        assert_eq!(refusal(rules::withdraw(&ledger, admin(), 2).await), Refusal::AlreadyInForce { version: 2 });
        assert_eq!(refusal(rules::withdraw(&ledger, admin(), 1).await), Refusal::AlreadyInForce { version: 1 });
        assert!(matches!(rules::withdraw(&ledger, admin(), 7).await, Err(AppError::NotFound)));
        ledger.clock.advance(SignedDuration::from_mins(10));
        assert_eq!(refusal(rules::withdraw(&ledger, admin(), 2).await), Refusal::AlreadyInForce { version: 2 });
        let late = publish(&ledger, Publication { instead_of: Some(2), ..Publication::default() }, alpha("3")).await;
        assert_eq!(refusal(late), Refusal::AlreadyInForce { version: 2 });
        assert_eq!(standing(&ledger, "m-1").await, "20.00/0.00/20.00/1");
        check(&ledger).await;
    }

    async fn a_draft_takes_the_place_of_the_scheduled_version_only_when_it_is_said_so(db: Db) {
        let ledger = programme(&db).await;
        publish(&ledger, at(TOMORROW), alpha("2")).await.unwrap();
        let blocked = publish(&ledger, Publication::default(), alpha("3")).await;
        assert_eq!(refusal(blocked), Refusal::AlreadyScheduled { version: 2 });
        let desk = rules::overview(&ledger).await.unwrap();
        assert_eq!((desk.draft.as_ref().unwrap().set.alpha.to_string().as_str(), desk.next_version), ("3", 3));
        let how = Publication { instead_of: Some(2), ..at("2026-11-25T00:00:00Z") };
        assert_eq!(publish(&ledger, how, |set| set.beta = "20".parse().unwrap()).await.unwrap(), 3);
        let desk = rules::overview(&ledger).await.unwrap();
        let scheduled = desk.scheduled.unwrap();
        assert_eq!((scheduled.version, scheduled.from.to_string().as_str()), (3, "2026-11-25T00:00:00Z"));
        assert!(desk.draft.is_none());
        // the same rules for another time
        let how = Publication { instead_of: Some(3), ..at("2026-11-24T00:00:00Z") };
        assert_eq!(publish(&ledger, how, |_| ()).await.unwrap(), 4);
        ledger.clock.set("2026-11-24T12:00:00Z".parse().unwrap());
        tell(&ledger, "id=p1 member=m-1 pay=10 at=2026-11-24T11:00:00Z").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "30.00/0.00/30.00/1");
        check(&ledger).await;
    }

    async fn a_draft_begun_from_the_scheduled_version_survives_its_withdrawal(db: Db) {
        let ledger = programme(&db).await;
        publish(&ledger, at(TOMORROW), alpha("2")).await.unwrap();
        let desk = rules::overview(&ledger).await.unwrap();
        let set = RuleSet { beta: "20".parse().unwrap(), ..desk.set().clone() };
        let revision = rules::save_draft(&ledger, admin(), set, desk.base, 0).await.unwrap();
        rules::withdraw(&ledger, admin(), 2).await.unwrap();
        let draft = rules::overview(&ledger).await.unwrap().draft.unwrap();
        assert_eq!((draft.set.alpha.to_string(), draft.set.beta.to_string()), ("2".into(), "20".into()));
        assert_eq!(refusal(rules::publish(&ledger, admin(), revision, Publication::default()).await), Refusal::StaleDraft);
        assert_eq!(rules::publish(&ledger, admin(), draft.revision, Publication::default()).await.unwrap(), 3);
    }

    async fn a_version_is_scheduled_for_a_year_ahead_at_most(db: Db) {
        let ledger = programme(&db).await;
        let latest = "2027-11-22".parse().unwrap();
        let far = publish(&ledger, at("2126-11-22T10:00:00Z"), alpha("2")).await;
        assert_eq!(refusal(far), Refusal::TooFarAhead { latest });
        let just = publish(&ledger, at("2027-11-22T10:00:00.000001Z"), alpha("2")).await;
        assert_eq!(refusal(just), Refusal::TooFarAhead { latest });
        assert_eq!(refusal(publish(&ledger, at("2026-11-22T09:59:59Z"), alpha("2")).await), Refusal::InPast);
        assert_eq!(publish(&ledger, at("2027-11-22T10:00:00Z"), alpha("2")).await.unwrap(), 2);
    }
}
