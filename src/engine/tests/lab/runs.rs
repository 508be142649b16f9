//! Runs of the lab: asked for, carried out beside the requests, left and come back to.

use jiff::SignedDuration;
use laurel_domain::lab::scope::Span;
use laurel_domain::refusal::Refusal;
use laurel_engine::auth::Authority;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::lab::runs::{self, RunState, Wanted};
use laurel_engine::usecase::ledger::Ledger;

use laurel_testing::programme::{check, programme, tell};

fn admin() -> Authority {
    Authority::command_line()
}

async fn wanted(ledger: &Ledger, from: &str) -> Wanted {
    let mut set = ledger.rulebook().await.unwrap().latest().set.clone();
    set.ladder.tiers[1].from = from.parse().unwrap();
    Wanted::Draft { set: Box::new(set), span: Span::Whole, demotes: false, one_in: None }
}

stories! {
    async fn a_run_waits_is_carried_out_and_is_there_for_whoever_comes_back(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=250").await.unwrap();
        let first = runs::start(&ledger, admin(), wanted(&ledger, "200").await).await.unwrap();
        // two of one moment have no order
        ledger.clock.advance(SignedDuration::from_secs(1));
        let second = runs::start(&ledger, admin(), wanted(&ledger, "300").await).await.unwrap();
        let waiting = runs::find(&ledger, first).await.unwrap().unwrap();
        assert_eq!((waiting.state, waiting.report), (RunState::Waiting, None));
        assert_eq!(runs::work(&ledger).await.unwrap(), 2, "both get theirs");
        let lowered = |run: Option<runs::Run>| run.unwrap().report.unwrap().tiers.lowered;
        assert_eq!(lowered(runs::find(&ledger, first).await.unwrap()), 1);
        assert_eq!(lowered(runs::find(&ledger, second).await.unwrap()), 2);
        assert_eq!(runs::work(&ledger).await.unwrap(), 0, "nothing is run twice");
        let listed = runs::latest(&ledger, 10).await.unwrap();
        assert_eq!(listed.iter().map(|run| run.id).collect::<Vec<_>>(), [second, first]);
        // a later version changes nothing of what a run says
        tell(&ledger, "id=p3 member=m-3 pay=150").await.unwrap();
        assert_eq!(runs::find(&ledger, first).await.unwrap().unwrap().report.unwrap().members, 2);
        check(&ledger).await;
    }

    async fn the_rules_in_force_in_place_of_themselves_differ_for_nobody(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        let id = runs::start(&ledger, admin(), Wanted::Check).await.unwrap();
        runs::work(&ledger).await.unwrap();
        let run = runs::find(&ledger, id).await.unwrap().unwrap();
        let report = run.report.unwrap();
        assert_eq!((run.is_check, report.members, report.differing, report.strange.members), (true, 1, 0, 0));
    }

    async fn a_run_that_waits_can_be_taken_back_and_one_that_is_done_stays(db: Db) {
        let ledger = programme(&db).await;
        let id = runs::start(&ledger, admin(), Wanted::Check).await.unwrap();
        assert!(runs::cancel(&ledger, admin(), id).await.unwrap());
        assert_eq!(runs::work(&ledger).await.unwrap(), 0);
        assert_eq!(runs::find(&ledger, id).await.unwrap().unwrap().state, RunState::Cancelled);
        let id = runs::start(&ledger, admin(), Wanted::Check).await.unwrap();
        runs::work(&ledger).await.unwrap();
        assert!(!runs::cancel(&ledger, admin(), id).await.unwrap());
        assert_eq!(runs::find(&ledger, id).await.unwrap().unwrap().state, RunState::Done);
    }

    async fn a_draft_that_is_not_valid_is_refused_by_field_and_nothing_is_run(db: Db) {
        let ledger = programme(&db).await;
        let refused = runs::start(&ledger, admin(), wanted(&ledger, "5000").await).await;
        assert!(matches!(refused, Err(AppError::Refused(Refusal::Invalid { faults })) if faults[0].field == "tiers.2.from"));
        assert!(runs::latest(&ledger, 10).await.unwrap().is_empty());
    }

    async fn only_the_newest_runs_are_kept(db: Db) {
        let ledger = programme(&db).await;
        let first = runs::start(&ledger, admin(), Wanted::Check).await.unwrap();
        runs::work(&ledger).await.unwrap();
        for _ in 0..50 {
            ledger.clock.advance(SignedDuration::from_secs(1));
            runs::start(&ledger, admin(), Wanted::Check).await.unwrap();
        }
        assert!(runs::find(&ledger, first).await.unwrap().is_none());
        assert_eq!(runs::latest(&ledger, 100).await.unwrap().len(), 50, "what waits is not thrown away");
    }
}
