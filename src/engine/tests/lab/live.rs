//! The estimate while somebody types.

use std::sync::Arc;

use laurel_domain::lab::scope::Span;
use laurel_domain::refusal::Refusal;
use laurel_engine::auth::Authority;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::lab::live::estimate;
use laurel_engine::usecase::lab::{self, Progress, Wish};

use super::simulation::{draft, import, other};
use laurel_testing::programme::{programme, publish, tell};

stories! {
    async fn of_a_few_members_the_estimate_is_what_an_exact_run_says(db: Db) {
        let ledger = programme(&db).await;
        import(&ledger).await;
        for span in [Span::Whole, Span::InForce] {
            let estimated = estimate(&ledger, Authority::command_line(), draft(other), span).await.unwrap();
            let wish = Wish { movers: 0, span, ..Wish::whole(draft(other)) };
            let exact = lab::simulate(&ledger, wish, Arc::new(Progress::default())).await.unwrap().unwrap();
            assert_eq!((estimated.one_in, &estimated.report), (1, &exact.report));
            assert!(exact.report.differing > 10);
        }
    }

    async fn what_happens_meanwhile_waits_for_the_next_reading_and_other_rules_do_not(db: Db) {
        let ledger = programme(&db).await;
        import(&ledger).await;
        let members = async || {
            let estimated = estimate(&ledger, Authority::command_line(), draft(other), Span::Whole).await.unwrap();
            (estimated.report.members, estimated.report.scope.in_force)
        };
        assert_eq!(members().await, (20, 1));
        tell(&ledger, &format!("id=new member=newcomer pay=5 at={}", ledger.clock.now())).await.unwrap();
        assert_eq!(members().await, (20, 1), "a slider does not read everybody again");
        publish(&ledger, |set| set.alpha = "3".parse().unwrap()).await;
        assert_eq!(members().await, (21, 2));
    }

    async fn a_draft_that_is_not_right_is_refused_by_field(db: Db) {
        let ledger = programme(&db).await;
        let wrong = draft(|set| set.alpha = "-1".parse().unwrap());
        match estimate(&ledger, Authority::command_line(), wrong, Span::Whole).await {
            Err(AppError::Refused(Refusal::Invalid { faults })) => assert_eq!(faults[0].field, "alpha"),
            other => panic!("{other:?}"),
        }
    }
}
