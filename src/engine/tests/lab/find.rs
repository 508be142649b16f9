//! Searches for rules that reach goals: asked for, carried out beside the requests, left and come back to.

use std::sync::Arc;

use jiff::SignedDuration;
use laurel_domain::lab::find::asked::YES;
use laurel_domain::lab::scope::Span;
use laurel_domain::numbers::factor::Factor;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::auth::Authority;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::lab::find::searches::{self, Wanted};
use laurel_engine::usecase::lab::runs::{self, RunState};
use laurel_engine::usecase::lab::{self, Progress, Wish};
use laurel_engine::usecase::ledger::Ledger;

use laurel_testing::programme::{check, programme, publish, standing, tell};

fn admin() -> Authority {
    Authority::command_line()
}

fn wanted(fields: &[(&str, &str)]) -> Wanted {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Wanted { start: Box::new(RuleSet::default()), fields, span: Span::Whole }
}

/// Four members pay 100, 200, 300 and 400.
async fn paid(ledger: &Ledger) {
    for n in 1..=4 {
        tell(ledger, &format!("id=p{n} member=m-{n} pay={n}00")).await.unwrap();
    }
}

fn factor(text: &str) -> Factor {
    text.parse().unwrap()
}

stories! {
    async fn rules_are_found_that_reach_the_goals_and_nothing_is_written(db: Db) {
        let ledger = programme(&db).await;
        paid(&ledger).await;
        let asked = [("goal.outstanding", "800"), ("goal.lowered", "0"), ("move.alpha", YES), ("move.tiers.gold.from", YES)];
        let id = searches::start(&ledger, admin(), wanted(&asked)).await.unwrap();
        let waiting = searches::find(&ledger, id).await.unwrap().unwrap();
        assert!(waiting.state == RunState::Waiting && waiting.result.is_none());
        assert_eq!(searches::work(&ledger).await.unwrap(), 1);
        let search = searches::find(&ledger, id).await.unwrap().unwrap();
        assert_eq!(search.state, RunState::Done);
        let result = search.result.unwrap();
        assert_eq!((result.proposals.len(), result.sampled), (1, 4));
        let proposal = &result.proposals[0];
        assert_eq!((proposal.set.alpha, proposal.set.ladder.tiers[1].from), (factor("0.8"), factor("80")));
        assert_eq!(proposal.readings.iter().map(|reading| reading.0).collect::<Vec<_>>(), [80_000, 0]);
        // exactly what simulating these rules says
        let simulation = lab::simulate(&ledger, Wish::whole(proposal.set.clone()), Arc::new(Progress::default())).await.unwrap();
        assert_eq!(simulation.unwrap().report, proposal.report);
        assert_eq!(standing(&ledger, "m-1").await, "100.00/0.00/100.00/2");
        check(&ledger).await;
    }

    async fn two_who_search_both_get_theirs(db: Db) {
        let ledger = programme(&db).await;
        paid(&ledger).await;
        let ask = async |most: &str| {
            // the list is by time
            ledger.clock.advance(SignedDuration::from_secs(1));
            let asked = [("goal.outstanding", most), ("move.alpha", YES)];
            searches::start(&ledger, admin(), wanted(&asked)).await.unwrap()
        };
        let (first, second) = (ask("800").await, ask("500").await);
        assert_eq!(searches::work(&ledger).await.unwrap(), 2);
        let alpha = async |id| searches::find(&ledger, id).await.unwrap().unwrap().result.unwrap().proposals[0].set.alpha;
        assert_eq!((alpha(first).await, alpha(second).await), (factor("0.8"), factor("0.5")));
        assert_eq!(searches::work(&ledger).await.unwrap(), 0, "nothing is searched for twice");
        let listed = searches::latest(&ledger, 10).await.unwrap();
        assert_eq!(listed.iter().map(|search| search.id).collect::<Vec<_>>(), [second, first]);
    }

    async fn where_nothing_reaches_them_the_nearest_is_told(db: Db) {
        let ledger = programme(&db).await;
        paid(&ledger).await;
        let id = searches::start(&ledger, admin(), wanted(&[("goal.outstanding", "100"), ("move.alpha", YES)])).await.unwrap();
        searches::work(&ledger).await.unwrap();
        let result = searches::find(&ledger, id).await.unwrap().unwrap().result.unwrap();
        assert!(result.proposals.is_empty());
        let nearest = result.nearest.unwrap();
        assert_eq!((nearest.set.alpha, nearest.readings[0].0), (factor("0.5"), 50_000));
    }

    async fn since_the_version_in_force_only_what_came_after_it_moves(db: Db) {
        let ledger = programme(&db).await;
        paid(&ledger).await;
        publish(&ledger, |set| set.gamma = factor("7")).await;
        tell(&ledger, "id=x1 member=m-1 pay=1000 at=2026-11-22T10:00:01Z").await.unwrap();
        let start = Box::new(ledger.rulebook().await.unwrap().latest().set.clone());
        let asked = Wanted { start, span: Span::InForce, ..wanted(&[("goal.outstanding", "1800"), ("move.alpha", YES)]) };
        let id = searches::start(&ledger, admin(), asked).await.unwrap();
        searches::work(&ledger).await.unwrap();
        let result = searches::find(&ledger, id).await.unwrap().unwrap().result.unwrap();
        // the 1000 of before stay
        assert_eq!(result.proposals[0].set.alpha, factor("0.8"));
        assert_eq!(result.proposals[0].set.gamma, factor("7"));
    }

    async fn a_proposal_is_opened_in_the_lab_as_it_was_simulated(db: Db) {
        let ledger = programme(&db).await;
        paid(&ledger).await;
        let id = searches::start(&ledger, admin(), wanted(&[("goal.outstanding", "800"), ("move.alpha", YES)])).await.unwrap();
        searches::work(&ledger).await.unwrap();
        let result = searches::find(&ledger, id).await.unwrap().unwrap().result.unwrap();
        let run = searches::open(&ledger, admin(), id, 0).await.unwrap();
        let run = runs::find(&ledger, run).await.unwrap().unwrap();
        assert_eq!((run.state, run.set, run.report.unwrap()), (RunState::Done, result.proposals[0].set.clone(), result.proposals[0].report.clone()));
        assert!(matches!(searches::open(&ledger, admin(), id, 1).await, Err(AppError::NotFound)));
        assert_eq!(runs::work(&ledger).await.unwrap(), 0);
    }

    async fn a_search_that_waits_can_be_taken_back_and_one_that_is_done_stays(db: Db) {
        let ledger = programme(&db).await;
        paid(&ledger).await;
        let asked = [("goal.outstanding", "800"), ("move.alpha", YES)];
        let id = searches::start(&ledger, admin(), wanted(&asked)).await.unwrap();
        assert!(searches::cancel(&ledger, admin(), id).await.unwrap());
        assert_eq!(searches::work(&ledger).await.unwrap(), 0);
        assert_eq!(searches::find(&ledger, id).await.unwrap().unwrap().state, RunState::Cancelled);
        let id = searches::start(&ledger, admin(), wanted(&asked)).await.unwrap();
        searches::work(&ledger).await.unwrap();
        assert!(!searches::cancel(&ledger, admin(), id).await.unwrap());
        assert_eq!(searches::find(&ledger, id).await.unwrap().unwrap().state, RunState::Done);
    }

    async fn one_that_is_cancelled_while_it_runs_ends_without_a_result(db: Db) {
        let ledger = programme(&db).await;
        paid(&ledger).await;
        let progress = Arc::new(Progress::default());
        progress.cancel();
        let Wanted { start, fields, span } = wanted(&[("goal.outstanding", "800"), ("move.alpha", YES)]);
        let asked = laurel_domain::lab::find::asked::Asked::read(&fields, &start, ledger.programme.currency).unwrap();
        assert!(lab::find::run(&ledger, *start, asked, span, progress).await.unwrap().is_none());
    }

    async fn what_is_not_right_is_refused_by_field_and_nothing_is_run(db: Db) {
        let ledger = programme(&db).await;
        let asked = [("goal.outstanding", "lots"), ("move.alpha", YES), ("move.alpha.step", "0")];
        let refused = searches::start(&ledger, admin(), wanted(&asked)).await;
        let Err(AppError::Refused(Refusal::Invalid { faults })) = refused else { panic!("{refused:?}") };
        assert_eq!(faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["goal.outstanding", "move.alpha.step"]);
        assert!(searches::latest(&ledger, 10).await.unwrap().is_empty());
    }
}
