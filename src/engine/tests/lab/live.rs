//! The estimate while somebody types.

use std::sync::Arc;

use laurel_domain::lab::report::Report;
use laurel_domain::lab::scope::Span;
use laurel_domain::refusal::Refusal;
use laurel_engine::auth::Authority;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::lab::live::estimate;
use laurel_engine::usecase::lab::runs::{self, Wanted};
use laurel_engine::usecase::lab::{self, Progress, Wish};

use super::simulation::{draft, import, other};
use laurel_testing::programme::{HISTORY, post, programme, publish, tell};

/// A number that looks drawn by chance (SplitMix64).
fn mixed(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

stories! {
    async fn of_a_few_members_the_estimate_is_what_an_exact_run_says(db: Db) {
        let ledger = programme(&db).await;
        import(&ledger).await;
        for span in [Span::Whole, Span::InForce] {
            let estimated = estimate(&ledger, Authority::command_line(), draft(other), span).await.unwrap();
            let wish = Wish { movers: 0, span, ..Wish::whole(draft(other)) };
            let exact = lab::simulate(&ledger, wish, Arc::new(Progress::default())).await.unwrap().unwrap();
            assert_eq!(estimated, exact.report);
            assert!(exact.report.differing > 10);
        }
    }

    async fn of_many_members_the_largest_are_all_looked_at_and_the_others_are_scaled_to_what_is_known_of_all(db: Db) {
        let ledger = programme(&db).await;
        let pays = |n: u64| if n == 600 { 1_000_000 } else { 20 + mixed(n) % 997 };
        let scene = |n: u64| if mixed(n + 1_000) % 10 < 3 { "bank_card" } else { "other" };
        let events: Vec<String> = (0..700).map(|n| format!("id=p{n} member=m-{n} pay={} scene={}", pays(n), scene(n))).collect();
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        for batch in events.chunks(100) {
            post(&ledger, HISTORY, batch).await;
        }
        let drafts = [draft(|set| set.alpha = "2".parse().unwrap()), draft(|set| set.scenes.bank_card = "3".parse().unwrap())];
        let mut told = Vec::new();
        for set in drafts {
            let wish = Wish { movers: 0, ..Wish::whole(set.clone()) };
            let exact = lab::simulate(&ledger, wish, Arc::new(Progress::default())).await.unwrap().unwrap().report;
            let wanted = Wanted::Draft { set: Box::new(set), span: Span::Whole, demotes: false, one_in: Some(3) };
            let id = runs::start(&ledger, Authority::command_line(), wanted).await.unwrap();
            assert_eq!(runs::work(&ledger).await.unwrap(), 1);
            let estimated = runs::find(&ledger, id).await.unwrap().unwrap().report.unwrap();
            assert_eq!((estimated.members, &estimated.points.baseline), (700, &exact.points.baseline), "what is known is exact");
            let in_tiers = |report: &Report| report.tiers.baseline.iter().map(|tier| tier.members).collect::<Vec<_>>();
            assert_eq!(in_tiers(&estimated), in_tiers(&exact), "so are the tiers");
            let of_months = |report: &Report| report.months.iter().map(|month| month.baseline).collect::<Vec<_>>();
            assert_eq!(of_months(&estimated), of_months(&exact));
            let within = estimated.within.clone().unwrap();
            assert_eq!((within.certain, within.rest), (400, 300));
            assert!((60..140).contains(&within.drawn), "{}", within.drawn);
            let last = estimated.months.last().unwrap().draft.outstanding;
            assert_eq!(last, estimated.points.draft.outstanding, "months and sums say the same");
            let off = (estimated.points.draft.outstanding - exact.points.draft.outstanding).hundredths().abs();
            told.push((off, within.outstanding.hundredths()));
            let moved = estimated.tiers.raised.abs_diff(exact.tiers.raised);
            assert!(moved <= within.raised, "{moved} {}", within.raised);
        }
        let [(proportional, _), (off, margin)] = told[..] else { panic!("{told:?}") };
        assert!(proportional <= 1, "{proportional}");
        assert!(0 < margin && off <= margin, "{off} ±{margin}");
    }

    async fn what_happens_meanwhile_waits_for_the_next_reading_and_other_rules_do_not(db: Db) {
        let ledger = programme(&db).await;
        import(&ledger).await;
        let members = async || {
            let estimated = estimate(&ledger, Authority::command_line(), draft(other), Span::Whole).await.unwrap();
            (estimated.members, estimated.scope.in_force)
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
