//! The exact run that begins by itself.

use jiff::SignedDuration;
use laurel_domain::lab::scope::Span;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::lab::runs as rows;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::lab::automatic::{Begun, begin, find, keep, stop};
use laurel_engine::usecase::lab::runs::{self, RunState, Wanted};
use laurel_engine::usecase::ledger::Ledger;

use super::simulation::draft;
use laurel_testing::people::{employed, refused};
use laurel_testing::programme::{check, programme, tell};

fn doubled() -> RuleSet {
    draft(|set| set.alpha = "2".parse().unwrap())
}

fn tripled() -> RuleSet {
    draft(|set| set.alpha = "3".parse().unwrap())
}

async fn manager(ledger: &Ledger, email: &str) -> Authority {
    employed(&ledger.db, &Auth::default(), email, Role::Manager).await
}

async fn state(ledger: &Ledger, by: Authority, set: &RuleSet) -> Option<RunState> {
    find(ledger, by, set, Span::Whole).await.unwrap().map(|run| run.state)
}

stories! {
    async fn it_is_carried_out_like_any_other_and_is_in_the_list_once_it_is_kept(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=60").await.unwrap();
        let by = manager(&ledger, "m@example.com").await;
        let Begun::Run(id) = begin(&ledger, by, doubled(), Span::Whole).await.unwrap() else { panic!("it did not begin") };
        assert_eq!(state(&ledger, by, &doubled()).await, Some(RunState::Waiting));
        assert_eq!(runs::work(&ledger).await.unwrap(), 1);
        let run = find(&ledger, by, &doubled(), Span::Whole).await.unwrap().unwrap();
        assert_eq!((run.id, run.is_automatic, run.report.unwrap().tiers.raised), (id, true, 1));
        assert!(runs::latest(&ledger, 10).await.unwrap().is_empty());
        let other = manager(&ledger, "other@example.com").await;
        assert!(!keep(&ledger, other, id).await.unwrap(), "each keeps their own");
        assert!(keep(&ledger, by, id).await.unwrap());
        assert_eq!(runs::latest(&ledger, 10).await.unwrap()[0].id, id);
        assert_eq!(runs::find(&ledger, id).await.unwrap().unwrap().report.unwrap().tiers.raised, 1);
        assert!(!keep(&ledger, by, id).await.unwrap(), "it is kept already");
        begin(&ledger, by, tripled(), Span::Whole).await.unwrap();
        assert!(runs::find(&ledger, id).await.unwrap().is_some(), "what is kept stays");
        check(&ledger).await;
    }

    async fn the_next_cancels_the_one_before_and_takes_its_place_and_others_have_theirs(db: Db) {
        let ledger = programme(&db).await;
        let (by, other) = (manager(&ledger, "m@example.com").await, manager(&ledger, "other@example.com").await);
        begin(&ledger, by, doubled(), Span::Whole).await.unwrap();
        let now = ledger.clock.now();
        let claim = || ledger.db.write(now, |tx, now| Box::pin(rows::claim(tx, *now, SignedDuration::from_mins(1))));
        let first = claim().await.unwrap().unwrap();
        begin(&ledger, other, doubled(), Span::Whole).await.unwrap();
        begin(&ledger, by, tripled(), Span::Whole).await.unwrap();
        let beat = ledger.db.write((first.id, now), |tx, (id, now)| Box::pin(rows::beat(tx, *id, rows::Beat { done: 1, total: 2, ..rows::Beat::default() }, *now)));
        assert!(beat.await.unwrap(), "whoever carries out the first is told to stop");
        let late = (first.id, rows::End { outcome: Some("{}".to_owned()), as_of: Some(now), fault: None }, now);
        let end = ledger.db.write(late, |tx, (id, end, now)| Box::pin(rows::end(tx, *id, RunState::Done, end, *now)));
        end.await.unwrap();
        assert_eq!(state(&ledger, by, &doubled()).await, None);
        assert_eq!(state(&ledger, by, &tripled()).await, Some(RunState::Waiting), "what ended late is not taken for it");
        assert_eq!(state(&ledger, other, &doubled()).await, Some(RunState::Waiting));
        assert_eq!(runs::work(&ledger).await.unwrap(), 2);
    }

    async fn the_same_draft_goes_on_until_it_is_too_old(db: Db) {
        let ledger = programme(&db).await;
        let by = manager(&ledger, "m@example.com").await;
        let first = begin(&ledger, by, doubled(), Span::Whole).await.unwrap();
        assert_eq!(begin(&ledger, by, doubled(), Span::Whole).await.unwrap(), first);
        runs::work(&ledger).await.unwrap();
        ledger.clock.advance(SignedDuration::from_mins(9));
        assert_eq!(begin(&ledger, by, doubled(), Span::Whole).await.unwrap(), first);
        assert_ne!(begin(&ledger, by, doubled(), Span::InForce).await.unwrap(), first, "another span is another run");
        let again = begin(&ledger, by, doubled(), Span::Whole).await.unwrap();
        ledger.clock.advance(SignedDuration::from_mins(10));
        assert_eq!(state(&ledger, by, &doubled()).await, None);
        assert_ne!(begin(&ledger, by, doubled(), Span::Whole).await.unwrap(), again);
    }

    async fn what_somebody_asked_for_goes_first_and_is_never_pushed_out(db: Db) {
        let ledger = programme(&db).await;
        let by = manager(&ledger, "m@example.com").await;
        begin(&ledger, by, doubled(), Span::Whole).await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(1));
        let asked = runs::start(&ledger, by, Wanted::Check).await.unwrap();
        let now = ledger.clock.now();
        let claimed = ledger.db.write(now, |tx, now| Box::pin(rows::claim(tx, *now, SignedDuration::from_mins(1)))).await;
        assert_eq!(claimed.unwrap().unwrap().id, asked.uuid());
        for n in 0..60 {
            let set = draft(|set| set.alpha = format!("1.{n}1").parse().unwrap());
            begin(&ledger, by, set, Span::Whole).await.unwrap();
        }
        assert!(runs::find(&ledger, asked).await.unwrap().is_some());
        assert_eq!(runs::work(&ledger).await.unwrap(), 1, "of sixty drafts the last");
    }

    async fn what_its_person_stops_does_not_begin_by_itself_again_but_the_next_draft_does(db: Db) {
        let ledger = programme(&db).await;
        let (by, other) = (manager(&ledger, "m@example.com").await, manager(&ledger, "other@example.com").await);
        let begun = begin(&ledger, by, doubled(), Span::Whole).await.unwrap();
        assert!(!stop(&ledger, other, &doubled(), Span::Whole).await.unwrap(), "each stops their own");
        assert!(!stop(&ledger, by, &tripled(), Span::Whole).await.unwrap(), "another draft");
        assert!(stop(&ledger, by, &doubled(), Span::Whole).await.unwrap());
        assert!(!stop(&ledger, by, &doubled(), Span::Whole).await.unwrap(), "it is stopped already");
        assert_eq!(runs::work(&ledger).await.unwrap(), 0);
        ledger.clock.advance(SignedDuration::from_hours(1));
        assert_eq!(begin(&ledger, by, doubled(), Span::Whole).await.unwrap(), begun, "it stays as it is");
        assert_eq!(state(&ledger, by, &doubled()).await, Some(RunState::Cancelled));
        begin(&ledger, by, tripled(), Span::Whole).await.unwrap();
        let now = ledger.clock.now();
        let claim = ledger.db.write(now, |tx, now| Box::pin(rows::claim(tx, *now, SignedDuration::from_mins(1))));
        let running = claim.await.unwrap().unwrap();
        assert!(stop(&ledger, by, &tripled(), Span::Whole).await.unwrap());
        let found = find(&ledger, by, &tripled(), Span::Whole).await.unwrap().unwrap();
        assert_eq!((found.state, found.is_stopping), (RunState::Running, true));
        let beat = ledger.db.write((running.id, now), |tx, (id, now)| Box::pin(rows::beat(tx, *id, rows::Beat { done: 1, total: 2, ..rows::Beat::default() }, *now)));
        assert!(beat.await.unwrap(), "whoever carries it out is told");
    }

    async fn nothing_begins_of_the_rules_in_force_of_a_draft_that_is_not_right_or_for_who_may_not(db: Db) {
        let ledger = programme(&db).await;
        let by = manager(&ledger, "m@example.com").await;
        assert_eq!(begin(&ledger, by, draft(|_| ()), Span::Whole).await.unwrap(), Begun::Nothing);
        let wrong = draft(|set| set.alpha = "-1".parse().unwrap());
        let begun = begin(&ledger, by, wrong, Span::Whole).await;
        assert!(matches!(begun, Err(AppError::Refused(Refusal::Invalid { faults })) if faults[0].field == "alpha"));
        let viewer = employed(&ledger.db, &Auth::default(), "v@example.com", Role::Viewer).await;
        for by in [viewer, Authority::command_line()] {
            assert_eq!(refused(begin(&ledger, by, doubled(), Span::Whole).await), "forbidden");
            assert_eq!(refused(find(&ledger, by, &doubled(), Span::Whole).await), "forbidden");
        }
        assert_eq!(runs::work(&ledger).await.unwrap(), 0);
    }
}
