//! What the history may take in memory, and what is told of it before a run and while it is under way.

use std::sync::Arc;

use laurel_domain::lab::report::Report;
use laurel_domain::lab::scope::Span;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::auth::Authority;
use laurel_engine::usecase::lab::runs::{self, Wanted};
use laurel_engine::usecase::lab::{self, Progress, Wish};
use laurel_engine::usecase::ledger::Ledger;

use laurel_testing::programme::{programme, tell};

use super::simulation::draft;

fn twice() -> RuleSet {
    draft(|set| set.alpha = "2".parse().unwrap())
}

async fn simulated(ledger: &Ledger) -> (Report, Arc<Progress>) {
    let progress = Arc::new(Progress::default());
    let simulation = lab::simulate(ledger, Wish::whole(twice()), progress.clone()).await.unwrap().unwrap();
    (simulation.report, progress)
}

stories! {
    async fn a_history_that_does_not_fit_is_told_of_beforehand_with_its_size(db: Db) {
        let ledger = programme(&db).await;
        for n in 0..20 {
            tell(&ledger, &format!("id=p{n} member=m-{n} pay=150")).await.unwrap();
        }
        let reckoned = lab::reckon(&ledger, &twice()).await.unwrap();
        assert!(!reckoned.is_too_large(), "nothing is kept where nothing may be: {reckoned:?}");
        ledger.memory.allow(1_000);
        let reckoned = lab::reckon(&ledger, &twice()).await.unwrap();
        assert!(reckoned.is_too_large(), "{reckoned:?}");
        assert_eq!((reckoned.events, reckoned.wanted, reckoned.most), (20, 20 * (64 + 24), 1_000));
        let (report, progress) = simulated(&ledger).await;
        assert_eq!((report.members, progress.reckoned(), ledger.memory.bytes()), (20, Some(reckoned), 0));
        ledger.memory.allow(1 << 20);
        let (same, progress) = simulated(&ledger).await;
        assert_eq!((same, progress.members()), (report, (20, 20)));
        assert!(!progress.reckoned().unwrap().is_too_large() && ledger.memory.bytes() > 20 * 16);
    }

    /// What is reckoned beforehand goes by members and events; reading stops by what it has really come to.
    async fn what_comes_to_take_more_than_it_may_is_given_back(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        ledger.memory.allow(100);
        let reckoned = lab::reckon(&ledger, &twice()).await.unwrap();
        assert!(!reckoned.is_too_large(), "it seems to fit: {reckoned:?}");
        let (report, progress) = simulated(&ledger).await;
        assert_eq!((report.members, progress.members(), ledger.memory.bytes()), (1, (1, 1), 0));
        let reckoned = lab::reckon(&ledger, &twice()).await.unwrap();
        assert!(reckoned.is_too_large(), "and is not tried again: {reckoned:?}");
        ledger.memory.allow(1 << 20);
        assert_eq!(simulated(&ledger).await.0, report);
        assert!(ledger.memory.bytes() > 100, "more is allowed");
    }

    async fn a_run_says_what_it_takes(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        for (most, is_too_large) in [(1, true), (1 << 20, false)] {
            ledger.memory.allow(most);
            let wanted = Wanted::Draft { set: Box::new(twice()), span: Span::Whole, demotes: false, one_in: None };
            let id = runs::start(&ledger, Authority::command_line(), wanted).await.unwrap();
            assert_eq!(runs::find(&ledger, id).await.unwrap().unwrap().expected, None, "nobody has looked yet");
            runs::work(&ledger).await.unwrap();
            let run = runs::find(&ledger, id).await.unwrap().unwrap();
            let expected = run.expected.unwrap();
            assert_eq!((expected.is_too_large(), expected.most, run.is_reading), (is_too_large, most as i64, false));
            assert!(expected.seconds > 0 && run.report.is_some());
            ledger.clock.advance(jiff::SignedDuration::from_secs(1));
        }
    }
}
