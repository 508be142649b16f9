//! A draft that was thrown away can be put back for a month.

use jiff::SignedDuration;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::rules;

use laurel_testing::people::{employed, refused};
use laurel_testing::programme::programme;

/// Saves a draft with this weight of payments in place of none; its revision.
async fn drafted(ledger: &Ledger, alpha: &str) -> i64 {
    let mut set = ledger.rulebook().await.unwrap().latest().set.clone();
    set.alpha = alpha.parse().unwrap();
    rules::save_draft(ledger, Authority::command_line(), set, 1, 0).await.unwrap()
}

async fn alpha(ledger: &Ledger) -> Option<String> {
    rules::overview(ledger).await.unwrap().draft.map(|draft| draft.set.alpha.to_string())
}

stories! {
    async fn a_draft_that_was_thrown_away_is_put_back_as_it_was(db: Db) {
        let (ledger, by) = (programme(&db).await, Authority::command_line());
        for weight in ["1.5", "2.5"] {
            let revision = drafted(&ledger, weight).await;
            rules::discard_draft(&ledger, by, revision).await.unwrap();
            assert_eq!(refused(rules::discard_draft(&ledger, by, revision).await), "stale_draft", "there is none");
            ledger.clock.advance(SignedDuration::from_hours(1));
        }
        let kept = rules::discarded(&ledger, by).await.unwrap();
        assert_eq!(kept.iter().map(|one| one.set.alpha.to_string()).collect::<Vec<_>>(), ["2.5", "1.5"]);
        let revision = rules::put_back(&ledger, by, kept[1].id).await.unwrap();
        assert_eq!(alpha(&ledger).await.as_deref(), Some("1.5"));
        assert_eq!(refused(rules::put_back(&ledger, by, kept[1].id).await), "not_found", "it is back already");
        assert_eq!(refused(rules::put_back(&ledger, by, kept[0].id).await), "stale_draft", "another draft is in the way");
        assert_eq!(rules::discarded(&ledger, by).await.unwrap().len(), 1, "what was refused is kept");
        rules::discard_draft(&ledger, by, revision).await.unwrap();
        rules::put_back(&ledger, by, kept[0].id).await.unwrap();
        assert_eq!(alpha(&ledger).await.as_deref(), Some("2.5"));
    }

    async fn after_a_month_it_is_gone_and_only_who_makes_rules_puts_one_back(db: Db) {
        let (ledger, by) = (programme(&db).await, Authority::command_line());
        let revision = drafted(&ledger, "1.5").await;
        rules::discard_draft(&ledger, by, revision).await.unwrap();
        let id = rules::discarded(&ledger, by).await.unwrap()[0].id;
        let support = employed(&db, &Auth::default(), "s@example.com", Role::Support).await;
        assert_eq!(refused(rules::discarded(&ledger, support).await), "forbidden");
        assert_eq!(refused(rules::put_back(&ledger, support, id).await), "forbidden");
        ledger.clock.advance(SignedDuration::from_hours(24 * 30));
        assert!(rules::discarded(&ledger, by).await.unwrap().is_empty());
        assert_eq!(refused(rules::put_back(&ledger, by, id).await), "not_found");
    }
}
